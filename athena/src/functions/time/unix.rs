//! Seconds since 1970, to times and from them.

use std::sync::Arc;

use arrow::{
    array::{AsArray, Float64Array, Int64Array},
    compute::cast_with_options,
    datatypes::{DataType, Decimal128Type, Float64Type, Int64Type},
};
use datafusion::{
    common::{ScalarValue, plan_err},
    error::Result,
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarUDF},
};

use super::{
    super::support::is_text,
    calendar::{HOUR, MILLISECOND, MINUTE, SECOND},
    plain::{Plain, Run},
    read::{CAST, argument, check_time, finish, integers, out_of_range, times, zoned},
    zone::Zone,
};

pub(super) fn all() -> Vec<ScalarUDF> {
    let from: Run = |args, rows, returns| finish(&from_seconds(&args[0], rows)?, returns);
    let from_nanos: Run = |args, rows, returns| {
        let nanos = integers(&args[0], rows)?;
        finish(&nanos.unary(|nanos| nanos.div_euclid(1_000)), returns)
    };
    let to: Run = |args, rows, _| {
        let made: Float64Array = times(&args[0], rows)?.instants.unary(seconds);
        Ok(Arc::new(made))
    };
    vec![
        Plain::new("from_unixtime", [1, 2, 3], type_of_from, from).into(),
        Plain::new(
            "from_unixtime_nanos",
            [1],
            |args| check_number(argument(args, 0)).map(|()| zoned(Zone::Utc)),
            from_nanos,
        )
        .into(),
        Plain::new(
            "to_unixtime",
            [1],
            |args| check_time(argument(args, 0)).map(|()| DataType::Float64),
            to,
        )
        .monotonic()
        .into(),
    ]
}

/// Seconds of microseconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "doubles tell the microseconds of all years up to 2255"
)]
pub(super) fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

fn check_number(data_type: &DataType) -> Result<()> {
    if data_type.is_null() || data_type.is_numeric() || is_text(data_type) {
        Ok(())
    } else {
        plan_err!("{data_type} is no number")
    }
}

/// `from_unixtime(seconds)`, or with a zone, or with hours and minutes ahead of UTC.
fn type_of_from(args: &ReturnFieldArgs<'_>) -> Result<DataType> {
    check_number(argument(args, 0))?;
    let constant = |place: usize| args.scalar_arguments.get(place).copied().flatten();
    match args.arg_fields.len() {
        1 => Ok(zoned(Zone::Utc)),
        2 => Ok(zoned(constant_zone(constant(1))?)),
        _ => {
            let number = |place| {
                let value = constant(place).map(|value| value.cast_to(&DataType::Int64));
                if let Some(Ok(ScalarValue::Int64(number))) = value {
                    Ok(number.unwrap_or(0))
                } else {
                    plan_err!("hours and minutes must be constant whole numbers")
                }
            };
            let (hours, minutes) = (number(1)?, number(2)?);
            if !(-14..=14).contains(&hours) || !(-59..=59).contains(&minutes) {
                return plan_err!("{hours} hours and {minutes} minutes are no offset of a zone");
            }
            Ok(zoned(Zone::fixed(hours * HOUR + minutes * MINUTE)))
        }
    }
}

/// The zone that a constant names, UTC for NULL: the type depends on it.
pub(super) fn constant_zone(constant: Option<&ScalarValue>) -> Result<Zone> {
    match constant {
        Some(ScalarValue::Null) => Ok(Zone::Utc),
        Some(value) => match value.try_as_str() {
            Some(Some(name)) => Zone::named(name),
            Some(None) => Ok(Zone::Utc),
            None => plan_err!("{value} is no time zone"),
        },
        None => plan_err!("the time zone must be a constant"),
    }
}

/// Instants of seconds, to the nearest millisecond as Trino has it.
fn from_seconds(argument: &ColumnarValue, rows: usize) -> Result<Int64Array> {
    let array = argument.to_array(rows)?;
    let scaled = |values: &Int64Array, by: i64| {
        values.try_unary(|value| {
            let micros = value.checked_mul(by);
            micros.ok_or_else(|| out_of_range(&value.to_string()))
        })
    };
    match array.data_type() {
        DataType::Null => Ok(Int64Array::new_null(rows)),
        kind if kind.is_integer() => scaled(&integers(argument, rows)?, SECOND),
        kind if kind.is_decimal() => {
            let exact = cast_with_options(&array, &DataType::Decimal128(38, 3), &CAST)?;
            exact.as_primitive::<Decimal128Type>().try_unary(|millis| {
                let micros = i64::try_from(millis).ok();
                let micros = micros.and_then(|millis| millis.checked_mul(MILLISECOND));
                micros.ok_or_else(|| out_of_range(&format!("{millis} ms")))
            })
        }
        _ => {
            let doubles = cast_with_options(&array, &DataType::Float64, &CAST)?;
            let doubles = doubles.as_primitive::<Float64Type>();
            let millis: Float64Array = doubles.unary(|seconds| (seconds * 1e3 + 0.5).floor());
            let millis = cast_with_options(&millis, &DataType::Int64, &CAST)?;
            scaled(millis.as_primitive::<Int64Type>(), MILLISECOND)
        }
    }
}
