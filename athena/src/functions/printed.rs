//! Values as Trino prints them when it makes text of them.

use arrow::{
    array::{ArrayRef, AsArray, StringViewArray},
    compute::cast,
    datatypes::{DataType, Float64Type, TimeUnit, TimestampMicrosecondType},
};
use chrono::DateTime;
use datafusion::error::Result;

use super::support::TEXT;

/// Every value as text.
pub(super) fn printed(values: &ArrayRef) -> Result<StringViewArray> {
    match values.data_type() {
        DataType::Float32 | DataType::Float64 => {
            let is_real = values.data_type() == &DataType::Float32;
            let doubles = cast(values, &DataType::Float64)?;
            Ok(doubles
                .as_primitive::<Float64Type>()
                .iter()
                .map(|value| value.map(|value| double(value, is_real)))
                .collect())
        }
        DataType::Timestamp(..) => {
            let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
            let times = cast(values, &utc)?;
            Ok(times
                .as_primitive::<TimestampMicrosecondType>()
                .iter()
                .map(|time| {
                    let time = DateTime::from_timestamp_micros(time?)?;
                    Some(time.format("%Y-%m-%d %H:%M:%S%.3f").to_string())
                })
                .collect())
        }
        // Amounts are doubles in Athena, which print the digits that they have.
        DataType::Decimal128(38, 18) => {
            let texts = cast(values, &TEXT)?;
            Ok(texts
                .as_string_view()
                .iter()
                .map(|text| text.map(shortest))
                .collect())
        }
        _ => {
            let texts = cast(values, &TEXT)?;
            Ok(texts.as_string_view().clone())
        }
    }
}

/// Without the zeros at the end, except one after the point.
fn shortest(text: &str) -> String {
    let digits = text.trim_end_matches('0');
    if digits.ends_with('.') {
        format!("{digits}0")
    } else {
        digits.to_owned()
    }
}

/// A double as Java prints it: plain between 10⁻³ and 10⁷, else with an exponent.
pub(super) fn double(value: f64, is_real: bool) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "it was a real before")]
    let shown = if is_real {
        format!("{:e}", value as f32)
    } else {
        format!("{value:e}")
    };
    let size = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&size) {
        #[expect(clippy::cast_possible_truncation, reason = "it was a real before")]
        let plain = if is_real {
            (value as f32).to_string()
        } else {
            value.to_string()
        };
        return if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        };
    }
    match shown.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
        None => shown,
    }
}
