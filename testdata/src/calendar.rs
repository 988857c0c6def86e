//! Months, hours and the forms in which reports write instants.

use chrono::{Datelike, NaiveDate};

pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// A billing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month {
    pub(crate) year: i32,
    pub(crate) number: u32,
    /// Seconds since 1970 of its first instant, UTC.
    pub(crate) start: i64,
    /// Seconds since 1970 of the next month's first instant.
    pub(crate) end: i64,
}

impl Month {
    /// `None` for a month that does not exist, or before 1970.
    pub(crate) fn new(year: i32, month: u32) -> Option<Self> {
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        let next = if month == 12 {
            NaiveDate::from_ymd_opt(year + 1, 1, 1)
        } else {
            NaiveDate::from_ymd_opt(year, month + 1, 1)
        }?;
        (1970..=9998).contains(&year).then(|| Self {
            year,
            number: month,
            start: seconds(first),
            end: seconds(next),
        })
    }

    pub(crate) const fn hours(self) -> u64 {
        ((self.end - self.start) / HOUR) as u64
    }

    pub(crate) const fn days(self) -> usize {
        ((self.end - self.start) / DAY) as usize
    }

    /// `2026-10`
    pub(crate) fn label(self) -> String {
        format!("{:04}-{:02}", self.year, self.number)
    }

    /// `20261001-20261101`, the folder of a legacy report.
    pub(crate) fn range(self) -> String {
        let [start, end] = [self.start, self.end].map(|at| date(at).format("%Y%m%d").to_string());
        format!("{start}-{end}")
    }

    /// `20261001T000000.000Z`, as manifests write the period's bounds.
    pub(crate) fn manifest_bounds(self) -> [String; 2] {
        [self.start, self.end].map(|at| format!("{}T000000.000Z", date(at).format("%Y%m%d")))
    }
}

fn seconds(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce() - 719_163) * DAY
}

fn date(at: i64) -> NaiveDate {
    let days = i32::try_from(at.div_euclid(DAY)).expect("years stay below 9999");
    NaiveDate::from_num_days_from_ce_opt(days + 719_163).expect("years stay below 9999")
}

/// `2026-10-05`
pub(crate) fn day_text(at: i64) -> String {
    date(at).format("%Y-%m-%d").to_string()
}

/// `20261005T061233Z`, as assembly ids are written.
pub(crate) fn compact(at: i64) -> String {
    let seconds = at.rem_euclid(DAY);
    format!(
        "{}T{:02}{:02}{:02}Z",
        date(at).format("%Y%m%d"),
        seconds / HOUR,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// Hour of the week, 0 = Monday 00:00 UTC.
pub(crate) const fn hour_of_week(at: i64) -> usize {
    // 1970-01-01 was a Thursday.
    ((at / HOUR + 3 * 24) % (7 * 24)) as usize
}

/// Appends `2026-10-05T13:00:00`, without a zone.
fn write_clock(out: &mut Vec<u8>, at: i64) {
    // Days to civil date, Howard Hinnant's algorithm: much faster here than a formatter.
    let days = at.div_euclid(DAY) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let clock = at.rem_euclid(DAY);
    let mut text = *b"0000-00-00T00:00:00";
    let mut put = |at: usize, value: i64| {
        text[at] = b'0' + (value / 10) as u8;
        text[at + 1] = b'0' + (value % 10) as u8;
    };
    put(0, year / 100);
    put(2, year % 100);
    put(5, month);
    put(8, day);
    put(11, clock / HOUR);
    put(14, clock / 60 % 60);
    put(17, clock % 60);
    out.extend_from_slice(&text);
}

/// Appends `2026-10-05T13:00:00Z`.
pub(crate) fn write_instant(out: &mut Vec<u8>, at: i64) {
    write_clock(out, at);
    out.push(b'Z');
}

/// Appends `2026-10-05T13:00:00.000Z`.
pub(crate) fn write_instant_millis(out: &mut Vec<u8>, at: i64) {
    write_clock(out, at);
    out.extend_from_slice(b".000Z");
}

/// `2026-10-05T13:00:00.000Z`, as commitments' start and end are written.
pub(crate) fn millis_text(at: i64) -> String {
    let mut out = Vec::new();
    write_instant_millis(&mut out, at);
    out.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_agree_with_chrono() {
        for step in 0..5000_i64 {
            let at = step * 86_477 * 7 + 3;
            let expected = chrono::DateTime::from_timestamp(at, 0)
                .unwrap()
                .format("%Y-%m-%dT%H:%M:%SZ")
                .to_string();
            let mut out = Vec::new();
            write_instant(&mut out, at);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn months_have_bounds() {
        let month = Month::new(2026, 12).unwrap();
        assert_eq!(month.range(), "20261201-20270101");
        assert_eq!(month.hours(), 744);
        assert_eq!(month.label(), "2026-12");
        assert_eq!(month.manifest_bounds()[0], "20261201T000000.000Z");
        assert!(Month::new(2026, 13).is_none());
        assert_eq!(
            hour_of_week(month.start),
            24,
            "1 December 2026 is a Tuesday"
        );
    }
}
