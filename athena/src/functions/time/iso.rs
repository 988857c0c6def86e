//! Dates and times as ISO 8601 writes them.
//!
//! Read is what Joda's `dateTimeParser` reads: calendar, week and ordinal dates, whole or cut short, fractions of what comes last, and
//! an offset; and besides, a space in the place of `T`, and the name of a time zone.

use super::{
    calendar::{self, DAY, HOUR, MINUTE, SECOND},
    zone::Zone,
};

/// Years beyond these are further than microseconds reach.
const LAST_YEAR: i64 = 294_246;

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parsed {
    /// What the clock on the wall shows.
    pub(super) local: i64,
    /// The zone that is named.
    pub(super) zone: Option<Zone>,
    /// Whether the day is told, and not just a year or month.
    pub(super) has_day: bool,
}

impl Parsed {
    /// When that is, in UTC if no zone is named.
    pub(super) fn instant(self) -> i64 {
        self.zone.unwrap_or(Zone::Utc).instant(self.local)
    }
}

/// Reads all of `text`.
pub(super) fn parse(text: &str) -> Option<Parsed> {
    let mut rest = Rest(text.trim());
    let (days, has_day) = if rest.0.starts_with(['T', 't']) {
        (0, true)
    } else {
        date(&mut rest)?
    };
    let mut time = 0;
    if rest.take('T') || rest.take('t') || (rest.0.starts_with(' ') && starts_time(rest.0)) {
        rest.0 = rest.0.trim_start();
        if rest.0.starts_with(|c: char| c.is_ascii_digit()) {
            time = time_of_day(&mut rest)?;
        }
    }
    let zone = match rest.0.trim() {
        "" => None,
        zone => Some(Zone::parse(zone)?),
    };
    Some(Parsed {
        local: days.checked_mul(DAY)?.checked_add(time)?,
        zone,
        has_day,
    })
}

/// Whether a time of day follows a space.
fn starts_time(rest: &str) -> bool {
    rest.trim_start().starts_with(|c: char| c.is_ascii_digit())
}

fn date(rest: &mut Rest<'_>) -> Option<(i64, bool)> {
    let negative = rest.take('-');
    if !negative {
        rest.take('+');
    }
    let (year, _) = rest.number(9)?;
    let year = if negative { -year } else { year };
    if year.abs() > LAST_YEAR {
        return None;
    }
    if !rest.take_before_digit_or_week() {
        return Some((calendar::day(year, 1, 1), false));
    }
    if rest.take('W') || rest.take('w') {
        let (week, _) = rest.number(2)?;
        if !(1..=calendar::weeks_in_year(year)).contains(&week) {
            return None;
        }
        let first = calendar::first_day_of_week(year, week);
        if !rest.take('-') {
            return Some((first, false));
        }
        let (day, _) = rest.number(1)?;
        return (1..=7).contains(&day).then_some((first + day - 1, true));
    }
    let (number, digits) = rest.number(3)?;
    if digits == 3 {
        let last = if calendar::is_leap(year) { 366 } else { 365 };
        let day = calendar::day(year, 1, 1) + number - 1;
        return (1..=last).contains(&number).then_some((day, true));
    }
    if !(1..=12).contains(&number) {
        return None;
    }
    if !rest.take_before_digit_or_week() {
        return Some((calendar::day(year, number, 1), false));
    }
    let (day, _) = rest.number(2)?;
    (1..=calendar::days_in_month(year, number))
        .contains(&day)
        .then(|| (calendar::day(year, number, day), true))
}

fn time_of_day(rest: &mut Rest<'_>) -> Option<i64> {
    let mut time = 0;
    for (unit, most) in [(HOUR, 23), (MINUTE, 59), (SECOND, 59)] {
        let (number, _) = rest.number(2)?;
        if number > most {
            return None;
        }
        time += number * unit;
        if rest.take('.') || rest.take(',') {
            return Some(time + rest.fraction(unit)?);
        }
        if unit == SECOND || !rest.take(':') {
            break;
        }
    }
    Some(time)
}

/// What is left to read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn take(&mut self, wanted: char) -> bool {
        match self.0.strip_prefix(wanted) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a hyphen that is no minus of an offset: Joda reads `2026-03` as a month whatever follows.
    fn take_before_digit_or_week(&mut self) -> bool {
        let after = self.0.strip_prefix('-');
        let goes_on = after.is_some_and(|after| {
            after.starts_with(|c: char| c.is_ascii_digit() || c == 'W' || c == 'w')
        });
        goes_on && self.take('-')
    }

    /// At least one digit and no more than `most`: their number, and how many they are.
    fn number(&mut self, most: usize) -> Option<(i64, usize)> {
        let digits = self.0.bytes().take(most);
        let count = digits.take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at(count);
        self.0 = rest;
        Some((number.parse().ok()?, count))
    }

    /// The digits of a fraction of `unit`; those finer than microseconds are dropped.
    fn fraction(&mut self, unit: i64) -> Option<i64> {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        if count == 0 {
            return None;
        }
        let (mut sum, mut scale) = (0_i64, 1_i64);
        for digit in digits.bytes().take(9) {
            sum = sum * 10 + i64::from(digit - b'0');
            scale *= 10;
        }
        let part = i128::from(unit) * i128::from(sum) / i128::from(scale);
        i64::try_from(part).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_makes_it_panic() {
        let parts = [
            "2026",
            "-",
            "W",
            "03",
            "T",
            ":",
            ".",
            "é",
            " ",
            "+",
            "Z",
            "999999999",
            "",
        ];
        for a in parts {
            for b in parts {
                for c in parts {
                    for d in parts {
                        parse(&format!("{a}{b}{c}{d}{a}{c}"));
                    }
                }
            }
        }
    }
}
