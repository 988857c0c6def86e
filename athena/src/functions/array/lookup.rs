//! What is in arrays, and where.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, UInt64Array, new_null_array},
    compute::take,
    datatypes::{DataType, Int64Type},
};
use datafusion::{common::exec_err, error::Result, logical_expr::ScalarUDF};

use super::super::{
    define::scalar,
    lists::{Lists, element, is_null, list_and_element, plain_list, rows, two_lists, unexpected},
    map::Maps,
    support::{TEXT, is_text},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        scalar(
            &["cardinality"],
            sized,
            |_| Ok(DataType::Int64),
            cardinality,
        ),
        scalar(&["element_at"], indexed, found_type, element_at),
        scalar(&["contains"], searched, |_| Ok(DataType::Boolean), contains),
        scalar(
            &["array_position"],
            |types| list_and_element("array_position", types),
            |_| Ok(DataType::Int64),
            array_position,
        ),
        scalar(
            &["arrays_overlap"],
            |types| two_lists("arrays_overlap", types),
            |_| Ok(DataType::Boolean),
            arrays_overlap,
        ),
    ]
}

fn sized(types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [map @ DataType::Map(..)] => Ok(vec![map.clone()]),
        [list] if element(list).is_some() => Ok(vec![plain_list(list)]),
        _ => unexpected("cardinality", "an array or a map", types),
    }
}

/// The number of elements or entries.
#[expect(clippy::unnecessary_wraps, reason = "what all functions look like")]
fn cardinality(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = match arguments[0].as_map_opt() {
        Some(maps) => Lists::of_map(maps),
        None => Lists::of(&arguments[0]),
    };
    let sizes = lists.iter().map(|row| {
        let size = row?.len();
        i64::try_from(size).ok()
    });
    Ok(Arc::new(sizes.collect::<Int64Array>()))
}

fn indexed(types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [map @ DataType::Map(entries, _), key] => match entries.data_type() {
            DataType::Struct(fields) => Ok(match fields[0].data_type() {
                // An empty map has keys of no type.
                DataType::Null => vec![map.clone(), key.clone()],
                known => vec![map.clone(), known.clone()],
            }),
            _ => unexpected("element_at", "a map and a key", types),
        },
        [list, index] if element(list).is_some() && !is_text(index) => {
            Ok(vec![plain_list(list), DataType::Int64])
        }
        _ => unexpected(
            "element_at",
            "an array and an index, or a map and a key",
            types,
        ),
    }
}

fn found_type(types: &[DataType]) -> Result<DataType> {
    match types.first() {
        Some(DataType::Map(entries, _)) => match entries.data_type() {
            DataType::Struct(fields) => Ok(fields[1].data_type().clone()),
            _ => unexpected("element_at", "a map and a key", types),
        },
        Some(list) => Ok(element(list).unwrap_or(DataType::Null)),
        None => unexpected("element_at", "an array or a map", types),
    }
}

/// The element at an index, from the end if it is negative, or the value of a key; NULL if there is none.
fn element_at(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    if let Some(maps) = arguments[0].as_map_opt() {
        return Maps::of(maps).values_of(&arguments[1]);
    }
    let lists = Lists::of(&arguments[0]);
    let indices = arguments[1].as_primitive::<Int64Type>();
    let mut places = Vec::with_capacity(lists.len());
    for (list, index) in lists.iter().zip(indices) {
        let (Some(list), Some(index)) = (list, index) else {
            places.push(None);
            continue;
        };
        if index == 0 {
            return exec_err!("SQL array indices start at 1");
        }
        let distance = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
        places.push(if distance > list.len() {
            None
        } else if index > 0 {
            Some((list.start + distance - 1) as u64)
        } else {
            Some((list.end - distance) as u64)
        });
    }
    if lists.values.is_empty() {
        return Ok(new_null_array(lists.values.data_type(), lists.len()));
    }
    Ok(take(&lists.values, &UInt64Array::from(places), None)?)
}

fn searched(types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        // Trino has no such function of text; it says whether one text is part of another.
        [text, part] if is_text(text) && (is_text(part) || part.is_null()) => Ok(vec![TEXT, TEXT]),
        _ => list_and_element("contains", types),
    }
}

/// Whether an element is in the array; NULL if that hangs on a NULL in it.
fn contains(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    if is_text(arguments[0].data_type()) {
        let parts = arguments[1].as_string_view();
        let found = arguments[0].as_string_view().iter().zip(parts);
        let found = found.map(|(text, part)| Some(text?.contains(part?)));
        return Ok(Arc::new(found.collect::<BooleanArray>()));
    }
    let lists = Lists::of(&arguments[0]);
    let (elements, wanted) = (rows(&lists.values)?, rows(&arguments[1])?);
    let (no_element, not_wanted) = (is_null(&lists.values), is_null(&arguments[1]));
    let found = lists.iter().enumerate().map(|(row, list)| {
        let list = list?;
        if not_wanted(row) {
            return None;
        }
        let wanted = wanted.row(row);
        if list.clone().any(|place| elements.row(place) == wanted) {
            return Some(true);
        }
        (!list.into_iter().any(&no_element)).then_some(false)
    });
    Ok(Arc::new(found.collect::<BooleanArray>()))
}

/// The first place of an element, counted from 1; 0 if it is not in the array.
fn array_position(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let (elements, wanted) = (rows(&lists.values)?, rows(&arguments[1])?);
    let not_wanted = is_null(&arguments[1]);
    let found = lists.iter().enumerate().map(|(row, list)| {
        let mut list = list?;
        if not_wanted(row) {
            return None;
        }
        let wanted = wanted.row(row);
        let place = list.position(|place| elements.row(place) == wanted);
        place.map_or(Some(0), |place| i64::try_from(place + 1).ok())
    });
    Ok(Arc::new(found.collect::<Int64Array>()))
}

/// Whether two arrays share an element; NULL if that hangs on a NULL in either.
fn arrays_overlap(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let (left, right) = (Lists::of(&arguments[0]), Lists::of(&arguments[1]));
    let (left_rows, right_rows) = (rows(&left.values)?, rows(&right.values)?);
    let (left_null, right_null) = (is_null(&left.values), is_null(&right.values));
    let found = left.iter().zip(right.iter()).map(|(one, other)| {
        let (one, other) = (one?, other?);
        if one.is_empty() || other.is_empty() {
            return Some(false);
        }
        let known: hashbrown::HashSet<_> = one
            .clone()
            .filter(|&place| !left_null(place))
            .map(|place| left_rows.row(place))
            .collect();
        if other
            .clone()
            .any(|place| !right_null(place) && known.contains(&right_rows.row(place)))
        {
            return Some(true);
        }
        let unsure = one.into_iter().any(&left_null) || other.into_iter().any(&right_null);
        (!unsure).then_some(false)
    });
    Ok(Arc::new(found.collect::<BooleanArray>()))
}
