//! JSON, which is text here: what Trino keeps in a type of its own is well-formed text without spaces.

mod construct;
pub(super) mod decode;
mod encode;
mod path;
mod query;
mod value;

use std::sync::Arc;

use arrow::array::Array;
use arrow::compute::cast;
use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::{DataType, Float64Type},
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use self::{
    path::Path,
    value::{Json, print_array},
};
use super::{
    support::{TEXT, is_text, map_texts, texts},
    text::plain::{
        Integers,
        Kind::{Any, Integer, Text},
        Plain, Texts, integer_rows, text_rows, truth_rows,
    },
};

pub(super) use encode::json_of;

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    let mut all = vec![
        Plain::new("json_parse", &[Text], TEXT, parse).into(),
        Plain::new("json_format", &[Text], TEXT, |arguments, rows| {
            Ok(Arc::new(texts(&arguments[0], rows)?))
        })
        .into(),
        Plain::new("json_extract", &[Text, Text], TEXT, extract).into(),
        Plain::new("json_extract_scalar", &[Text, Text], TEXT, extract_scalar).into(),
        Plain::new("json_size", &[Text, Text], DataType::Int64, size).into(),
        Plain::new("json_array_length", &[Text], DataType::Int64, array_length).into(),
        Plain::new("json_array_get", &[Text, Integer], TEXT, array_get).into(),
        Plain::new(
            "json_array_contains",
            &[Text, Any],
            DataType::Boolean,
            array_contains,
        )
        .into(),
        Plain::new("is_json_scalar", &[Text], DataType::Boolean, is_scalar).into(),
    ];
    all.extend(query::all());
    all.extend(construct::all());
    all.extend(encode::all());
    all
}

/// The path of each row, parsed when it changes.
struct Paths<'a> {
    texts: Texts<'a>,
    last: Option<Arc<Path>>,
}

impl<'a> Paths<'a> {
    fn of(argument: &'a ColumnarValue, rows: usize) -> Result<Self> {
        Ok(Self {
            texts: Texts::of(argument, rows)?,
            last: None,
        })
    }

    fn get(&mut self, row: usize) -> Result<Option<Arc<Path>>> {
        let Some(text) = self.texts.get(row) else {
            return Ok(None);
        };
        match &self.last {
            Some(path) if path.is(text) => Ok(Some(Arc::clone(path))),
            _ => {
                let path = Arc::new(Path::parse(text)?);
                self.last = Some(Arc::clone(&path));
                Ok(Some(path))
            }
        }
    }
}

/// Checks JSON, and prints it as Trino does: without spaces, and with the keys of objects sorted. Numbers stay as they are written.
fn parse(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    map_texts(&texts(&arguments[0], rows)?, |text, made| {
        let Some(mut json) = Json::parse(text) else {
            return exec_err!("json_parse cannot convert the value to JSON: {text:?}");
        };
        json.sort();
        json.print(made);
        Ok(true)
    })
}

fn extract(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let mut paths = Paths::of(&arguments[1], rows)?;
    text_rows(rows, |row, made| {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            return Ok(false);
        };
        let Some(json) = Json::parse(text) else {
            return Ok(false);
        };
        let found = path.find(&json);
        if path.is_plural() {
            print_array(found, made);
            return Ok(true);
        }
        let first = found.first();
        first.inspect(|value| value.print(made));
        Ok(first.is_some())
    })
}

fn extract_scalar(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let mut paths = Paths::of(&arguments[1], rows)?;
    text_rows(rows, |row, made| {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            return Ok(false);
        };
        if path.is_plural() {
            return Ok(false);
        }
        let Some(json) = Json::parse(text) else {
            return Ok(false);
        };
        let found = path.find(&json);
        let scalar = found.first().and_then(|value| value.scalar());
        made.push_str(scalar.as_deref().unwrap_or_default());
        Ok(scalar.is_some())
    })
}

