//! Sizes as people write them.

use std::str::FromStr;

/// A number of bytes, written as `2GiB`, `512MiB`, `1.5GB` or a plain number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong =
            || format!("`{text}` is not a size: write it as 2GiB, 512MiB or a number of bytes");
        let trimmed = text.trim();
        let split = trimmed
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(split);
        let unit: u64 = match unit.trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1,
            "k" | "kib" => 1 << 10,
            "m" | "mib" => 1 << 20,
            "g" | "gib" => 1 << 30,
            "t" | "tib" => 1 << 40,
            "kb" => 1_000,
            "mb" => 1_000_000,
            "gb" => 1_000_000_000,
            "tb" => 1_000_000_000_000,
            _ => return Err(wrong()),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let places = u32::try_from(fraction.len())
            .ok()
            .filter(|places| *places <= 6)
            .ok_or_else(wrong)?;
        let digits: u64 = format!("{whole}{fraction}").parse().map_err(|_| wrong())?;
        let bytes = digits.checked_mul(unit).ok_or_else(wrong)? / 10_u64.pow(places);
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_spellings() {
        let cases = [
            ("2GiB", 2 << 30),
            ("512 MiB", 512 << 20),
            ("1.5g", 3 << 29),
            ("1GB", 1_000_000_000),
            ("42", 42),
        ];
        for (text, bytes) in cases {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "GiB", "2XB", "-1GiB", "1.2.3MiB", "99999999999TiB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
