//! Billing periods as they are typed.

use std::{fmt, str::FromStr};

use curtail_store::BillingPeriod;

/// One billing period (`2026-10`) or several in a row (`2026-08..2026-10`, both included).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PeriodRange {
    /// The first of them.
    pub(crate) first: BillingPeriod,
    /// The last of them.
    pub(crate) last: BillingPeriod,
}

impl FromStr for PeriodRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let period = |text: &str| {
            text.trim()
                .parse::<BillingPeriod>()
                .map_err(|error| error.to_string())
        };
        let (first, last) = (period(first)?, period(last)?);
        if first > last {
            return Err(format!("{first} is after {last}"));
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for PeriodRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "{}", self.first)
        } else {
            write!(f, "{}..{}", self.first, self.last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_both_ends() {
        let range: PeriodRange = "2026-11..2027-01".parse().unwrap();
        assert_eq!(
            (range.first.to_string(), range.last.to_string()),
            ("2026-11".into(), "2027-01".into())
        );
        assert_eq!(range.to_string(), "2026-11..2027-01");
        let one: PeriodRange = "2026-11".parse().unwrap();
        assert_eq!((one.first, one.to_string()), (one.last, "2026-11".into()));
        for wrong in [
            "2026",
            "2026-02..2026-01",
            "2026-01..",
            "..",
            "2026-01..2026-02..2026-03",
        ] {
            assert!(wrong.parse::<PeriodRange>().is_err(), "{wrong}");
        }
    }
}
