//! Functions of doubles, as which decimals and integers act here.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array},
    datatypes::{DataType, Float64Type, Int64Type},
};
use datafusion::{common::exec_err, error::Result, logical_expr::ScalarUDF};

use super::super::{
    define::scalar,
    lists::{Lists, element, is_null, list_of, unexpected},
    support::is_text,
};

pub(super) fn all() -> Vec<ScalarUDF> {
    /// Functions of one double, by name.
    macro_rules! unary {
        ($($name:literal => $function:expr),* $(,)?) => {
            vec![$(scalar(
                &[$name],
                |types| doubles($name, 1, types),
                double,
                |arguments, _| Ok(map_double(&arguments[0], $function)),
            )),*]
        };
    }
    let mut all = unary! {
        "acos" => f64::acos,
        "asin" => f64::asin,
        "atan" => f64::atan,
        "cbrt" => f64::cbrt,
        "cos" => f64::cos,
        "cosh" => f64::cosh,
        "degrees" => f64::to_degrees,
        "exp" => f64::exp,
        "ln" => f64::ln,
        "log10" => f64::log10,
        "log2" => f64::log2,
        "radians" => f64::to_radians,
        "sin" => f64::sin,
        "sinh" => f64::sinh,
        "sqrt" => f64::sqrt,
        "tan" => f64::tan,
        "tanh" => f64::tanh,
    };
    all.extend([
        scalar(
            &["power", "pow"],
            |types| doubles("power", 2, types),
            double,
            |arguments, _| Ok(zip_doubles(arguments, power)),
        ),
        scalar(
            &["atan2"],
            |types| doubles("atan2", 2, types),
            double,
            |arguments, _| Ok(zip_doubles(arguments, f64::atan2)),
        ),
        scalar(
            &["log"],
            |types| doubles("log", 2, types),
            double,
            |arguments, _| Ok(zip_doubles(arguments, |base, value| value.ln() / base.ln())),
        ),
        scalar(&["e"], no_arguments, double, |_, _| {
            Ok(constant(std::f64::consts::E))
        }),
        scalar(&["pi"], no_arguments, double, |_, _| {
            Ok(constant(std::f64::consts::PI))
        }),
        scalar(&["nan"], no_arguments, double, |_, _| {
            Ok(constant(f64::NAN))
        }),
        scalar(&["infinity"], no_arguments, double, |_, _| {
            Ok(constant(f64::INFINITY))
        }),
        scalar(
            &["is_nan"],
            |types| doubles("is_nan", 1, types),
            |_| Ok(DataType::Boolean),
            |arguments, _| Ok(is_double(&arguments[0], f64::is_nan)),
        ),
        scalar(
            &["is_finite"],
            |types| doubles("is_finite", 1, types),
            |_| Ok(DataType::Boolean),
            |arguments, _| Ok(is_double(&arguments[0], f64::is_finite)),
        ),
        scalar(
            &["is_infinite"],
            |types| doubles("is_infinite", 1, types),
            |_| Ok(DataType::Boolean),
            |arguments, _| Ok(is_double(&arguments[0], f64::is_infinite)),
        ),
        scalar(
            &["width_bucket"],
            buckets,
            |_| Ok(DataType::Int64),
            width_bucket,
        ),
    ]);
    all
}

/// The rule for functions of doubles; text may be numbers.
fn doubles(name: &str, count: usize, types: &[DataType]) -> Result<Vec<DataType>> {
    let fits =
        |data_type: &DataType| data_type.is_numeric() || data_type.is_null() || is_text(data_type);
    if types.len() != count || !types.iter().all(fits) {
        return unexpected(
            name,
            if count == 1 {
                "a number"
            } else {
                "two numbers"
            },
            types,
        );
    }
    Ok(vec![DataType::Float64; count])
}

