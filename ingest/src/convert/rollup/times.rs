//! When usage started, as coarsely as a rollup tells it.

use chrono::{DateTime, Datelike, NaiveTime};
use curtail_store::Grain;

use crate::convert::{
    column::NO_TIME,
    order::{MICROSECONDS_PER_DAY, Sorted},
};

const MICROSECONDS_PER_HOUR: i64 = MICROSECONDS_PER_DAY / 24;

/// The beginning of each row's hour, day or month; nothing for whole billing periods.
pub(super) fn times(rows: &Sorted<'_>, start: usize, per: Grain) -> Vec<i64> {
    let mut last = (NO_TIME, NO_TIME);
    let mut times = rows.times(start);
    for micros in &mut times {
        if *micros != last.0 {
            last = (*micros, beginning(*micros, per));
        }
        *micros = last.1;
    }
    times
}

/// The beginning of the stretch that a point in time lies in.
fn beginning(micros: i64, per: Grain) -> i64 {
    if micros == NO_TIME {
        return NO_TIME;
    }
    match per {
        Grain::Hour => micros - micros.rem_euclid(MICROSECONDS_PER_HOUR),
        Grain::Day => micros - micros.rem_euclid(MICROSECONDS_PER_DAY),
        Grain::Month => {
            let first = DateTime::from_timestamp_micros(micros)
                .and_then(|time| time.date_naive().with_day(1));
            first.map_or(NO_TIME, |first| {
                first.and_time(NaiveTime::MIN).and_utc().timestamp_micros()
            })
        }
        Grain::Period => NO_TIME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_begin_where_the_calendar_says() {
        let micros = |text: &str| {
            let time = DateTime::parse_from_rfc3339(text).unwrap();
            time.timestamp_micros()
        };
        let time = micros("2024-02-29T23:59:59.999999Z");
        for (per, begins) in [
            (Grain::Hour, "2024-02-29T23:00:00Z"),
            (Grain::Day, "2024-02-29T00:00:00Z"),
            (Grain::Month, "2024-02-01T00:00:00Z"),
        ] {
            assert_eq!(beginning(time, per), micros(begins), "{per:?}");
            assert_eq!(beginning(micros(begins), per), micros(begins), "{per:?}");
        }
        let early = micros("1969-12-31T22:30:00Z");
        assert_eq!(
            beginning(early, Grain::Month),
            micros("1969-12-01T00:00:00Z")
        );
        assert_eq!(
            beginning(early, Grain::Hour),
            micros("1969-12-31T22:00:00Z")
        );
        assert_eq!(beginning(time, Grain::Period), NO_TIME);
    }
}
