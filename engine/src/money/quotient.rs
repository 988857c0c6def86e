//! The double nearest to a sum of amounts divided by a number of them.

use std::sync::Arc;

use curtail_store::MONEY_SCALE;
use datafusion::{
    arrow::{
        array::{AsArray, Float64Array},
        datatypes::{DataType, Decimal128Type, Int64Type},
    },
    common::{Result, ScalarValue, exec_err},
    logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};

/// Units in one: amounts have 18 decimal places.
const ONE: u128 = 10_u128.pow(MONEY_SCALE.unsigned_abs() as u32);

/// `units` of 10⁻¹⁸, divided by `count`, rounded once; `None` of none.
pub(super) fn quotient(units: i128, count: u64) -> Option<f64> {
    let divisor = u128::from(count) * ONE;
    if divisor == 0 {
        return None;
    }
    let (mut digits, mut rest) = (
        units.unsigned_abs() / divisor,
        units.unsigned_abs() % divisor,
    );
    // Binary digits, until there are more than a double has; the divisor has at most 124, so nothing overflows.
    let mut scale = 1.0;
    while rest != 0 && digits >> 63 == 0 {
        rest <<= 1;
        digits <<= 1;
        scale /= 2.0;
        if rest >= divisor {
            rest -= divisor;
            digits |= 1;
        }
    }
    // What is left decides ties.
    digits |= u128::from(rest != 0);
    #[expect(
        clippy::cast_precision_loss,
        reason = "this is where it is rounded, to the nearest"
    )]
    let rounded = digits as f64 * scale;
    Some(if units < 0 { -rounded } else { rounded })
}

/// What `avg` of amounts is, of their sum and how many there are.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Quotient {
    signature: Signature,
}

impl Default for Quotient {
    fn default() -> Self {
        let types = vec![DataType::Decimal128(38, MONEY_SCALE), DataType::Int64];
        Self {
            signature: Signature::exact(types, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for Quotient {
    fn name(&self) -> &'static str {
        "average_of"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        if let [
            ColumnarValue::Scalar(ScalarValue::Decimal128(units, ..)),
            ColumnarValue::Scalar(ScalarValue::Int64(count)),
        ] = arguments.args.as_slice()
        {
            return Ok(ColumnarValue::Scalar(ScalarValue::Float64(of(
                *units, *count,
            ))));
        }
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let [sums, counts] = arrays.as_slice() else {
            return exec_err!("an average is one of a sum and a number");
        };
        let sums = sums.as_primitive::<Decimal128Type>().iter();
        let counts = counts.as_primitive::<Int64Type>().iter();
        let averages: Float64Array = sums
            .zip(counts)
            .map(|(sum, count)| of(sum, count))
            .collect();
        Ok(ColumnarValue::Array(Arc::new(averages)))
    }
}

fn of(units: Option<i128>, count: Option<i64>) -> Option<f64> {
    quotient(units?, u64::try_from(count?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_rounded_once() {
        let one = i128::try_from(ONE).unwrap();
        assert_eq!(quotient(one, 1), Some(1.0));
        assert_eq!(quotient(one, 3), Some(1.0 / 3.0));
        assert_eq!(quotient(-one * 2, 3), Some(-2.0 / 3.0));
        assert_eq!(quotient(one / 10, 1), Some(0.1));
        assert_eq!(quotient(1, 1), Some(1e-18));
        assert_eq!(
            quotient(1, u64::MAX),
            Some(1e-18 / 18_446_744_073_709_551_615.0)
        );
        assert_eq!(quotient(0, 5), Some(0.0));
        assert_eq!(quotient(one, 0), None);
        let largest = i128::try_from(super::super::LARGEST).unwrap();
        assert_eq!(quotient(largest, 1), Some(1e20));
        assert_eq!(
            quotient(-largest, u64::MAX),
            Some(-1e20 / 18_446_744_073_709_551_615.0)
        );
        // 2⁵³ + 1 lies between two doubles: the even one, unless there is more.
        let tie = (i128::from(1_u64 << 53) + 1) * one;
        assert_eq!(quotient(tie, 1), Some(9_007_199_254_740_992.0));
        assert_eq!(quotient(tie + 1, 1), Some(9_007_199_254_740_994.0));
    }

    #[test]
    fn quotients_are_what_text_says() {
        // Parsing rounds once, too.
        for units in [
            1_i128,
            7,
            123_456_789_012_345_678,
            99_999_999_999_999_999_999_999,
        ] {
            let text = format!("{units}e-18");
            assert_eq!(quotient(units, 1), Some(text.parse().unwrap()), "{units}");
        }
    }
}
