//! `numeric` in its binary form.

use std::fmt::Write;

use bytes::Buf;

/// The sign of numbers below zero.
const NEGATIVE: u16 = 0x4000;
/// More groups of digits than any number here has.
const MOST_GROUPS: i32 = 64;

/// The number as text; `None` if it is none, or one that is not finite.
pub(super) fn text(mut bytes: &[u8]) -> Option<String> {
    let count = i32::from(bytes.try_get_i16().ok()?);
    let weight = i32::from(bytes.try_get_i16().ok()?);
    let sign = bytes.try_get_u16().ok()?;
    let places = usize::try_from(bytes.try_get_i16().ok()?).ok()?;
    if bytes.len() != 2 * usize::try_from(count).ok()?
        || !matches!(sign, 0 | NEGATIVE)
        || count > MOST_GROUPS
        || weight.abs() > MOST_GROUPS
    {
        return None;
    }
    let groups: Vec<u16> = (0..count).map(|_| bytes.get_u16()).collect();
    if groups.iter().any(|group| *group > 9999) {
        return None;
    }
    // The group of 10000^power.
    let group = |power: i32| {
        let place = usize::try_from(weight - power).ok();
        place
            .and_then(|place| groups.get(place))
            .copied()
            .unwrap_or_default()
    };
    let mut text = String::new();
    for power in (0..=weight.max(0)).rev() {
        let _ = write!(text, "{:04}", group(power));
    }
    let whole = text.trim_start_matches('0');
    let mut found = if sign == NEGATIVE { "-" } else { "" }.to_owned();
    found.push_str(if whole.is_empty() { "0" } else { whole });
    if places > 0 {
        let mut fraction = String::new();
        let last = i32::try_from(places.div_ceil(4)).ok()?;
        for power in 1..=last.min(4 * MOST_GROUPS) {
            let _ = write!(fraction, "{:04}", group(-power));
        }
        found.push('.');
        found.push_str(fraction.get(..places).unwrap_or(&fraction));
    }
    Some(found)
}

/// The most digits that an exponent may move the point by: more than any number here has.
const FARTHEST: i32 = 80;

/// A number as text without an exponent (`1E-18`); `None` if it is none.
pub(super) fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => return Some(text.to_owned()),
    };
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    if all.bytes().all(|digit| digit == b'0') {
        return Some("0".to_owned());
    }
    if exponent.abs() > FARTHEST {
        return None;
    }
    // Where the point comes to stand, counted from the first digit.
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let length = i32::try_from(all.len()).ok()?;
    let before = usize::try_from(-point).unwrap_or_default();
    let after = usize::try_from(point - length).unwrap_or_default();
    let padded = format!("{}{all}{}", "0".repeat(before), "0".repeat(after));
    let point = usize::try_from(point).unwrap_or_default();
    let (whole, fraction) = padded.split_at(point);
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_written_out() {
        for (text, found) in [
            ("1E-18", Some("0.000000000000000001")),
            ("-1.25e+3", Some("-1250")),
            ("12.5E-1", Some("1.25")),
            ("0E-10", Some("0")),
            ("123E-3", Some("0.123")),
            ("1.5", Some("1.5")),
            ("NaN", Some("NaN")),
            ("E5", None),
            ("1E", None),
            ("1E999999999", None),
            ("1E99999999999", None),
        ] {
            assert_eq!(plain(text).as_deref(), found, "{text}");
        }
    }

    fn number(words: &[u16]) -> Option<String> {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        text(&bytes)
    }

    #[test]
    fn numbers_of_all_sizes() {
        for (words, expected) in [
            (&[0, 0, 0, 0][..], "0"),
            (&[0, 0, 0, 2], "0.00"),
            (&[1, 0, 0, 0, 7], "7"),
            (&[1, 1, 0, 0, 1], "10000"),
            (&[1, 0xffff, NEGATIVE, 4, 15], "-0.0015"),
            (&[1, 0xfffe, 0, 6, 1500], "0.000015"),
            (&[2, 0, 0, 1, 1, 5000], "1.5"),
        ] {
            assert_eq!(number(words).as_deref(), Some(expected), "{words:?}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for words in [
            &[0][..],
            &[2, 0, 0, 0, 1],
            &[0, 0, 0xc000, 0],
            &[1, 0, 0, 0, 10_000],
            &[1, 30_000, 0, 0, 1],
            &[0, 0, 0, 0xffff],
        ] {
            assert_eq!(number(words), None, "{words:?}");
        }
    }
}
