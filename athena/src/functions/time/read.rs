//! Arguments that are dates and times, in whatever form they come; and times that functions give.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, ArrowPrimitiveType, AsArray, Int64Array, PrimitiveArray,
        TimestampMicrosecondArray,
    },
    compute::{CastOptions, cast_with_options},
    datatypes::{
        DataType, Date32Type, Date64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
        TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    },
};
use datafusion::{
    common::{exec_err, plan_err},
    error::{DataFusionError, Result},
    logical_expr::{ColumnarValue, ReturnFieldArgs},
};

use super::{
    super::support::{is_text, texts},
    calendar::{DAY, MILLISECOND, SECOND},
    iso,
    zone::Zone,
};

/// Times of rows.
pub(super) struct Times {
    /// Microseconds since the epoch.
    pub(super) instants: Int64Array,
    /// The zone whose clocks show them.
    pub(super) zone: Zone,
}

impl Times {
    /// What the clock on the wall shows, row by row.
    pub(super) fn local(&self) -> Int64Array {
        match self.zone {
            Zone::Utc => self.instants.clone(),
            zone => self.instants.unary(|instant| zone.local(instant)),
        }
    }
}

/// The zone of times without a zone.
const UTC: &str = "UTC";
/// The zone of times with a zone that is UTC.
const ZONED_UTC: &str = "+00:00";

/// The type of timestamps that functions give.
pub(super) fn timestamp_in(zone: Zone) -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some(zone.name().into()))
}

/// The same in UTC.
pub(super) fn timestamp() -> DataType {
    timestamp_in(Zone::Utc)
}

/// The type of timestamps with a time zone. One that is UTC is told from [`timestamp()`] by how it is written.
pub(super) fn zoned(zone: Zone) -> DataType {
    if zone == Zone::Utc {
        DataType::Timestamp(TimeUnit::Microsecond, Some(ZONED_UTC.into()))
    } else {
        timestamp_in(zone)
    }
}

/// Whether a type is one of timestamps with a time zone.
pub(super) fn is_zoned(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Timestamp(_, Some(zone)) if zone.as_ref() != UTC)
}

/// The type of a function's argument.
pub(super) fn argument<'a>(args: &'a ReturnFieldArgs<'_>, place: usize) -> &'a DataType {
    args.arg_fields
        .get(place)
        .map_or(&DataType::Null, |field| field.data_type())
}

/// Refuses arguments that are neither dates nor times nor text.
pub(super) fn check_time(data_type: &DataType) -> Result<()> {
    match data_type {
        DataType::Null | DataType::Date32 | DataType::Date64 => Ok(()),
        DataType::Timestamp(..) => Zone::of(data_type).map(|_| ()),
        DataType::Dictionary(_, values) => check_time(values),
        other if is_text(other) => Ok(()),
        other => plan_err!("{other} is neither a date nor a time"),
    }
}

/// Refuses arguments that are no text.
pub(super) fn check_text(data_type: &DataType) -> Result<()> {
    if data_type.is_null() || is_text(data_type) {
        Ok(())
    } else {
        plan_err!("{data_type} is not text")
    }
}

/// The type of a time that is made of one of this type: DATE stays DATE, and a zone is kept.
pub(super) fn same_kind(data_type: &DataType) -> Result<DataType> {
    check_time(data_type)?;
    match data_type {
        DataType::Date32 | DataType::Date64 => Ok(DataType::Date32),
        DataType::Dictionary(_, values) => same_kind(values),
        zoned_type if is_zoned(zoned_type) => Ok(zoned(Zone::of(zoned_type)?)),
        _ => Ok(timestamp()),
    }
}

