//! The proleptic Gregorian calendar, in whole numbers: days since 1970-01-01, and microseconds of a clock on the wall.
//!
//! Everything that fits an `i64` of microseconds has a date here, which is more than chrono's types hold.

/// Microseconds in a millisecond.
pub(super) const MILLISECOND: i64 = 1_000;
/// Microseconds in a second.
pub(super) const SECOND: i64 = 1_000 * MILLISECOND;
/// Microseconds in a minute.
pub(super) const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub(super) const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub(super) const DAY: i64 = 24 * HOUR;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    /// The year; 0 is the year before 1.
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: i64,
    /// 1 to 31.
    pub(super) day: i64,
}

/// The date of a day.
pub(super) fn date(days: i64) -> Date {
    // Years that begin in March have their leap day at the end; 719468 days lie between 0000-03-01 and 1970-01-01.
    let days = days.saturating_add(719_468);
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    Date {
        year: year + era * 400 + i64::from(month <= 2),
        month,
        day: of_year - (153 * from_march + 2) / 5 + 1,
    }
}

/// The day of a date, whose month and day must exist; its year must have less than ten digits.
pub(super) fn day(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Whether a year has a 29th of February.
pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has.
pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// 1 for Monday to 7 for Sunday.
pub(super) fn day_of_week(days: i64) -> i64 {
    days.saturating_add(3).rem_euclid(7) + 1
}

/// 1 to 366.
pub(super) fn day_of_year(days: i64) -> i64 {
    days - day(date(days).year, 1, 1) + 1
}

/// The year that a day's week belongs to, and the week's number in it, as ISO 8601 counts.
pub(super) fn week(days: i64) -> (i64, i64) {
    let thursday = days - day_of_week(days) + 4;
    let year = date(thursday).year;
    (year, (thursday - day(year, 1, 1)) / 7 + 1)
}

/// The first day of a week of ISO 8601.
pub(super) fn first_day_of_week(year: i64, week: i64) -> i64 {
    let fourth = day(year, 1, 4);
    fourth - day_of_week(fourth) + 1 + 7 * (week - 1)
}

/// How many weeks a year has as ISO 8601 counts.
pub(super) fn weeks_in_year(year: i64) -> i64 {
    week(day(year, 12, 28)).1
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate};

    use super::*;

    #[test]
    fn days_are_those_of_chrono() {
        for days in (-800_000..800_000).step_by(17).chain(-800..800) {
            let same = NaiveDate::from_epoch_days(i32::try_from(days).unwrap()).unwrap();
            let found = date(days);
            let expected = (
                i64::from(same.year()),
                i64::from(same.month()),
                i64::from(same.day()),
            );
            assert_eq!((found.year, found.month, found.day), expected);
            assert_eq!(day(found.year, found.month, found.day), days);
            assert_eq!(
                day_of_week(days),
                i64::from(same.weekday().number_from_monday())
            );
            assert_eq!(day_of_year(days), i64::from(same.ordinal()));
            let iso = same.iso_week();
            assert_eq!(week(days), (i64::from(iso.year()), i64::from(iso.week())));
            let (year, number) = week(days);
            assert_eq!(
                first_day_of_week(year, number),
                days - day_of_week(days) + 1
            );
            assert!(number <= weeks_in_year(year));
            assert!(found.day <= days_in_month(found.year, found.month));
        }
    }

    #[test]
    fn ends_of_what_can_be_told_have_dates() {
        for micros in [i64::MIN, i64::MAX] {
            let days = micros.div_euclid(DAY);
            let found = date(days);
            assert_eq!(day(found.year, found.month, found.day), days);
        }
        assert_eq!(date(i64::MAX / DAY).year, 294_247);
    }
}
