//! Arrow arrays to values of a run.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, DictionaryArray, GenericStringArray, StringArray},
    compute::cast,
    datatypes::{
        DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int32Type, Int64Type,
        TimeUnit, TimestampMicrosecondType,
    },
    util::display::{ArrayFormatter, FormatOptions},
};

use crate::convert::{
    amount::{self, BadAmount, Rounding, Short},
    column::{NO_TIME, TextColumn},
    file::BadValue,
    instant,
    texts::NULL,
};

const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// An amount as it was read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Amount {
    Short(Short),
    /// Units of 10⁻¹⁸.
    Units(i128),
}

impl Amount {
    /// In units of 10⁻¹⁸.
    pub(super) fn units(self) -> i128 {
        match self {
            Self::Short(short) => short.units(),
            Self::Units(units) => units,
        }
    }
}

/// What the numbers of a file's dictionary are in a run, as far as they were met.
#[derive(Default)]
pub(super) struct Dictionary {
    values: Option<ArrayRef>,
    numbers: Vec<Option<u32>>,
}

impl Dictionary {
    /// Forgets all if the file has gone on to another dictionary.
    fn follow(&mut self, values: &ArrayRef) {
        let same = |known: &ArrayRef| known.to_data().ptr_eq(&values.to_data());
        if !self.values.as_ref().is_some_and(same) {
            self.numbers.clear();
            self.numbers.resize(values.len(), None);
            self.values = Some(Arc::clone(values));
        }
    }
}

/// Finds the numbers of text, or of anything as text, for rows that have none yet. Fails with the row that cannot be told as
/// text.
pub(super) fn texts(
    column: &mut TextColumn,
    array: &ArrayRef,
    dictionary: &mut Dictionary,
    numbers: &mut [u32],
) -> Result<(), usize> {
    if let Some(array) = array.as_any().downcast_ref::<DictionaryArray<Int32Type>>()
        && let Some(values) = array.values().as_any().downcast_ref::<StringArray>()
    {
        dictionary.follow(array.values());
        let mut take = |number: &mut u32, key: i32| {
            let Ok(key) = usize::try_from(key) else {
                return;
            };
            if *number == NULL {
                *number = *dictionary.numbers[key].get_or_insert_with(|| match values.value(key) {
                    "" => NULL,
                    text => column.number(text.as_bytes()),
                });
            }
        };
        if array.null_count() == 0 && values.null_count() == 0 {
            for (number, &key) in numbers.iter_mut().zip(array.keys().values()) {
                take(number, key);
            }
        } else {
            for (number, key) in numbers.iter_mut().zip(array.keys()) {
                if let Some(key) = key.filter(|&key| values.is_valid(key.unsigned_abs() as usize)) {
                    take(number, key);
                }
            }
        }
        return Ok(());
    }
    let mut set = |row: usize, text: &[u8]| {
        if numbers[row] == NULL && !text.is_empty() {
            numbers[row] = column.number(text);
        }
    };
    match array.data_type() {
        DataType::Binary => each(array.as_binary::<i32>().iter(), set),
        DataType::LargeBinary => each(array.as_binary::<i64>().iter(), set),
        DataType::FixedSizeBinary(_) => each(array.as_fixed_size_binary().iter(), set),
        DataType::Float64 => {
            each(array.as_primitive::<Float64Type>().iter(), |row, value| {
                set(row, value.to_string().as_bytes());
            });
        }
        DataType::Float32 => {
            each(array.as_primitive::<Float32Type>().iter(), |row, value| {
                set(row, value.to_string().as_bytes());
            });
        }
        _ => {
            let options =
                FormatOptions::new().with_timestamp_tz_format(Some("%Y-%m-%dT%H:%M:%S%.fZ"));
            let options = options.with_timestamp_format(Some("%Y-%m-%dT%H:%M:%S%.fZ"));
            let format = ArrayFormatter::try_new(array.as_ref(), &options).map_err(|_| 0_usize)?;
            for row in (0..array.len()).filter(|&row| array.is_valid(row)) {
                let text = format.value(row).try_to_string().map_err(|_| row)?;
                set(row, text.as_bytes());
            }
        }
    }
    Ok(())
}

