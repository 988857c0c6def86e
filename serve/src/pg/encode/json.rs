//! Maps, structs and what is nested deeper, as JSON.

use arrow::{
    array::{Array, ArrayRef, AsArray, ListArray, MapArray, StructArray},
    datatypes::DataType,
    error::ArrowError,
};

use super::{Values, plain};
use crate::pg::catalog;

/// Values of any type as JSON. Numbers are JSON numbers with all their digits, text is a string, and so is everything else that
/// JSON has no form for.
pub(super) struct Json {
    array: ArrayRef,
    kind: Kind,
}

enum Kind {
    List(ListArray, Box<Json>),
    Map(Box<MapArray>, Box<Values>, Box<Json>),
    Struct(Vec<(String, Json)>),
    Number(Values),
    Bool(Values),
    Text(Values),
    /// What cannot be shown.
    Unknown,
}

impl Json {
    pub(super) fn new(array: &ArrayRef) -> Result<Self, ArrowError> {
        let array = plain(array)?;
        let kind = match array.data_type() {
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                Kind::List(list.clone(), Box::new(Self::new(list.values())?))
            }
            DataType::Map(..) => {
                let map = array.as_map();
                let keys = Values::new(map.keys(), "text")?;
                Kind::Map(
                    Box::new(map.clone()),
                    Box::new(keys),
                    Box::new(Self::new(map.values())?),
                )
            }
            DataType::Struct(_) => Kind::Struct(members(array.as_struct())?),
            DataType::Boolean => Kind::Bool(Values::new(&array, "bool")?),
            DataType::Union(..) => Kind::Unknown,
            data_type => {
                let field = arrow::datatypes::Field::new("", data_type.clone(), true);
                let values = Values::new(&array, catalog::type_of(&field).0)?;
                if data_type.is_numeric() {
                    Kind::Number(values)
                } else {
                    Kind::Text(values)
                }
            }
        };
        Ok(Self { array, kind })
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        *self.array.data_type() == DataType::Null || self.array.is_null(row)
    }

    /// Appends a value.
    pub(super) fn put(&self, row: usize, out: &mut Vec<u8>) {
        if self.is_null(row) {
            out.extend(b"null");
            return;
        }
        match &self.kind {
            Kind::List(list, items) => {
                out.push(b'[');
                for (place, index) in range(list.value_offsets(), row).enumerate() {
                    separate(place, out);
                    items.put(index, out);
                }
                out.push(b']');
            }
            Kind::Map(map, keys, values) => {
                out.push(b'{');
                for (place, index) in range(map.value_offsets(), row).enumerate() {
                    separate(place, out);
                    quoted(keys, index, out);
                    out.extend(b": ");
                    values.put(index, out);
                }
                out.push(b'}');
            }
            Kind::Struct(members) => {
                out.push(b'{');
                for (place, (name, values)) in members.iter().enumerate() {
                    separate(place, out);
                    string(name, out);
                    out.extend(b": ");
                    values.put(row, out);
                }
                out.push(b'}');
            }
            Kind::Number(values) => {
                let start = out.len();
                values.text(row, out);
                // NaN and infinity are no numbers of JSON.
                if out[start..].contains(&b'N') || out[start..].contains(&b'I') {
                    out.insert(start, b'"');
                    out.push(b'"');
                }
            }
            Kind::Bool(values) => {
                let mut text = Vec::new();
                values.text(row, &mut text);
                out.extend(if text == b"t" { &b"true"[..] } else { b"false" });
            }
            Kind::Text(values) => quoted(values, row, out),
            Kind::Unknown => out.extend(b"null"),
        }
    }
}

fn members(array: &StructArray) -> Result<Vec<(String, Json)>, ArrowError> {
    let named = array.fields().iter().zip(array.columns());
    named
        .map(|(field, column)| Ok((field.name().clone(), Json::new(column)?)))
        .collect()
}

fn range(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let place = |offset: i32| usize::try_from(offset).unwrap_or_default();
    place(offsets[row])..place(offsets[row + 1])
}

fn separate(place: usize, out: &mut Vec<u8>) {
    if place > 0 {
        out.extend(b", ");
    }
}

fn quoted(values: &Values, row: usize, out: &mut Vec<u8>) {
    let mut text = Vec::new();
    values.text(row, &mut text);
    string(&String::from_utf8_lossy(&text), out);
}

fn string(text: &str, out: &mut Vec<u8>) {
    // Writing into memory does not fail.
    let _ = serde_json::to_writer(out, text);
}
