//! Values as text, in Trino's form.

use std::{
    fmt::Write,
    sync::{Arc, LazyLock},
};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, Float32Array, Float64Array, StringViewBuilder, timezone::Tz,
    },
    compute::cast,
    datatypes::{
        DataType, Decimal128Type, DurationMicrosecondType, TimeUnit, TimestampMicrosecondType,
    },
};
use chrono::{DateTime, Timelike};
use datafusion::{
    common::{ScalarValue, exec_datafusion_err, exec_err},
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

use super::zone;

/// The smallest power of ten, and the first above the largest, that a double prints without an exponent.
const PLAIN: std::ops::Range<i32> = -3..7;

const MICROS_PER_MILLI: i64 = 1_000;

/// The function from doubles, timestamps, durations and amounts to text.
pub(super) fn function() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> =
        LazyLock::new(|| Arc::new(ScalarUDF::new_from_impl(AsText::default())));
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct AsText {
    signature: Signature,
}

impl Default for AsText {
    fn default() -> Self {
        Self {
            signature: Signature::any(1, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for AsText {
    fn name(&self) -> &'static str {
        "as_text"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match arguments.args.as_slice() {
            [ColumnarValue::Scalar(scalar)] => {
                let made = texts(&scalar.to_array()?)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                    &made, 0,
                )?))
            }
            [ColumnarValue::Array(array)] => Ok(ColumnarValue::Array(texts(array)?)),
            _ => exec_err!("as_text takes one value"),
        }
    }
}

/// All values as text.
fn texts(array: &ArrayRef) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Float64 => {
            let values: &Float64Array = array.as_primitive();
            each(values.iter(), |value, text| double(text, value))
        }
        DataType::Float32 => {
            let values: &Float32Array = array.as_primitive();
            each(values.iter(), |value, text| {
                floating(
                    text,
                    value.is_nan(),
                    value.is_sign_negative(),
                    value.is_infinite(),
                    value.abs(),
                )
            })
        }
        DataType::Float16 => texts(&cast(array, &DataType::Float32)?),
        DataType::Decimal128(_, scale) => {
            let scale = i32::from(*scale);
            let values = array.as_primitive::<Decimal128Type>();
            let mut digits = String::new();
            each(values.iter(), |value, text| {
                digits.clear();
                write!(digits, "{}", value.unsigned_abs())?;
                amount(text, value < 0, &digits, scale);
                Ok(())
            })
        }
        zoned @ DataType::Timestamp(_, Some(name)) if zone(zoned).is_some() => {
            let zone: Tz = name.parse()?;
            let micros = cast(
                array,
                &DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::clone(name))),
            )?;
            let values = micros.as_primitive::<TimestampMicrosecondType>();
            each(values.iter(), |value, text| {
                let local = DateTime::from_timestamp_micros(value)
                    .map(|instant| instant.with_timezone(&zone).naive_local().and_utc())
                    .ok_or_else(|| exec_datafusion_err!("a time out of range: {value} µs"))?;
                instant(text, local.timestamp_micros())?;
                text.push(' ');
                text.push_str(if name.as_ref() == "+00:00" {
                    "UTC"
                } else {
                    name
                });
                Ok(())
            })
        }
        DataType::Timestamp(..) => {
            let micros = cast(
                array,
                &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            )?;
            let values = micros.as_primitive::<TimestampMicrosecondType>();
            each(values.iter(), |value, text| instant(text, value))
        }
        DataType::Duration(_) => {
            let micros = cast(array, &DataType::Duration(TimeUnit::Microsecond))?;
            let values = micros.as_primitive::<DurationMicrosecondType>();
            each(values.iter(), |value, text| duration(text, value))
        }
        DataType::Dictionary(_, values) => texts(&cast(array, values)?),
        _ => Ok(cast(array, &DataType::Utf8View)?),
    }
}

