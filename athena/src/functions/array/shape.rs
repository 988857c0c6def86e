//! Arrays cut, repeated and put together.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StructArray},
    datatypes::{DataType, Field, Fields, Int64Type},
};
use datafusion::{common::exec_err, error::Result, logical_expr::ScalarUDF};

use super::{
    super::{
        define::scalar,
        lists::{
            Lists, Picked, element, is_null, list_and_integers, list_array, list_of, one_list,
            plain, plain_list, unexpected,
        },
        support::{TEXT, is_text},
    },
    combine,
};

/// So many elements at most does Trino repeat.
const MOST_REPEATED: i64 = 10_000;

pub(super) fn all() -> Vec<ScalarUDF> {
    let mut all = vec![
        scalar(&["flatten"], nested, |types| inner(&types[0]), flatten),
        scalar(
            &["repeat"],
            repeated,
            |types| Ok(list_of(&types[0])),
            repeat,
        ),
        scalar(
            &["reverse"],
            reversible,
            |types| Ok(types[0].clone()),
            reverse,
        ),
        scalar(
            &["slice"],
            |types| list_and_integers("slice", "an array, a start and a length", 2, types),
            |types| Ok(types[0].clone()),
            slice,
        ),
        scalar(
            &["trim_array"],
            |types| list_and_integers("trim_array", "an array and a number", 1, types),
            |types| Ok(types[0].clone()),
            trim_array,
        ),
        scalar(&["zip"], several, zipped, zip),
    ];
    all.extend(combine::all());
    all
}

fn nested(types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [list] if element(list).as_ref().and_then(element).is_some() => {
            let inner = plain_list(&element(list).unwrap_or(DataType::Null));
            Ok(vec![list_of(&inner)])
        }
        _ => unexpected("flatten", "an array of arrays", types),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is a rule for types")]
fn inner(list: &DataType) -> Result<DataType> {
    Ok(element(list).unwrap_or(DataType::Null))
}

/// All elements of the arrays in an array; arrays that are NULL are left out.
fn flatten(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let outer = Lists::of(&arguments[0]);
    let lists = Lists::of(&outer.values);
    let mut picked = Picked::default();
    for list in outer.iter() {
        let Some(list) = list else {
            picked.end_null();
            continue;
        };
        for inner in list.filter_map(|place| lists.get(place)) {
            picked.extend(inner);
        }
        picked.end();
    }
    picked.finish(&lists.values)
}

fn repeated(types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [value, count] if !is_text(count) => Ok(vec![plain(value), DataType::Int64]),
        _ => unexpected("repeat", "a value and a count", types),
    }
}

/// A value so many times.
fn repeat(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let missing = is_null(&arguments[0]);
    let mut picked = Picked::default();
    for (row, count) in arguments[1].as_primitive::<Int64Type>().iter().enumerate() {
        let Some(count) = count else {
            picked.end_null();
            continue;
        };
        if count > MOST_REPEATED {
            return exec_err!(
                "count argument of repeat function must be less than or equal to {MOST_REPEATED}, not {count}"
            );
        }
        if count < 0 {
            return exec_err!(
                "count argument of repeat function must be greater than or equal to 0, not {count}"
            );
        }
        let place = (!missing(row)).then_some(row);
        for _ in 0..count {
            picked.push(place);
        }
        picked.end();
    }
    picked.finish(&arguments[0])
}

fn reversible(types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [text] if is_text(text) || text.is_null() => Ok(vec![TEXT]),
        _ => one_list("reverse", types),
    }
}

/// An array, or text, from its end to its beginning.
fn reverse(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    if let Some(texts) = arguments[0].as_string_view_opt() {
        return super::super::support::map_texts(texts, |text, buffer| {
            buffer.extend(text.chars().rev());
            Ok(true)
        });
    }
    let lists = Lists::of(&arguments[0]);
    let mut picked = Picked::default();
    for list in lists.iter() {
        let Some(list) = list else {
            picked.end_null();
            continue;
        };
        picked.extend(list.rev());
        picked.end();
    }
    picked.finish(&lists.values)
}

