//! `year`, `month`, `day_of_week` and their like, and `date_part`, which `EXTRACT` is planned as.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, IntervalMonthDayNanoArray},
    compute::cast_with_options,
    datatypes::{
        DataType, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, TimeUnit,
    },
};
use datafusion::{
    common::{ScalarValue, exec_err, plan_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ScalarUDF,
        expr::ScalarFunction,
        interval_arithmetic::Interval,
        planner::{ExprPlanner, PlannerResult},
        preimage::PreimageResult,
        simplify::SimplifyContext,
    },
};

use super::{
    super::support::{constant_text, texts},
    calendar::{self, DAY},
    part::Part,
    plain::{Plain, Returns, Run},
    read::{CAST, argument, check_text, check_time, finish, times, timestamp, zoned},
    unix::seconds,
    zone::Zone,
};

pub(super) fn all() -> Vec<ScalarUDF> {
    let number: Returns = |args| check(argument(args, 0)).map(|()| DataType::Int64);
    // Plain functions hold no values, so that each part has one of its own.
    macro_rules! field {
        ($name:literal, $aliases:expr, $part:expr) => {{
            let run: Run = |args, rows, _| Ok(Arc::new(numbers(&args[0], rows, $part)?));
            Plain::new($name, [1], number, run).aliases(&$aliases)
        }};
    }
    vec![
        field!("year", [], Part::Year)
            .monotonic()
            .preimage(|args, value, info| match args {
                [time] => years(time, value, info),
                _ => Ok(PreimageResult::None),
            })
            .into(),
        field!("quarter", [], Part::Quarter).into(),
        field!("month", [], Part::Month).into(),
        field!("week", ["week_of_year"], Part::Week).into(),
        field!("day", ["day_of_month"], Part::Day).into(),
        field!("hour", [], Part::Hour).into(),
        field!("minute", [], Part::Minute).into(),
        field!("second", [], Part::Second).into(),
        field!("millisecond", [], Part::Millisecond).into(),
        field!("day_of_week", ["dow"], Part::DayOfWeek).into(),
        field!("day_of_year", ["doy"], Part::DayOfYear).into(),
        field!("year_of_week", ["yow"], Part::YearOfWeek).into(),
        field!("timezone_hour", [], Part::TimezoneHour).into(),
        field!("timezone_minute", [], Part::TimezoneMinute).into(),
        date_part(),
    ]
}

fn date_part() -> ScalarUDF {
    let returns: Returns = |args| {
        check_text(argument(args, 0))?;
        check(argument(args, 1))?;
        let part = args.scalar_arguments.first().copied().flatten();
        let part = part.and_then(|part| part.try_as_str().flatten());
        Ok(match part.map(Part::parse).transpose()? {
            Some(Part::Epoch) => DataType::Float64,
            _ => DataType::Int64,
        })
    };
    Plain::new("date_part", [2], returns, run_date_part)
        .aliases(&["datepart"])
        .preimage(|args, value, info| match args {
            [Expr::Literal(part, _), time] => {
                let part = part.try_as_str().flatten();
                match part.and_then(|part| Part::parse(part).ok()) {
                    Some(Part::Year) => years(time, value, info),
                    _ => Ok(PreimageResult::None),
                }
            }
            _ => Ok(PreimageResult::None),
        })
        .into()
}

fn run_date_part(args: &[ColumnarValue], rows: usize, returns: &DataType) -> Result<ArrayRef> {
    let made = match constant_text(&args[0]) {
        Some(None) => Int64Array::new_null(rows),
        Some(Some(part)) => numbers(&args[1], rows, Part::parse(part)?)?,
        None => {
            // Each part that there is, of all rows; then, of each row, its own.
            let names = texts(&args[0], rows)?;
            let mut known: Vec<(Part, Int64Array)> = Vec::new();
            let mut made = Int64Array::builder(rows);
            for (row, name) in names.iter().enumerate() {
                let Some(name) = name else {
                    made.append_null();
                    continue;
                };
                let part = Part::parse(name)?;
                if (part == Part::Epoch) != (*returns == DataType::Float64) {
                    return exec_err!("the part '{name}' must be a constant");
                }
                let at = if let Some(at) = known.iter().position(|(same, _)| *same == part) {
                    at
                } else {
                    known.push((part, numbers(&args[1], rows, part)?));
                    known.len() - 1
                };
                let numbers = &known[at].1;
                made.append_option(numbers.is_valid(row).then(|| numbers.value(row)));
            }
            made.finish()
        }
    };
    Ok(match returns {
        DataType::Float64 => {
            let made: Float64Array = made.unary(seconds);
            Arc::new(made)
        }
        _ => Arc::new(made),
    })
}

