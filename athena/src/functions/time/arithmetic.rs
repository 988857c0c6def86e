//! `date_add`, `date_diff` and `last_day_of_month`.

use std::sync::Arc;

use super::{
    super::support::{constant_text, is_text, texts},
    calendar::{self, DAY, HOUR, MILLISECOND, MINUTE, SECOND},
    plain::Plain,
    read::{
        Times, argument, check_text, check_time, finish, integers, out_of_range, same_kind, times,
    },
    unit::Unit,
    zone::Zone,
};
use arrow::{
    array::{Array, ArrayRef, Int64Array},
    buffer::NullBuffer,
    datatypes::DataType,
};
use datafusion::{
    common::plan_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new(
            "date_add",
            [3],
            |args| {
                check_text(argument(args, 0))?;
                check_number(argument(args, 1))?;
                same_kind(argument(args, 2))
            },
            add,
        )
        .into(),
        Plain::new(
            "date_diff",
            [3],
            |args| {
                check_text(argument(args, 0))?;
                check_time(argument(args, 1))?;
                check_time(argument(args, 2))?;
                Ok(DataType::Int64)
            },
            diff,
        )
        .into(),
        Plain::new(
            "last_day_of_month",
            [1],
            |args| check_time(argument(args, 0)).map(|()| DataType::Date32),
            last_day,
        )
        .monotonic()
        .into(),
    ]
}

fn check_number(data_type: &DataType) -> Result<()> {
    if data_type.is_null() || data_type.is_integer() || is_text(data_type) {
        Ok(())
    } else {
        plan_err!("{data_type} is no whole number")
    }
}

/// The units of rows, of which there mostly is one.
enum Units {
    One(Option<Unit>),
    Each(Vec<Option<Unit>>),
}

impl Units {
    fn new(argument: &ColumnarValue, rows: usize) -> Result<Self> {
        if let Some(unit) = constant_text(argument) {
            return Ok(Self::One(unit.map(Unit::parse).transpose()?));
        }
        let texts = texts(argument, rows)?;
        let units = texts.iter().map(|unit| unit.map(Unit::parse).transpose());
        Ok(Self::Each(units.collect::<Result<_>>()?))
    }

    fn get(&self, row: usize) -> Option<Unit> {
        match self {
            Self::One(unit) => *unit,
            Self::Each(units) => units.get(row).copied().flatten(),
        }
    }
}

/// Whether a unit is counted by what passes, and not by what clocks on the wall show.
fn is_elapsed(unit: Unit) -> bool {
    unit.length().is_some_and(|length| length <= HOUR)
}

fn add(args: &[ColumnarValue], rows: usize, returns: &DataType) -> Result<ArrayRef> {
    let units = Units::new(&args[0], rows)?;
    let counts = integers(&args[1], rows)?;
    let times = times(&args[2], rows)?;
    let mut made = Int64Array::builder(rows);
    for (row, (count, instant)) in counts.iter().zip(&times.instants).enumerate() {
        let (Some(unit), Some(count), Some(instant)) = (units.get(row), count, instant) else {
            made.append_null();
            continue;
        };
        if *returns == DataType::Date32 {
            unit.of_dates()?;
        }
        let later = match times.zone {
            zone if zone == Zone::Utc || is_elapsed(unit) => unit.add(instant, count),
            zone => unit
                .add(zone.local(instant), count)
                .map(|local| zone.instant(local)),
        };
        made.append_value(later.ok_or_else(|| {
            let unit = format!("{unit:?}").to_lowercase();
            out_of_range(&format!("a time {count} times a {unit} later"))
        })?);
    }
    finish(&made.finish(), returns)
}

