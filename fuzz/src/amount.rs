//! Decimal text, in integers of any size.

use std::cmp::Ordering;

use curtail_store::Rounded;
use num_bigint::BigUint;

/// Decimal places kept.
const PLACES: i64 = 18;

/// Far beyond what any amount may have.
const FAR: i64 = 1_000_000;

/// `[+-]digits[.digits][e[+-]digits]` in units of 10⁻¹⁸, rounded half to even, and what rounding did; nothing for other
/// text, and for what does not fit 38 digits.
pub fn amount(text: &[u8]) -> Option<(i128, Rounded)> {
    let text = str::from_utf8(text).ok()?;
    let (negative, rest) = sign(text);
    let (number, exponent) = match rest.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent_of(exponent)?),
        None => (rest, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    if !is_digits(&digits) {
        return None;
    }
    let length = |text: &str| i64::try_from(text.len()).expect("texts are short");
    let mantissa: BigUint = digits.parse().expect("digits are a number");
    let shift = exponent - length(fraction) + PLACES;
    let (units, rounded) = if mantissa == BigUint::ZERO {
        (mantissa, Rounded::default())
    } else if shift > 38 {
        return None;
    } else if let Ok(power) = u32::try_from(shift) {
        (mantissa * ten_to(power), Rounded::default())
    } else {
        // Beyond this, nothing is left of the number but that it was rounded.
        let places = (-shift).min(length(&digits) + 2 * PLACES);
        round(&mantissa, &ten_to(u32::try_from(places).ok()?))
    };
    if units >= ten_to(38) {
        return None;
    }
    let units = i128::try_from(units).ok()?;
    Some((if negative { -units } else { units }, rounded))
}

fn round(mantissa: &BigUint, divisor: &BigUint) -> (BigUint, Rounded) {
    let (mut units, rest) = (mantissa / divisor, mantissa % divisor);
    if rest == BigUint::ZERO {
        return (units, Rounded::default());
    }
    let up = match (&rest * 2_u32).cmp(divisor) {
        Ordering::Less => false,
        Ordering::Equal => units.bit(0),
        Ordering::Greater => true,
    };
    let one = ten_to(18);
    let cut = rest * &one / divisor;
    let difference = if up { one - cut } else { cut };
    units += u32::from(up);
    let rounded = Rounded {
        values: 1,
        difference_e36: u128::try_from(difference).expect("at most half a unit"),
    };
    (units, rounded)
}

fn ten_to(power: u32) -> BigUint {
    BigUint::from(10_u32).pow(power)
}

fn exponent_of(text: &str) -> Option<i64> {
    let (negative, digits) = sign(text);
    if !is_digits(digits) {
        return None;
    }
    let magnitude = digits.parse().unwrap_or(FAR).min(FAR);
    Some(if negative { -magnitude } else { magnitude })
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
