//! Points in time: text to microseconds since 1970, UTC.

/// Parses `YYYY-MM-DD`, then optionally `T` or a blank, `hh:mm:ss`, a fraction of up to nine digits (cut off after
/// microseconds), and `Z`, ` UTC` or an offset `±hh:mm`; without one of these it is UTC all the same.
#[inline]
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let year = i64::from(two(date[0], date[1])?) * 100 + i64::from(two(date[2], date[3])?);
    let (month, day) = (two(date[5], date[6])?, two(date[8], date[9])?);
    if !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) {
        return None;
    }
    let seconds = days(year, month, day) * 86_400;
    if rest.is_empty() {
        return Some(seconds * 1_000_000);
    }
    let (time, rest) = rest.split_at_checked(9)?;
    if !matches!(time[0], b'T' | b' ') || time[3] != b':' || time[6] != b':' {
        return None;
    }
    let (hour, minute, second) = (
        two(time[1], time[2])?,
        two(time[4], time[5])?,
        two(time[7], time[8])?,
    );
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = (seconds + i64::from(hour * 3600 + minute * 60 + second)) * 1_000_000;
    if rest == b"Z" || rest.is_empty() {
        Some(micros)
    } else {
        tail(rest).map(|shift| micros + shift)
    }
}

/// What a fraction and an offset add, in microseconds.
fn tail(mut rest: &[u8]) -> Option<i64> {
    let mut micros = 0;
    if let Some((b'.', fraction)) = rest.split_first() {
        let count = fraction
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if !(1..=9).contains(&count) {
            return None;
        }
        let digit = |at: usize| {
            fraction[..count]
                .get(at)
                .map_or(0, |byte| i64::from(byte - b'0'))
        };
        micros = (0..6).fold(0, |sum, at| sum * 10 + digit(at));
        rest = &fraction[count..];
    }
    let offset = match rest {
        b"" | b"Z" | b" UTC" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two(*h1, *h2)?, two(*m1, *m2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let minutes = i64::from(hours * 60 + minutes);
            // A time ahead of UTC happened earlier.
            if *sign == b'+' { -minutes } else { minutes }
        }
        _ => return None,
    };
    Some(micros + offset * 60_000_000)
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

#[inline]
fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar, with years counted from March so that the leap
/// day is the last.
#[inline]
fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Days, NaiveDate};

    use super::*;

    #[test]
    fn agrees_with_chrono_on_every_day_of_five_centuries() {
        let first = NaiveDate::from_ymd_opt(1800, 1, 1).unwrap();
        for offset in 0..182_622 {
            let day = first + Days::new(offset);
            let midnight = day
                .and_hms_opt(0, 0, 0)
                .unwrap()
                .and_utc()
                .timestamp_micros();
            assert_eq!(
                parse(day.format("%Y-%m-%d").to_string().as_bytes()),
                Some(midnight),
                "{day}"
            );
            let text = day.format("%Y-%m-%dT23:59:58Z").to_string();
            assert_eq!(
                parse(text.as_bytes()),
                Some(midnight + 86_398_000_000),
                "{text}"
            );
        }
    }

    #[test]
    fn reads_every_form_in_use() {
        let expected = DateTime::parse_from_rfc3339("2024-03-05T13:04:05Z")
            .unwrap()
            .timestamp_micros();
        for text in [
            "2024-03-05T13:04:05Z",
            "2024-03-05T13:04:05.000Z",
            "2024-03-05 13:04:05",
            "2024-03-05 13:04:05.000 UTC",
            "2024-03-05T15:04:05+02:00",
            "2024-03-05T07:34:05.0-05:30",
        ] {
            assert_eq!(parse(text.as_bytes()), Some(expected), "{text}");
        }
        assert_eq!(
            parse(b"2024-03-05T13:04:05.1234567Z"),
            Some(expected + 123_456)
        );
        assert_eq!(parse(b"1969-12-31T23:59:59.5Z"), Some(-500_000));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2024",
            "2024-02-30",
            "2023-02-29T00:00:00Z",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "2024-01-01T",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00Zz",
            "2024-01-01T00:00:00+25:00",
            "2024/01/01",
            "2024-01-01T00:00:00.1234567890Z",
            "+024-01-01",
            "20240101T000000Z",
            "1709596800",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
