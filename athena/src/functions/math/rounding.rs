//! Numbers made round, their signs and sizes. Decimals stay exact.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array},
    datatypes::{DataType, Decimal128Type, Float64Type, Int64Type},
};
use datafusion::{
    common::{exec_datafusion_err, exec_err},
    error::Result,
    logical_expr::ScalarUDF,
};

use super::super::{define::scalar, lists::unexpected, support::is_text};

/// No decimal has more digits.
const MOST_DIGITS: u8 = 38;

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        scalar(
            &["round"],
            |types| number_and_places("round", types),
            |types| Ok(rounded_type(types, 1)),
            |arguments, returned| run(arguments, returned, Kind::Round),
        ),
        scalar(
            &["truncate"],
            |types| number_and_places("truncate", types),
            |types| Ok(rounded_type(types, 0)),
            |arguments, returned| run(arguments, returned, Kind::Truncate),
        ),
        scalar(
            &["ceiling", "ceil"],
            |types| number("ceiling", types),
            |types| Ok(rounded_type(types, 1)),
            |arguments, returned| run(arguments, returned, Kind::Ceiling),
        ),
        scalar(
            &["floor"],
            |types| number("floor", types),
            |types| Ok(rounded_type(types, 1)),
            |arguments, returned| run(arguments, returned, Kind::Floor),
        ),
        scalar(
            &["sign"],
            |types| number("sign", types),
            |types| Ok(sign_type(types)),
            sign,
        ),
        scalar(
            &["abs"],
            |types| number("abs", types),
            |types| Ok(types[0].clone()),
            abs,
        ),
    ]
}

/// Whether values are amounts of money, which stay amounts when they are made round.
pub(super) fn is_amount(data_type: &DataType) -> bool {
    data_type == &DataType::Decimal128(38, 18)
}

fn number(name: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [number] => Ok(vec![
            kept(number).map_or_else(|| unexpected(name, "a number", types), Ok)?,
        ]),
        _ => unexpected(name, "a number", types),
    }
}

fn number_and_places(name: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [number, places] if places.is_integer() || places.is_null() => match kept(number) {
            Some(number) => Ok(vec![number, DataType::Int64]),
            None => unexpected(name, "a number", types),
        },
        [_] => number(name, types),
        _ => unexpected(name, "a number and a number of digits", types),
    }
}

/// The type in which a number is made round.
fn kept(number: &DataType) -> Option<DataType> {
    match number {
        DataType::Dictionary(_, values) => kept(values),
        &DataType::Decimal128(precision, scale) if scale >= 0 => {
            Some(DataType::Decimal128(precision, scale))
        }
        &DataType::Decimal32(precision, scale) | &DataType::Decimal64(precision, scale)
            if scale >= 0 =>
        {
            Some(DataType::Decimal128(precision, scale))
        }
        integer if integer.is_integer() => Some(DataType::Int64),
        other if other.is_numeric() || other.is_null() || is_text(other) => Some(DataType::Float64),
        _ => None,
    }
}

