//! Decimals as doubles, each the one that is nearest: arrow rounds twice, first the digits and then their quotient.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array},
    compute::cast,
    datatypes::{DataType, Decimal128Type},
};
use datafusion::{
    common::{ScalarValue, exec_err},
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

/// Doubles hold all whole numbers below this one.
const EXACT: u128 = 1 << f64::MANTISSA_DIGITS;
/// The most places of which the power of ten leaves enough binary digits in a quotient of 128 of them.
const MOST_PLACES: u32 = 18;

/// Whether [`function`] takes decimals of this type.
pub(super) fn is_taken(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Decimal128(_, scale) if *scale > 0)
}

/// The function from a decimal to a double.
pub(super) fn function() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
        Arc::new(ScalarUDF::new_from_impl(AsDouble {
            signature: Signature::any(1, Volatility::Immutable),
        }))
    });
    Arc::clone(&FUNCTION)
}

/// A constant decimal as a double.
pub(super) fn constant(value: &ScalarValue) -> Result<ScalarValue> {
    match value {
        ScalarValue::Decimal128(Some(unscaled), _, scale) if *scale > 0 => {
            Ok(ScalarValue::Float64(Some(nearest(*unscaled, *scale))))
        }
        other => other.cast_to(&DataType::Float64),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct AsDouble {
    signature: Signature,
}

impl ScalarUDFImpl for AsDouble {
    fn name(&self) -> &'static str {
        "as_double"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match arguments.args.as_slice() {
            [ColumnarValue::Scalar(value)] => Ok(ColumnarValue::Scalar(constant(value)?)),
            [ColumnarValue::Array(array)] => Ok(ColumnarValue::Array(doubles(array)?)),
            _ => exec_err!("as_double takes one decimal"),
        }
    }
}

fn doubles(array: &ArrayRef) -> Result<ArrayRef> {
    let DataType::Decimal128(_, scale @ 1..) = *array.data_type() else {
        return Ok(cast(array, &DataType::Float64)?);
    };
    let decimals = array.as_primitive::<Decimal128Type>();
    let values = decimals.values().iter();
    let doubles: Vec<f64> = values.map(|value| nearest(*value, scale)).collect();
    Ok(Arc::new(Float64Array::new(
        doubles.into(),
        decimals.nulls().cloned(),
    )))
}

/// The double nearest to `unscaled · 10^-scale`; of two that are equally near, the even one.
fn nearest(unscaled: i128, scale: i8) -> f64 {
    let digits = unscaled.unsigned_abs();
    let places = u32::from(scale.unsigned_abs());
    let size = if digits == 0 {
        0.0
    } else if places <= MOST_PLACES {
        quotient(digits, 10_u64.pow(places))
    } else {
        // Parsing rounds once.
        format!("{digits}e-{places}").parse().unwrap_or(f64::NAN)
    };
    if unscaled < 0 { -size } else { size }
}

/// `digits`, which is not 0, divided by a power of ten that a double holds.
#[expect(
    clippy::cast_precision_loss,
    reason = "this is where it is rounded, to the nearest"
)]
fn quotient(digits: u128, power: u64) -> f64 {
    if digits < EXACT {
        // Both are exact, so that their quotient is rounded once.
        return digits as f64 / power as f64;
    }
    // As many binary digits as there can be, of which the last also says that something is left: it decides ties.
    let shift = digits.leading_zeros();
    let shifted = digits << shift;
    let whole = shifted / u128::from(power);
    let sticky = u128::from(whole * u128::from(power) != shifted);
    let scale = f64::from_bits(u64::from(1023 - shift) << (f64::MANTISSA_DIGITS - 1));
    (whole | sticky) as f64 * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_what_text_says() {
        for unscaled in [
            0,
            1,
            7,
            290_000_000_000_000_000,
            1_234_570_000_000_000_000_000,
            99_999_999_999_999_999_999_999_999,
            12_345_678_901_234_567_890_123_456_789_012_345_678,
            (1 << 53) + 1,
            i128::MAX,
            i128::MIN,
        ] {
            for scale in [1, 2, 6, 17, 18, 19, 30, 38] {
                let text = format!("{unscaled}e-{scale}");
                let expected: f64 = text.parse().unwrap();
                assert_eq!(
                    nearest(unscaled, scale).to_bits(),
                    (expected + 0.0).to_bits(),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn random_amounts_are_nearest() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            let mut next = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state
            };
            let wide = (u128::from(next()) << 64 | u128::from(next())) >> (next() % 120 + 1);
            let unscaled = i128::try_from(wide).unwrap();
            let expected: f64 = format!("{unscaled}e-18").parse().unwrap();
            assert_eq!(
                nearest(unscaled, 18).to_bits(),
                expected.to_bits(),
                "{unscaled}"
            );
        }
    }
}
