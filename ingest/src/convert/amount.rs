//! Amounts: decimal text and doubles to integers of 10⁻¹⁸.

use std::fmt;

use curtail_store::{MONEY_SCALE, Money, Rounded};

pub(super) const SCALE: usize = MONEY_SCALE.unsigned_abs() as usize;

/// One more than the largest magnitude that `Decimal128(38, 18)` holds.
pub(super) const LIMIT: u128 = 10_u128.pow(38);

/// Digits that surely fit an `i64`.
const SHORT_DIGITS: usize = 18;

/// Larger than any number of digits that a file can hold; keeps exponents from overflowing.
const MAX_EXPONENT: i64 = 1 << 40;

/// Powers of ten.
pub(super) const POWERS: [i128; 39] = {
    let mut powers = [1_i128; 39];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// Why text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadAmount {
    /// It is no decimal number.
    NotANumber,
    /// It does not fit 20 digits before the point.
    TooLarge,
}

/// What rounding to 18 places did, summed up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rounding {
    values: u64,
    /// In units of 10⁻³⁶; a single difference is below 10¹⁸.
    difference: u128,
}

impl Rounding {
    /// Was anything rounded?
    pub(super) fn is_some(self) -> bool {
        self.values > 0
    }

    /// What rounding the same values so often does.
    pub(super) fn times(self, count: u64) -> Self {
        Self {
            values: self.values * count,
            difference: self.difference * u128::from(count),
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.difference += other.difference;
    }

    pub(super) fn rounded(self) -> Rounded {
        Rounded {
            values: self.values,
            difference_e36: self.difference,
        }
    }
}

/// Reads an amount as reports and AWS's interfaces write them: a decimal number, maybe with an exponent (`1E-7`). Places beyond
/// the 18th are rounded half to even. `None` for what is no number, or has more than 20 digits before the point.
pub fn amount(text: &str) -> Option<Money> {
    let units = parse(text.as_bytes(), &mut Rounding::default());
    units.ok().map(Money::from_units)
}

/// Parses `[+-]digits[.digits][e[+-]digits]`, exactly; places beyond the 18th are rounded half to even and noted.
#[inline]
pub(super) fn parse(text: &[u8], rounding: &mut Rounding) -> Result<i128, BadAmount> {
    match short(text) {
        Some(short) => Ok(short.units()),
        None => parse_any(text, rounding),
    }
}

/// A decimal number of few digits: `mantissa` × 10^-`places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short {
    /// Of at most 18 digits.
    pub(super) mantissa: i64,
    /// At most 18.
    pub(super) places: u8,
}

impl Short {
    /// In units of 10⁻¹⁸.
    #[inline]
    pub(super) fn units(self) -> i128 {
        i128::from(self.mantissa) * POWERS[SCALE - usize::from(self.places)]
    }
}

/// Plain decimal text of at most 18 digits: nearly every amount there is. `None` for any other.
#[inline]
pub(super) fn short(text: &[u8]) -> Option<Short> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    let point = digits.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match point {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, &[][..]),
    };
    let count = whole.len() + fraction.len();
    if count == 0 || count > SHORT_DIGITS {
        return None;
    }
    let mut mantissa = 0_u64;
    let mut good = true;
    for &byte in whole {
        let digit = byte.wrapping_sub(b'0');
        good &= digit < 10;
        mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    let (eights, rest) = fraction.as_chunks::<8>();
    for eight in eights {
        let (value, digits) = eight_digits(*eight);
        good &= digits;
        mantissa = mantissa.wrapping_mul(100_000_000).wrapping_add(value);
    }
    for &byte in rest {
        let digit = byte.wrapping_sub(b'0');
        good &= digit < 10;
        mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    if !good {
        return None;
    }
    let mantissa = mantissa.cast_signed();
    Some(Short {
        mantissa: if negative { -mantissa } else { mantissa },
        #[expect(clippy::cast_possible_truncation, reason = "at most 18")]
        places: fraction.len() as u8,
    })
}

/// The number that eight decimal digits stand for, and whether they are digits at all.
///
/// Pairs of digits, then of pairs, then of fours are joined by one multiplication each, all of them within 64 bits.
#[inline]
fn eight_digits(text: [u8; 8]) -> (u64, bool) {
    let text = u64::from_le_bytes(text);
    let digits = text.wrapping_sub(0x3030_3030_3030_3030);
    // A byte above `9` sets its highest bit when 0x46 is added to it, one below `0` when 0x30 is taken away.
    let good = (text.wrapping_add(0x4646_4646_4646_4646) | digits) & 0x8080_8080_8080_8080 == 0;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let value = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    (value, good)
}

/// Any decimal number.
#[cold]
fn parse_any(text: &[u8], rounding: &mut Rounding) -> Result<i128, BadAmount> {
    let (negative, unsigned) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let (number, exponent) = match unsigned
        .iter()
        .position(|&byte| matches!(byte, b'e' | b'E'))
    {
        Some(at) => (&unsigned[..at], exponent(&unsigned[at + 1..])?),
        None => (unsigned, 0),
    };
    let mut digits = Vec::with_capacity(number.len());
    let mut places = 0_i64;
    let mut point = false;
    for &byte in number {
        match byte {
            b'0'..=b'9' => {
                digits.push(byte - b'0');
                places += i64::from(point);
            }
            b'.' if !point => point = true,
            _ => return Err(BadAmount::NotANumber),
        }
    }
    if digits.is_empty() {
        return Err(BadAmount::NotANumber);
    }
    let leading = digits.iter().take_while(|&&digit| digit == 0).count();
    let magnitude = scale(
        &digits[leading..],
        exponent - places + i64::from(MONEY_SCALE),
        rounding,
    )?;
    Ok(if negative { -magnitude } else { magnitude })
}

/// The number after an `e`; no digits make up for one that is cut off.
fn exponent(text: &[u8]) -> Result<i64, BadAmount> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(BadAmount::NotANumber);
    }
    let magnitude = digits.iter().fold(0, |sum, &byte| {
        (sum * 10 + i64::from(byte - b'0')).min(MAX_EXPONENT)
    });
    Ok(if negative { -magnitude } else { magnitude })
}

