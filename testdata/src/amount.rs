//! Decimal amounts as the generator makes them: few enough digits that a double holds them, too.

/// Decimal places of the units in which truth is summed.
pub(crate) const SCALE: u32 = 18;

/// No amount has more significant digits: a double then prints and reads back as the same decimal.
const MAX_MANTISSA: i64 = 999_999_999_999_999;

/// `mantissa / 10^places`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount {
    mantissa: i64,
    places: u8,
}

impl Amount {
    pub(crate) const ZERO: Self = Self {
        mantissa: 0,
        places: 10,
    };

    /// Drops decimals (toward zero) until the mantissa has at most 15 digits.
    pub(crate) const fn new(mut mantissa: i64, mut places: u8) -> Self {
        while mantissa > MAX_MANTISSA || mantissa < -MAX_MANTISSA {
            mantissa /= 10;
            places -= 1;
        }
        Self { mantissa, places }
    }

    /// Whole `count` with ten decimals.
    pub(crate) const fn whole(count: i64) -> Self {
        Self::new(count * 10_000_000_000, 10)
    }

    /// The nearest amount (toward zero) with at most `places` decimals to a sum in units of 10^-18.
    pub(crate) fn from_units(units: i128, places: u8) -> Self {
        let mut places = places;
        loop {
            let value = units / 10_i128.pow(SCALE - u32::from(places));
            match i64::try_from(value) {
                Ok(mantissa) if mantissa.abs() <= MAX_MANTISSA => return Self { mantissa, places },
                _ => places -= 1,
            }
        }
    }

    /// The amount in units of 10^-18.
    pub(crate) const fn units(self) -> i128 {
        const POWERS: [i64; 19] = {
            let mut powers = [1_i64; 19];
            let mut index = 1;
            while index < 19 {
                powers[index] = powers[index - 1] * 10;
                index += 1;
            }
            powers
        };
        self.mantissa as i128 * POWERS[(SCALE - self.places as u32) as usize] as i128
    }

    pub(crate) const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// `percent` of the amount, decimals beyond its own dropped.
    pub(crate) const fn percent(self, percent: i64) -> Self {
        Self {
            mantissa: self.mantissa * percent / 100,
            places: self.places,
        }
    }

    /// The nearest double. Mantissa and power of ten are exact doubles, so the quotient is correctly rounded.
    pub(crate) fn to_f64(self) -> f64 {
        const POWERS: [f64; 16] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        ];
        self.mantissa as f64 / POWERS[usize::from(self.places)]
    }

    /// Appends plain decimal text with all its decimals: `0.0960000000`.
    pub(crate) fn write_plain(self, out: &mut Vec<u8>) {
        let mut text = [b'0'; 40];
        let mut at = text.len();
        let mut rest = self.mantissa.unsigned_abs();
        let places = usize::from(self.places);
        let mut written = 0;
        while rest > 0 || written <= places {
            if written == places && places > 0 {
                at -= 1;
                text[at] = b'.';
            }
            at -= 1;
            text[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            written += 1;
        }
        if self.mantissa < 0 {
            at -= 1;
            text[at] = b'-';
        }
        out.extend_from_slice(&text[at..]);
    }

    /// Appends the number as Java writes small ones, `1.0E-7`, if it is below a thousandth; plain otherwise.
    pub(crate) fn write_scientific(self, out: &mut Vec<u8>) {
        let digits = self.mantissa.unsigned_abs().to_string();
        let exponent = digits.len() as i32 - 1 - i32::from(self.places);
        if self.mantissa == 0 || exponent > -4 {
            return self.write_plain(out);
        }
        if self.mantissa < 0 {
            out.push(b'-');
        }
        out.extend_from_slice(&digits.as_bytes()[..1]);
        out.push(b'.');
        let tail = digits[1..].trim_end_matches('0');
        out.extend_from_slice(if tail.is_empty() { "0" } else { tail }.as_bytes());
        out.extend_from_slice(format!("E{exponent}").as_bytes());
    }
}

/// Exact decimal text of a sum in units of 10^-18, trailing zeros trimmed.
pub(crate) fn units_text(units: i128) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let one = 10_u128.pow(SCALE);
    let value = units.unsigned_abs();
    let (whole, fraction) = (value / one, value % one);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = format!("{fraction:018}");
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(amount: Amount) -> String {
        let mut out = Vec::new();
        amount.write_plain(&mut out);
        String::from_utf8(out).unwrap()
    }

    fn scientific(amount: Amount) -> String {
        let mut out = Vec::new();
        amount.write_scientific(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_has_every_digit() {
        assert_eq!(plain(Amount::new(960_000_000, 10)), "0.0960000000");
        assert_eq!(plain(Amount::new(-12, 2)), "-0.12");
        assert_eq!(plain(Amount::new(1200, 2)), "12.00");
        assert_eq!(plain(Amount::new(7, 0)), "7");
        assert_eq!(plain(Amount::ZERO), "0.0000000000");
        assert_eq!(
            plain(Amount::new(1_234_567_890_123_456_789, 15)),
            "1234.56789012345"
        );
    }

    #[test]
    fn exponents_as_java_prints_them() {
        assert_eq!(scientific(Amount::new(1000, 10)), "1.0E-7");
        assert_eq!(scientific(Amount::new(-4250, 12)), "-4.25E-9");
        assert_eq!(scientific(Amount::new(1_000_000_000, 10)), "0.1000000000");
    }

    #[test]
    fn sums_print_trimmed() {
        assert_eq!(units_text(Amount::new(-8_640_000, 9).units()), "-0.00864");
        assert_eq!(units_text(3 * 10_i128.pow(18)), "3");
        assert_eq!(units_text(0), "0");
    }

    #[test]
    fn doubles_print_the_same_digits() {
        for seed in 0..20_000 {
            let hash = crate::hash::mix(seed);
            let amount = Amount::new((hash >> (seed % 40)) as i64, 10 + (hash % 6) as u8);
            let text = format!("{}", amount.to_f64());
            assert_eq!(text, units_text(amount.units()));
        }
    }
}
