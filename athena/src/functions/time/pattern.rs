//! Patterns of dates and times, compiled from either of the two languages that Trino has for them.

use super::calendar::{DAY, HOUR, MINUTE, SECOND};

/// A pattern.
#[derive(Debug, Default)]
pub(super) struct Pattern {
    /// What it is made of, in order.
    pub(super) items: Vec<Item>,
}

/// A part of a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// Text as it is.
    Text(String),
    /// A number.
    Number {
        /// What of a time it is.
        field: Number,
        /// Digits at least, when written.
        least: usize,
        /// Digits at most, when read.
        most: usize,
    },
    /// The last two digits of a year.
    TwoDigitYear {
        /// Whether it is the year that the week belongs to.
        of_week: bool,
    },
    /// Digits of the fraction of a second.
    Fraction {
        /// How many are written.
        written: usize,
        /// How many are read at most.
        read: usize,
    },
    /// A month by name.
    MonthName {
        /// Whether it is cut to three letters.
        short: bool,
    },
    /// A day of the week by name.
    DayName {
        /// Whether it is cut to three letters.
        short: bool,
    },
    /// AM or PM.
    HalfDay,
    /// AD or BC.
    Era,
    /// How far the zone is ahead of UTC.
    Offset {
        /// Whether there is a colon in it.
        colon: bool,
    },
    /// The zone by name.
    ZoneName {
        /// Whether it is abbreviated.
        short: bool,
    },
}

/// A number of a date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Year,
    YearOfEra,
    Century,
    WeekYear,
    Month,
    Week,
    Day,
    DayOfYear,
    DayOfWeek,
    Hour,
    /// 1 to 12.
    HourOfHalf,
    /// 0 to 11.
    HourOfHalfFrom0,
    /// 1 to 24.
    HourFrom1,
    Minute,
    Second,
}

impl Item {
    /// A number of so many digits at least, and no more than its field has.
    pub(super) fn number(field: Number, least: usize) -> Self {
        let digits = match field {
            Number::DayOfYear => 3,
            Number::DayOfWeek => 1,
            Number::Year | Number::YearOfEra | Number::Century | Number::WeekYear => 9,
            _ => 2,
        };
        Self::Number {
            field,
            least,
            most: digits.max(least),
        }
    }

    /// How long what it writes stays the same, at least, in UTC.
    fn grain(&self) -> i64 {
        match self {
            Self::Fraction { .. } => 1,
            Self::Number {
                field: Number::Second,
                ..
            } => SECOND,
            Self::Number {
                field: Number::Minute,
                ..
            } => MINUTE,
            Self::Number {
                field:
                    Number::Hour | Number::HourOfHalf | Number::HourOfHalfFrom0 | Number::HourFrom1,
                ..
            }
            | Self::HalfDay => HOUR,
            _ => DAY,
        }
    }
}

impl Pattern {
    /// How long what it writes stays the same, at least, in UTC: a whole day, hour, minute, second or microsecond.
    pub(super) fn grain(&self) -> i64 {
        self.items.iter().map(Item::grain).min().unwrap_or(DAY)
    }

    /// Adds text, to text that comes just before it.
    pub(super) fn push_text(&mut self, text: char) {
        if let Some(Item::Text(before)) = self.items.last_mut() {
            before.push(text);
        } else {
            self.items.push(Item::Text(text.into()));
        }
    }
}

/// January to December.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Monday to Sunday.
pub(super) const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
