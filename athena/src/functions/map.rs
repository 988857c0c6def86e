//! Maps.

mod build;
mod entries;
mod zipped;

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, MapArray, StructArray, UInt64Array, new_null_array},
    buffer::{NullBuffer, OffsetBuffer},
    compute::take,
    datatypes::{DataType, Field, Fields},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::lists::{Lists, is_null, plain, rows};

/// The map of an array of entries, of which the first of each key counts.
pub(crate) const FIRST_OF_EACH: &str = "map_of_first";
/// The keys of two maps, each with its values in both, as an array of rows.
pub(crate) const ZIPPED: &str = "map_zipped";

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    let mut all = build::all();
    all.extend(entries::all());
    all.push(zipped::zipped());
    all
}

/// Arrays of maps by their parts.
pub(super) struct Maps {
    pub(super) lists: Lists,
    pub(super) keys: ArrayRef,
    pub(super) values: ArrayRef,
}

impl Maps {
    pub(super) fn of(maps: &MapArray) -> Self {
        Self {
            lists: Lists::of_map(maps),
            keys: Arc::clone(maps.keys()),
            values: Arc::clone(maps.values()),
        }
    }

    /// The value of each map for a key; NULL if it has no such key.
    pub(super) fn values_of(&self, wanted: &ArrayRef) -> Result<ArrayRef> {
        if self.values.is_empty() {
            return Ok(new_null_array(self.values.data_type(), wanted.len()));
        }
        let not_wanted = is_null(wanted);
        let place = |row: usize, same: &dyn Fn(usize) -> bool| {
            let mut entries = self.lists.get(row).filter(|_| !not_wanted(row))?;
            entries.find(|&place| same(place)).map(|place| place as u64)
        };
        let places: UInt64Array = if let (Some(keys), Some(wanted)) =
            (self.keys.as_string_view_opt(), wanted.as_string_view_opt())
        {
            (0..self.lists.len())
                .map(|row| {
                    let key = wanted.value(row);
                    place(row, &|place| keys.value(place) == key)
                })
                .collect()
        } else {
            let (keys, wanted) = (rows(&self.keys)?, rows(wanted)?);
            (0..self.lists.len())
                .map(|row| {
                    let key = wanted.row(row);
                    place(row, &|place| keys.row(place) == key)
                })
                .collect()
        };
        Ok(take(&self.values, &places, None)?)
    }
}

/// The type of keys and the type of values, without dictionaries.
pub(super) fn entry_types(map: &DataType) -> Option<(DataType, DataType)> {
    match map {
        DataType::Map(entries, _) => pair(entries.data_type()),
        _ => None,
    }
}

/// The types of a row of two.
pub(super) fn pair(row: &DataType) -> Option<(DataType, DataType)> {
    match row {
        DataType::Struct(fields) if fields.len() == 2 => {
            Some((plain(fields[0].data_type()), plain(fields[1].data_type())))
        }
        _ => None,
    }
}

/// The map of a type of keys and a type of values, in the form in which they are made here.
pub(super) fn map_of(key: &DataType, value: &DataType) -> DataType {
    let entries = DataType::Struct(entry_fields(key, value));
    DataType::Map(Arc::new(Field::new("entries", entries, false)), false)
}

/// The fields of entries.
pub(super) fn entry_fields(key: &DataType, value: &DataType) -> Fields {
    Fields::from(vec![
        Field::new("key", key.clone(), false),
        Field::new("value", value.clone(), true),
    ])
}

/// An array of maps.
pub(super) fn map_array(
    offsets: OffsetBuffer<i32>,
    keys: ArrayRef,
    values: ArrayRef,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef> {
    let fields = entry_fields(keys.data_type(), values.data_type());
    let field = Field::new("entries", DataType::Struct(fields.clone()), false);
    let entries = StructArray::try_new(fields, vec![keys, values], None)?;
    Ok(Arc::new(MapArray::try_new(
        Arc::new(field),
        offsets,
        entries,
        nulls,
        false,
    )?))
}
