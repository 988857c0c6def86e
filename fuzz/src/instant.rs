//! Points in time, by chrono.

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};

/// `YYYY-MM-DD[(T| )hh:mm:ss[.digits][Z| UTC|±hh:mm]]` in microseconds since 1970; nothing for other text.
pub fn instant(text: &[u8]) -> Option<i64> {
    let text = str::from_utf8(text).ok()?;
    // chrono also reads signs, blanks and fewer digits: those are none of ours.
    let (date, rest) = text.split_at_checked(10)?;
    if !is_like(date, "0000-00-00") {
        return None;
    }
    let date: NaiveDate = date.parse().ok()?;
    if rest.is_empty() {
        return Some(micros(date.and_time(NaiveTime::MIN)));
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    let (time, rest) = rest.split_at_checked(8)?;
    // A leap second would be chrono's 60.
    if !is_like(time, "00:00:00") || time.ends_with("60") {
        return None;
    }
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit());
            let (fraction, zone) = rest.split_at(end.unwrap_or(rest.len()));
            if !(1..=9).contains(&fraction.len()) {
                return None;
            }
            (format!(".{fraction}"), zone)
        }
        None => (String::new(), rest),
    };
    let time = NaiveTime::parse_from_str(&format!("{time}{fraction}"), "%H:%M:%S%.f").ok()?;
    let offset = match zone {
        "" | "Z" | " UTC" => 0,
        zone if is_like(zone, "+00:00") || is_like(zone, "-00:00") => {
            zone.parse::<FixedOffset>().ok()?.local_minus_utc()
        }
        _ => return None,
    };
    Some(micros(date.and_time(time)) - i64::from(offset) * 1_000_000)
}

fn micros(time: NaiveDateTime) -> i64 {
    time.and_utc().timestamp_micros()
}

/// Is `text` like `pattern`, in which zeros stand for any digit?
fn is_like(text: &str, pattern: &str) -> bool {
    let same = |(byte, like): (u8, u8)| match like {
        b'0' => byte.is_ascii_digit(),
        _ => byte == like,
    };
    text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(same)
}