/// Hands over amounts, one row after another.
pub(super) fn amounts(
    array: &ArrayRef,
    rounding: &mut Rounding,
    mut set: impl FnMut(usize, Amount) -> Result<(), BadValue>,
) -> Result<(), (usize, BadValue)> {
    let mut take = |row: usize, parsed: Result<Amount, BadAmount>| {
        let value = parsed.map_err(|bad| (row, BadValue::from(bad)))?;
        set(row, value).map_err(|bad| (row, bad))
    };
    match array.data_type() {
        DataType::Float64 => {
            for (row, value) in valid(array.as_primitive::<Float64Type>().iter()) {
                let amount = match amount::short_from_f64(value) {
                    Some(short) => Ok(Amount::Short(short)),
                    None => amount::from_f64(value, rounding).map(Amount::Units),
                };
                take(row, amount)?;
            }
        }
        DataType::Float32 => {
            for (row, value) in valid(array.as_primitive::<Float32Type>().iter()) {
                take(row, amount::from_f32(value, rounding).map(Amount::Units))?;
            }
        }
        DataType::Decimal128(_, scale) => {
            for (row, value) in valid(array.as_primitive::<Decimal128Type>().iter()) {
                let units = amount::from_decimal(value, *scale, rounding);
                take(row, units.map(Amount::Units))?;
            }
        }
        data_type if data_type.is_signed_integer() => {
            let array = cast(array, &DataType::Int64).map_err(|_| (0, BadValue::NoAmount))?;
            for (row, value) in valid(array.as_primitive::<Int64Type>().iter()) {
                let units = amount::from_decimal(i128::from(value), 0, rounding);
                take(row, units.map(Amount::Units))?;
            }
        }
        // Text, unsigned integers, other decimals: by what they print as.
        _ => {
            let array = cast(array, &DataType::Utf8).map_err(|_| (0, BadValue::NoAmount))?;
            let array: &GenericStringArray<i32> = array.as_string();
            for (row, value) in valid(array.iter()).filter(|(_, value)| !value.is_empty()) {
                let units = amount::parse(value.as_bytes(), rounding);
                take(row, units.map(Amount::Units))?;
            }
        }
    }
    Ok(())
}

/// Finds points in time, for rows that have none yet.
pub(super) fn times(array: &ArrayRef, micros: &mut [i64]) -> Result<(), (usize, BadValue)> {
    let mut set = |row: usize, value: Option<i64>| {
        if micros[row] == NO_TIME {
            micros[row] = value.ok_or((row, BadValue::NoTime))?;
        }
        Ok(())
    };
    match array.data_type() {
        DataType::Timestamp(..) => {
            let microseconds = DataType::Timestamp(TimeUnit::Microsecond, None);
            let array =
                cast(&without_zone(array)?, &microseconds).map_err(|_| (0, BadValue::NoTime))?;
            for (row, value) in valid(array.as_primitive::<TimestampMicrosecondType>().iter()) {
                set(row, Some(value))?;
            }
        }
        DataType::Date32 => {
            for (row, days) in valid(array.as_primitive::<Date32Type>().iter()) {
                set(row, Some(i64::from(days) * MICROSECONDS_PER_DAY))?;
            }
        }
        DataType::Dictionary(..) | DataType::Utf8 | DataType::Binary => {
            let array = cast(array, &DataType::Utf8).map_err(|_| (0, BadValue::NoTime))?;
            let array: &GenericStringArray<i32> = array.as_string();
            for (row, value) in valid(array.iter()).filter(|(_, value)| !value.is_empty()) {
                set(row, instant::parse(value.as_bytes()))?;
            }
        }
        _ => {
            let first = (0..array.len()).find(|&row| array.is_valid(row));
            set(first.unwrap_or(0), None)?;
        }
    }
    Ok(())
}

/// Zones only tell how to show a point in time.
fn without_zone(array: &ArrayRef) -> Result<ArrayRef, (usize, BadValue)> {
    let DataType::Timestamp(unit, Some(_)) = array.data_type() else {
        return Ok(Arc::clone(array));
    };
    let data = array
        .to_data()
        .into_builder()
        .data_type(DataType::Timestamp(*unit, None))
        .build();
    data.map(arrow::array::make_array)
        .map_err(|_| (0, BadValue::NoTime))
}

/// A value as an error shows it.
pub(super) fn shown(array: &ArrayRef, row: usize) -> String {
    let format = ArrayFormatter::try_new(array.as_ref(), &FormatOptions::new());
    format
        .and_then(|format| format.value(row).try_to_string())
        .unwrap_or_default()
}

fn valid<T>(values: impl Iterator<Item = Option<T>>) -> impl Iterator<Item = (usize, T)> {
    values
        .enumerate()
        .filter_map(|(row, value)| value.map(|value| (row, value)))
}

fn each<T>(values: impl Iterator<Item = Option<T>>, mut take: impl FnMut(usize, T)) {
    for (row, value) in valid(values) {
        take(row, value);
    }
}
