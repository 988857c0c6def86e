//! `date_format` and `format_datetime`: times as text.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, StringViewBuilder, UInt32Array, new_null_array},
    compute::take,
};
use datafusion::{
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};
use hashbrown::HashMap;

use super::{
    super::support::{TEXT, constant_text, texts},
    calendar::{self, DAY, Date, HOUR, MINUTE, SECOND},
    joda, mysql,
    pattern::{Item, MONTHS, Number, Pattern, WEEKDAYS},
    plain::{Plain, Returns},
    read::{Times, argument, check_text, check_time, out_of_range, times},
    zone::{Zone, offset_text},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    let text: Returns = |args| {
        check_time(argument(args, 0))?;
        check_text(argument(args, 1)).map(|()| TEXT)
    };
    vec![
        Plain::new("date_format", [2], text, |args, rows, _| {
            written(args, rows, mysql::compile)
        })
        .into(),
        Plain::new("format_datetime", [2], text, |args, rows, _| {
            written(args, rows, joda::compile)
        })
        .into(),
    ]
}

fn written(
    args: &[ColumnarValue],
    rows: usize,
    compile: fn(&str) -> Result<Pattern>,
) -> Result<ArrayRef> {
    let times = times(&args[0], rows)?;
    match constant_text(&args[1]) {
        Some(None) => Ok(new_null_array(&TEXT, rows)),
        Some(Some(pattern)) => by_one(&times, &compile(pattern)?),
        None => {
            let patterns = texts(&args[1], rows)?;
            let mut last: Option<(&str, Pattern)> = None;
            let mut made = StringViewBuilder::with_capacity(rows);
            let mut buffer = String::new();
            for (time, text) in times.instants.iter().zip(&patterns) {
                let (Some(time), Some(text)) = (time, text) else {
                    made.append_null();
                    continue;
                };
                let pattern = match last {
                    Some((same, ref pattern)) if same == text => pattern,
                    _ => &last.insert((text, compile(text)?)).1,
                };
                buffer.clear();
                write(pattern, time, times.zone, &mut buffer)?;
                made.append_value(&buffer);
            }
            Ok(Arc::new(made.finish()))
        }
    }
}

/// All times by one pattern. What looks the same is written once: a month has few days, and few hours.
fn by_one(times: &Times, pattern: &Pattern) -> Result<ArrayRef> {
    let instants = &times.instants;
    if instants.null_count() == instants.len() {
        return Ok(new_null_array(&TEXT, instants.len()));
    }
    let grain = match times.zone {
        Zone::Utc => pattern.grain(),
        // Offsets change at any time.
        _ => 1,
    };
    let mut distinct = StringViewBuilder::new();
    let mut buffer = String::new();
    let mut places = HashMap::<i64, u32>::new();
    // The stretch of time that the row before was in, and the place of its text.
    let (mut start, mut place) = (0, None);
    let mut taken = Vec::with_capacity(instants.len());
    for (row, &instant) in instants.values().iter().enumerate() {
        if instants.is_null(row) {
            taken.push(0);
            continue;
        }
        let since = instant.checked_sub(start);
        let known = place.filter(|_| since.is_some_and(|since| (0..grain).contains(&since)));
        let at = if let Some(known) = known {
            known
        } else {
            let key = instant.div_euclid(grain);
            let at = if let Some(&at) = places.get(&key) {
                at
            } else {
                let at = u32::try_from(places.len())
                    .map_err(|_| out_of_range("a batch of so many rows"))?;
                buffer.clear();
                write(pattern, instant, times.zone, &mut buffer)?;
                distinct.append_value(&buffer);
                places.insert(key, at);
                at
            };
            start = key.saturating_mul(grain);
            place = Some(at);
            at
        };
        taken.push(at);
    }
    let taken = UInt32Array::new(taken.into(), instants.nulls().cloned());
    Ok(take(&distinct.finish(), &taken, None)?)
}

/// Appends a time to `text`.
fn write(pattern: &Pattern, instant: i64, zone: Zone, text: &mut String) -> Result<()> {
    let local = zone.local(instant);
    let (days, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let date = calendar::date(days);
    for item in &pattern.items {
        match item {
            Item::Text(literal) => text.push_str(literal),
            &Item::Number { field, least, .. } => {
                let value = number(field, date, days, time);
                // The sign comes before the zeros, and is none of the digits.
                if value < 0 {
                    text.push('-');
                }
                padded(text, value.abs(), least)?;
            }
            Item::TwoDigitYear { of_week } => {
                let year = if *of_week {
                    calendar::week(days).0
                } else {
                    date.year
                };
                padded(text, year.abs() % 100, 2)?;
            }
            Item::Fraction { written, .. } => {
                // Six digits are known.
                let known = (*written).min(6);
                let dropped = 10_i64.pow(u32::try_from(6 - known).unwrap_or(0));
                padded(text, time % SECOND / dropped, known)?;
                text.extend(std::iter::repeat_n('0', written - known));
            }
            Item::MonthName { short } => text.push_str(name(&MONTHS, date.month, *short)),
            Item::DayName { short } => {
                text.push_str(name(&WEEKDAYS, calendar::day_of_week(days), *short));
            }
            Item::HalfDay => text.push_str(if time < 12 * HOUR { "AM" } else { "PM" }),
            Item::Era => text.push_str(if date.year > 0 { "AD" } else { "BC" }),
            Item::Offset { colon } => text.push_str(&offset_text(zone.offset(instant), *colon)),
            Item::ZoneName { short: true } => text.push_str(&zone.abbreviation(instant)),
            Item::ZoneName { short: false } => text.push_str(&zone.name()),
        }
    }
    Ok(())
}

/// Appends a number of `least` digits or more.
fn padded(text: &mut String, value: i64, least: usize) -> Result<()> {
    let digit = |digit: i64| char::from(b"0123456789"[usize::try_from(digit % 10).unwrap_or(0)]);
    match (least, value) {
        (1, 0..10) => text.push(digit(value)),
        (1 | 2, 10..100) | (2, 0..10) => text.extend([digit(value / 10), digit(value)]),
        (4, 1_000..10_000) => text.extend([1_000, 100, 10, 1].map(|of| digit(value / of))),
        _ => write!(text, "{value:0least$}").map_err(|_| out_of_range(&value.to_string()))?,
    }
    Ok(())
}

fn name(names: &[&'static str], number: i64, short: bool) -> &'static str {
    let place = usize::try_from(number - 1).unwrap_or(0);
    let name = names.get(place).copied().unwrap_or_default();
    if short {
        name.get(..3).unwrap_or(name)
    } else {
        name
    }
}

fn number(field: Number, date: Date, days: i64, time: i64) -> i64 {
    let of_era = if date.year > 0 {
        date.year
    } else {
        1 - date.year
    };
    let hour = time / HOUR;
    match field {
        Number::Year => date.year,
        Number::YearOfEra => of_era,
        Number::Century => of_era / 100,
        Number::WeekYear => calendar::week(days).0,
        Number::Month => date.month,
        Number::Week => calendar::week(days).1,
        Number::Day => date.day,
        Number::DayOfYear => calendar::day_of_year(days),
        Number::DayOfWeek => calendar::day_of_week(days),
        Number::Hour => hour,
        Number::HourOfHalf => (hour + 11) % 12 + 1,
        Number::HourOfHalfFrom0 => hour % 12,
        Number::HourFrom1 => (hour + 23) % 24 + 1,
        Number::Minute => time % HOUR / MINUTE,
        Number::Second => time % MINUTE / SECOND,
    }
}
