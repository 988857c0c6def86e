//! Lengths of time: `to_milliseconds`, `human_readable_seconds` and `parse_duration`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, DurationMicrosecondArray, Int64Array, StringViewBuilder},
    compute::cast_with_options,
    datatypes::{DataType, Float64Type, TimeUnit},
};
use datafusion::{
    common::{exec_err, plan_err},
    error::{DataFusionError, Result},
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::{
    super::support::{TEXT, is_text, texts},
    calendar::{DAY, HOUR, MILLISECOND, MINUTE, SECOND},
    fields::microseconds,
    plain::Plain,
    read::{CAST, argument, check_text, out_of_range},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new(
            "to_milliseconds",
            [1],
            |args| match argument(args, 0) {
                DataType::Null | DataType::Interval(_) | DataType::Duration(_) => {
                    Ok(DataType::Int64)
                }
                other => plan_err!("{other} is no interval"),
            },
            |args, rows, _| {
                let millis = microseconds(&args[0], rows)?.unary(|micros| micros / MILLISECOND);
                let millis: Int64Array = millis;
                Ok(Arc::new(millis))
            },
        )
        .into(),
        Plain::new(
            "human_readable_seconds",
            [1],
            |args| match argument(args, 0) {
                other if other.is_null() || other.is_numeric() || is_text(other) => Ok(TEXT),
                other => plan_err!("{other} is no number"),
            },
            human_readable,
        )
        .into(),
        Plain::new(
            "parse_duration",
            [1],
            |args| {
                check_text(argument(args, 0))?;
                Ok(DataType::Duration(TimeUnit::Microsecond))
            },
            parse_duration,
        )
        .into(),
    ]
}

fn human_readable(args: &[ColumnarValue], rows: usize, _: &DataType) -> Result<ArrayRef> {
    let array = args[0].to_array(rows)?;
    let doubles = cast_with_options(&array, &DataType::Float64, &CAST)?;
    let mut made = StringViewBuilder::with_capacity(rows);
    for value in doubles.as_primitive::<Float64Type>() {
        let Some(value) = value else {
            made.append_null();
            continue;
        };
        if !value.is_finite() || value.abs() >= 9e15 {
            return exec_err!("{value} seconds cannot be told");
        }
        #[expect(clippy::cast_possible_truncation, reason = "its size is checked")]
        let mut left = value.abs() as i64;
        let mut parts = Vec::new();
        for (name, length) in [
            ("week", 7 * DAY / SECOND),
            ("day", DAY / SECOND),
            ("hour", HOUR / SECOND),
            ("minute", MINUTE / SECOND),
            ("second", 1),
        ] {
            let count = left / length;
            left %= length;
            if count > 0 || name == "second" && parts.is_empty() {
                let plural = if count == 1 { "" } else { "s" };
                parts.push(format!("{count} {name}{plural}"));
            }
        }
        made.append_value(parts.join(", "));
    }
    Ok(Arc::new(made.finish()))
}

/// Text such as `3.81 d`: a number and its unit.
fn parse_duration(args: &[ColumnarValue], rows: usize, _: &DataType) -> Result<ArrayRef> {
    let mut made = DurationMicrosecondArray::builder(rows);
    for text in &texts(&args[0], rows)? {
        made.append_option(text.map(duration).transpose()?);
    }
    Ok(Arc::new(made.finish()))
}

fn duration(text: &str) -> Result<i64> {
    let wrong = || DataFusionError::Execution(format!("'{text}' is no duration like '3.81 d'"));
    let trimmed = text.trim();
    let end = trimmed
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or_else(wrong)?;
    let (number, unit) = trimmed.split_at(end);
    let unit = match unit.trim() {
        "ns" => 1e-3,
        "us" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        "m" => 6e7,
        "h" => 3.6e9,
        "d" => 8.64e10,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    // Trino's intervals have milliseconds.
    let millis = (number * unit / 1e3).round();
    if millis.abs() >= 9e15 {
        return Err(out_of_range(text));
    }
    #[expect(clippy::cast_possible_truncation, reason = "its size is checked")]
    let millis = millis as i64;
    Ok(millis * MILLISECOND)
}
