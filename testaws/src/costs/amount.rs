//! Exact amounts, as Cost Explorer writes them.

use std::{fmt, str::FromStr};

/// Places behind the point.
const PLACES: usize = 18;

const ONE: i128 = 10_i128.pow(18);

/// A decimal number with 18 places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amount(i128);

impl Amount {
    fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// What is told of a group of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sum {
    /// Their sum.
    Of(Amount),
    /// The words of one of them, which stand for all.
    Told(String),
}

impl Sum {
    pub(super) fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Of(one), Self::Of(other)) => Self::Of(one.plus(other)),
            (Self::Told(text), _) | (_, Self::Told(text)) => Self::Told(text),
        }
    }
}

impl From<Amount> for Sum {
    fn from(amount: Amount) -> Self {
        Self::Of(amount)
    }
}

impl Default for Sum {
    fn default() -> Self {
        Self::Of(Amount::default())
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(amount) => amount.fmt(f),
            Self::Told(text) => f.pad(text),
        }
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

    #[test]
    fn words_stand_for_their_group() {
        let tenth = || Sum::Of("0.1".parse().unwrap());
        let words = || Sum::Told("1E-7".to_owned());
        assert_eq!(tenth().plus(tenth()).to_string(), "0.2");
        assert_eq!(tenth().plus(words()).to_string(), "1E-7");
        assert_eq!(words().plus(tenth()).to_string(), "1E-7");
    }
}
