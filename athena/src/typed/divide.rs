//! Quotients of decimals: `decimal(p1, s1) / decimal(p2, s2)` has the scale `max(s1, s2)`, and is rounded half away from zero.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{Array, ArrayRef, AsArray, Decimal128Array},
    compute::kernels::arity::try_binary,
    datatypes::{DataType, Decimal128Type, i256},
    error::ArrowError,
};
use datafusion::{
    common::{ScalarValue, plan_err},
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

/// The digits of the largest decimal.
const DIGITS: u8 = 38;

/// The function of two decimals.
pub(super) fn function() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
        Arc::new(ScalarUDF::new_from_impl(Divide {
            signature: Signature::any(2, Volatility::Immutable),
        }))
    });
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Divide {
    signature: Signature,
}

impl ScalarUDFImpl for Divide {
    fn name(&self) -> &'static str {
        "divide_decimals"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        let [
            DataType::Decimal128(digits, scale),
            DataType::Decimal128(_, by),
        ] = arguments
        else {
            return plan_err!("divide_decimals takes two decimals");
        };
        let more = i16::from(*by) + i16::from(*by - *scale).max(0);
        let digits = u8::try_from(i16::from(*digits) + more).unwrap_or(DIGITS);
        Ok(DataType::Decimal128(digits.min(DIGITS), *scale.max(by)))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let DataType::Decimal128(digits, scale) = *arguments.return_field.data_type() else {
            return plan_err!("divide_decimals makes a decimal");
        };
        let constant = |value: &ColumnarValue| matches!(value, ColumnarValue::Scalar(_));
        let all_constant = arguments.args.iter().all(constant);
        let rows = if all_constant { 1 } else { rows };
        let (left, right) = match arguments.args.as_slice() {
            [left, right] => (left.to_array(rows)?, right.to_array(rows)?),
            _ => return plan_err!("divide_decimals takes two decimals"),
        };
        let made: ArrayRef = Arc::new(quotients(&left, &right, digits, scale)?);
        if all_constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &made, 0,
            )?));
        }
        Ok(ColumnarValue::Array(made))
    }
}

fn quotients(left: &ArrayRef, right: &ArrayRef, digits: u8, scale: i8) -> Result<Decimal128Array> {
    let (DataType::Decimal128(_, left_scale), DataType::Decimal128(_, right_scale)) =
        (left.data_type(), right.data_type())
    else {
        return plan_err!("divide_decimals takes two decimals");
    };
    // a/10^s1 ÷ b/10^s2 = a·10^(s2-s1)/b, of which `scale` places are kept.
    let shift = u32::try_from(i16::from(*right_scale) - i16::from(*left_scale) + i16::from(scale))
        .unwrap_or(0);
    let largest = 10_i128
        .checked_pow(u32::from(digits))
        .map_or(i128::MAX, |power| power - 1);
    let made: Decimal128Array = try_binary(
        left.as_primitive::<Decimal128Type>(),
        right.as_primitive::<Decimal128Type>(),
        |dividend, divisor| {
            if divisor == 0 {
                return Err(ArrowError::ComputeError("Division by zero".to_owned()));
            }
            quotient(dividend, divisor, shift)
                .filter(|made| made.unsigned_abs() <= largest.unsigned_abs())
                .ok_or_else(|| {
                    ArrowError::ComputeError(format!(
                        "Decimal overflow: a quotient has more than {digits} digits"
                    ))
                })
        },
    )?;
    Ok(made.with_precision_and_scale(digits, scale)?)
}

/// `dividend · 10^shift / divisor`, rounded half away from zero; `None` if it does not fit.
fn quotient(dividend: i128, divisor: i128, shift: u32) -> Option<i128> {
    let shifted = 10_i128
        .checked_pow(shift)
        .and_then(|power| dividend.checked_mul(power));
    if let Some(shifted) = shifted {
        let (whole, rest) = (shifted.checked_div(divisor)?, shifted.checked_rem(divisor)?);
        let up = rest.unsigned_abs() >= divisor.unsigned_abs() - rest.unsigned_abs();
        let sign = if (rest < 0) == (divisor < 0) { 1 } else { -1 };
        return if up && rest != 0 {
            whole.checked_add(sign)
        } else {
            Some(whole)
        };
    }
    let ten = i256::from_i128(10);
    let (dividend, divisor) = (i256::from_i128(dividend), i256::from_i128(divisor));
    let shifted = dividend.checked_mul(ten.checked_pow(shift)?)?;
    let (whole, rest) = (shifted.checked_div(divisor)?, shifted.checked_rem(divisor)?);
    let zero = i256::ZERO;
    let twice = rest.checked_abs()?.checked_mul(i256::from_i128(2))?;
    let up = twice >= divisor.checked_abs()?;
    let sign = if (rest < zero) == (divisor < zero) {
        1
    } else {
        -1
    };
    if up && rest != zero {
        whole.checked_add(i256::from_i128(sign))?.to_i128()
    } else {
        whole.to_i128()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_rounded_half_away_from_zero() {
        assert_eq!(quotient(1, 2, 0), Some(1));
        assert_eq!(quotient(-1, 2, 0), Some(-1));
        assert_eq!(quotient(1, -2, 0), Some(-1));
        assert_eq!(quotient(-1, -2, 0), Some(1));
        assert_eq!(quotient(1, 3, 2), Some(33));
        assert_eq!(quotient(2, 3, 2), Some(67));
        assert_eq!(quotient(0, -3, 2), Some(0));
    }

    #[test]
    fn quotients_of_large_numbers_are_exact() {
        let large = 10_i128.pow(37);
        assert_eq!(quotient(large, large, 18), Some(10_i128.pow(18)));
        assert_eq!(
            quotient(-large, 3 * large, 18),
            Some(-333_333_333_333_333_333)
        );
        assert_eq!(quotient(large, 1, 18), None);
        assert_eq!(quotient(i128::MIN, -1, 0), None);
    }
}
