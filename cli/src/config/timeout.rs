//! Durations as people write them.

use std::{str::FromStr, time::Duration};

/// A time to wait, written as `30s`, `500ms`, `2m` or a plain number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timeout(pub(crate) Duration);

impl FromStr for Timeout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no time to wait: write it as 30s, 500ms or 2m");
        let trimmed = text.trim();
        let split = trimmed
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(split);
        let number: u32 = number.parse().map_err(|_| wrong())?;
        let unit = match unit.trim() {
            "ms" => Duration::from_millis(1),
            "" | "s" => Duration::from_secs(1),
            "m" | "min" => Duration::from_mins(1),
            _ => return Err(wrong()),
        };
        match unit.checked_mul(number) {
            Some(time) if !time.is_zero() && time <= Duration::from_hours(24) => Ok(Self(time)),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_spellings() {
        for (text, milliseconds) in [
            ("30s", 30_000),
            ("30", 30_000),
            ("500 ms", 500),
            ("2m", 120_000),
        ] {
            let time = Duration::from_millis(milliseconds);
            assert_eq!(text.parse(), Ok(Timeout(time)), "{text}");
        }
        for text in ["", "s", "0s", "-1s", "1.5s", "2d", "99999999m"] {
            assert!(text.parse::<Timeout>().is_err(), "{text}");
        }
    }
}
