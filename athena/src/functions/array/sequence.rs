//! Arrays of evenly spaced numbers, dates and times.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array},
    buffer::OffsetBuffer,
    compute::cast,
    datatypes::{
        DataType, Date32Type, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType,
        IntervalUnit, TimeUnit, TimestampMicrosecondType,
    },
};
use chrono::{DateTime, Datelike, Months, NaiveDateTime};
use datafusion::{
    common::{exec_datafusion_err, exec_err},
    error::Result,
    logical_expr::ScalarUDF,
};

use super::super::{
    define::scalar,
    lists::{list_array, list_of, nulls_of, unexpected},
    support::is_text,
};

/// So many elements at most does Trino make.
const MOST: usize = 10_000;
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// `sequence(from, to[, step])`, both ends included.
pub(super) fn sequence() -> ScalarUDF {
    scalar(&["sequence"], coerce, |types| Ok(list_of(&types[0])), run)
}

fn coerce(types: &[DataType]) -> Result<Vec<DataType>> {
    let takes = "two integers, dates or times, and the step between";
    let (ends, step) = match types {
        [_, _] => (types, None),
        [_, _, step] => (&types[..2], Some(step)),
        _ => return unexpected("sequence", takes, types),
    };
    let is_interval =
        |data_type: &DataType| matches!(data_type, DataType::Interval(_) | DataType::Duration(_));
    let is_time =
        |data_type: &DataType| matches!(data_type, DataType::Timestamp(..) | DataType::Date64);
    let dated = ends
        .iter()
        .any(|end| is_time(end) || end == &DataType::Date32)
        || step.is_some_and(is_interval);
    let value = if !dated {
        let numeric = |end: &DataType| end.is_integer() || end.is_null();
        if !ends.iter().chain(step).all(numeric) {
            return unexpected("sequence", takes, types);
        }
        DataType::Int64
    } else if ends.iter().any(is_time) {
        timestamp()
    } else {
        DataType::Date32
    };
    let known =
        |end: &DataType| is_time(end) || end == &DataType::Date32 || is_text(end) || end.is_null();
    if dated && !ends.iter().all(known) {
        return unexpected("sequence", takes, types);
    }
    let mut coerced = vec![value.clone(), value];
    match step {
        None => {}
        Some(step) if dated && (is_interval(step) || step.is_null()) => {
            coerced.push(DataType::Interval(IntervalUnit::MonthDayNano));
        }
        Some(_) if !dated => coerced.push(DataType::Int64),
        Some(_) => return unexpected("sequence", takes, types),
    }
    Ok(coerced)
}