/// How many members or elements the value at a path has; 0 for a scalar.
fn size(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let mut paths = Paths::of(&arguments[1], rows)?;
    integer_rows(rows, |row| {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            return Ok(None);
        };
        let Some(json) = Json::parse(text) else {
            return Ok(None);
        };
        let found = path.find(&json);
        let size = if path.is_plural() {
            Some(found.len())
        } else {
            found.first().map(|value| match value {
                Json::Array(values) => values.len(),
                Json::Object(members) => members.len(),
                _ => 0,
            })
        };
        Ok(size.and_then(|size| i64::try_from(size).ok()))
    })
}

/// The elements of a text that is an array.
fn elements(text: &str) -> Option<Vec<Json<'_>>> {
    match Json::parse(text)? {
        Json::Array(values) => Some(values),
        _ => None,
    }
}

fn array_length(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    integer_rows(rows, |row| {
        let values = texts.get(row).and_then(elements);
        Ok(values.and_then(|values| i64::try_from(values.len()).ok()))
    })
}

/// As Trino documents, text comes without its quotes, and is no JSON then.
fn array_get(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let indices = Integers::of(&arguments[1], rows)?;
    text_rows(rows, |row, made| {
        let (Some(values), Some(index)) = (texts.get(row).and_then(elements), indices.get(row))
        else {
            return Ok(false);
        };
        let place = match usize::try_from(index) {
            Ok(place) => Some(place),
            Err(_) => usize::try_from(index.unsigned_abs())
                .ok()
                .and_then(|back| values.len().checked_sub(back)),
        };
        match place.and_then(|place| values.get(place)) {
            None | Some(Json::Null) => return Ok(false),
            Some(Json::Text(text)) => made.push_str(text),
            Some(other) => other.print(made),
        }
        Ok(true)
    })
}

fn array_contains(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let sought = &arguments[1];
    let sought_type = sought.data_type();
    if is_text(&sought_type) {
        let sought = Texts::of(sought, rows)?;
        return contains(&texts, rows, |row| {
            let sought = sought.get(row)?;
            Some(move |value: &Json<'_>| matches!(value, Json::Text(text) if text == sought))
        });
    }
    let sought = sought.to_array(rows)?;
    if sought_type == DataType::Boolean {
        let sought = sought.as_boolean();
        return contains(&texts, rows, |row| {
            let sought = sought.is_valid(row).then(|| sought.value(row))?;
            Some(move |value: &Json<'_>| matches!(value, Json::Truth(truth) if *truth == sought))
        });
    }
    if sought_type.is_integer() {
        let sought = Integers::of(&arguments[1], rows)?;
        return contains(&texts, rows, |row| {
            let sought = sought.get(row)?;
            Some(
                move |value: &Json<'_>| matches!(value, Json::Number(digits) if digits.parse() == Ok(sought)),
            )
        });
    }
    if sought_type.is_nested() {
        return exec_err!("json_array_contains looks for a scalar, not for {sought_type}");
    }
    let sought = cast(&sought, &DataType::Float64)?;
    let sought = sought.as_primitive::<Float64Type>();
    contains(&texts, rows, |row| {
        let sought = sought.is_valid(row).then(|| sought.value(row))?;
        Some(
            move |value: &Json<'_>| matches!(value, Json::Number(digits) if digits.parse::<f64>().is_ok_and(|found| found.total_cmp(&sought).is_eq())),
        )
    })
}

fn contains<F: Fn(&Json<'_>) -> bool>(
    texts: &Texts<'_>,
    rows: usize,
    is_sought: impl Fn(usize) -> Option<F>,
) -> Result<ArrayRef> {
    truth_rows(rows, |row| {
        let (Some(values), Some(is_sought)) = (texts.get(row).and_then(elements), is_sought(row))
        else {
            return Ok(None);
        };
        Ok(Some(values.iter().any(is_sought)))
    })
}

fn is_scalar(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    truth_rows(rows, |row| {
        let Some(text) = texts.get(row) else {
            return Ok(None);
        };
        let Some(json) = Json::parse(text) else {
            return exec_err!("is_json_scalar: not JSON: {text:?}");
        };
        Ok(Some(!matches!(json, Json::Array(_) | Json::Object(_))))
    })
}