/// A part of an array that begins at an index, from the end if it is negative.
fn slice(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let starts = arguments[1].as_primitive::<Int64Type>();
    let lengths = arguments[2].as_primitive::<Int64Type>();
    let mut picked = Picked::default();
    for ((list, start), length) in lists.iter().zip(starts).zip(lengths) {
        let (Some(list), Some(start), Some(length)) = (list, start, length) else {
            picked.end_null();
            continue;
        };
        if start == 0 {
            return exec_err!("SQL array indices start at 1");
        }
        let Ok(length) = usize::try_from(length) else {
            return exec_err!("length must be greater than or equal to 0, not {length}");
        };
        let distance = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
        let skipped = if start > 0 {
            Some(distance - 1)
        } else {
            list.len().checked_sub(distance)
        };
        if let Some(skipped) = skipped {
            picked.extend(list.skip(skipped).take(length));
        }
        picked.end();
    }
    picked.finish(&lists.values)
}

/// An array without so many elements at its end.
fn trim_array(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let sizes = arguments[1].as_primitive::<Int64Type>();
    let mut picked = Picked::default();
    for (list, size) in lists.iter().zip(sizes) {
        let (Some(list), Some(size)) = (list, size) else {
            picked.end_null();
            continue;
        };
        let Ok(trimmed) = usize::try_from(size) else {
            return exec_err!("size must not be negative: {size}");
        };
        let Some(kept) = list.len().checked_sub(trimmed) else {
            return exec_err!(
                "size must not exceed array cardinality {}: {size}",
                list.len()
            );
        };
        picked.extend(list.take(kept));
        picked.end();
    }
    picked.finish(&lists.values)
}

fn several(types: &[DataType]) -> Result<Vec<DataType>> {
    if types.len() < 2 || types.iter().any(|list| element(list).is_none()) {
        return unexpected("zip", "two arrays or more", types);
    }
    Ok(types.iter().map(plain_list).collect())
}

#[expect(clippy::unnecessary_wraps, reason = "it is a rule for types")]
fn zipped(types: &[DataType]) -> Result<DataType> {
    Ok(list_of(&DataType::Struct(columns(types))))
}

/// The fields of zipped rows, which Trino leaves nameless; here they need names to be read by.
fn columns(types: &[DataType]) -> Fields {
    let fields = types.iter().enumerate().map(|(place, list)| {
        let element = element(list).unwrap_or(DataType::Null);
        Field::new(format!("field{place}"), element, true)
    });
    fields.collect()
}

/// An array of rows of the elements of several arrays; those of shorter arrays are NULL.
fn zip(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists: Vec<_> = arguments.iter().map(Lists::of).collect();
    let mut picked: Vec<_> = lists.iter().map(|_| Picked::default()).collect();
    for row in 0..arguments[0].len() {
        let ranges: Option<Vec<_>> = lists.iter().map(|list| list.get(row)).collect();
        let Some(ranges) = ranges else {
            picked.iter_mut().for_each(Picked::end_null);
            continue;
        };
        let longest = ranges.iter().map(ExactSizeIterator::len).max().unwrap_or(0);
        for (picked, mut range) in picked.iter_mut().zip(ranges) {
            for _ in 0..longest {
                picked.push(range.next());
            }
            picked.end();
        }
    }
    let types: Vec<_> = arguments
        .iter()
        .map(|list| list.data_type().clone())
        .collect();
    let values = picked.iter().zip(&lists);
    let values = values.map(|(picked, list)| picked.values(&list.values));
    let values = values.collect::<Result<Vec<_>>>()?;
    let rows = StructArray::try_new(columns(&types), values, None)?;
    list_array(picked[0].offsets()?, Arc::new(rows), picked[0].nulls())
}
