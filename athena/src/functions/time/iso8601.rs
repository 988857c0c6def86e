//! `from_iso8601_timestamp` and its like, `to_iso8601`, and `date`.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{ArrayRef, Int64Array, StringViewBuilder},
    datatypes::DataType,
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarUDF},
};

use super::{
    super::support::{TEXT, is_text, texts},
    calendar::{self, DAY, HOUR, MILLISECOND, MINUTE, SECOND},
    iso,
    plain::{Plain, Returns, Run},
    read::{Times, argument, check_time, finish, is_zoned, out_of_range, times, zoned},
    zone::{Zone, offset_text},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    let time: Returns = |args| zone_of(args).map(zoned);
    let day: Returns = |args| check_time(argument(args, 0)).map(|()| DataType::Date32);
    let text: Returns = |args| check_time(argument(args, 0)).map(|()| TEXT);
    // Trino's has milliseconds, but what is a time already stays as it is.
    let from: Run = |args, rows, returns| match read(args, rows)? {
        (instants, true) => {
            let whole = |micros: i64| micros.div_euclid(MILLISECOND) * MILLISECOND;
            finish(&instants.unary(whole), returns)
        }
        (instants, false) => finish(&instants, returns),
    };
    let from_exactly: Run = |args, rows, returns| finish(&read(args, rows)?.0, returns);
    let from_day: Run = |args, rows, returns| {
        if is_read(&args[0]) {
            return finish(&parsed(args, rows, |parsed| parsed.local)?, returns);
        }
        finish(&times(&args[0], rows)?.local(), returns)
    };
    let date: Run = |args, rows, returns| finish(&times(&args[0], rows)?.local(), returns);
    vec![
        Plain::new("from_iso8601_timestamp", [1], time, from).into(),
        Plain::new("from_iso8601_timestamp_nanos", [1], time, from_exactly).into(),
        Plain::new("from_iso8601_date", [1], day, from_day).into(),
        Plain::new("to_iso8601", [1], text, to_iso8601).into(),
        Plain::new("date", [1], day, date).monotonic().into(),
    ]
}

/// The zone of the result: that of the argument, also of text if it is a constant, else UTC.
fn zone_of(args: &ReturnFieldArgs<'_>) -> Result<Zone> {
    let data_type = argument(args, 0);
    check_time(data_type)?;
    let constant = args.scalar_arguments.first().copied().flatten();
    match constant.and_then(|value| value.try_as_str().flatten()) {
        Some(text) => Ok(iso::parse(text)
            .and_then(|parsed| parsed.zone)
            .unwrap_or(Zone::Utc)),
        None => Zone::of(data_type),
    }
}

/// Whether an argument is text, which is to be read.
fn is_read(argument: &ColumnarValue) -> bool {
    is_text(&argument.data_type())
}

/// Instants, and whether they were text.
fn read(args: &[ColumnarValue], rows: usize) -> Result<(Int64Array, bool)> {
    if is_read(&args[0]) {
        return Ok((parsed(args, rows, iso::Parsed::instant)?, true));
    }
    Ok((times(&args[0], rows)?.instants, false))
}

/// What `take` takes of the text of rows.
fn parsed(args: &[ColumnarValue], rows: usize, take: fn(iso::Parsed) -> i64) -> Result<Int64Array> {
    let texts = texts(&args[0], rows)?;
    let mut made = Int64Array::builder(rows);
    let mut last: Option<(&str, i64)> = None;
    for text in &texts {
        made.append_option(match (text, last) {
            (None, _) => None,
            (Some(text), Some((same, value))) if same == text => Some(value),
            (Some(text), _) => {
                let value = iso::parse(text).map(take).ok_or_else(|| {
                    DataFusionError::Execution(format!("'{text}' is no date or time of ISO 8601"))
                })?;
                last = Some((text, value));
                Some(value)
            }
        });
    }
    Ok(made.finish())
}

/// Dates without a time of day, timestamps without a zone without an offset, others with theirs.
fn to_iso8601(args: &[ColumnarValue], rows: usize, _: &DataType) -> Result<ArrayRef> {
    let is_date = matches!(args[0].data_type(), DataType::Date32 | DataType::Date64);
    let is_zoned = is_zoned(&args[0].data_type());
    let Times { instants, zone } = times(&args[0], rows)?;
    let mut made = StringViewBuilder::with_capacity(instants.len());
    let mut text = String::new();
    for instant in &instants {
        let Some(instant) = instant else {
            made.append_null();
            continue;
        };
        text.clear();
        write(&mut text, instant, zone, is_date).map_err(|_| out_of_range("a text"))?;
        match zone {
            Zone::Utc if is_zoned => text.push('Z'),
            Zone::Utc => {}
            zone => text.push_str(&offset_text(zone.offset(instant), true)),
        }
        made.append_value(&text);
    }
    Ok(Arc::new(made.finish()))
}

fn write(text: &mut String, instant: i64, zone: Zone, is_date: bool) -> std::fmt::Result {
    let local = zone.local(instant);
    let (date, time) = (calendar::date(local.div_euclid(DAY)), local.rem_euclid(DAY));
    if date.year < 0 {
        text.push('-');
    }
    write!(
        text,
        "{:04}-{:02}-{:02}",
        date.year.abs(),
        date.month,
        date.day
    )?;
    if is_date {
        return Ok(());
    }
    let (hour, minute) = (time / HOUR, time % HOUR / MINUTE);
    let (second, micros) = (time % MINUTE / SECOND, time % SECOND);
    write!(text, "T{hour:02}:{minute:02}:{second:02}.")?;
    if micros % MILLISECOND == 0 {
        write!(text, "{:03}", micros / MILLISECOND)?;
    } else {
        write!(text, "{micros:06}")?;
    }
    Ok(())
}
