//! Parts of times and of intervals: what they are called, and their numbers.

use datafusion::{common::exec_err, error::Result};

use super::calendar::{self, DAY, HOUR, MILLISECOND, MINUTE, SECOND};

/// A part of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    /// Of the second.
    Millisecond,
    DayOfWeek,
    DayOfYear,
    YearOfWeek,
    TimezoneHour,
    TimezoneMinute,
    /// Seconds since 1970, as a double.
    Epoch,
    /// The second and its fraction, as `PostgreSQL` counts them.
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Part {
    /// The part of a name, in any case: Trino's of `EXTRACT`, and those that DataFusion has besides.
    pub(super) fn parse(name: &str) -> Result<Self> {
        Ok(
            match name.trim_matches(['\'', '"']).to_lowercase().as_str() {
                "year" | "years" => Self::Year,
                "quarter" | "qtr" => Self::Quarter,
                "month" | "months" => Self::Month,
                "week" | "weeks" | "week_of_year" | "isoweek" => Self::Week,
                "day" | "days" | "day_of_month" => Self::Day,
                "hour" | "hours" => Self::Hour,
                "minute" | "minutes" => Self::Minute,
                "second" | "seconds" => Self::Second,
                "day_of_week" | "dayofweek" | "dow" | "isodow" => Self::DayOfWeek,
                "day_of_year" | "dayofyear" | "doy" => Self::DayOfYear,
                "year_of_week" | "yow" | "isoyear" => Self::YearOfWeek,
                "timezone_hour" => Self::TimezoneHour,
                "timezone_minute" => Self::TimezoneMinute,
                "epoch" => Self::Epoch,
                "millisecond" | "milliseconds" | "ms" => Self::Milliseconds,
                "microsecond" | "microseconds" | "us" => Self::Microseconds,
                "nanosecond" | "nanoseconds" | "ns" => Self::Nanoseconds,
                _ => {
                    return exec_err!(
                        "'{name}' is no part of a time: they are year, quarter, month, week, day, day_of_week, day_of_year, year_of_week, hour, minute and second"
                    );
                }
            },
        )
    }

    /// Its number, of a clock on the wall that is so far ahead of UTC.
    pub(super) fn of(self, local: i64, ahead: i64) -> i64 {
        let (days, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        match self {
            Self::Year => calendar::date(days).year,
            Self::Quarter => (calendar::date(days).month + 2) / 3,
            Self::Month => calendar::date(days).month,
            Self::Week => calendar::week(days).1,
            Self::Day => calendar::date(days).day,
            Self::Hour => time / HOUR,
            Self::Minute => time % HOUR / MINUTE,
            Self::Second => time % MINUTE / SECOND,
            Self::Millisecond => time % SECOND / MILLISECOND,
            Self::DayOfWeek => calendar::day_of_week(days),
            Self::DayOfYear => calendar::day_of_year(days),
            Self::YearOfWeek => calendar::week(days).0,
            Self::TimezoneHour => ahead / HOUR,
            Self::TimezoneMinute => ahead % HOUR / MINUTE,
            Self::Epoch => local.saturating_sub(ahead),
            Self::Milliseconds => time % MINUTE / MILLISECOND,
            Self::Microseconds => time % MINUTE,
            Self::Nanoseconds => time % MINUTE * 1_000,
        }
    }

    /// Its number of an interval: whole days and more are days, whole months and more are months and years.
    pub(super) fn of_interval(self, months: i64, micros: i64) -> Result<i64> {
        Ok(match self {
            Self::Year => months / 12,
            Self::Quarter => months % 12 / 3 + 1,
            Self::Month => months % 12,
            Self::Day => micros / DAY,
            Self::Hour => micros % DAY / HOUR,
            Self::Minute => micros % HOUR / MINUTE,
            Self::Second => micros % MINUTE / SECOND,
            Self::Millisecond => micros % SECOND / MILLISECOND,
            // Months have no length of their own; PostgreSQL takes 30 days.
            Self::Epoch => months.saturating_mul(30 * DAY).saturating_add(micros),
            Self::Milliseconds => micros % MINUTE / MILLISECOND,
            Self::Microseconds => micros % MINUTE,
            Self::Nanoseconds => micros % MINUTE * 1_000,
            Self::Week
            | Self::DayOfWeek
            | Self::DayOfYear
            | Self::YearOfWeek
            | Self::TimezoneHour
            | Self::TimezoneMinute => return exec_err!("an interval has no {self:?}"),
        })
    }
}
