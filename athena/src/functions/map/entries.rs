//! Maps as arrays.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StructArray},
    datatypes::{DataType, Field, Fields},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{
    super::{
        define::scalar,
        lists::{Picked, list_array, list_of, unexpected},
    },
    Maps, entry_types, map_of,
};

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        scalar(
            &["map_keys"],
            |types| one_map("map_keys", types),
            |types| Ok(list_of(&key_and_value(types).0)),
            |arguments, _| listed(arguments, |maps| Ok(Arc::clone(&maps.keys))),
        ),
        scalar(
            &["map_values"],
            |types| one_map("map_values", types),
            |types| Ok(list_of(&key_and_value(types).1)),
            |arguments, _| listed(arguments, |maps| Ok(Arc::clone(&maps.values))),
        ),
        scalar(
            &["map_entries"],
            |types| one_map("map_entries", types),
            |types| {
                let (key, value) = key_and_value(types);
                Ok(list_of(&DataType::Struct(row_fields(&key, &value))))
            },
            |arguments, _| {
                listed(arguments, |maps| {
                    let fields = row_fields(maps.keys.data_type(), maps.values.data_type());
                    let columns = vec![Arc::clone(&maps.keys), Arc::clone(&maps.values)];
                    Ok(Arc::new(StructArray::try_new(fields, columns, None)?))
                })
            },
        ),
    ]
}

fn one_map(name: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [DataType::Null] => Ok(vec![map_of(&DataType::Null, &DataType::Null)]),
        [map] => match entry_types(map) {
            Some((key, value)) => Ok(vec![map_of(&key, &value)]),
            None => unexpected(name, "a map", types),
        },
        _ => unexpected(name, "a map", types),
    }
}

fn key_and_value(types: &[DataType]) -> (DataType, DataType) {
    let types = types.first().and_then(entry_types);
    types.unwrap_or((DataType::Null, DataType::Null))
}

/// The fields of entries as rows, of which any may be NULL.
fn row_fields(key: &DataType, value: &DataType) -> Fields {
    Fields::from(vec![
        Field::new("key", key.clone(), true),
        Field::new("value", value.clone(), true),
    ])
}

/// An array of something of each entry.
fn listed(arguments: &[ArrayRef], part: impl Fn(&Maps) -> Result<ArrayRef>) -> Result<ArrayRef> {
    let maps = Maps::of(arguments[0].as_map());
    let mut picked = Picked::default();
    for entries in maps.lists.iter() {
        let Some(entries) = entries else {
            picked.end_null();
            continue;
        };
        picked.extend(entries);
        picked.end();
    }
    list_array(
        picked.offsets()?,
        picked.values(&part(&maps)?)?,
        picked.nulls(),
    )
}
