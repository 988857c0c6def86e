//! `date_add`, `date_diff` and `last_day_of_month`.

use arrow::{
    array::{ArrayRef, Int64Array},
    datatypes::DataType,
};
use datafusion::{
    common::plan_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};
use std::sync::Arc;

use super::{
    super::support::{constant_text, is_text, texts},
    calendar::{self, DAY, HOUR},
    plain::Plain,
    read::{argument, check_text, check_time, finish, integers, out_of_range, same_kind, times},
    unit::Unit,
    zone::Zone,
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
    let (from, to) = (times(&args[1], rows)?, times(&args[2], rows)?);
    // The clocks of the first time's zone count, or of the only one that has one.
    let zone = if from.zone == Zone::Utc {
        to.zone
    } else {
        from.zone
    };
    let mut made = Int64Array::builder(rows);
    for (row, (from, to)) in from.instants.iter().zip(&to.instants).enumerate() {
        made.append_option(match (units.get(row), from, to) {
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
