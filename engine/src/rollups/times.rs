//! What functions tell of the time of usage: whether on the beginning of a stretch of time they are what they are on any time
//! in it.

use curtail_store::Grain;
use datafusion::{common::ScalarValue, logical_expr::Expr};

use super::class::literal;

const HOUR_IN_NANOS: i64 = 3_600_000_000_000;

/// The coarsest stretches of time in all of which a function of the time is the same: `name` is that of the function, the first
/// of `rest` a constant that says what it tells, if it takes one. `None` if hours are too coarse, or nothing is known of it.
pub(super) fn coarsest(name: &str, rest: &[&Expr]) -> Option<Grain> {
    let text = |expr: &Expr| {
        literal(expr).and_then(|value| value.try_as_str().flatten().map(str::to_owned))
    };
    match (name, rest) {
        ("date_trunc" | "date_part", [unit]) => unit_of(&text(unit)?.to_lowercase()),
        ("date_format", [pattern]) => of_mysql(&text(pattern)?),
        ("format_datetime", [pattern]) => of_joda(&text(pattern)?),
        ("to_char", [pattern]) => of_chrono(&text(pattern)?),
        ("date", []) => Some(Grain::Day),
        ("last_day_of_month", []) => Some(Grain::Month),
        (unit, []) => unit_of(unit).filter(|_| IN_CALLS.contains(&unit)),
        _ => None,
    }
}

/// Parts of a time that are functions, too.
const IN_CALLS: [&str; 14] = [
    "year",
    "quarter",
    "month",
    "week",
    "week_of_year",
    "year_of_week",
    "yow",
    "day",
    "day_of_month",
    "day_of_week",
    "dow",
    "day_of_year",
    "doy",
    "hour",
];

/// The stretches that cutting off, or taking out, this part of a time tells apart.
fn unit_of(unit: &str) -> Option<Grain> {
    match unit {
        "month" | "quarter" | "year" | "decade" | "century" | "millennium" => Some(Grain::Month),
        "day" | "day_of_month" | "week" | "week_of_year" | "dow" | "day_of_week" | "isodow"
        | "doy" | "day_of_year" | "isoyear" | "yow" | "year_of_week" => Some(Grain::Day),
        "hour" => Some(Grain::Hour),
        _ => None,
    }
}

/// The finest of the parts that a pattern has; the whole billing period tells no part of a pattern without any.
fn finest(mut parts: impl Iterator<Item = Option<Grain>>) -> Option<Grain> {
    parts.try_fold(Grain::Month, |finest, part| {
        part.map(|part| finest.min(part))
    })
}

/// What stands behind each `%`. `None` if nothing does.
fn behind_percent(pattern: &str) -> Option<Vec<char>> {
    let mut found = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter == '%' {
            found.push(letters.next()?);
        }
    }
    Some(found)
}

/// A pattern of `date_format`, in the letters of `MySQL`.
fn of_mysql(pattern: &str) -> Option<Grain> {
    let part = |letter| match letter {
        'Y' | 'y' | 'm' | 'c' | 'M' | 'b' | '%' => Some(Grain::Month),
        'd' | 'e' | 'j' | 'W' | 'a' | 'v' | 'x' => Some(Grain::Day),
        'H' | 'h' | 'I' | 'k' | 'l' | 'p' => Some(Grain::Hour),
        _ => None,
    };
    finest(behind_percent(pattern)?.into_iter().map(part))
}

/// A pattern of `to_char`, as chrono has them.
fn of_chrono(pattern: &str) -> Option<Grain> {
    let part = |letter| match letter {
        'Y' | 'C' | 'y' | 'm' | 'b' | 'B' | 'h' | '%' | 'n' | 't' => Some(Grain::Month),
        'd' | 'e' | 'a' | 'A' | 'w' | 'u' | 'U' | 'W' | 'G' | 'g' | 'V' | 'j' | 'D' | 'x' | 'F'
        | 'v' => Some(Grain::Day),
        'H' | 'k' | 'I' | 'l' | 'P' | 'p' => Some(Grain::Hour),
        _ => None,
    };
    finest(behind_percent(pattern)?.into_iter().map(part))
}

/// A pattern of `format_datetime`, as Joda-Time has them: letters mean something outside of quotes.
fn of_joda(pattern: &str) -> Option<Grain> {
    let mut quoted = false;
    let parts = pattern.chars().map(|letter| match letter {
        '\'' => {
            quoted = !quoted;
            Some(Grain::Month)
        }
        _ if quoted || !letter.is_ascii_alphabetic() => Some(Grain::Month),
        'G' | 'C' | 'Y' | 'y' | 'M' => Some(Grain::Month),
        'x' | 'w' | 'e' | 'E' | 'D' | 'd' => Some(Grain::Day),
        'a' | 'K' | 'h' | 'H' | 'k' => Some(Grain::Hour),
        _ => None,
    });
    finest(parts)
}

