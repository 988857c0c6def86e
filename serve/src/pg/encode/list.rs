//! Arrays of one dimension.

use arrow::{
    array::{Array, ListArray},
    datatypes::DataType,
    error::ArrowError,
};

use super::{Format, Values, json::Json, oid};
use crate::pg::catalog;

/// The values of a column of arrays.
pub(super) struct List {
    array: ListArray,
    items: Items,
    element: u32,
    /// Whether it is one of the types that are written as numbers with spaces between.
    vector: bool,
}

enum Items {
    Plain(Values),
    /// Arrays within arrays, which have no type of their own.
    Nested(Box<Json>),
}

impl List {
    /// Of a column of the type called `kind`.
    pub(super) fn new(array: &ListArray, kind: &str) -> Result<Self, ArrowError> {
        let DataType::List(item) = array.data_type() else {
            return Err(ArrowError::InvalidArgumentError("no list".to_owned()));
        };
        let vector = matches!(kind, "int2vector" | "oidvector");
        let element = match kind {
            "int2vector" => "int2",
            "oidvector" => "oid",
            _ => match kind.strip_prefix('_') {
                Some(element) => element,
                None => catalog::type_of(item).0,
            },
        };
        let nested = item.data_type().is_nested() && element != "json";
        let items = if nested {
            Items::Nested(Box::new(Json::new(array.values())?))
        } else {
            Items::Plain(Values::new(array.values(), element)?)
        };
        Ok(Self {
            array: array.clone(),
            items,
            element: oid(if nested { "text" } else { element }),
            vector,
        })
    }

    pub(super) fn text(&self, row: usize, out: &mut Vec<u8>) {
        let mut item = Vec::new();
        let [open, between, close] = if self.vector {
            ["", " ", ""]
        } else {
            ["{", ",", "}"]
        };
        out.extend(open.as_bytes());
        for (place, index) in self.range(row).enumerate() {
            if place > 0 {
                out.extend(between.as_bytes());
            }
            if self.is_null(index) {
                out.extend(b"NULL");
                continue;
            }
            item.clear();
            self.put(index, Format::Text, &mut item);
            quoted(&item, out);
        }
        out.extend(close.as_bytes());
    }

    pub(super) fn binary(&self, row: usize, out: &mut Vec<u8>) {
        let range = self.range(row);
        let length = i32::try_from(range.len()).unwrap_or(i32::MAX);
        let nulls = range.clone().any(|index| self.is_null(index));
        // Dimensions, whether there are NULLs, the type; length and first index of the dimension.
        out.extend(i32::from(length > 0).to_be_bytes());
        out.extend(i32::from(nulls).to_be_bytes());
        out.extend(self.element.to_be_bytes());
        if length > 0 {
            out.extend(length.to_be_bytes());
            // Vectors are counted from zero on.
            out.extend(i32::from(!self.vector).to_be_bytes());
        }
        let mut item = Vec::new();
        for index in range {
            if self.is_null(index) {
                out.extend((-1_i32).to_be_bytes());
                continue;
            }
            item.clear();
            self.put(index, Format::Binary, &mut item);
            out.extend(i32::try_from(item.len()).unwrap_or(i32::MAX).to_be_bytes());
            out.extend(&item);
        }
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        let offsets = self.array.value_offsets();
        let place = |offset: i32| usize::try_from(offset).unwrap_or_default();
        place(offsets[row])..place(offsets[row + 1])
    }

    fn is_null(&self, index: usize) -> bool {
        match &self.items {
            Items::Plain(values) => values.is_null(index),
            Items::Nested(json) => json.is_null(index),
        }
    }

    fn put(&self, index: usize, format: Format, out: &mut Vec<u8>) {
        match (&self.items, format) {
            (Items::Plain(values), Format::Text) => values.text(index, out),
            (Items::Plain(values), Format::Binary) => values.binary(index, out),
            (Items::Nested(json), _) => json.put(index, out),
        }
    }
}

/// Appends an element in the way in which it reads back as one.
fn quoted(item: &[u8], out: &mut Vec<u8>) {
    let special =
        |byte: &u8| matches!(byte, b'{' | b'}' | b',' | b'"' | b'\\') || byte.is_ascii_whitespace();
    if !item.is_empty() && !item.iter().any(special) && !item.eq_ignore_ascii_case(b"null") {
        out.extend(item);
        return;
    }
    out.push(b'"');
    for byte in item {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}
