//! Columns of maps to arrays.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Decimal128Builder, MapArray, StringBuilder, StructArray},
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{DataType, Field},
};
use curtail_store::{MONEY_PRECISION, MONEY_SCALE};
use parquet::errors::ParquetError;

use super::{super::map::Value, MapColumn};
use crate::convert::texts::NULL;

/// The maps of some rows.
pub(super) fn array(
    field: &Field,
    column: &MapColumn,
    rows: &[u32],
) -> Result<ArrayRef, ParquetError> {
    let DataType::Map(entries_field, sorted) = field.data_type() else {
        return Err(ParquetError::General(format!(
            "column {} is no map",
            field.name()
        )));
    };
    let DataType::Struct(fields) = entries_field.data_type() else {
        return Err(ParquetError::General(format!(
            "column {} has no entries",
            field.name()
        )));
    };
    let number = |&row: &u32| column.numbers.get(row as usize).copied().unwrap_or(NULL);
    let numbers: Vec<u32> = rows.iter().map(number).collect();
    let mut keys = StringBuilder::new();
    let mut texts = StringBuilder::new();
    let mut units =
        Decimal128Builder::new().with_precision_and_scale(MONEY_PRECISION, MONEY_SCALE)?;
    let amounts = matches!(fields[1].data_type(), DataType::Decimal128(..));
    let mut lengths = Vec::with_capacity(rows.len());
    for &number in &numbers {
        let mut length = 0;
        let entries = (number != NULL).then(|| column.maps.entries(number));
        for (key, value) in entries.into_iter().flatten() {
            keys.append_value(utf8(key)?);
            match value {
                Value::Null if amounts => units.append_null(),
                Value::Null => texts.append_null(),
                Value::Text(text) => texts.append_value(utf8(text)?),
                Value::Amount(value) => units.append_value(value),
            }
            length += 1;
        }
        lengths.push(length);
    }
    let values: ArrayRef = if amounts {
        Arc::new(units.finish())
    } else {
        Arc::new(texts.finish())
    };
    let entries =
        StructArray::try_new(fields.clone(), vec![Arc::new(keys.finish()), values], None)?;
    let nulls: NullBuffer = numbers.iter().map(|&number| number != NULL).collect();
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(MapArray::try_new(
        Arc::clone(entries_field),
        offsets,
        entries,
        Some(nulls),
        *sorted,
    )?))
}

fn utf8(text: &[u8]) -> Result<&str, ParquetError> {
    str::from_utf8(text).map_err(|error| ParquetError::External(Box::new(error)))
}
