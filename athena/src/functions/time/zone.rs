//! Time zones: from instants to clocks on the wall, and back.

use arrow::datatypes::DataType;
use chrono::{DateTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::{OffsetName, TZ_VARIANTS, Tz};
use datafusion::error::{DataFusionError, Result};

use super::calendar::{DAY, HOUR, MINUTE, SECOND};

/// A time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// UTC, which is what timestamps without a zone are taken for as well.
    Utc,
    /// So many microseconds east of UTC, whole minutes.
    Fixed(i64),
    /// A zone of the IANA database.
    Named(Tz),
}

impl Zone {
    /// The zone that a name or an offset stands for.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let trimmed = name.trim();
        let is = |other: &str| trimmed.eq_ignore_ascii_case(other);
        if ["UTC", "Z", "GMT", "UT", "Etc/UTC"].into_iter().any(is) {
            return Some(Self::Utc);
        }
        let offset = ["UTC", "GMT", "UT"]
            .into_iter()
            .find_map(|prefix| {
                let head = trimmed.get(..prefix.len())?;
                head.eq_ignore_ascii_case(prefix)
                    .then(|| &trimmed[prefix.len()..])
            })
            .unwrap_or(trimmed);
        if offset.starts_with(['+', '-']) {
            return parse_offset(offset).map(Self::fixed);
        }
        let named = trimmed.parse().ok().or_else(|| {
            let same = |zone: &&Tz| zone.name().eq_ignore_ascii_case(trimmed);
            TZ_VARIANTS.iter().find(same).copied()
        });
        named.map(Self::Named)
    }

    /// [`Self::parse`] for what was asked for by users.
    pub(super) fn named(name: &str) -> Result<Self> {
        Self::parse(name).ok_or_else(|| {
            DataFusionError::Execution(format!(
                "'{name}' is not a time zone: they are named like 'America/New_York' or '+01:00'"
            ))
        })
    }

    /// The zone so many microseconds east of UTC.
    pub(super) fn fixed(offset: i64) -> Self {
        if offset == 0 {
            Self::Utc
        } else {
            Self::Fixed(offset)
        }
    }

    /// The zone of a type's values.
    pub(super) fn of(data_type: &DataType) -> Result<Self> {
        match data_type {
            DataType::Timestamp(_, Some(name)) => Self::named(name),
            _ => Ok(Self::Utc),
        }
    }

    /// What Arrow, and people, know it by.
    pub(super) fn name(self) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Fixed(offset) => offset_text(offset, true),
            Self::Named(zone) => zone.name().to_owned(),
        }
    }

    /// Its short name at an instant, such as `EST`.
    pub(super) fn abbreviation(self, instant: i64) -> String {
        match self {
            Self::Named(zone) => zone
                .offset_from_utc_datetime(&naive(instant))
                .abbreviation()
                .map_or_else(|| self.name(), str::to_owned),
            _ => self.name(),
        }
    }

    /// How far it is ahead of UTC at an instant, in microseconds.
    pub(super) fn offset(self, instant: i64) -> i64 {
        match self {
            Self::Utc => 0,
            Self::Fixed(offset) => offset,
            Self::Named(zone) => {
                let offset = zone.offset_from_utc_datetime(&naive(instant)).fix();
                i64::from(offset.local_minus_utc()) * SECOND
            }
        }
    }

    /// What the clock on the wall shows at an instant.
    pub(super) fn local(self, instant: i64) -> i64 {
        instant.saturating_add(self.offset(instant))
    }

    /// When the clock on the wall shows this: the first time if it does twice. Times that are left out when the clock is put
    /// forward are as long after that as they claim to be.
    pub(super) fn instant(self, local: i64) -> i64 {
        let Self::Named(zone) = self else {
            return local.saturating_sub(self.offset(local));
        };
        let offset = match zone.offset_from_local_datetime(&naive(local)) {
            chrono::LocalResult::Single(offset) | chrono::LocalResult::Ambiguous(offset, _) => {
                i64::from(offset.fix().local_minus_utc()) * SECOND
            }
            chrono::LocalResult::None => self.offset(local.saturating_sub(DAY)),
        };
        local.saturating_sub(offset)
    }
}

/// `+01:00` or `+0100`.
pub(super) fn offset_text(offset: i64, colon: bool) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / HOUR, offset.abs() % HOUR / MINUTE);
    let between = if colon { ":" } else { "" };
    format!("{sign}{hours:02}{between}{minutes:02}")
}

/// Microseconds of `+h`, `+hh`, `+hhmm`, `+h:mm` or `+hh:mm`, with either sign.
pub(super) fn parse_offset(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let rest = &text[1..];
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "00"),
    };
    let digits = |text: &str, least: usize| -> Option<i64> {
        let fits = (least..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if fits { text.parse().ok() } else { None }
    };
    let (hours, minutes) = (digits(hours, 1)?, digits(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * HOUR + minutes * MINUTE))
}

/// The date and time of an instant, or the epoch's beyond what chrono knows, where no zone has changes.
fn naive(micros: i64) -> NaiveDateTime {
    DateTime::from_timestamp(micros.div_euclid(SECOND), 0)
        .unwrap_or_default()
        .naive_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_parsed() {
        for utc in [
            "UTC",
            "utc",
            "Z",
            "GMT",
            "+00:00",
            "-0000",
            "UTC+00:00",
            "UT",
        ] {
            assert_eq!(Zone::parse(utc), Some(Zone::Utc), "{utc}");
        }
        assert_eq!(
            Zone::parse("+05:30"),
            Some(Zone::Fixed(5 * HOUR + 30 * MINUTE))
        );
        assert_eq!(Zone::parse("GMT-8"), Some(Zone::Fixed(-8 * HOUR)));
        assert_eq!(Zone::parse("-0800"), Some(Zone::Fixed(-8 * HOUR)));
        let name = |text| Zone::parse(text).map(Zone::name);
        assert_eq!(
            name("america/new_york").as_deref(),
            Some("America/New_York")
        );
        for wrong in [
            "", "+", "+99:00", "+01:60", "+0é0", "Mars", "UTCé", "+1:2", "+010",
        ] {
            assert_eq!(Zone::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn clocks_that_are_put_back_and_forward() {
        let zone = Zone::parse("America/New_York").unwrap();
        let at = |days: i64, hours: i64| days * DAY + hours * HOUR;
        // 2026-03-08, 02:00 to 03:00 is left out; 2026-11-01, 01:00 to 02:00 comes twice.
        let (spring, autumn) = (20_520, 20_758);
        assert_eq!(zone.instant(at(spring, 1)), at(spring, 6));
        assert_eq!(zone.instant(at(spring, 2)), at(spring, 7));
        assert_eq!(zone.instant(at(spring, 3)), at(spring, 7));
        assert_eq!(zone.instant(at(autumn, 1)), at(autumn, 5));
        assert_eq!(zone.local(at(autumn, 5)), at(autumn, 1));
        assert_eq!(zone.local(at(autumn, 6)), at(autumn, 1));
        assert_eq!(zone.abbreviation(at(spring, 0)), "EST");
        for end in [i64::MIN, i64::MAX] {
            zone.instant(zone.local(end));
        }
    }
}