fn timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn run(arguments: &[ArrayRef], returned: &DataType) -> Result<ArrayRef> {
    let is_date = arguments[0].data_type() == &DataType::Date32;
    let dated = is_date || arguments[0].data_type() == &timestamp();
    let (starts, stops) = (numbers(&arguments[0])?, numbers(&arguments[1])?);
    let (mut values, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for (row, (start, stop)) in starts.iter().zip(&stops).enumerate() {
        let begun = values.len();
        let step = match arguments.get(2) {
            Some(steps) if steps.is_null(row) => None,
            Some(steps) if dated => Some(Step::of(
                steps.as_primitive::<IntervalMonthDayNanoType>().value(row),
            )?),
            Some(steps) => Some(Step::Even(steps.as_primitive::<Int64Type>().value(row))),
            None => {
                let size = if dated { MICROS_PER_DAY } else { 1 };
                Some(Step::Even(if start <= stop { size } else { -size }))
            }
        };
        if let (Some(start), Some(stop), Some(step)) = (start, stop, step) {
            if is_date && matches!(step, Step::Even(micros) if micros % MICROS_PER_DAY != 0) {
                return exec_err!(
                    "sequence step must be a day interval if start and end values are dates"
                );
            }
            step.fill(start, stop, &mut values)?;
            valid.push(true);
        } else {
            valid.push(false);
        }
        lengths.push(values.len() - begun);
    }
    if i32::try_from(values.len()).is_err() {
        return exec_err!("arrays of {} elements in all are too many", values.len());
    }
    let values: ArrayRef = Arc::new(Int64Array::from(values));
    let values = match returned {
        DataType::List(element) if element.data_type() == &DataType::Date32 => {
            let plain = DataType::Timestamp(TimeUnit::Microsecond, None);
            cast(&cast(&values, &plain)?, &DataType::Date32)?
        }
        DataType::List(element) => cast(&values, element.data_type())?,
        _ => values,
    };
    list_array(
        OffsetBuffer::from_lengths(lengths),
        values,
        nulls_of(&valid),
    )
}

/// Integers as they are; dates and times in microseconds.
fn numbers(values: &ArrayRef) -> Result<Int64Array> {
    Ok(match values.data_type() {
        DataType::Date32 => values
            .as_primitive::<Date32Type>()
            .iter()
            .map(|day| day.map(|day| i64::from(day) * MICROS_PER_DAY))
            .collect(),
        DataType::Timestamp(..) => values
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .collect(),
        _ => cast(values, &DataType::Int64)?
            .as_primitive::<Int64Type>()
            .clone(),
    })
}

/// What is between two elements.
enum Step {
    /// So many units.
    Even(i64),
    /// So many months.
    Months(i32),
}

impl Step {
    fn of(interval: IntervalMonthDayNano) -> Result<Self> {
        let micros = i64::from(interval.days)
            .checked_mul(MICROS_PER_DAY)
            .and_then(|days| days.checked_add(interval.nanoseconds / 1_000));
        match (interval.months, micros) {
            (0, Some(micros)) => Ok(Self::Even(micros)),
            (months, Some(0)) => Ok(Self::Months(months)),
            _ => exec_err!("a sequence's step is either of months or of days and less"),
        }
    }

    fn fill(&self, start: i64, stop: i64, values: &mut Vec<i64>) -> Result<()> {
        let up = match self {
            Self::Even(step) => step.signum(),
            Self::Months(step) => i64::from(step.signum()),
        };
        if up == 0 {
            return exec_err!("interval must not be zero");
        }
        if (up > 0 && start > stop) || (up < 0 && start < stop) {
            return exec_err!(
                "sequence stop value should be greater than or equal to start value if step is greater than zero \
                 otherwise stop should be less than or equal to start"
            );
        }
        let mut value = Some(start);
        let mut made = 0;
        while let Some(next) =
            value.filter(|next| if up > 0 { *next <= stop } else { *next >= stop })
        {
            made += 1;
            if made > MOST {
                return exec_err!(
                    "result of sequence function must not have more than {MOST} entries"
                );
            }
            values.push(next);
            value = match self {
                Self::Even(step) => next.checked_add(*step),
                // Always counted from the first, so that days cut off by a short month come back.
                Self::Months(step) => {
                    plus_months(start, i64::from(*step) * i64::try_from(made).unwrap_or(0))?
                }
            };
        }
        Ok(())
    }
}

/// A time some months later, at the month's last day if it has fewer; `None` beyond all time.
fn plus_months(micros: i64, months: i64) -> Result<Option<i64>> {
    let Some(time) = DateTime::from_timestamp_micros(micros) else {
        return Err(exec_datafusion_err!(
            "{micros} microseconds are beyond the times known"
        ));
    };
    let count = Months::new(u32::try_from(months.unsigned_abs()).unwrap_or(u32::MAX));
    let moved: Option<NaiveDateTime> = if months < 0 {
        time.naive_utc().checked_sub_months(count)
    } else {
        time.naive_utc().checked_add_months(count)
    };
    Ok(moved
        .filter(|time| time.year().abs() < 200_000)
        .map(|time| time.and_utc().timestamp_micros()))
}
