//! What was read by a pattern, put together to a time as Joda does.

use super::{
    calendar::{self, DAY, HOUR, MINUTE, SECOND},
    pattern::Number,
    zone::Zone,
};

/// Years further off are beyond what microseconds reach.
const LAST_YEAR: i64 = 294_246;

/// Parts of a time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parsed {
    /// Of the second.
    pub(super) micros: i64,
    /// Whether it is PM.
    pub(super) afternoon: Option<bool>,
    /// Whether the year is counted back from 1.
    pub(super) before_christ: bool,
    /// Where the clock is.
    pub(super) zone: Option<Zone>,
    year: Option<i64>,
    century: Option<i64>,
    week_year: Option<i64>,
    month: Option<i64>,
    week: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    day_of_week: Option<i64>,
    hour: Option<i64>,
    hour_of_half: Option<i64>,
    minute: i64,
    second: i64,
}

impl Parsed {
    /// Notes a number, if it can be.
    pub(super) fn set(&mut self, field: Number, value: i64) -> Option<()> {
        let range = match field {
            Number::Year | Number::WeekYear => -LAST_YEAR..=LAST_YEAR,
            Number::YearOfEra => 1..=LAST_YEAR,
            Number::Century => 0..=LAST_YEAR / 100,
            Number::Month | Number::HourOfHalf => 1..=12,
            Number::Week => 1..=53,
            Number::Day => 1..=31,
            Number::DayOfYear => 1..=366,
            Number::DayOfWeek => 1..=7,
            Number::Hour => 0..=23,
            Number::HourOfHalfFrom0 => 0..=11,
            Number::HourFrom1 => 1..=24,
            Number::Minute | Number::Second => 0..=59,
        };
        if !range.contains(&value) {
            return None;
        }
        match field {
            Number::Year | Number::YearOfEra => self.year = Some(value),
            Number::Century => self.century = Some(value),
            Number::WeekYear => self.week_year = Some(value),
            Number::Month => self.month = Some(value),
            Number::Week => self.week = Some(value),
            Number::Day => self.day = Some(value),
            Number::DayOfYear => self.day_of_year = Some(value),
            Number::DayOfWeek => self.day_of_week = Some(value),
            Number::Hour => self.hour = Some(value),
            Number::HourOfHalf | Number::HourOfHalfFrom0 => self.hour_of_half = Some(value % 12),
            Number::HourFrom1 => self.hour = Some(value % 24),
            Number::Minute => self.minute = value,
            Number::Second => self.second = value,
        }
        Some(())
    }

    /// When that is; `None` if there is no such day.
    pub(super) fn instant(self) -> Option<i64> {
        let hour = match (self.hour, self.hour_of_half) {
            (Some(hour), _) => hour,
            (None, half) => half.unwrap_or(0) + if self.afternoon == Some(true) { 12 } else { 0 },
        };
        let time = hour * HOUR + self.minute * MINUTE + self.second * SECOND + self.micros;
        let local = self.days()?.checked_mul(DAY)?.checked_add(time)?;
        Some(self.zone.unwrap_or(Zone::Utc).instant(local))
    }

    fn days(self) -> Option<i64> {
        if self.week_year.is_some() || self.week.is_some() && self.month.is_none() {
            let year = self.week_year.or(self.year).unwrap_or(2000);
            let week = self.week.unwrap_or(1);
            if week > calendar::weeks_in_year(year) {
                return None;
            }
            let first = calendar::first_day_of_week(year, week);
            return Some(first + self.day_of_week.unwrap_or(1) - 1);
        }
        let year = match (self.year, self.century) {
            (Some(year), _) if self.before_christ => 1 - year,
            (Some(year), _) => year,
            (None, Some(century)) => century * 100,
            // Joda takes months and days without a year for those of a leap year.
            (None, None) if self.tells_day() => 2000,
            (None, None) => 1970,
        };
        let days = if let Some(of_year) = self.day_of_year.filter(|_| self.month.is_none()) {
            let last = if calendar::is_leap(year) { 366 } else { 365 };
            if of_year > last {
                return None;
            }
            calendar::day(year, 1, 1) + of_year - 1
        } else {
            let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
            if day > calendar::days_in_month(year, month) {
                return None;
            }
            calendar::day(year, month, day)
        };
        // The day of the week has the last word: it is that day of the same week.
        let moved = |weekday| days - calendar::day_of_week(days) + weekday;
        Some(self.day_of_week.map_or(days, moved))
    }

    fn tells_day(self) -> bool {
        self.month.is_some()
            || self.day.is_some()
            || self.day_of_year.is_some()
            || self.day_of_week.is_some()
    }
}
