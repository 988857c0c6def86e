//! Exact amounts: 128-bit integers at a fixed decimal scale.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Decimal places of every stored amount: one more than the most that any known report prints (17), so that no digit
/// of a source is lost, and 20 digits before the point are left for sums.
pub const MONEY_SCALE: i8 = 18;

/// Decimal digits of every stored amount, as in `Decimal128(38, 18)`.
pub const MONEY_PRECISION: u8 = 38;

/// One more than the largest magnitude of so many digits.
const LIMIT: u128 = 10_u128.pow(MONEY_PRECISION as u32);

const UNIT: i128 = 10_i128.pow(MONEY_SCALE.unsigned_abs() as u32);

/// An exact amount (of a currency, or of usage), in units of 10⁻¹⁸.
///
/// Prints with all its digits and without trailing zeros; reads the same form back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i128);

/// Text that is no plain decimal number of at most 20 digits before and 18 after the point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a decimal number of at most 20 digits before and 18 digits after the point")]
pub struct ParseMoneyError(String);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// One, of whatever it is an amount of.
    pub const ONE: Self = Self(UNIT);

    /// The amount of `units` times 10⁻¹⁸, as stored in a `Decimal128(38, 18)` column.
    pub const fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// The amount in units of 10⁻¹⁸.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// The sum, or `None` where it would not fit 38 digits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let sum = self.0.checked_add(other.0)?;
        (sum.unsigned_abs() < LIMIT).then_some(Self(sum))
    }

    /// The difference, unless it has more than 38 digits.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(-other)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let (whole, fraction) = (
            magnitude / UNIT.unsigned_abs(),
            magnitude % UNIT.unsigned_abs(),
        );
        let digits = if fraction == 0 {
            whole.to_string()
        } else {
            let fraction = format!("{fraction:018}");
            format!("{whole}.{}", fraction.trim_end_matches('0'))
        };
        f.pad_integral(self.0 >= 0, "", &digits)
    }
}

impl FromStr for Money {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParseMoneyError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Money> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 20
        || fraction.len() > 18
        || !plain(whole)
        || !plain(fraction)
    {
        return None;
    }
    let units =
        whole.parse::<i128>().ok()? * UNIT + format!("{fraction:0<18}").parse::<i128>().ok()?;
    Some(Money(if negative { -units } else { units }))
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        for text in [
            "0",
            "1",
            "-1",
            "0.1",
            "-0.000000000000000001",
            "179772.2083919446",
            "99999999999999999999.5",
        ] {
            assert_eq!(text.parse::<Money>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_it_could_not_print_back() {
        for text in [
            "",
            "-",
            ".5",
            "1e3",
            "1.0000000000000000001",
            "123456789012345678901",
            "1,0",
            "+1",
            "--1",
            "1.-5",
        ] {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
    }

    #[test]
    fn trailing_zeros_do_not_count() {
        assert_eq!("1.50".parse::<Money>().unwrap().to_string(), "1.5");
        assert_eq!("-0.0".parse::<Money>().unwrap(), Money::ZERO);
    }
}
