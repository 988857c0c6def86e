//! Dates and times.

use std::io::{self, Write};

use arrow::datatypes::IntervalMonthDayNano;
use chrono::{DateTime, Datelike, NaiveDate, Timelike};

/// Days from 1970 to 2000, from where `PostgreSQL` counts.
const DAYS: i32 = 10_957;
/// The same in microseconds.
const MICROSECONDS: i64 = DAYS as i64 * DAY;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Days from 2000 on.
pub(super) fn days(since_1970: i32) -> i32 {
    since_1970.saturating_sub(DAYS)
}

/// Microseconds from 2000 on.
pub(super) fn microseconds(since_1970: i64) -> i64 {
    since_1970.saturating_sub(MICROSECONDS)
}

pub(super) fn date(since_1970: i32, out: &mut Vec<u8>) -> io::Result<()> {
    match NaiveDate::from_epoch_days(since_1970) {
        Some(date) => {
            day(date, out)?;
            era(date, out)
        }
        None => out.write_all(if since_1970 < 0 {
            b"-infinity"
        } else {
            b"infinity"
        }),
    }
}

pub(super) fn time(microseconds: i64, out: &mut Vec<u8>) -> io::Result<()> {
    let seconds = microseconds.div_euclid(1_000_000);
    let (minutes, second) = (seconds / 60, seconds % 60);
    write!(out, "{:02}:{:02}:{second:02}", minutes / 60, minutes % 60)?;
    fraction(microseconds.rem_euclid(1_000_000), out)
}

pub(super) fn timestamp(since_1970: i64, zoned: bool, out: &mut Vec<u8>) -> io::Result<()> {
    let Some(moment) = DateTime::from_timestamp_micros(since_1970) else {
        return out.write_all(if since_1970 < 0 {
            b"-infinity"
        } else {
            b"infinity"
        });
    };
    let date = moment.date_naive();
    day(date, out)?;
    let seconds = i64::from(moment.num_seconds_from_midnight());
    let within = i64::from(moment.nanosecond() / 1000);
    out.push(b' ');
    time(seconds * 1_000_000 + within, out)?;
    if zoned {
        out.extend(b"+00");
    }
    era(date, out)
}

pub(super) fn interval(value: IntervalMonthDayNano, out: &mut Vec<u8>) -> io::Result<()> {
    let mut written = false;
    let mut unit = |number: i32, one: &str, out: &mut Vec<u8>| {
        if number == 0 {
            return Ok(());
        }
        let space = if written { " " } else { "" };
        written = true;
        let many = if number == 1 { "" } else { "s" };
        write!(out, "{space}{number} {one}{many}")
    };
    unit(value.months / 12, "year", out)?;
    unit(value.months % 12, "mon", out)?;
    unit(value.days, "day", out)?;
    let microseconds = value.nanoseconds / 1000;
    if microseconds == 0 && written {
        return Ok(());
    }
    if written {
        out.push(b' ');
    }
    if microseconds < 0 {
        out.push(b'-');
    }
    let length = i64::try_from(microseconds.unsigned_abs()).unwrap_or(i64::MAX);
    time(length, out)
}

fn day(date: NaiveDate, out: &mut Vec<u8>) -> io::Result<()> {
    let (_, year) = date.year_ce();
    write!(out, "{year:04}-{:02}-{:02}", date.month(), date.day())
}

fn era(date: NaiveDate, out: &mut Vec<u8>) -> io::Result<()> {
    match date.year_ce() {
        (true, _) => Ok(()),
        (false, _) => out.write_all(b" BC"),
    }
}

fn fraction(microseconds: i64, out: &mut Vec<u8>) -> io::Result<()> {
    if microseconds == 0 {
        return Ok(());
    }
    let digits = format!("{microseconds:06}");
    write!(out, ".{}", digits.trim_end_matches('0'))
}