fn each<T>(
    values: impl ExactSizeIterator<Item = Option<T>>,
    mut print: impl FnMut(T, &mut String) -> Result<()>,
) -> Result<ArrayRef> {
    let mut made = StringViewBuilder::with_capacity(values.len());
    let mut text = String::new();
    for value in values {
        match value {
            Some(value) => {
                text.clear();
                print(value, &mut text)?;
                made.append_value(&text);
            }
            None => made.append_null(),
        }
    }
    Ok(Arc::new(made.finish()))
}

/// A double as Java prints it, with the fewest digits that tell it from others.
fn double(text: &mut String, value: f64) -> Result<()> {
    floating(
        text,
        value.is_nan(),
        value.is_sign_negative(),
        value.is_infinite(),
        value.abs(),
    )
}

fn floating(
    text: &mut String,
    is_nan: bool,
    is_negative: bool,
    is_infinite: bool,
    magnitude: impl std::fmt::LowerExp,
) -> Result<()> {
    if is_nan {
        text.push_str("NaN");
        return Ok(());
    }
    if is_negative {
        text.push('-');
    }
    if is_infinite {
        text.push_str("Infinity");
        return Ok(());
    }
    // `d.ddde-d`, of the fewest digits.
    let shortest = format!("{magnitude:e}");
    let (digits, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent = exponent
        .parse()
        .map_err(|_| exec_datafusion_err!("no exponent in {shortest}"))?;
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    laid_out(text, &digits, exponent);
    Ok(())
}

/// An amount in the form of a double, but with all of its digits.
fn amount(text: &mut String, is_negative: bool, digits: &str, scale: i32) {
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        text.push_str("0.0");
        return;
    }
    if is_negative {
        text.push('-');
    }
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    laid_out(text, significant, length - 1 - scale);
}

/// `d.ddd × 10^exponent`, where the first digit is not zero unless all is.
fn laid_out(text: &mut String, digits: &str, exponent: i32) {
    let is_zero = digits.bytes().all(|digit| digit == b'0');
    let exponent = if is_zero { 0 } else { exponent };
    let (whole, fraction, suffix) = if !PLAIN.contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        (first.to_owned(), rest.to_owned(), Some(exponent))
    } else if let Ok(places) = usize::try_from(exponent) {
        let whole = places + 1;
        if digits.len() > whole {
            let (whole, fraction) = digits.split_at(whole);
            (whole.to_owned(), fraction.to_owned(), None)
        } else {
            (format!("{digits:0<whole$}"), String::new(), None)
        }
    } else {
        let zeros = usize::try_from(-1 - exponent).unwrap_or(0);
        (
            "0".to_owned(),
            format!("{}{digits}", "0".repeat(zeros)),
            None,
        )
    };
    text.push_str(&whole);
    text.push('.');
    text.push_str(if fraction.is_empty() { "0" } else { &fraction });
    if let Some(exponent) = suffix {
        text.push('E');
        text.push_str(&exponent.to_string());
    }
}

/// An instant to the millisecond, and to the microsecond if it has some.
fn instant(text: &mut String, micros: i64) -> Result<()> {
    let time = DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| exec_datafusion_err!("no timestamp is {micros} microseconds from 1970"))?;
    write!(text, "{}", time.format("%Y-%m-%d %H:%M:%S"))?;
    fraction(text, i64::from(time.nanosecond()) / 1_000)
}

/// A stretch of time as Trino prints an interval of days to seconds: `3 04:05:06.007`.
fn duration(text: &mut String, micros: i64) -> Result<()> {
    if micros < 0 {
        text.push('-');
    }
    let micros = micros.unsigned_abs();
    let seconds = micros / 1_000_000;
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    write!(text, "{days} {hours:02}:{minutes:02}:{rest:02}")?;
    fraction(text, i64::try_from(micros % 1_000_000).unwrap_or(0))
}

fn fraction(text: &mut String, micros: i64) -> Result<()> {
    if micros % MICROS_PER_MILLI == 0 {
        write!(text, ".{:03}", micros / MICROS_PER_MILLI)?;
    } else {
        write!(text, ".{micros:06}")?;
    }
    Ok(())
}
