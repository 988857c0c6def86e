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
    amount::{self, BadAmount, Rounding},
    amounts::Amounts,
    column::{self, NO_TIME, TextColumn},
    file::{BadValue, FileState},
    instant,
    texts::NULL,
};

const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

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

/// Takes in text, or anything as text. Fails with the row that cannot be told as text.
pub(super) fn text(
    column: &mut TextColumn,
    base: usize,
    array: &ArrayRef,
    dictionary: &mut Dictionary,
    merge: bool,
) -> Result<(), usize> {
    if let Some(array) = array.as_any().downcast_ref::<DictionaryArray<Int32Type>>()
        && let Some(values) = array.values().as_any().downcast_ref::<StringArray>()
    {
        dictionary.follow(array.values());
        for (row, key) in array.keys().iter().enumerate() {
            let Some(key) = key.and_then(|key| usize::try_from(key).ok()) else {
                continue;
            };
            if values.is_null(key) || (merge && column.has(base + row)) {
                continue;
            }
            let number = *dictionary.numbers[key].get_or_insert_with(|| match values.value(key) {
                "" => NULL,
                text => column.number(text.as_bytes()),
            });
            if number != NULL {
                column.set_number(base + row, number);
            }
        }
        return Ok(());
    }
    let mut set = |row: usize, text: &[u8]| {
        let taken = merge && column.has(base + row);
        if !taken && !text.is_empty() {
            column.set(base + row, text);
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

/// Takes in amounts, and sums them up.
pub(super) fn amounts(
    amounts: &mut Amounts,
    base: usize,
    array: &ArrayRef,
    merge: bool,
    number: usize,
    file: &mut FileState,
) -> Result<(), (usize, BadValue)> {
    let mut set = |row: usize, parsed: Result<i128, BadAmount>, file: &mut FileState| {
        if merge && amounts.has(base + row) {
            return Ok(());
        }
        let value = parsed.map_err(|bad| (row, BadValue::from(bad)))?;
        amounts.set(base + row, value);
        file.add(number, value).map_err(|bad| (row, bad))
    };
    match array.data_type() {
        DataType::Float64 => {
            // The same number often comes again and again.
            let mut last = (0_u64, Ok(0), 0_u64);
            for (row, value) in valid(array.as_primitive::<Float64Type>().iter()) {
                let mut rounding = Rounding::default();
                if value.to_bits() != last.0 || last.2 == 0 {
                    last = (value.to_bits(), amount::from_f64(value, &mut rounding), 1);
                    if rounding.is_some() {
                        // Every occurrence of a rounded number counts.
                        last.2 = 0;
                    }
                }
                file.rounding.merge(rounding);
                set(row, last.1, file)?;
            }
        }
        DataType::Float32 => {
            for (row, value) in valid(array.as_primitive::<Float32Type>().iter()) {
                let parsed = amount::from_f32(value, &mut file.rounding);
                set(row, parsed, file)?;
            }
        }
        DataType::Decimal128(_, scale) => {
            for (row, value) in valid(array.as_primitive::<Decimal128Type>().iter()) {
                let parsed = amount::from_decimal(value, *scale, &mut file.rounding);
                set(row, parsed, file)?;
            }
        }
        data_type if data_type.is_signed_integer() => {
            let array = cast(array, &DataType::Int64).map_err(|_| (0, BadValue::NoAmount))?;
            for (row, value) in valid(array.as_primitive::<Int64Type>().iter()) {
                let parsed = amount::from_decimal(i128::from(value), 0, &mut file.rounding);
                set(row, parsed, file)?;
            }
        }
        // Text, unsigned integers, other decimals: by what they print as.
        _ => {
            let array = cast(array, &DataType::Utf8).map_err(|_| (0, BadValue::NoAmount))?;
            let array: &GenericStringArray<i32> = array.as_string();
            for (row, value) in valid(array.iter()).filter(|(_, value)| !value.is_empty()) {
                let parsed = amount::parse(value.as_bytes(), &mut file.rounding);
                set(row, parsed, file)?;
            }
        }
    }
    Ok(())
}

/// Takes in points in time.
pub(super) fn times(
    micros: &mut Vec<i64>,
    base: usize,
    array: &ArrayRef,
    merge: bool,
) -> Result<(), (usize, BadValue)> {
    let mut set = |row: usize, value: Option<i64>| {
        if merge
            && micros
                .get(base + row)
                .is_some_and(|&before| before != NO_TIME)
        {
            return Ok(());
        }
        column::set(
            micros,
            base + row,
            value.ok_or((row, BadValue::NoTime))?,
            NO_TIME,
        );
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
