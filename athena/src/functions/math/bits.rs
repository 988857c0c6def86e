//! Bits of integers, and integers in other bases.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Int64Array, StringViewArray},
    datatypes::{DataType, Int64Type},
};
use datafusion::{common::exec_err, error::Result, logical_expr::ScalarUDF};

use super::super::{
    define::scalar,
    lists::unexpected,
    support::{TEXT, is_text},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    let bigint = |_: &[DataType]| Ok(DataType::Int64);
    vec![
        scalar(
            &["bitwise_and"],
            |types| integers("bitwise_and", 2, types),
            bigint,
            |arguments, _| pairs(arguments, |left, right| Ok(left & right)),
        ),
        scalar(
            &["bitwise_or"],
            |types| integers("bitwise_or", 2, types),
            bigint,
            |arguments, _| pairs(arguments, |left, right| Ok(left | right)),
        ),
        scalar(
            &["bitwise_xor"],
            |types| integers("bitwise_xor", 2, types),
            bigint,
            |arguments, _| pairs(arguments, |left, right| Ok(left ^ right)),
        ),
        scalar(
            &["bitwise_not"],
            |types| integers("bitwise_not", 1, types),
            bigint,
            |arguments, _| {
                let values = arguments[0].as_primitive::<Int64Type>();
                Ok(Arc::new(values.unary::<_, Int64Type>(|value| !value)))
            },
        ),
        scalar(
            &["bitwise_left_shift"],
            |types| integers("bitwise_left_shift", 2, types),
            bigint,
            |arguments, _| {
                pairs(arguments, |value, shift| {
                    Ok(places(shift)?.map_or(0, |places| value << places))
                })
            },
        ),
        scalar(
            &["bitwise_right_shift"],
            |types| integers("bitwise_right_shift", 2, types),
            bigint,
            |arguments, _| {
                pairs(arguments, |value, shift| {
                    let shifted = |places: u32| (value.cast_unsigned() >> places).cast_signed();
                    Ok(places(shift)?.map_or(0, shifted))
                })
            },
        ),
        scalar(
            &["bitwise_right_shift_arithmetic"],
            |types| integers("bitwise_right_shift_arithmetic", 2, types),
            bigint,
            |arguments, _| {
                pairs(arguments, |value, shift| {
                    Ok(value >> places(shift)?.unwrap_or(63))
                })
            },
        ),
        scalar(
            &["bit_count"],
            |types| integers("bit_count", 2, types),
            bigint,
            |arguments, _| pairs(arguments, bit_count),
        ),
        scalar(
            &["from_base"],
            |types| match types {
                [text, radix] if (is_text(text) || text.is_null()) && is_whole(radix) => {
                    Ok(vec![TEXT, DataType::Int64])
                }
                _ => unexpected("from_base", "text and a radix", types),
            },
            bigint,
            from_base,
        ),
        scalar(
            &["to_base"],
            |types| integers("to_base", 2, types),
            |_| Ok(TEXT),
            to_base,
        ),
    ]
}

fn is_whole(data_type: &DataType) -> bool {
    data_type.is_integer() || data_type.is_null()
}

fn integers(name: &str, count: usize, types: &[DataType]) -> Result<Vec<DataType>> {
    if types.len() != count || !types.iter().all(is_whole) {
        return unexpected(
            name,
            if count == 1 {
                "an integer"
            } else {
                "two integers"
            },
            types,
        );
    }
    Ok(vec![DataType::Int64; count])
}

fn pairs(arguments: &[ArrayRef], of: impl Fn(i64, i64) -> Result<i64>) -> Result<ArrayRef> {
    let left = arguments[0].as_primitive::<Int64Type>();
    let right = arguments[1].as_primitive::<Int64Type>();
    let made = left.iter().zip(right).map(|pair| match pair {
        (Some(left), Some(right)) => of(left, right).map(Some),
        _ => Ok(None),
    });
    Ok(Arc::new(made.collect::<Result<Int64Array>>()?))
}

/// How far bits move; `None` if all of them move out.
fn places(shift: i64) -> Result<Option<u32>> {
    match u32::try_from(shift) {
        Ok(places) => Ok((places < 64).then_some(places)),
        Err(_) if shift > 0 => Ok(None),
        Err(_) => exec_err!("bits cannot be shifted by {shift}"),
    }
}

/// The bits set in a number of so many bits in two's complement.
fn bit_count(value: i64, bits: i64) -> Result<i64> {
    if !(2..=64).contains(&bits) {
        return exec_err!("Bits specified in bit_count must be between 2 and 64, got {bits}");
    }
    let unused = 64 - bits;
    if (value << unused) >> unused != value {
        return exec_err!(
            "Number must be representable with the bits specified. {value} cannot be represented with {bits} bits"
        );
    }
    Ok(i64::from((value << unused).count_ones()))
}

fn radix(radix: i64) -> Result<u32> {
    match u32::try_from(radix) {
        Ok(radix) if (2..=36).contains(&radix) => Ok(radix),
        _ => exec_err!("Radix must be between 2 and 36, not {radix}"),
    }
}

/// The number that text is in a base.
fn from_base(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let texts = arguments[0].as_string_view();
    let bases = arguments[1].as_primitive::<Int64Type>();
    let made = texts.iter().zip(bases).map(|pair| {
        let (Some(text), Some(base)) = pair else {
            return Ok(None);
        };
        let base = radix(base)?;
        if let Ok(number) = i64::from_str_radix(text, base) {
            return Ok(Some(number));
        }
        exec_err!("Not a valid base-{base} number: {text}")
    });
    Ok(Arc::new(made.collect::<Result<Int64Array>>()?))
}

/// A number as text in a base.
fn to_base(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let values = arguments[0].as_primitive::<Int64Type>();
    let bases = arguments[1].as_primitive::<Int64Type>();
    let made = values.iter().zip(bases).map(|pair| {
        let (Some(value), Some(base)) = pair else {
            return Ok(None);
        };
        let base = radix(base)?;
        let mut rest = value.unsigned_abs();
        let mut digits = Vec::new();
        loop {
            let digit = u32::try_from(rest % u64::from(base)).unwrap_or(0);
            digits.extend(char::from_digit(digit, base));
            rest /= u64::from(base);
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            digits.push('-');
        }
        Ok(Some(digits.iter().rev().collect::<String>()))
    });
    Ok(Arc::new(made.collect::<Result<StringViewArray>>()?))
}