fn diff(args: &[ColumnarValue], rows: usize, _: &DataType) -> Result<ArrayRef> {
    let units = Units::new(&args[0], rows)?;
    let (from, to) = (Ends::of(&args[1], rows)?, Ends::of(&args[2], rows)?);
    // The clocks of the first time's zone count, or of the only one that has one.
    let zone = if from.times.zone == Zone::Utc {
        to.times.zone
    } else {
        from.times.zone
    };
    if let Units::One(Some(unit)) = units
        && (zone == Zone::Utc || is_elapsed(unit))
    {
        return Ok(Arc::new(counted(unit, &from, &to, rows)));
    }
    let mut made = Int64Array::builder(rows);
    for row in 0..rows {
        made.append_option(match (units.get(row), from.get(row), to.get(row)) {
            (Some(unit), Some(from), Some(to)) => Some(if is_elapsed(unit) {
                unit.between(from, to)
            } else {
                unit.between(zone.local(from), zone.local(to))
            }),
            _ => None,
        });
    }
    Ok(Arc::new(made.finish()))
}

/// The times at one end of stretches: one for each row, or one for all.
struct Ends {
    times: Times,
    is_constant: bool,
}

impl Ends {
    fn of(argument: &ColumnarValue, rows: usize) -> Result<Self> {
        let is_constant = matches!(argument, ColumnarValue::Scalar(_));
        Ok(Self {
            times: times(argument, if is_constant { 1 } else { rows })?,
            is_constant,
        })
    }

    fn get(&self, row: usize) -> Option<i64> {
        let instants = &self.times.instants;
        let row = if self.is_constant { 0 } else { row };
        instants.is_valid(row).then(|| instants.value(row))
    }
}

/// How many whole units lie between both ends, with the unit's length told at compile time: dividing by it is a product then.
fn counted(unit: Unit, from: &Ends, to: &Ends, rows: usize) -> Int64Array {
    match unit {
        Unit::Microsecond => each(from, to, rows, whole::<1>),
        Unit::Millisecond => each(from, to, rows, whole::<MILLISECOND>),
        Unit::Second => each(from, to, rows, whole::<SECOND>),
        Unit::Minute => each(from, to, rows, whole::<MINUTE>),
        Unit::Hour => each(from, to, rows, whole::<HOUR>),
        Unit::Day => each(from, to, rows, whole::<DAY>),
        Unit::Week => each(from, to, rows, whole::<{ 7 * DAY }>),
        Unit::Month | Unit::Quarter | Unit::Year => {
            each(from, to, rows, |from, to| unit.between(from, to))
        }
    }
}

fn whole<const LENGTH: i64>(from: i64, to: i64) -> i64 {
    if let Some(between) = to.checked_sub(from) {
        return between / LENGTH;
    }
    // Farther apart than microseconds in 64 bits tell.
    let whole = (i128::from(to) - i128::from(from)) / i128::from(LENGTH);
    i64::try_from(whole).unwrap_or(if whole < 0 { i64::MIN } else { i64::MAX })
}

/// What `between` makes of both ends of every row; it must take any two times, as rows without a time have some too.
fn each(from: &Ends, to: &Ends, rows: usize, between: impl Fn(i64, i64) -> i64) -> Int64Array {
    match (from.is_constant, to.is_constant) {
        (false, false) => {
            let (from, to) = (&from.times.instants, &to.times.instants);
            let values = from.values().iter().zip(to.values());
            let values: Vec<i64> = values.map(|(from, to)| between(*from, *to)).collect();
            Int64Array::new(values.into(), NullBuffer::union(from.nulls(), to.nulls()))
        }
        (false, true) => match to.get(0) {
            Some(to) => from.times.instants.unary(|from| between(from, to)),
            None => Int64Array::new_null(rows),
        },
        (true, false) => match from.get(0) {
            Some(from) => to.times.instants.unary(|to| between(from, to)),
            None => Int64Array::new_null(rows),
        },
        (true, true) => {
            let made = from.get(0).zip(to.get(0));
            std::iter::repeat_n(made.map(|(from, to)| between(from, to)), rows).collect()
        }
    }
}

fn last_day(args: &[ColumnarValue], rows: usize, returns: &DataType) -> Result<ArrayRef> {
    let local = times(&args[0], rows)?.local();
    let last = local.unary(|local| {
        let date = calendar::date(local.div_euclid(DAY));
        let last = calendar::days_in_month(date.year, date.month);
        calendar::day(date.year, date.month, last).saturating_mul(DAY)
    });
    let last: Int64Array = last;
    finish(&last, returns)
}
