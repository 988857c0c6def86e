//! Numbers as decimal digits, rounded and printed as Java does.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::plain::{Kind::Any, Plain, text_rows};
use crate::functions::support::TEXT;

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![Plain::new("format_number", &[Any], TEXT, format_number).into()]
}

/// A number, exactly: its digits, the last of which stands `scale` places behind the point.
#[derive(Clone, Debug)]
pub(in crate::functions) struct Digits {
    pub(in crate::functions) is_negative: bool,
    /// At least one, and none before the first that is not zero.
    coefficient: Vec<u8>,
    scale: i64,
}

impl Digits {
    /// The number that a whole number is, divided by ten `scale` times.
    pub(in crate::functions) fn of_decimal(unscaled: i128, scale: i8) -> Self {
        Self {
            is_negative: unscaled < 0,
            coefficient: unscaled.unsigned_abs().to_string().into_bytes(),
            scale: scale.into(),
        }
    }

    /// The shortest number that only this double is nearest to; `None` unless it is finite.
    pub(in crate::functions) fn of_double(double: f64) -> Option<Self> {
        if !double.is_finite() {
            return None;
        }
        let shown = format!("{:e}", double.abs());
        let (mantissa, exponent) = shown.split_once('e')?;
        let exponent: i64 = exponent.parse().ok()?;
        let coefficient: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        let scale = i64::try_from(coefficient.len()).ok()? - 1 - exponent;
        Some(Self {
            is_negative: double.is_sign_negative(),
            coefficient,
            scale,
        })
    }

    pub(in crate::functions) fn is_zero(&self) -> bool {
        self.coefficient.iter().all(|digit| *digit == b'0')
    }

    /// The exponent of the first digit: 2 for 314.
    pub(in crate::functions) fn exponent(&self) -> i64 {
        i64::try_from(self.coefficient.len()).unwrap_or(i64::MAX) - 1 - self.scale
    }

    /// The same number with at most `places` digits behind the point, halves rounded away from zero.
    fn rounded(&self, places: i64) -> Self {
        let mut made = self.clone();
        let Ok(surplus @ 1..) = usize::try_from(self.scale - places) else {
            return made;
        };
        let kept = made.coefficient.len().checked_sub(surplus);
        let is_up = kept.is_some_and(|kept| made.coefficient[kept] >= b'5');
        made.coefficient.truncate(kept.unwrap_or(0));
        made.scale = places;
        if made.coefficient.is_empty() {
            made.coefficient.push(b'0');
        }
        if is_up {
            let mut carries = true;
            for digit in made.coefficient.iter_mut().rev() {
                if *digit == b'9' {
                    *digit = b'0';
                } else {
                    *digit += 1;
                    carries = false;
                    break;
                }
            }
            if carries {
                made.coefficient.insert(0, b'1');
            }
        }
        made
    }

    /// The digits before and behind the point, without a sign, with just so many behind it.
    pub(in crate::functions) fn fixed(&self, places: usize) -> (String, String) {
        let wanted = i64::try_from(places).unwrap_or(i64::MAX);
        let made = self.rounded(wanted);
        let mut digits = String::from_utf8_lossy(&made.coefficient).into_owned();
        let zeros = usize::try_from(wanted - made.scale).unwrap_or(0);
        digits.extend(std::iter::repeat_n('0', zeros));
        if digits.len() <= places {
            let missing = places + 1 - digits.len();
            digits.insert_str(0, &"0".repeat(missing));
        }
        let fraction = digits.split_off(digits.len() - places);
        let whole = digits.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        (whole.to_owned(), fraction)
    }

    /// The first digit, those behind it and the exponent.
    pub(in crate::functions) fn scientific(&self, places: usize) -> (String, String, i64) {
        if self.is_zero() {
            return ("0".to_owned(), "0".repeat(places), 0);
        }
        let exponent = self.exponent();
        let wanted = i64::try_from(places).unwrap_or(i64::MAX);
        let mut made = self.rounded(wanted.saturating_sub(exponent));
        let exponent = made.exponent();
        made.coefficient.resize(places + 1, b'0');
        let digits = String::from_utf8_lossy(&made.coefficient).into_owned();
        let (first, rest) = digits.split_at(1);
        (first.to_owned(), rest.to_owned(), exponent)
    }

    /// All digits, without an exponent, those behind the point only as far as they are not zero.
    pub(in crate::functions) fn plain(&self) -> String {
        let places = usize::try_from(self.scale).unwrap_or(0);
        let (whole, fraction) = self.fixed(places);
        let fraction = fraction.trim_end_matches('0');
        let sign = if self.is_negative && !self.is_zero() {
            "-"
        } else {
            ""
        };
        if fraction.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{fraction}")
        }
    }
}

/// A double as Java prints it: `1.0`, `0.001`, `1.0E10`, `NaN`, `-Infinity`.
pub(in crate::functions) fn java_double(double: f64) -> String {
    let sign = if double.is_sign_negative() && !double.is_nan() {
        "-"
    } else {
        ""
    };
    let Some(digits) = Digits::of_double(double) else {
        let name = if double.is_nan() { "NaN" } else { "Infinity" };
        return format!("{sign}{name}");
    };
    if digits.is_zero() {
        return format!("{sign}0.0");
    }
    if (-3..7).contains(&digits.exponent()) {
        let places = usize::try_from(digits.scale).unwrap_or(0).max(1);
        let (whole, fraction) = digits.fixed(places);
        return format!("{sign}{whole}.{fraction}");
    }
    let places = digits.coefficient.len().saturating_sub(1).max(1);
    let (first, rest, exponent) = digits.scientific(places);
    format!("{sign}{first}.{rest}E{exponent}")
}

/// Three digits and a unit: `1.23K`, `12.3M`, `123B`.
fn format_number(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let given = arguments[0].data_type();
    if given.is_nested() || given.is_temporal() {
        return exec_err!("format_number takes a number, not {given}");
    }
    let numbers = cast(&arguments[0].to_array(rows)?, &DataType::Float64)?;
    let numbers = numbers.as_primitive::<Float64Type>();
    text_rows(rows, |row, made| {
        if numbers.is_null(row) {
            return Ok(false);
        }
        let mut number = numbers.value(row);
        let mut units = ["", "K", "M", "B", "T", "Q"].into_iter();
        let mut unit = units.next().unwrap_or_default();
        while number.abs() >= 1000.0
            && let Some(larger) = units.next()
        {
            number /= 1000.0;
            unit = larger;
        }
        let places = match number.abs() {
            size if size < 10.0 => 2,
            size if size < 100.0 => 1,
            _ => 0,
        };
        match Digits::of_double(number) {
            Some(digits) => made.push_str(&digits.rounded(places).plain()),
            None => made.push_str(&java_double(number)),
        }
        made.push_str(unit);
        Ok(true)
    })
}
