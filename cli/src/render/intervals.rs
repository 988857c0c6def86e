//! Stretches of time as Athena prints them: `3 04:05:06.007` of days to seconds, `1-2` of years to months.

use std::io::{self, Write};

use arrow::{
    array::{Array, AsArray},
    compute::cast,
    datatypes::{
        DataType, DurationMicrosecondType, IntervalMonthDayNanoType, IntervalUnit, TimeUnit,
    },
    error::ArrowError,
};

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// Whether values of a type are stretches of time that are printed here.
pub(super) fn is_interval(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Duration(_) | DataType::Interval(IntervalUnit::MonthDayNano)
    )
}

/// Writes a value. An interval of months and of days, which Athena has none of, is both.
pub(super) fn write(array: &dyn Array, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
    if let DataType::Duration(_) = array.data_type() {
        let one = array.slice(row, 1);
        let micros = cast(&one, &DataType::Duration(TimeUnit::Microsecond))
            .map_err(|error: ArrowError| io::Error::other(error))?;
        let micros = micros.as_primitive::<DurationMicrosecondType>().value(0);
        return days(micros.into(), out);
    }
    let interval = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
    let micros = i128::from(interval.days) * i128::from(MICROS_PER_DAY)
        + i128::from(interval.nanoseconds / 1_000);
    if interval.months == 0 {
        return days(micros, out);
    }
    let sign = if interval.months < 0 { "-" } else { "" };
    let months = interval.months.unsigned_abs();
    write!(out, "{sign}{}-{}", months / 12, months % 12)?;
    if micros != 0 {
        out.push(b' ');
        days(micros, out)?;
    }
    Ok(())
}

/// Microseconds as days, hours, minutes and seconds.
fn days(micros: i128, out: &mut Vec<u8>) -> io::Result<()> {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    let seconds = micros / 1_000_000;
    let (day, hour) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minute, second) = (seconds / 60 % 60, seconds % 60);
    write!(out, "{sign}{day} {hour:02}:{minute:02}:{second:02}.")?;
    match micros % 1_000_000 {
        fraction if fraction % 1_000 == 0 => write!(out, "{:03}", fraction / 1_000),
        fraction => write!(out, "{fraction:06}"),
    }
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{DurationMicrosecondArray, DurationSecondArray, IntervalMonthDayNanoArray},
        datatypes::IntervalMonthDayNano,
    };

    use super::*;

    fn text(array: &dyn Array, row: usize) -> String {
        let mut out = Vec::new();
        write(array, row, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn durations_are_days_to_seconds() {
        let seconds = DurationSecondArray::from(vec![216_000, -3_661]);
        assert_eq!(text(&seconds, 0), "2 12:00:00.000");
        assert_eq!(text(&seconds, 1), "-0 01:01:01.000");
        let micros = DurationMicrosecondArray::from(vec![1_000, 1, i64::MIN]);
        assert_eq!(text(&micros, 0), "0 00:00:00.001");
        assert_eq!(text(&micros, 1), "0 00:00:00.000001");
        assert_eq!(text(&micros, 2), "-106751991 04:00:54.775808");
    }

    #[test]
    fn intervals_are_years_to_months_or_days_to_seconds() {
        let intervals = IntervalMonthDayNanoArray::from(vec![
            IntervalMonthDayNano::new(14, 0, 0),
            IntervalMonthDayNano::new(-1, 0, 0),
            IntervalMonthDayNano::new(0, 6, 3_600_000_000_000),
            IntervalMonthDayNano::new(0, -1, 0),
            IntervalMonthDayNano::new(1, 2, 0),
        ]);
        let all: Vec<_> = (0..5).map(|row| text(&intervals, row)).collect();
        assert_eq!(
            all,
            [
                "1-2",
                "-0-1",
                "6 01:00:00.000",
                "-1 00:00:00.000",
                "0-1 2 00:00:00.000"
            ]
        );
    }
}
