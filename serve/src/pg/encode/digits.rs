//! Numbers, exactly.

use std::{
    fmt::{Display, LowerExp},
    io::{self, Write},
};

use arrow::datatypes::i256;

/// What a base-10000 digit of `PostgreSQL`'s `numeric` has of ours.
const GROUP: usize = 4;
/// The sign of a `numeric` below zero.
const NEGATIVE: u16 = 0x4000;
/// More digits than a decimal has, at any scale.
const ROOM: usize = 140;

/// A decimal's digits before and after the point, without zeros at the end.
struct Digits<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

/// `units` × 10^-`scale` as text, without zeros at the end.
pub(super) fn text(units: i128, scale: i8, out: &mut Vec<u8>) -> io::Result<()> {
    with_digits(units < 0, &units.unsigned_abs(), scale, |digits| {
        plain(digits, out);
        Ok(())
    })
}

/// The same in the binary form of `numeric`.
pub(super) fn binary(units: i128, scale: i8, out: &mut Vec<u8>) {
    with_digits(units < 0, &units.unsigned_abs(), scale, |digits| {
        grouped(digits, out);
    });
}

/// [`text`] of a wide decimal.
pub(super) fn wide_text(units: i256, scale: i8, out: &mut Vec<u8>) -> io::Result<()> {
    with_digits(
        units.is_negative(),
        &units.wrapping_abs(),
        scale,
        |digits| {
            plain(digits, out);
            Ok(())
        },
    )
}

/// [`binary`] of a wide decimal.
pub(super) fn wide_binary(units: i256, scale: i8, out: &mut Vec<u8>) {
    with_digits(
        units.is_negative(),
        &units.wrapping_abs(),
        scale,
        |digits| grouped(digits, out),
    );
}

/// A float, so that it reads back as the same.
pub(super) fn float<T: Display + LowerExp + Into<f64> + Copy>(
    value: T,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let wide: f64 = value.into();
    match wide.abs() {
        _ if wide.is_nan() => out.write_all(b"NaN"),
        f64::INFINITY if wide > 0.0 => out.write_all(b"Infinity"),
        f64::INFINITY => out.write_all(b"-Infinity"),
        size if size != 0.0 && !(1e-5..1e16).contains(&size) => write!(out, "{value:e}"),
        _ => write!(out, "{value}"),
    }
}

fn with_digits<T>(
    negative: bool,
    units: &impl Display,
    scale: i8,
    then: impl FnOnce(&Digits<'_>) -> T,
) -> T {
    let mut room = [b'0'; ROOM];
    // At least one digit stands before the point.
    let places = usize::try_from(scale).unwrap_or_default();
    let length = {
        let mut rest = &mut room[places + 1..];
        let free = rest.len();
        // There is room for all digits that there are.
        let _ = write!(rest, "{units}");
        free - rest.len()
    };
    // Zeros after the digits, if the scale asks for them, are there already.
    let after = usize::try_from(-i16::from(scale)).unwrap_or_default();
    let digits = std::str::from_utf8(&room[..places + 1 + length + after]).unwrap_or("0");
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let whole = whole.trim_start_matches('0');
    then(&Digits {
        negative,
        whole,
        fraction: fraction.trim_end_matches('0'),
    })
}

fn plain(digits: &Digits<'_>, out: &mut Vec<u8>) {
    if digits.negative {
        out.push(b'-');
    }
    let whole = if digits.whole.is_empty() {
        "0"
    } else {
        digits.whole
    };
    out.extend(whole.as_bytes());
    if !digits.fraction.is_empty() {
        out.push(b'.');
        out.extend(digits.fraction.as_bytes());
    }
}

/// Number of groups, power of the first one, sign, places, then the groups.
fn grouped(digits: &Digits<'_>, out: &mut Vec<u8>) {
    let mut groups = [0_u16; ROOM / GROUP + 2];
    let before = digits.whole.len().div_ceil(GROUP);
    let after = digits.fraction.len().div_ceil(GROUP);
    let pad = before * GROUP - digits.whole.len();
    let ends = digits.whole.bytes().chain(digits.fraction.bytes());
    for (place, digit) in ends.enumerate() {
        let place = pad + place;
        groups[place / GROUP] += u16::from(digit - b'0') * [1000, 100, 10, 1][place % GROUP];
    }
    let groups = &groups[..before + after];
    let first = groups.iter().position(|group| *group != 0);
    let last = groups.iter().rposition(|group| *group != 0);
    let (groups, weight) = match (first, last) {
        (Some(first), Some(last)) => (&groups[first..=last], before.wrapping_sub(first + 1)),
        _ => (&groups[..0], 0),
    };
    let number = |number: usize| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a decimal has few digits; a power below zero wraps as it should"
        )]
        let number = number as u16;
        number.to_be_bytes()
    };
    out.extend(number(groups.len()));
    out.extend(number(weight));
    let sign = if digits.negative && !groups.is_empty() {
        NEGATIVE
    } else {
        0
    };
    out.extend(sign.to_be_bytes());
    out.extend(number(digits.fraction.len()));
    for group in groups {
        out.extend(group.to_be_bytes());
    }
}
