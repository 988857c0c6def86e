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

#[cfg(test)]
mod tests {
    use super::*;

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