/// `digits` (without leading zeros) × 10^`shift`, rounded half to even.
fn scale(digits: &[u8], shift: i64, rounding: &mut Rounding) -> Result<i128, BadAmount> {
    if digits.is_empty() {
        return Ok(0);
    }
    let cut = usize::try_from(-shift).unwrap_or(0);
    let kept = digits.len().saturating_sub(cut);
    let zeros = usize::try_from(shift).unwrap_or(0);
    if kept + zeros > 38 {
        // The first digit is not zero, so this is 10³⁸ at least.
        return Err(BadAmount::TooLarge);
    }
    let mut units = digits[..kept]
        .iter()
        .fold(0_u128, |sum, &digit| sum * 10 + u128::from(digit));
    units *= POWERS[zeros].unsigned_abs();
    let dropped = &digits[kept..];
    if dropped.iter().any(|&digit| digit != 0) {
        // Zeros that stand between the last place kept and the first digit dropped.
        let gap = cut - dropped.len();
        let tail = dropped_e18(gap, dropped);
        let first = if gap == 0 { dropped[0] } else { 0 };
        let exactly_half = first == 5 && dropped[1..].iter().all(|&digit| digit == 0);
        let up = first > 5 || (first == 5 && !exactly_half) || (exactly_half && units % 2 == 1);
        rounding.values += 1;
        rounding.difference += if up {
            POWERS[SCALE].unsigned_abs() - tail
        } else {
            tail
        };
        units += u128::from(up);
    }
    if units >= LIMIT {
        return Err(BadAmount::TooLarge);
    }
    i128::try_from(units).map_err(|_| BadAmount::TooLarge)
}

/// The dropped places as units of 10⁻³⁶, cut off there.
fn dropped_e18(gap: usize, dropped: &[u8]) -> u128 {
    let place = |at: usize| {
        if at < gap {
            0
        } else {
            dropped.get(at - gap).copied().unwrap_or(0)
        }
    };
    (0..SCALE).fold(0_u128, |sum, at| sum * 10 + u128::from(place(at)))
}

/// A double as a decimal number of at most 15 digits and 10 or 15 places, if it is one; it is then what the double prints as.
///
/// A decimal number of at most 15 digits is told from every other such number by the double nearest to it, so that the
/// shortest number that a double stands for is this one. The quotient of two integers that doubles hold exactly (those below
/// 2⁵³ and powers of ten up to the 22nd) is rounded once: to the double nearest to the decimal number.
#[inline]
pub(super) fn short_from_f64(value: f64) -> Option<Short> {
    for (places, power) in [(10, 1e10), (15, 1e15)] {
        let mantissa = (value * power).round_ties_even();
        if mantissa.abs() < 1e15 && (mantissa / power).to_bits() == value.to_bits() {
            #[expect(clippy::cast_possible_truncation, reason = "an integer of 15 digits")]
            return Some(Short {
                mantissa: mantissa as i64,
                places,
            });
        }
    }
    None
}

/// The amount whose shortest decimal form is what a double prints as; not for NaN and infinities.
pub(super) fn from_f64(value: f64, rounding: &mut Rounding) -> Result<i128, BadAmount> {
    if value == 0.0 {
        return Ok(0);
    }
    from_shortest(format_args!("{value:e}"), rounding)
}

/// The same for a single-precision number, whose shortest form is another.
pub(super) fn from_f32(value: f32, rounding: &mut Rounding) -> Result<i128, BadAmount> {
    from_shortest(format_args!("{value:e}"), rounding)
}

/// Parses what a number prints as; `NaN` and `inf` are no numbers to the parser either.
fn from_shortest(printed: fmt::Arguments<'_>, rounding: &mut Rounding) -> Result<i128, BadAmount> {
    let mut text = ArrayText {
        bytes: [0; 32],
        length: 0,
    };
    fmt::write(&mut text, printed).map_err(|fmt::Error| BadAmount::NotANumber)?;
    parse(&text.bytes[..text.length], rounding)
}

/// Text without an allocation: no double's shortest form has more than 25 characters.
struct ArrayText {
    bytes: [u8; 32],
    length: usize,
}

impl fmt::Write for ArrayText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes
            .get_mut(self.length..end)
            .ok_or(fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// `value` × 10^-`scale_of_value`.
pub(super) fn from_decimal(
    value: i128,
    scale_of_value: i8,
    rounding: &mut Rounding,
) -> Result<i128, BadAmount> {
    let digits: Vec<u8> = value
        .unsigned_abs()
        .to_string()
        .bytes()
        .map(|byte| byte - b'0')
        .collect();
    let digits = if value == 0 { &[][..] } else { &digits[..] };
    let magnitude = scale(
        digits,
        i64::from(MONEY_SCALE) - i64::from(scale_of_value),
        rounding,
    )?;
    Ok(if value < 0 { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests;