/// An argument's times.
pub(super) fn times(argument: &ColumnarValue, rows: usize) -> Result<Times> {
    let array = match argument {
        ColumnarValue::Array(array) => Arc::clone(array),
        ColumnarValue::Scalar(scalar) => scalar.to_array_of_size(rows)?,
    };
    let in_utc = |instants| Times {
        instants,
        zone: Zone::Utc,
    };
    match array.data_type() {
        DataType::Null => Ok(in_utc(Int64Array::new_null(array.len()))),
        DataType::Timestamp(unit, _) => Ok(Times {
            instants: match unit {
                TimeUnit::Second => scaled::<TimestampSecondType>(&array, SECOND)?,
                TimeUnit::Millisecond => scaled::<TimestampMillisecondType>(&array, MILLISECOND)?,
                TimeUnit::Microsecond => array
                    .as_primitive::<TimestampMicrosecondType>()
                    .reinterpret_cast(),
                TimeUnit::Nanosecond => array
                    .as_primitive::<TimestampNanosecondType>()
                    .unary(|nanos| nanos.div_euclid(1_000)),
            },
            zone: Zone::of(array.data_type())?,
        }),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            Ok(in_utc(days.unary(|day| i64::from(day) * DAY)))
        }
        DataType::Date64 => Ok(in_utc(scaled::<Date64Type>(&array, MILLISECOND)?)),
        DataType::Dictionary(_, values) if !is_text(values) => {
            let plain = cast_with_options(&array, values, &CAST)?;
            times(&ColumnarValue::Array(plain), rows)
        }
        other if is_text(other) => {
            let mut last: Option<(&str, i64)> = None;
            let texts = texts(argument, rows)?;
            let mut made = Int64Array::builder(texts.len());
            for text in &texts {
                let value = match (text, last) {
                    (None, _) => None,
                    (Some(text), Some((same, value))) if text == same => Some(value),
                    (Some(text), _) => {
                        let value = time_of_text(text)?;
                        last = Some((text, value));
                        Some(value)
                    }
                };
                made.append_option(value);
            }
            Ok(in_utc(made.finish()))
        }
        other => exec_err!("{other} is neither a date nor a time"),
    }
}

/// How values are cast: what does not fit is an error.
pub(super) const CAST: CastOptions<'static> = CastOptions {
    safe: false,
    format_options: arrow::util::display::FormatOptions::new(),
};

/// The instant that text stands for where a time is asked for, as in `CAST('2026-03-05 10:00' AS timestamp)`.
pub(super) fn time_of_text(text: &str) -> Result<i64> {
    let parsed = iso::parse(text).filter(|parsed| parsed.has_day);
    parsed.map(iso::Parsed::instant).ok_or_else(|| {
        DataFusionError::Execution(format!(
            "'{text}' is no date or time like 2026-03-05 or 2026-03-05 10:00:00"
        ))
    })
}

/// Whole numbers of rows, of any type that has a value that is one.
pub(super) fn integers(argument: &ColumnarValue, rows: usize) -> Result<Int64Array> {
    let array = argument.to_array(rows)?;
    let array = cast_with_options(&array, &DataType::Int64, &CAST)?;
    Ok(array.as_primitive::<Int64Type>().clone())
}

/// Instants as an array of a type that [`same_kind`] gives.
pub(super) fn finish(instants: &Int64Array, data_type: &DataType) -> Result<ArrayRef> {
    match data_type {
        DataType::Date32 => {
            let days: PrimitiveArray<Date32Type> =
                instants.try_unary(|instant| date32(instant.div_euclid(DAY)))?;
            Ok(Arc::new(days))
        }
        DataType::Timestamp(_, zone) => {
            let times: TimestampMicrosecondArray = instants.reinterpret_cast();
            Ok(Arc::new(times.with_timezone_opt(zone.clone())))
        }
        other => exec_err!("times cannot be given as {other}"),
    }
}

/// A day as Arrow has it.
pub(super) fn date32(day: i64) -> Result<i32> {
    i32::try_from(day).or_else(|_| exec_err!("day {day} since 1970 is out of range"))
}

fn scaled<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef, by: i64) -> Result<Int64Array> {
    array.as_primitive::<T>().try_unary(|value| {
        value
            .checked_mul(by)
            .ok_or_else(|| out_of_range(&value.to_string()))
    })
}

/// What cannot be told.
pub(super) fn out_of_range(what: &str) -> DataFusionError {
    DataFusionError::Execution(format!("{what} is out of the range of times"))
}
