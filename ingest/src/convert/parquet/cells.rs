//! Maps of Parquet files as the JSON text that stands for them in CSV files.

use std::fmt::Write as _;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, MapArray, StringArray},
    util::display::{ArrayFormatter, FormatOptions},
};

/// A column of maps, or of text that says the same.
pub(super) struct Cells<'a> {
    array: &'a ArrayRef,
    maps: Option<(&'a MapArray, Scalars<'a>, Scalars<'a>)>,
    plain: Scalars<'a>,
}

/// Values of a kind that is looked up once.
enum Scalars<'a> {
    Text(&'a StringArray),
    Number(&'a Float64Array),
    Other(&'a dyn Array),
}

impl<'a> Cells<'a> {
    /// The cells of a column.
    pub(super) fn new(array: &'a ArrayRef) -> Self {
        let maps = array.as_map_opt();
        Self {
            array,
            maps: maps.map(|maps| (maps, Scalars::new(maps.keys()), Scalars::new(maps.values()))),
            plain: Scalars::new(array),
        }
    }

    /// Writes the map in a row as JSON, or text as it stands. `false` if there is none, or nothing in it.
    pub(super) fn read(&self, row: usize, cell: &mut String) -> bool {
        cell.clear();
        if self.array.is_null(row) {
            return false;
        }
        let Some((maps, keys, values)) = &self.maps else {
            return self.plain.write(row, cell);
        };
        let offsets = maps.value_offsets();
        let place = |at: usize| usize::try_from(offsets[at]).unwrap_or_default();
        cell.push('{');
        for entry in place(row)..place(row + 1) {
            if cell.len() > 1 {
                cell.push(',');
            }
            keys.quote(entry, cell);
            cell.push(':');
            values.quote(entry, cell);
        }
        cell.push('}');
        true
    }
}

impl<'a> Scalars<'a> {
    fn new(array: &'a ArrayRef) -> Self {
        if let Some(text) = array.as_string_opt() {
            Self::Text(text)
        } else if let Some(numbers) = array.as_primitive_opt() {
            Self::Number(numbers)
        } else {
            Self::Other(array.as_ref())
        }
    }

    /// Writes a value as text; `false` if it is NULL.
    fn write(&self, at: usize, text: &mut String) -> bool {
        match self {
            Self::Text(values) if values.is_valid(at) => text.push_str(values.value(at)),
            Self::Number(values) if values.is_valid(at) => {
                return write!(text, "{}", values.value(at)).is_ok();
            }
            Self::Other(values) if values.is_valid(at) => {
                let format = ArrayFormatter::try_new(*values, &FormatOptions::new());
                let value = format.and_then(|format| format.value(at).try_to_string());
                return value.map(|value| text.push_str(&value)).is_ok();
            }
            _ => return false,
        }
        true
    }

    /// Writes a value as JSON text, or `null`.
    fn quote(&self, at: usize, cell: &mut String) {
        let start = cell.len();
        cell.push('"');
        if !self.write(at, cell) {
            cell.truncate(start);
            cell.push_str("null");
            return;
        }
        let awkward = |byte: u8| byte < b' ' || matches!(byte, b'"' | b'\\');
        if cell[start + 1..].bytes().any(awkward) {
            let text = cell.split_off(start + 1);
            for c in text.chars() {
                match c {
                    '"' | '\\' => cell.extend(['\\', c]),
                    // Writing to a string does not fail.
                    '\0'..' ' => drop(write!(cell, "\\u{:04x}", u32::from(c))),
                    _ => cell.push(c),
                }
            }
        }
        cell.push('"');
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{MapBuilder, StringBuilder};

    use super::*;

    #[test]
    fn what_is_written_parses_back() {
        let texts = [
            "",
            "plain",
            "\"",
            "\\",
            "a\"b\\c\n\t\u{1}\u{1f}é名",
            "{\"x\":1}",
        ];
        let mut builder = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        for text in texts {
            builder.keys().append_value(format!("key {text}"));
            builder.values().append_value(text);
            builder.keys().append_value("none");
            builder.values().append_null();
            builder.append(true).unwrap();
        }
        builder.append(false).unwrap();
        let array: ArrayRef = Arc::new(builder.finish());
        let cells = Cells::new(&array);
        let mut cell = String::new();
        for (row, text) in texts.into_iter().enumerate() {
            assert!(cells.read(row, &mut cell));
            let parsed: serde_json::Value = serde_json::from_str(&cell).unwrap();
            assert_eq!(
                parsed,
                serde_json::json!({format!("key {text}"): text, "none": null})
            );
        }
        assert!(!cells.read(texts.len(), &mut cell));
    }
}
