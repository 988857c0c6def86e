//! Text taken apart at delimiters.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, ListBuilder, MapBuilder, MapFieldNames, StringViewBuilder},
    datatypes::{DataType, Field, Fields},
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};
use hashbrown::HashMap;

use super::plain::{
    Integers,
    Kind::{Integer, Text},
    Plain, Texts, integer_or, slice_rows,
};
use crate::functions::support::TEXT;

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new("split_part", &[Text, Text, Integer], TEXT, split_part).into(),
        Plain::new("split", &[Text, Text], list_of_texts(), split)
            .optional(&[Integer])
            .into(),
        Plain::new(
            "split_to_map",
            &[Text, Text, Text],
            map_type(TEXT),
            split_to_map,
        )
        .into(),
        Plain::new(
            "split_to_multimap",
            &[Text, Text, Text],
            map_type(list_of_texts()),
            split_to_multimap,
        )
        .into(),
    ]
}

/// The type `array(varchar)`.
pub(in crate::functions) fn list_of_texts() -> DataType {
    DataType::new_list(TEXT, true)
}

/// A builder of `array(varchar)`.
pub(in crate::functions) fn list_builder() -> ListBuilder<StringViewBuilder> {
    ListBuilder::new(StringViewBuilder::new())
        .with_field(Arc::new(Field::new_list_field(TEXT, true)))
}

fn map_type(value: DataType) -> DataType {
    let entry = Fields::from(vec![
        Field::new("key", TEXT, false),
        Field::new("value", value, true),
    ]);
    DataType::Map(
        Arc::new(Field::new("entries", DataType::Struct(entry), false)),
        false,
    )
}

/// DataFusion's names of what maps are made of.
fn map_names() -> MapFieldNames {
    MapFieldNames {
        entry: "entries".to_owned(),
        key: "key".to_owned(),
        value: "value".to_owned(),
    }
}

fn split_part(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let delimiter = Texts::of(&arguments[1], rows)?;
    let index = Integers::of(&arguments[2], rows)?;
    slice_rows(rows, |row| {
        let (Some(text), Some(delimiter), Some(index)) =
            (text.get(row), delimiter.get(row), index.get(row))
        else {
            return Ok(None);
        };
        if index <= 0 {
            return exec_err!("split_part: the index must be greater than zero, not {index}");
        }
        let Ok(index) = usize::try_from(index - 1) else {
            return Ok(None);
        };
        Ok(part(text, delimiter, index))
    })
}

/// The part at a place that counts from zero; an empty delimiter parts every character from the next.
fn part<'a>(text: &'a str, delimiter: &str, index: usize) -> Option<&'a str> {
    match delimiter.as_bytes() {
        [] => text
            .char_indices()
            .nth(index)
            .map(|(start, found)| &text[start..start + found.len_utf8()]),
        [byte] => part_by_byte(text, *byte, index),
        _ => text.split(delimiter).nth(index),
    }
}

/// The same for a delimiter of one byte, which no other character has in it.
fn part_by_byte(text: &str, byte: u8, index: usize) -> Option<&str> {
    let mut ends = memchr::memchr_iter(byte, text.as_bytes());
    let start = match index.checked_sub(1) {
        Some(before) => ends.nth(before)? + 1,
        None => 0,
    };
    text.get(start..ends.next().unwrap_or(text.len()))
}

fn split(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let delimiter = Texts::of(&arguments[1], rows)?;
    let limit = integer_or(arguments, 2, rows, i64::MAX)?;
    let mut made = list_builder();
    for row in 0..rows {
        let (Some(text), Some(delimiter), Some(limit)) =
            (text.get(row), delimiter.get(row), limit.get(row))
        else {
            made.append_null();
            continue;
        };
        if delimiter.is_empty() {
            return exec_err!("split: the delimiter may not be the empty string");
        }
        if limit <= 0 {
            return exec_err!("split: the limit must be positive, not {limit}");
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        for part in text.splitn(limit, delimiter) {
            made.values().append_value(part);
        }
        made.append(true);
    }
    Ok(Arc::new(made.finish()))
}

/// The keys and values in `text`, in their order.
fn entries<'a>(
    function: &str,
    text: &'a str,
    between: &str,
    within: &str,
) -> Result<Vec<(&'a str, &'a str)>> {
    if between.is_empty() || within.is_empty() {
        return exec_err!("{function}: a delimiter may not be the empty string");
    }
    if between == within {
        return exec_err!("{function}: the delimiters must differ, both are {between:?}");
    }
    let mut text = text;
    let mut found = Vec::new();
    while !text.is_empty() {
        let (entry, rest) = text.split_once(between).unwrap_or((text, ""));
        match entry.split_once(within) {
            Some((key, value)) if !value.contains(within) => found.push((key, value)),
            _ => {
                return exec_err!(
                    "{function}: the delimiter {within:?} must appear exactly once in each entry, not as in {entry:?}"
                );
            }
        }
        text = rest;
    }
    Ok(found)
}

fn split_to_map(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let between = Texts::of(&arguments[1], rows)?;
    let within = Texts::of(&arguments[2], rows)?;
    let mut made = MapBuilder::new(
        Some(map_names()),
        StringViewBuilder::new(),
        StringViewBuilder::new(),
    );
    for row in 0..rows {
        let (Some(text), Some(between), Some(within)) =
            (text.get(row), between.get(row), within.get(row))
        else {
            made.append(false)?;
            continue;
        };
        let found = entries("split_to_map", text, between, within)?;
        let mut seen = HashMap::with_capacity(found.len());
        for (key, value) in found {
            if seen.insert(key, ()).is_some() {
                return exec_err!("split_to_map: duplicate key {key:?} in {text:?}");
            }
            made.keys().append_value(key);
            made.values().append_value(value);
        }
        made.append(true)?;
    }
    Ok(Arc::new(made.finish()))
}

fn split_to_multimap(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let between = Texts::of(&arguments[1], rows)?;
    let within = Texts::of(&arguments[2], rows)?;
    let mut made = MapBuilder::new(Some(map_names()), StringViewBuilder::new(), list_builder());
    for row in 0..rows {
        let (Some(text), Some(between), Some(within)) =
            (text.get(row), between.get(row), within.get(row))
        else {
            made.append(false)?;
            continue;
        };
        let mut places = HashMap::new();
        let mut grouped: Vec<(&str, Vec<&str>)> = Vec::new();
        for (key, value) in entries("split_to_multimap", text, between, within)? {
            let place = *places.entry(key).or_insert(grouped.len());
            if let Some((_, values)) = grouped.get_mut(place) {
                values.push(value);
            } else {
                grouped.push((key, vec![value]));
            }
        }
        for (key, values) in grouped {
            made.keys().append_value(key);
            for value in values {
                made.values().values().append_value(value);
            }
            made.values().append(true);
        }
        made.append(true)?;
    }
    Ok(Arc::new(made.finish()))
}
