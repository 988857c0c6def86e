//! `date_trunc`.

use arrow::{
    array::{Array, ArrayRef, Int64Array},
    datatypes::DataType,
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ScalarUDF, interval_arithmetic::Interval, preimage::PreimageResult,
        simplify::SimplifyContext,
    },
};

use super::{
    super::support::{constant_text, texts},
    calendar::HOUR,
    plain::Plain,
    read::{Times, argument, check_text, finish, same_kind, times, timestamp, zoned},
    unit::Unit,
    zone::Zone,
};

pub(super) fn all() -> Vec<ScalarUDF> {
    let function = Plain::new(
        "date_trunc",
        [2],
        |args| {
            check_text(argument(args, 0))?;
            same_kind(argument(args, 1))
        },
        run,
    );
    vec![
        function
            .aliases(&["datetrunc"])
            .monotonic()
            .preimage(preimage)
            .into(),
    ]
}

fn run(args: &[ColumnarValue], rows: usize, returns: &DataType) -> Result<ArrayRef> {
    let times = times(&args[1], rows)?;
    let made = match constant_text(&args[0]) {
        Some(None) => Int64Array::new_null(rows),
        Some(Some(unit)) => by_one(&times, unit_of(unit, returns)?),
        None => {
            let mut made = Int64Array::builder(rows);
            for (unit, instant) in texts(&args[0], rows)?.iter().zip(&times.instants) {
                made.append_option(match (unit, instant) {
                    (Some(unit), Some(instant)) => {
                        let unit = unit_of(unit, returns)?;
                        Some(truncate(unit, instant, times.zone))
                    }
                    _ => None,
                });
            }
            made.finish()
        }
    };
    finish(&made, returns)
}

fn unit_of(name: &str, returns: &DataType) -> Result<Unit> {
    let unit = Unit::parse(name)?;
    match returns {
        DataType::Date32 => unit.of_dates(),
        _ => Ok(unit),
    }
}

fn by_one(times: &Times, unit: Unit) -> Int64Array {
    let instants = times.instants.values().iter();
    let made = if times.zone == Zone::Utc {
        // The stretch that the row before was in: mostly this row is in it as well.
        let (mut start, mut end) = (0, 0);
        let begin = |&instant: &i64| {
            if !(start..end).contains(&instant) {
                (start, end) = unit.stretch(instant);
            }
            start
        };
        instants.map(begin).collect()
    } else {
        let mut last = None;
        let begin = |&instant: &i64| match last {
            Some((same, made)) if same == instant => made,
            _ => {
                let made = truncate(unit, instant, times.zone);
                last = Some((instant, made));
                made
            }
        };
        instants.map(begin).collect::<Vec<_>>()
    };
    Int64Array::new(made.into(), times.instants.nulls().cloned())
}

/// Where the stretch of time begins that an instant is in, by the clocks of a zone.
fn truncate(unit: Unit, instant: i64, zone: Zone) -> i64 {
    let local = zone.local(instant);
    let start = unit.stretch(local).0;
    if unit.length().is_some_and(|length| length <= HOUR) {
        // An hour that comes twice stays the one that it is.
        return instant.saturating_sub(local.saturating_sub(start));
    }
    zone.instant(start)
}

/// `date_trunc('month', x) = TIMESTAMP '2026-03-01'` asks for a stretch of times, of which columns and files are told by themselves.
fn preimage(args: &[Expr], value: &Expr, info: &SimplifyContext) -> Result<PreimageResult> {
    let none = Ok(PreimageResult::None);
    let [Expr::Literal(unit, _), time] = args else {
        return none;
    };
    let (Some(Some(unit)), Some(value)) = (unit.try_as_str(), value.as_literal()) else {
        return none;
    };
    let data_type = info.get_data_type(time)?;
    let is_utc = [DataType::Date32, timestamp(), zoned(Zone::Utc)].contains(&data_type);
    let Ok(unit) = unit_of(unit, &data_type) else {
        return none;
    };
    // Other types are compared in a type of both, which is for DataFusion to choose.
    if !is_utc || value.data_type() != data_type {
        return none;
    }
    let given = times(&ColumnarValue::Scalar(value.clone()), 1)?.instants;
    if given.is_null(0) {
        return none;
    }
    let (start, end) = unit.stretch(given.value(0));
    // What does not begin a stretch equals no result, which is no stretch that could be told.
    if start != given.value(0) {
        return none;
    }
    let bound = |at: i64| -> Result<ScalarValue> {
        ScalarValue::try_from_array(&finish(&Int64Array::from(vec![at]), &data_type)?, 0)
    };
    Ok(PreimageResult::Range {
        expr: time.clone(),
        interval: Box::new(Interval::try_new(bound(start)?, bound(end)?)?),
    })
}
