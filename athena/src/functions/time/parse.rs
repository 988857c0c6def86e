//! `date_parse` and `parse_datetime`: text as times.

use arrow::{
    array::{ArrayRef, Int64Array},
    datatypes::DataType,
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarUDF},
};

use super::{
    super::support::{constant_text, is_text, texts},
    calendar::MILLISECOND,
    joda, mysql,
    parsed::Parsed,
    pattern::{Item, MONTHS, Number, Pattern, WEEKDAYS},
    plain::{Plain, Returns},
    read::{argument, check_text, check_time, finish, times, timestamp, zoned},
    zone::{Zone, parse_offset},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    let without_zone: Returns = |args| check(args).map(|()| timestamp());
    let with_zone: Returns = |args| check(args).map(|()| zoned(Zone::Utc));
    vec![
        Plain::new("date_parse", [2], without_zone, |args, rows, returns| {
            read(args, rows, mysql::compile, returns)
        })
        .into(),
        Plain::new("parse_datetime", [2], with_zone, |args, rows, returns| {
            read(args, rows, joda::compile, returns)
        })
        .into(),
    ]
}

fn check(args: &ReturnFieldArgs<'_>) -> Result<()> {
    check_time(argument(args, 0))?;
    check_text(argument(args, 1))
}

fn read(
    args: &[ColumnarValue],
    rows: usize,
    compile: fn(&str) -> Result<Pattern>,
    returns: &DataType,
) -> Result<ArrayRef> {
    let data_type = args[0].data_type();
    if !is_text(&data_type) && !data_type.is_null() {
        // What is a time already needs no reading.
        return finish(&times(&args[0], rows)?.instants, returns);
    }
    let input = texts(&args[0], rows)?;
    let mut made = Int64Array::builder(rows);
    let mut last: Option<(&str, i64)> = None;
    match constant_text(&args[1]) {
        Some(None) => made.append_nulls(rows),
        Some(Some(format)) => {
            let pattern = compile(format)?;
            for text in &input {
                let value = match (text, last) {
                    (None, _) => None,
                    (Some(text), Some((same, value))) if same == text => Some(value),
                    (Some(text), _) => {
                        let value = read_one(&pattern, text, format)?;
                        last = Some((text, value));
                        Some(value)
                    }
                };
                made.append_option(value);
            }
        }
        None => {
            let formats = texts(&args[1], rows)?;
            let mut last: Option<(&str, Pattern)> = None;
            for (text, format) in input.iter().zip(&formats) {
                let (Some(text), Some(format)) = (text, format) else {
                    made.append_null();
                    continue;
                };
                let pattern = match last {
                    Some((same, ref pattern)) if same == format => pattern,
                    _ => &last.insert((format, compile(format)?)).1,
                };
                made.append_value(read_one(pattern, text, format)?);
            }
        }
    }
    finish(&made.finish(), returns)
}

/// The instant that `text` tells, in whole milliseconds as Trino has it.
fn read_one(pattern: &Pattern, text: &str, format: &str) -> Result<i64> {
    let read = parse(pattern, text).and_then(Parsed::instant);
    match read {
        Some(instant) => Ok(instant.div_euclid(MILLISECOND) * MILLISECOND),
        None => Err(DataFusionError::Execution(format!(
            "'{text}' is no time of the format '{format}'"
        ))),
    }
}

/// What all of `text` says by a pattern; `None` if it does not match.
fn parse(pattern: &Pattern, text: &str) -> Option<Parsed> {
    let mut parsed = Parsed::default();
    let mut rest = text;
    for item in &pattern.items {
        rest = match item {
            Item::Text(literal) => strip(rest, literal)?,
            &Item::Number { field, most, .. } => {
                let signed = matches!(field, Number::Year | Number::WeekYear);
                let (value, rest) = number(rest, most, signed)?;
                parsed.set(field, value)?;
                rest
            }
            Item::TwoDigitYear { of_week } => {
                let (value, after) = number(rest, 2, false)?;
                if rest.len() - after.len() < 2 {
                    return None;
                }
                let year = if value < 70 {
                    2000 + value
                } else {
                    1900 + value
                };
                let field = if *of_week {
                    Number::WeekYear
                } else {
                    Number::Year
                };
                parsed.set(field, year)?;
                after
            }
            Item::Fraction { read, .. } => {
                let (micros, rest) = fraction(rest, *read)?;
                parsed.micros = micros;
                rest
            }
            Item::MonthName { .. } => {
                let (month, rest) = name(rest, &MONTHS)?;
                parsed.set(Number::Month, month)?;
                rest
            }
            Item::DayName { .. } => {
                let (day, rest) = name(rest, &WEEKDAYS)?;
                parsed.set(Number::DayOfWeek, day)?;
                rest
            }
            Item::HalfDay => {
                let morning = strip(rest, "AM");
                parsed.afternoon = Some(morning.is_none());
                morning.or_else(|| strip(rest, "PM"))?
            }
            Item::Era => {
                let ours = strip(rest, "AD");
                parsed.before_christ = ours.is_none();
                ours.or_else(|| strip(rest, "BC"))?
            }
            Item::Offset { .. } => {
                let end = rest
                    .bytes()
                    .position(|b| !matches!(b, b'+' | b'-' | b':' | b'0'..=b'9'))
                    .unwrap_or(rest.len());
                let (offset, after) = rest.split_at(end);
                if let Some(offset) = parse_offset(offset) {
                    parsed.zone = Some(Zone::fixed(offset));
                    after
                } else {
                    parsed.zone = Some(Zone::Utc);
                    strip(rest, "Z")?
                }
            }
            Item::ZoneName { .. } => {
                let in_name = |c: char| c.is_ascii_alphanumeric() || "/_+-:".contains(c);
                let end = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
                let (zone, rest) = rest.split_at(end);
                parsed.zone = Some(Zone::parse(zone)?);
                rest
            }
        };
    }
    rest.is_empty().then_some(parsed)
}

/// What comes after `wanted`, in any case.
fn strip<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    let head = text.get(..wanted.len())?;
    head.eq_ignore_ascii_case(wanted)
        .then(|| &text[wanted.len()..])
}

/// A number of up to `most` digits, and what comes after it.
fn number(text: &str, most: usize, signed: bool) -> Option<(i64, &str)> {
    let digits = match text.as_bytes().first() {
        Some(b'+' | b'-') if signed => &text[1..],
        _ => text,
    };
    let count = digits
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    let (digits, rest) = digits.split_at(count);
    let value: i64 = digits.parse().ok()?;
    let negative = signed && text.starts_with('-');
    Some((if negative { -value } else { value }, rest))
}

/// Microseconds of up to `most` digits of a second, and what comes after them.
fn fraction(text: &str, most: usize) -> Option<(i64, &str)> {
    let digits = text.bytes().take(most);
    let count = digits.take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(count);
    if count == 0 {
        return None;
    }
    let six = digits.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = six.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some((micros, rest))
}

/// The place, from 1, of a name that `text` begins with, whole or its first three letters.
fn name<'a>(text: &'a str, names: &[&str]) -> Option<(i64, &'a str)> {
    names.iter().zip(1..).find_map(|(name, place)| {
        let rest = strip(text, name).or_else(|| strip(text, name.get(..3)?))?;
        Some((place, rest))
    })
}