/// Whether adding this interval moves whole stretches of `grain` to whole stretches, so that those of one stretch stay in one.
/// Adding months keeps the time of day, and takes what is past the end of a month back to its last day.
pub(super) fn moves_whole(interval: &ScalarValue, grain: Grain) -> bool {
    let (days, nanos) = match interval {
        ScalarValue::IntervalYearMonth(Some(_)) => (0, 0),
        ScalarValue::IntervalDayTime(Some(it)) => (it.days, i64::from(it.milliseconds) * 1_000_000),
        ScalarValue::IntervalMonthDayNano(Some(it)) => (it.days, it.nanoseconds),
        _ => return false,
    };
    match grain {
        Grain::Hour => nanos % HOUR_IN_NANOS == 0,
        Grain::Day => nanos % (24 * HOUR_IN_NANOS) == 0,
        Grain::Month => days == 0 && nanos == 0,
        Grain::Period => false,
    }
}

/// The same of `date_add(unit, …)`.
pub(super) fn unit_moves_whole(unit: &Expr, grain: Grain) -> bool {
    let unit = literal(unit).and_then(|unit| unit.try_as_str().flatten());
    match unit.map(str::to_lowercase).as_deref() {
        Some("hour") => grain == Grain::Hour,
        Some("day" | "week") => grain <= Grain::Day,
        Some("month" | "quarter" | "year") => grain <= Grain::Month,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::{arrow::datatypes::IntervalMonthDayNano, logical_expr::lit};

    use super::*;

    fn told(name: &str, pattern: &str) -> Option<Grain> {
        coarsest(name, &[&lit(pattern)])
    }

    #[test]
    fn patterns_tell_their_finest_part() {
        for (pattern, expected) in [
            ("%Y-%m-%d", Some(Grain::Day)),
            ("%Y-%m-01 00:00:00", Some(Grain::Month)),
            ("100%% of %M", Some(Grain::Month)),
            ("%x-W%v", Some(Grain::Day)),
            ("%Y-%m-%d %H:00", Some(Grain::Hour)),
            ("%H:%i", None),
            ("%T", None),
            ("%D", None),
            ("%", None),
            ("", Some(Grain::Month)),
        ] {
            assert_eq!(told("date_format", pattern), expected, "{pattern}");
        }
        for (pattern, expected) in [
            ("yyyy-MM", Some(Grain::Month)),
            ("yyyy-MM-dd", Some(Grain::Day)),
            ("yyyy-MM-dd'T'HH", Some(Grain::Hour)),
            ("'mm:ss' yyyy", Some(Grain::Month)),
            ("HH:mm", None),
            ("yyyy Z", None),
        ] {
            assert_eq!(told("format_datetime", pattern), expected, "{pattern}");
        }
        assert_eq!(told("to_char", "%Y-%m-%d"), Some(Grain::Day));
        assert_eq!(told("to_char", "%M"), None, "minutes");
    }

    #[test]
    fn functions_are_known_by_name() {
        for (name, expected) in [
            ("month", Some(Grain::Month)),
            ("yow", Some(Grain::Day)),
            ("date", Some(Grain::Day)),
            ("last_day_of_month", Some(Grain::Month)),
            ("hour", Some(Grain::Hour)),
            ("minute", None),
            ("to_iso8601", None),
            ("isodow", None),
        ] {
            assert_eq!(coarsest(name, &[]), expected, "{name}");
        }
        assert_eq!(told("date_trunc", "WEEK"), Some(Grain::Day));
        assert_eq!(told("date_trunc", "minute"), None);
    }

    #[test]
    fn intervals_move_whole_stretches() {
        let of = |months, days, hours: i64| {
            ScalarValue::IntervalMonthDayNano(Some(IntervalMonthDayNano {
                months,
                days,
                nanoseconds: hours * HOUR_IN_NANOS,
            }))
        };
        let coarsest = |interval: &ScalarValue| {
            let grains = Grain::ALL.into_iter();
            grains.filter(|grain| moves_whole(interval, *grain)).max()
        };
        assert_eq!(coarsest(&of(-3, 0, 0)), Some(Grain::Month));
        assert_eq!(coarsest(&of(1, 1, 0)), Some(Grain::Day));
        assert_eq!(coarsest(&of(0, 0, -48)), Some(Grain::Day));
        assert_eq!(coarsest(&of(0, 1, 5)), Some(Grain::Hour));
        assert_eq!(coarsest(&ScalarValue::from("1")), None);
    }
}
