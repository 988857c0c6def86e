//! Exact amounts, as Cost Explorer writes them.

use std::{fmt, str::FromStr};

/// Places behind the point.
const PLACES: usize = 18;

const ONE: i128 = 10_i128.pow(18);

/// A decimal number with 18 places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount(i128);

impl Amount {
    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl FromStr for Amount {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|one| one.is_ascii_digit());
        if whole.is_empty() || whole.len() > 18 || !all_digits(whole) {
            return Err(());
        }
        if places.len() > PLACES || !all_digits(places) || digits.ends_with('.') {
            return Err(());
        }
        let whole: i128 = whole.parse().map_err(|_| ())?;
        let places: i128 = format!("{places:0<PLACES$}").parse().map_err(|_| ())?;
        Ok(Self(sign * (whole * ONE + places)))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let number = self.0.unsigned_abs();
        let one = ONE.unsigned_abs();
        let places = format!("{:0PLACES$}", number % one);
        let places = places.trim_end_matches('0');
        let point = if places.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{point}{places}", number / one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stay() {
        for text in [
            "0",
            "12.5",
            "-0.000000000000000001",
            "999999999999999999.999999999999999999",
        ] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.to_string(), text);
        }
        let amount: Amount = "1.500".parse().unwrap();
        assert_eq!(amount.to_string(), "1.5");
        for text in [
            "",
            "-",
            "1.",
            ".5",
            "1e3",
            "1.0000000000000000001",
            "+1",
            "--1",
        ] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }

    #[test]
    fn sums_are_exact() {
        let tenth: Amount = "0.1".parse().unwrap();
        let fifth: Amount = "0.2".parse().unwrap();
        assert_eq!(tenth.plus(fifth).to_string(), "0.3");
        let debt: Amount = "-0.3".parse().unwrap();
        assert_eq!(tenth.plus(fifth).plus(debt), Amount::default());
    }
}