/// Refuses what has no parts.
fn check(data_type: &DataType) -> Result<()> {
    match data_type {
        DataType::Interval(_) | DataType::Duration(_) => Ok(()),
        DataType::Time32(_) | DataType::Time64(_) => {
            plan_err!("{data_type} has no parts here: cast it to a timestamp")
        }
        other => check_time(other),
    }
}

/// A part of all rows.
fn numbers(argument: &ColumnarValue, rows: usize, part: Part) -> Result<Int64Array> {
    match argument.data_type() {
        DataType::Duration(_) => {
            let micros = microseconds(argument, rows)?;
            return micros.try_unary(|micros| part.of_interval(0, micros));
        }
        DataType::Interval(_) => {
            return intervals(argument, rows)?.try_unary(|interval| {
                part.of_interval(interval.months.into(), without_months(interval))
            });
        }
        _ => {}
    }
    let times = times(argument, rows)?;
    Ok(match times.zone {
        Zone::Utc => times.instants.unary(|instant| part.of(instant, 0)),
        zone => times.instants.unary(|instant| {
            let ahead = zone.offset(instant);
            part.of(instant.saturating_add(ahead), ahead)
        }),
    })
}

fn intervals(argument: &ColumnarValue, rows: usize) -> Result<IntervalMonthDayNanoArray> {
    let unit = DataType::Interval(IntervalUnit::MonthDayNano);
    let array = cast_with_options(&argument.to_array(rows)?, &unit, &CAST)?;
    Ok(array.as_primitive::<IntervalMonthDayNanoType>().clone())
}

/// Microseconds of an interval's days and what is shorter.
fn without_months(interval: IntervalMonthDayNano) -> i64 {
    let days = i64::from(interval.days) * DAY;
    days.saturating_add(interval.nanoseconds / 1_000)
}

/// How long intervals are that have no months.
pub(super) fn microseconds(argument: &ColumnarValue, rows: usize) -> Result<Int64Array> {
    if let DataType::Interval(_) = argument.data_type() {
        return intervals(argument, rows)?.try_unary(|interval| match interval.months {
            0 => Ok(without_months(interval)),
            months => exec_err!("an interval of {months} months has no length of its own"),
        });
    }
    let unit = DataType::Duration(TimeUnit::Microsecond);
    let array = cast_with_options(&argument.to_array(rows)?, &unit, &CAST)?;
    let array = cast_with_options(&array, &DataType::Int64, &CAST)?;
    Ok(array.as_primitive::<Int64Type>().clone())
}

/// `year(x) = 2026` asks for a stretch of times, of which columns and files are told by themselves.
fn years(time: &Expr, value: &Expr, info: &SimplifyContext) -> Result<PreimageResult> {
    let data_type = info.get_data_type(time)?;
    let year = match value.as_literal() {
        Some(ScalarValue::Int64(Some(year))) if year.abs() < 200_000 => *year,
        _ => return Ok(PreimageResult::None),
    };
    if ![DataType::Date32, timestamp(), zoned(Zone::Utc)].contains(&data_type) {
        return Ok(PreimageResult::None);
    }
    let start = |year: i64| -> Result<ScalarValue> {
        let start = Int64Array::from(vec![calendar::day(year, 1, 1) * DAY]);
        ScalarValue::try_from_array(&finish(&start, &data_type)?, 0)
    };
    Ok(PreimageResult::Range {
        expr: time.clone(),
        interval: Box::new(Interval::try_new(start(year)?, start(year + 1)?)?),
    })
}

/// Plans `EXTRACT(part FROM time)` as our `date_part`.
#[derive(Debug)]
pub(super) struct Extract;

impl ExprPlanner for Extract {
    fn plan_extract(&self, args: Vec<Expr>) -> Result<PlannerResult<Vec<Expr>>> {
        let call = ScalarFunction::new_udf(Arc::new(date_part()), args);
        Ok(PlannerResult::Planned(Expr::ScalarFunction(call)))
    }
}
