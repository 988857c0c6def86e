//! The remainder of a division.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array},
    datatypes::{DataType, Decimal128Type, Float64Type, Int64Type},
};
use datafusion::{
    common::{exec_datafusion_err, exec_err},
    error::Result,
    logical_expr::{ScalarUDF, type_coercion::binary::decimal_coercion},
};

use super::{
    super::{define::scalar, lists::unexpected, support::is_text},
    rounding::is_amount,
};

/// `mod(n, m)`, which has the sign of `n`.
pub(super) fn modulus() -> ScalarUDF {
    scalar(&["mod"], coerce, |types| Ok(types[0].clone()), run)
}

fn coerce(types: &[DataType]) -> Result<Vec<DataType>> {
    let [left, right] = types else {
        return unexpected("mod", "two numbers", types);
    };
    let whole = |data_type: &DataType| data_type.is_integer() || data_type.is_null();
    let decimal = |data_type: &DataType| whole(data_type) || data_type.is_decimal();
    let known =
        |data_type: &DataType| data_type.is_numeric() || data_type.is_null() || is_text(data_type);
    if !types.iter().all(known) {
        return unexpected("mod", "two numbers", types);
    }
    let both = if types.iter().all(whole) {
        DataType::Int64
    } else if types.iter().any(is_amount) || !types.iter().all(decimal) {
        // Amounts are doubles in Athena.
        DataType::Float64
    } else {
        match decimal_coercion(&exact(left), &exact(right)) {
            Some(common @ DataType::Decimal128(..)) => common,
            _ => DataType::Float64,
        }
    };
    Ok(vec![both.clone(), both])
}

/// Integers as decimals.
fn exact(data_type: &DataType) -> DataType {
    if data_type.is_decimal() {
        data_type.clone()
    } else {
        DataType::Decimal128(19, 0)
    }
}

fn run(arguments: &[ArrayRef], returned: &DataType) -> Result<ArrayRef> {
    Ok(match returned {
        DataType::Float64 => {
            let left = arguments[0].as_primitive::<Float64Type>();
            let right = arguments[1].as_primitive::<Float64Type>();
            let made = left
                .iter()
                .zip(right)
                .map(|(left, right)| Some(left? % right?));
            Arc::new(made.collect::<Float64Array>())
        }
        &DataType::Decimal128(precision, scale) => {
            let left = arguments[0].as_primitive::<Decimal128Type>();
            let right = arguments[1].as_primitive::<Decimal128Type>();
            let made = left.iter().zip(right).map(|pair| match pair {
                (Some(_), Some(0)) => exec_err!("Division by zero"),
                (Some(left), Some(right)) => Ok(Some(left.wrapping_rem(right))),
                _ => Ok(None),
            });
            let made = made.collect::<Result<Decimal128Array>>()?;
            Arc::new(made.with_precision_and_scale(precision, scale)?)
        }
        DataType::Int64 => {
            let left = arguments[0].as_primitive::<Int64Type>();
            let right = arguments[1].as_primitive::<Int64Type>();
            let made = left.iter().zip(right).map(|pair| match pair {
                (Some(_), Some(0)) => exec_err!("Division by zero"),
                (Some(left), Some(right)) => Ok(Some(left.wrapping_rem(right))),
                _ => Ok(None),
            });
            Arc::new(made.collect::<Result<Int64Array>>()?)
        }
        other => return Err(exec_datafusion_err!("mod makes no {other}")),
    })
}
