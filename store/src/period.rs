//! Billing periods.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A billing period: one calendar month, in UTC. Prints as `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BillingPeriod(NaiveDate);

/// Text that names no month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a billing period: write it as YYYY-MM, such as 2026-10")]
pub struct ParsePeriodError(String);

impl BillingPeriod {
    /// The period of `month` (1 to 12) in `year`, if there is such a month.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        (0..=9999)
            .contains(&year)
            .then(|| NaiveDate::from_ymd_opt(year, month, 1))?
            .map(Self)
    }

    /// The period that `time` lies in.
    pub fn of(time: DateTime<Utc>) -> Self {
        Self(
            time.date_naive()
                .with_day(1)
                .expect("every month has a first day"),
        )
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// The first day.
    pub fn start(self) -> NaiveDate {
        self.0
    }

    /// The first day of the next period.
    pub fn end(self) -> NaiveDate {
        self.next().0
    }

    /// The period after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + Months::new(1))
    }

    /// The period before this one.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0 - Months::new(1))
    }
}

impl fmt::Display for BillingPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.format("%Y-%m").to_string())
    }
}

impl FromStr for BillingPeriod {
    type Err = ParsePeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (year, month) = text.split_once('-')?;
            let digits = |part: &str, len| {
                part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit())
            };
            (digits(year, 4) && digits(month, 2))
                .then(|| Self::new(year.parse().ok()?, month.parse().ok()?))?
        };
        parse().ok_or_else(|| ParsePeriodError(text.to_owned()))
    }
}

impl Serialize for BillingPeriod {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BillingPeriod {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_only_real_months() {
        assert_eq!(
            "2026-02".parse::<BillingPeriod>().unwrap().to_string(),
            "2026-02"
        );
        for text in [
            "2026-13",
            "2026-00",
            "2026-2",
            "26-02",
            "2026-02-01",
            "",
            "2026_02",
            "+026-02",
        ] {
            assert!(text.parse::<BillingPeriod>().is_err(), "{text}");
        }
    }

    #[test]
    fn december_is_followed_by_january() {
        let period: BillingPeriod = "2026-12".parse().unwrap();
        assert_eq!(period.next().to_string(), "2027-01");
        assert_eq!(period.end(), NaiveDate::from_ymd_opt(2027, 1, 1).unwrap());
    }
}
