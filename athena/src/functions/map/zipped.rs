//! The keys of two maps with their values in both, which `map_zip_with` is made of.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, StructArray},
    compute::concat,
    datatypes::{DataType, Field, Fields},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};
use hashbrown::HashMap;

use super::{
    super::{
        define::scalar,
        lists::{Picked, common_or_error, list_array, list_of, rows, unexpected},
    },
    Maps, ZIPPED, entry_types, map_of,
};

pub(super) fn zipped() -> ScalarUDF {
    scalar(
        &[ZIPPED],
        |types| match types {
            [left, right] => match (entry_types(left), entry_types(right)) {
                (Some(left), Some(right)) => {
                    let key = common_or_error(&[left.0, right.0])?;
                    Ok(vec![map_of(&key, &left.1), map_of(&key, &right.1)])
                }
                _ => unexpected("map_zip_with", "two maps and a lambda", types),
            },
            _ => unexpected("map_zip_with", "two maps and a lambda", types),
        },
        |types| {
            let (key, left) = entry_types(&types[0]).unwrap_or((DataType::Null, DataType::Null));
            let (_, right) = entry_types(&types[1]).unwrap_or((DataType::Null, DataType::Null));
            Ok(list_of(&DataType::Struct(fields(&key, &left, &right))))
        },
        run,
    )
}

fn fields(key: &DataType, left: &DataType, right: &DataType) -> Fields {
    Fields::from(vec![
        Field::new("key", key.clone(), true),
        Field::new("value1", left.clone(), true),
        Field::new("value2", right.clone(), true),
    ])
}

/// The keys of the first map, then those that the second alone has.
fn run(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let [left, right] = [0, 1].map(|place: usize| Maps::of(arguments[place].as_map()));
    let keys = concat(&[left.keys.as_ref(), right.keys.as_ref()])?;
    let key_rows = rows(&keys)?;
    let mut picked = Picked::default();
    let (mut lefts, mut rights) = (Picked::default(), Picked::default());
    for (first, second) in left.lists.iter().zip(right.lists.iter()) {
        let (Some(first), Some(second)) = (first, second) else {
            picked.end_null();
            continue;
        };
        let behind = |place: usize| place + left.keys.len();
        let others: HashMap<_, _> = second
            .clone()
            .map(|place| (key_rows.row(behind(place)), place))
            .collect();
        let known: HashMap<_, _> = first
            .clone()
            .map(|place| (key_rows.row(place), place))
            .collect();
        for place in first {
            picked.push(Some(place));
            lefts.push(Some(place));
            rights.push(others.get(&key_rows.row(place)).copied());
        }
        for place in second.filter(|&place| !known.contains_key(&key_rows.row(behind(place)))) {
            picked.push(Some(behind(place)));
            lefts.push(None);
            rights.push(Some(place));
        }
        picked.end();
    }
    let columns = vec![
        picked.values(&keys)?,
        lefts.values(&left.values)?,
        rights.values(&right.values)?,
    ];
    let fields = fields(
        columns[0].data_type(),
        columns[1].data_type(),
        columns[2].data_type(),
    );
    let entries: ArrayRef = Arc::new(StructArray::try_new(fields, columns, None)?);
    list_array(picked.offsets()?, entries, picked.nulls())
}
