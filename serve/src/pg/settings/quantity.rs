//! Times and sizes as settings have them: `5min`, `64MB`, or a number of the setting's own unit.

/// What a setting is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Nothing.
    One,
    Milliseconds,
    Seconds,
    Bytes,
    Kilobytes,
    /// 8 kB each.
    Blocks,
}

/// Units of time, in microseconds.
const TIMES: [(&str, i128); 6] = [
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];
/// Units of size, in bytes.
const SIZES: [(&str, i128); 5] = [
    ("TB", 1 << 40),
    ("GB", 1 << 30),
    ("MB", 1 << 20),
    ("kB", 1 << 10),
    ("B", 1),
];

impl Unit {
    /// As `PostgreSQL` names it.
    pub(super) fn named(name: &str) -> Self {
        match name {
            "ms" => Self::Milliseconds,
            "s" => Self::Seconds,
            "B" => Self::Bytes,
            "kB" => Self::Kilobytes,
            "8kB" => Self::Blocks,
            _ => Self::One,
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::One => "",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Bytes => "B",
            Self::Kilobytes => "kB",
            Self::Blocks => "8kB",
        }
    }

    /// What people may write behind a number, with what each is.
    fn written(self) -> &'static [(&'static str, i128)] {
        match self {
            Self::One => &[],
            Self::Milliseconds | Self::Seconds => &TIMES,
            Self::Bytes | Self::Kilobytes | Self::Blocks => &SIZES,
        }
    }

    /// What one of it is, in the smallest that can be written.
    fn size(self) -> i128 {
        match self {
            Self::One | Self::Bytes => 1,
            Self::Milliseconds => 1_000,
            Self::Seconds => 1_000_000,
            Self::Kilobytes => 1 << 10,
            Self::Blocks => 8 << 10,
        }
    }

    /// What to write, for whoever wrote something else.
    pub(super) fn hint(self) -> Option<&'static str> {
        match self {
            Self::One => None,
            Self::Milliseconds | Self::Seconds => Some(
                "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".",
            ),
            Self::Bytes | Self::Kilobytes | Self::Blocks => Some(
                "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".",
            ),
        }
    }

    /// The number that a text means, rounded to whole ones.
    pub(super) fn read(self, text: &str) -> Option<i64> {
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let unit = unit.trim();
        let size = if unit.is_empty() {
            self.size()
        } else {
            let mut written = self.written().iter();
            written.find(|(name, _)| *name == unit)?.1
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        // Nobody counts in smaller parts.
        let part = part.get(..9).unwrap_or(part);
        let digits: i64 = format!("{whole}{part}").parse().ok()?;
        let divisor = 10_i128.pow(u32::try_from(part.len()).ok()?) * self.size();
        let product = i128::from(digits).checked_mul(size)?;
        let half = product.signum() * divisor / 2;
        i64::try_from((product + half) / divisor).ok()
    }

    /// The number in the largest unit in which it is a whole one.
    pub(super) fn tell(self, number: i64) -> String {
        let total = i128::from(number) * self.size();
        let mut written = self.written().iter();
        let largest = written.find(|(_, size)| total % size == 0);
        match largest {
            Some((name, size)) if number > 0 => format!("{}{name}", total / size),
            _ => number.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_told_in_the_largest_unit() {
        for (unit, text, number, told) in [
            (Unit::Milliseconds, "60000", 60_000, "1min"),
            (Unit::Milliseconds, "1.5s", 1500, "1500ms"),
            (Unit::Milliseconds, " 2 h ", 7_200_000, "2h"),
            (Unit::Milliseconds, "1us", 0, "0"),
            (Unit::Milliseconds, "-1", -1, "-1"),
            (Unit::Seconds, "90", 90, "90s"),
            (Unit::Kilobytes, "4096", 4096, "4MB"),
            (Unit::Kilobytes, "1GB", 1 << 20, "1GB"),
            (Unit::Blocks, "8MB", 1024, "8MB"),
            (Unit::One, "12", 12, "12"),
        ] {
            assert_eq!(unit.read(text), Some(number), "{text}");
            assert_eq!(unit.tell(number), told, "{text}");
        }
        for text in [
            "",
            "x",
            "5 weeks",
            "1.2.3",
            "--1",
            "5MB",
            "99999999999999999999",
        ] {
            assert_eq!(Unit::Milliseconds.read(text), None, "{text}");
        }
    }
}