fn no_arguments(types: &[DataType]) -> Result<Vec<DataType>> {
    if types.is_empty() {
        Ok(Vec::new())
    } else {
        unexpected("a constant", "nothing", types)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is a rule for types")]
fn double(_: &[DataType]) -> Result<DataType> {
    Ok(DataType::Float64)
}

fn constant(value: f64) -> ArrayRef {
    Arc::new(Float64Array::from(vec![value]))
}

fn map_double(values: &ArrayRef, function: impl Fn(f64) -> f64) -> ArrayRef {
    let values = values.as_primitive::<Float64Type>();
    Arc::new(values.unary::<_, Float64Type>(function))
}

fn is_double(values: &ArrayRef, test: impl Fn(f64) -> bool) -> ArrayRef {
    let values = values.as_primitive::<Float64Type>();
    Arc::new(BooleanArray::from_unary(values, test))
}

fn zip_doubles(arguments: &[ArrayRef], function: impl Fn(f64, f64) -> f64) -> ArrayRef {
    let left = arguments[0].as_primitive::<Float64Type>();
    let right = arguments[1].as_primitive::<Float64Type>();
    let made = left.iter().zip(right);
    let made = made.map(|(left, right)| Some(function(left?, right?)));
    Arc::new(made.collect::<Float64Array>())
}

/// As in Java, where one to the power of what is no number is none either.
#[expect(clippy::float_cmp, reason = "exactly one")]
fn power(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || (base.abs() == 1.0 && exponent.is_infinite()) {
        f64::NAN
    } else {
        base.powf(exponent)
    }
}

fn buckets(types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [_, bins] if element(bins).is_some() => {
            Ok(vec![DataType::Float64, list_of(&DataType::Float64)])
        }
        [value, low, high, count] => {
            let mut coerced = doubles(
                "width_bucket",
                3,
                &[value.clone(), low.clone(), high.clone()],
            )?;
            if !count.is_integer() && !count.is_null() {
                return unexpected("width_bucket", "a whole number of buckets", types);
            }
            coerced.push(DataType::Int64);
            Ok(coerced)
        }
        _ => unexpected(
            "width_bucket",
            "a number and bins, or bounds and a count of buckets",
            types,
        ),
    }
}

/// The bucket of a value, in buckets of equal width between two bounds, or between the bounds of an array.
fn width_bucket(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let values = arguments[0].as_primitive::<Float64Type>();
    let made: Int64Array = if let [_, bins] = arguments {
        let lists = Lists::of(bins);
        let bounds = lists.values.as_primitive::<Float64Type>();
        let missing = is_null(&lists.values);
        let found = values.iter().zip(lists.iter()).map(|(value, bins)| {
            let (Some(value), Some(bins)) = (value, bins) else {
                return Ok(None);
            };
            if bins.is_empty() {
                return exec_err!("Bins cannot be an empty array");
            }
            if value.is_nan() {
                return exec_err!("Operand cannot be NaN");
            }
            if bins.clone().any(&missing)
                || bins.clone().any(|place| !bounds.value(place).is_finite())
            {
                return exec_err!("Bin values cannot be NULL, NaN or infinite");
            }
            let sorted = bins.clone().zip(bins.clone().skip(1));
            if sorted
                .into_iter()
                .any(|(one, next)| bounds.value(one) > bounds.value(next))
            {
                return exec_err!("Bin values are not sorted in ascending order");
            }
            Ok(i64::try_from(bins.filter(|&place| bounds.value(place) <= value).count()).ok())
        });
        found.collect::<Result<_>>()?
    } else {
        let (low, high) = (
            arguments[1].as_primitive::<Float64Type>(),
            arguments[2].as_primitive::<Float64Type>(),
        );
        let counts = arguments[3].as_primitive::<Int64Type>();
        let found = values.iter().zip(low).zip(high.iter().zip(counts));
        let found = found.map(|pair| match pair {
            ((Some(value), Some(low)), (Some(high), Some(count))) => {
                bucket(value, low, high, count).map(Some)
            }
            _ => Ok(None),
        });
        found.collect::<Result<_>>()?
    };
    Ok(Arc::new(made))
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the bucket is between 0 and the count"
)]
#[expect(
    clippy::float_cmp,
    reason = "bounds are the same only if they are equal"
)]
fn bucket(value: f64, low: f64, high: f64, count: i64) -> Result<i64> {
    if count <= 0 || count == i64::MAX {
        return exec_err!("bucketCount must be greater than 0, not {count}");
    }
    if value.is_nan() {
        return exec_err!("operand must not be NaN");
    }
    if !low.is_finite() || !high.is_finite() {
        return exec_err!("bounds must be finite, not {low} and {high}");
    }
    if low == high {
        return exec_err!("bounds cannot equal each other: {low}");
    }
    let (lower, upper) = (low.min(high), low.max(high));
    if value < lower {
        return Ok(if low > high { count + 1 } else { 0 });
    }
    if value >= upper && low < high {
        return Ok(count + 1);
    }
    if value > upper {
        return Ok(0);
    }
    let part = (value - low).abs() / (high - low).abs();
    Ok(((count as f64 * part) as i64 + 1).min(if part >= 1.0 { count + 1 } else { count }))
}