/// Decimals lose their places, and gain a digit that may be carried over; with a number of places they keep their scale.
fn rounded_type(types: &[DataType], carried: u8) -> DataType {
    match types[0] {
        ref amount if is_amount(amount) => amount.clone(),
        DataType::Decimal128(precision, scale) if types.len() == 2 => {
            DataType::Decimal128(precision.saturating_add(carried).min(MOST_DIGITS), scale)
        }
        DataType::Decimal128(precision, scale) => {
            let whole = precision.saturating_sub(scale.unsigned_abs());
            let carried = if scale > 0 { carried } else { 0 };
            DataType::Decimal128((whole + carried).clamp(1, MOST_DIGITS), 0)
        }
        ref other => other.clone(),
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Round,
    Truncate,
    Ceiling,
    Floor,
}

impl Kind {
    fn double(self, value: f64) -> f64 {
        match self {
            Self::Round => value.round(),
            Self::Truncate => value.trunc(),
            Self::Ceiling => value.ceil(),
            Self::Floor => value.floor(),
        }
    }

    /// The whole number of `unit`s.
    fn units(self, value: i128, unit: i128) -> i128 {
        let (whole, rest) = (value / unit, value % unit);
        let away = match self {
            Self::Round => rest.unsigned_abs() >= unit.unsigned_abs().div_ceil(2),
            Self::Truncate => false,
            Self::Ceiling => rest > 0,
            Self::Floor => rest < 0,
        };
        if away { whole + value.signum() } else { whole }
    }
}

fn run(arguments: &[ArrayRef], returned: &DataType, kind: Kind) -> Result<ArrayRef> {
    let places = arguments.get(1).map(AsArray::as_primitive::<Int64Type>);
    // Without a number of places it is none; a NULL makes the result NULL.
    let places = |row: usize| match places {
        Some(places) => places.is_valid(row).then(|| places.value(row)),
        None => Some(0),
    };
    Ok(match arguments[0].data_type() {
        DataType::Int64 => {
            let values = arguments[0].as_primitive::<Int64Type>();
            let made = values.iter().enumerate().map(|(row, value)| {
                let (Some(value), Some(places)) = (value, places(row)) else {
                    return Ok(None);
                };
                integer(value, places, kind).map(Some)
            });
            Arc::new(made.collect::<Result<Int64Array>>()?)
        }
        &DataType::Decimal128(_, scale) => {
            let &DataType::Decimal128(precision, made_scale) = returned else {
                return exec_err!("decimals are made round as decimals, not as {returned}");
            };
            let values = arguments[0].as_primitive::<Decimal128Type>();
            let made = values.iter().enumerate().map(|(row, value)| {
                let (Some(value), Some(places)) = (value, places(row)) else {
                    return Ok(None);
                };
                decimal(value, scale, made_scale, places, kind)
                    .filter(|value| value.unsigned_abs() < 10_u128.pow(u32::from(precision)))
                    .map(Some)
                    .ok_or_else(|| {
                        exec_datafusion_err!("a number made round does not fit {precision} digits")
                    })
            });
            let made = made.collect::<Result<Decimal128Array>>()?;
            Arc::new(made.with_precision_and_scale(precision, made_scale)?)
        }
        _ => {
            let values = arguments[0].as_primitive::<Float64Type>();
            let made = values.iter().enumerate();
            let made = made.map(|(row, value)| Some(double(value?, places(row)?, kind)));
            Arc::new(made.collect::<Float64Array>())
        }
    })
}

/// 10 to a power, if a decimal can hold it.
fn power_of_ten(exponent: i64) -> Option<i128> {
    match u32::try_from(exponent) {
        Ok(exponent @ 0..=38) => Some(10_i128.pow(exponent)),
        _ => None,
    }
}

fn integer(value: i64, places: i64, kind: Kind) -> Result<i64> {
    if places >= 0 {
        return Ok(value);
    }
    let Some(unit) = power_of_ten(places.saturating_neg()) else {
        return Ok(0);
    };
    i64::try_from(kind.units(i128::from(value), unit) * unit)
        .map_err(|_| exec_datafusion_err!("{value} rounded to {places} digits is no bigint"))
}

/// A decimal of one scale made round to a number of places, in another scale.
fn decimal(value: i128, scale: i8, made: i8, places: i64, kind: Kind) -> Option<i128> {
    let (scale, made) = (i64::from(scale), i64::from(made));
    if places >= scale {
        return value.checked_mul(power_of_ten(made.saturating_sub(scale))?);
    }
    let dropped = scale.saturating_sub(places);
    let Some(unit) = power_of_ten(dropped) else {
        return Some(0);
    };
    let units = kind.units(value, unit);
    if made >= places {
        let shift = power_of_ten(made.saturating_sub(places));
        match shift {
            Some(shift) => units.checked_mul(shift),
            None => (units == 0).then_some(0),
        }
    } else {
        None
    }
}

fn double(value: f64, places: i64, kind: Kind) -> f64 {
    let places = i32::try_from(places.clamp(-400, 400)).unwrap_or(0);
    if places == 0 {
        return kind.double(value);
    }
    let factor = 10_f64.powi(places.abs());
    let scaled = if places > 0 {
        value * factor
    } else {
        value / factor
    };
    // Beyond 2⁵² every double is whole.
    if !scaled.is_finite() || (places > 0 && scaled.abs() > 4_503_599_627_370_496.0) {
        return value;
    }
    let whole = kind.double(scaled);
    if places > 0 {
        whole / factor
    } else if whole == 0.0 {
        0.0
    } else {
        whole * factor
    }
}

fn sign_type(types: &[DataType]) -> DataType {
    match types[0] {
        DataType::Decimal128(..) => DataType::Decimal128(1, 0),
        ref other => other.clone(),
    }
}

fn sign(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    Ok(match arguments[0].data_type() {
        DataType::Int64 => {
            let values = arguments[0].as_primitive::<Int64Type>();
            Arc::new(values.unary::<_, Int64Type>(i64::signum))
        }
        DataType::Decimal128(..) => {
            let values = arguments[0].as_primitive::<Decimal128Type>();
            let signs = values.unary::<_, Decimal128Type>(i128::signum);
            Arc::new(signs.with_precision_and_scale(1, 0)?)
        }
        _ => {
            let values = arguments[0].as_primitive::<Float64Type>();
            Arc::new(
                values.unary::<_, Float64Type>(
                    |value| {
                        if value == 0.0 { value } else { value.signum() }
                    },
                ),
            )
        }
    })
}

fn abs(arguments: &[ArrayRef], returned: &DataType) -> Result<ArrayRef> {
    Ok(match returned {
        DataType::Int64 => {
            let values = arguments[0].as_primitive::<Int64Type>();
            Arc::new(values.try_unary::<_, Int64Type, _>(|value| {
                value.checked_abs().ok_or_else(|| {
                    exec_datafusion_err!("Value {value} is out of range for abs(bigint)")
                })
            })?)
        }
        DataType::Decimal128(precision, scale) => {
            let values = arguments[0].as_primitive::<Decimal128Type>();
            let sizes = values.unary::<_, Decimal128Type>(i128::wrapping_abs);
            Arc::new(sizes.with_precision_and_scale(*precision, *scale)?)
        }
        _ => {
            let values = arguments[0].as_primitive::<Float64Type>();
            Arc::new(values.unary::<_, Float64Type>(f64::abs))
        }
    })
}
