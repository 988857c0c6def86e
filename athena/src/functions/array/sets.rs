//! Arrays as sets, and in order.

use arrow::{
    array::{Array, ArrayRef, UInt64Array, new_null_array},
    compute::{concat, take},
    datatypes::DataType,
};
use datafusion::{error::Result, logical_expr::ScalarUDF};
use hashbrown::HashSet;

use super::super::{
    define::scalar,
    lists::{Lists, Picked, element, is_nan, is_null, list_and_element, one_list, rows, two_lists},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        scalar(
            &["array_distinct"],
            |types| one_list("array_distinct", types),
            first_type,
            array_distinct,
        ),
        scalar(
            &["array_except"],
            |types| two_lists("array_except", types),
            first_type,
            |arguments, _| chosen(arguments, false),
        ),
        scalar(
            &["array_intersect"],
            |types| two_lists("array_intersect", types),
            first_type,
            |arguments, _| chosen(arguments, true),
        ),
        scalar(
            &["array_union"],
            |types| two_lists("array_union", types),
            first_type,
            array_union,
        ),
        scalar(
            &["array_remove"],
            |types| list_and_element("array_remove", types),
            first_type,
            array_remove,
        ),
        scalar(
            &["array_sort"],
            |types| one_list("array_sort", types),
            first_type,
            array_sort,
        ),
        scalar(
            &["array_max"],
            |types| one_list("array_max", types),
            element_type,
            |arguments, _| extreme(arguments, true),
        ),
        scalar(
            &["array_min"],
            |types| one_list("array_min", types),
            element_type,
            |arguments, _| extreme(arguments, false),
        ),
    ]
}

#[expect(clippy::unnecessary_wraps, reason = "it is a rule for types")]
fn first_type(types: &[DataType]) -> Result<DataType> {
    Ok(types[0].clone())
}

#[expect(clippy::unnecessary_wraps, reason = "it is a rule for types")]
fn element_type(types: &[DataType]) -> Result<DataType> {
    Ok(element(&types[0]).unwrap_or(DataType::Null))
}

/// Every element once, in the order of their first places.
fn array_distinct(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let elements = rows(&lists.values)?;
    let mut picked = Picked::default();
    let mut seen = HashSet::new();
    for list in lists.iter() {
        let Some(list) = list else {
            picked.end_null();
            continue;
        };
        seen.clear();
        picked.extend(list.filter(|&place| seen.insert(elements.row(place))));
        picked.end();
    }
    picked.finish(&lists.values)
}

/// The elements of the first array that are in the second, or that are not, every one once.
fn chosen(arguments: &[ArrayRef], common: bool) -> Result<ArrayRef> {
    let (left, right) = (Lists::of(&arguments[0]), Lists::of(&arguments[1]));
    let (left_rows, right_rows) = (rows(&left.values)?, rows(&right.values)?);
    let mut picked = Picked::default();
    let (mut seen, mut other) = (HashSet::new(), HashSet::new());
    for (one, two) in left.iter().zip(right.iter()) {
        let (Some(one), Some(two)) = (one, two) else {
            picked.end_null();
            continue;
        };
        seen.clear();
        other.clear();
        other.extend(two.map(|place| right_rows.row(place)));
        picked.extend(one.filter(|&place| {
            let element = left_rows.row(place);
            other.contains(&element) == common && seen.insert(element)
        }));
        picked.end();
    }
    picked.finish(&left.values)
}

/// The elements of both arrays, every one once.
fn array_union(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let (left, right) = (Lists::of(&arguments[0]), Lists::of(&arguments[1]));
    let values = concat(&[left.values.as_ref(), right.values.as_ref()])?;
    let elements = rows(&values)?;
    let shift = left.values.len();
    let mut picked = Picked::default();
    let mut seen = HashSet::new();
    for (one, two) in left.iter().zip(right.iter()) {
        let (Some(one), Some(two)) = (one, two) else {
            picked.end_null();
            continue;
        };
        seen.clear();
        let both = one.chain(two.start + shift..two.end + shift);
        picked.extend(both.filter(|&place| seen.insert(elements.row(place))));
        picked.end();
    }
    picked.finish(&values)
}

/// The array without all elements that are equal to the value.
fn array_remove(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let (elements, unwanted) = (rows(&lists.values)?, rows(&arguments[1])?);
    let no_value = is_null(&arguments[1]);
    let mut picked = Picked::default();
    for (row, list) in lists.iter().enumerate() {
        match list {
            Some(list) if !no_value(row) => {
                let unwanted = unwanted.row(row);
                picked.extend(list.filter(|&place| elements.row(place) != unwanted));
                picked.end();
            }
            _ => picked.end_null(),
        }
    }
    picked.finish(&lists.values)
}

/// The array in ascending order, NULLs last.
fn array_sort(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let elements = rows(&lists.values)?;
    let mut picked = Picked::default();
    let mut places = Vec::new();
    for list in lists.iter() {
        let Some(list) = list else {
            picked.end_null();
            continue;
        };
        places.clear();
        places.extend(list);
        places.sort_by(|&one, &other| elements.row(one).cmp(&elements.row(other)));
        picked.extend(places.iter().copied());
        picked.end();
    }
    picked.finish(&lists.values)
}

/// The largest or smallest element; NULL if there is none, or any is NULL. What is no number is only taken if all are none.
fn extreme(arguments: &[ArrayRef], largest: bool) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let elements = rows(&lists.values)?;
    let (no_element, no_number) = (is_null(&lists.values), is_nan(&lists.values));
    let places = lists.iter().map(|list| {
        let list = list?;
        if list.clone().any(&no_element) {
            return None;
        }
        let order = |place: &usize| (no_number(*place) != largest, elements.row(*place));
        let best = if largest {
            list.reduce(|best, next| {
                if order(&next) > order(&best) {
                    next
                } else {
                    best
                }
            })
        } else {
            list.reduce(|best, next| {
                if order(&next) < order(&best) {
                    next
                } else {
                    best
                }
            })
        };
        best.map(|place| place as u64)
    });
    let places = places.collect::<UInt64Array>();
    if lists.values.is_empty() {
        return Ok(new_null_array(lists.values.data_type(), lists.len()));
    }
    Ok(take(&lists.values, &places, None)?)
}
