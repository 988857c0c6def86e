//! Values of any type made of JSON, as `CAST(json AS …)` makes them.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, ListArray, MapArray, NullArray, StringViewArray, StringViewBuilder,
        StructArray, new_null_array,
    },
    buffer::OffsetBuffer,
    compute::{CastOptions, cast_with_options, concat},
    datatypes::{DataType, FieldRef, Fields},
};
use datafusion::{
    common::{ScalarValue, exec_err, plan_err},
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};
use hashbrown::HashSet;

use super::value::Json;
use crate::functions::{
    lists::nulls_of,
    names::type_name,
    support::{is_text, texts},
};

/// The function from JSON to values of a type. What cannot be one is an error, or NULL in an attempt.
pub(in crate::functions) fn from_json(to: &DataType, is_attempt: bool) -> ScalarUDF {
    ScalarUDF::from(FromJson {
        to: to.clone(),
        is_attempt,
        signature: Signature::any(1, Volatility::Immutable),
    })
}

/// The type that stands for JSON in arrays, maps and rows, where text is `varchar`.
pub(crate) const JSON: DataType = DataType::LargeUtf8;

#[derive(Debug, PartialEq, Eq, Hash)]
struct FromJson {
    to: DataType,
    is_attempt: bool,
    signature: Signature,
}

impl ScalarUDFImpl for FromJson {
    fn name(&self) -> &'static str {
        if self.is_attempt {
            "try_from_json"
        } else {
            "from_json"
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [json] if is_text(json) || json.is_null() => Ok(self.to.clone()),
            _ => plan_err!("{} takes JSON", self.name()),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [json] = arguments.args.as_slice() else {
            return exec_err!("{} takes JSON", self.name());
        };
        let is_constant = matches!(json, ColumnarValue::Scalar(_));
        let rows = if is_constant {
            1
        } else {
            arguments.number_rows
        };
        let made = self.made(&texts(json, rows)?)?;
        Ok(if is_constant {
            ColumnarValue::Scalar(ScalarValue::try_from_array(&made, 0)?)
        } else {
            ColumnarValue::Array(made)
        })
    }
}

impl FromJson {
    fn made(&self, texts: &StringViewArray) -> Result<ArrayRef> {
        match made_of(texts, &self.to) {
            Err(_) if self.is_attempt => {
                let mut rows = Vec::with_capacity(texts.len());
                for row in 0..texts.len() {
                    let made = made_of(&texts.slice(row, 1), &self.to);
                    rows.push(made.unwrap_or_else(|_| new_null_array(&self.to, 1)));
                }
                if rows.is_empty() {
                    return Ok(new_null_array(&self.to, 0));
                }
                let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
                Ok(concat(&rows)?)
            }
            made => made,
        }
    }
}

fn made_of(texts: &StringViewArray, to: &DataType) -> Result<ArrayRef> {
    let parsed = texts
        .iter()
        .map(|text| {
            let Some(text) = text else {
                return Ok(None);
            };
            let Some(json) = Json::parse(text) else {
                return exec_err!("Cannot cast to {}, it is no JSON: {text}", type_name(to));
            };
            Ok(Some(json))
        })
        .collect::<Result<Vec<_>>>()?;
    values(&parsed.iter().map(Option::as_ref).collect::<Vec<_>>(), to)
}

type Value<'j, 'a> = Option<&'j Json<'a>>;

/// An array of a type, of JSON.
fn values(json: &[Value<'_, '_>], to: &DataType) -> Result<ArrayRef> {
    match to {
        DataType::List(item) => list(json, item, to),
        DataType::Map(entries, is_sorted) => map(json, entries, *is_sorted, to),
        DataType::Struct(fields) => row(json, fields, to),
        DataType::Null => Ok(Arc::new(NullArray::new(json.len()))),
        _ => scalars(json, to),
    }
}

fn refused<T>(json: &Json<'_>, to: &DataType, expected: &str) -> Result<T> {
    let mut shown = String::new();
    json.print(&mut shown);
    exec_err!(
        "Cannot cast to {}, it is no JSON {expected}: {shown}",
        type_name(to)
    )
}

fn list(json: &[Value<'_, '_>], item: &FieldRef, to: &DataType) -> Result<ArrayRef> {
    let (mut items, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for value in json {
        let before = items.len();
        match value {
            None | Some(Json::Null) => valid.push(false),
            Some(Json::Array(elements)) => {
                items.extend(elements.iter().map(Some));
                valid.push(true);
            }
            Some(other) => return refused(other, to, "array"),
        }
        lengths.push(items.len() - before);
    }
    let items = values(&items, item.data_type())?;
    Ok(Arc::new(ListArray::try_new(
        Arc::clone(item),
        OffsetBuffer::from_lengths(lengths),
        items,
        nulls_of(&valid),
    )?))
}

fn map(
    json: &[Value<'_, '_>],
    entries: &FieldRef,
    is_sorted: bool,
    to: &DataType,
) -> Result<ArrayRef> {
    let DataType::Struct(fields) = entries.data_type() else {
        return plan_err!("a map has entries");
    };
    let (mut names, mut items) = (Vec::new(), Vec::new());
    let (mut lengths, mut valid) = (Vec::new(), Vec::new());
    for value in json {
        let before = items.len();
        match value {
            None | Some(Json::Null) => valid.push(false),
            Some(Json::Object(members)) => {
                let mut seen = HashSet::with_capacity(members.len());
                for (name, value) in members {
                    if !seen.insert(name.as_ref()) {
                        return exec_err!(
                            "Cannot cast to {}, the key {name:?} comes twice",
                            type_name(to)
                        );
                    }
                    names.push(Json::Text(name.as_ref().into()));
                    items.push(Some(value));
                }
                valid.push(true);
            }
            Some(other) => return refused(other, to, "object"),
        }
        lengths.push(items.len() - before);
    }
    let names: Vec<_> = names.iter().map(Some).collect();
    let columns = vec![
        values(&names, fields[0].data_type())?,
        values(&items, fields[1].data_type())?,
    ];
    let made = StructArray::try_new(fields.clone(), columns, None)?;
    Ok(Arc::new(MapArray::try_new(
        Arc::clone(entries),
        OffsetBuffer::from_lengths(lengths),
        made,
        nulls_of(&valid),
        is_sorted,
    )?))
}

/// A row is an object by the names of its fields, or an array by their places.
fn row(json: &[Value<'_, '_>], fields: &Fields, to: &DataType) -> Result<ArrayRef> {
    let mut columns: Vec<Vec<Value<'_, '_>>> = vec![Vec::with_capacity(json.len()); fields.len()];
    let mut valid = Vec::with_capacity(json.len());
    for value in json {
        valid.push(!matches!(value, None | Some(Json::Null)));
        match value {
            None | Some(Json::Null) => columns.iter_mut().for_each(|column| column.push(None)),
            Some(Json::Object(members)) => {
                for (column, field) in columns.iter_mut().zip(fields) {
                    let member = members
                        .iter()
                        .find(|(name, _)| name.to_lowercase() == field.name().to_lowercase());
                    column.push(member.map(|(_, value)| value));
                }
            }
            Some(Json::Array(elements)) if elements.len() == fields.len() => {
                for (column, element) in columns.iter_mut().zip(elements) {
                    column.push(Some(element));
                }
            }
            Some(other) => {
                let expected = format!("object, and no array of {} elements", fields.len());
                return refused(other, to, &expected);
            }
        }
    }
    let columns = columns
        .iter()
        .zip(fields)
        .map(|(column, field)| values(column, field.data_type()))
        .collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(StructArray::try_new_with_length(
        fields.clone(),
        columns,
        nulls_of(&valid),
        json.len(),
    )?))
}

/// Values of a type that has no parts, by way of text.
fn scalars(json: &[Value<'_, '_>], to: &DataType) -> Result<ArrayRef> {
    let mut made = StringViewBuilder::with_capacity(json.len());
    let mut buffer = String::new();
    for value in json {
        let Some(value) = value.filter(|value| *to == JSON || !matches!(value, Json::Null)) else {
            made.append_null();
            continue;
        };
        match value.scalar() {
            Some(scalar) if *to != JSON => made.append_value(match scalar.parse::<f64>() {
                // An integer is rounded, half away from zero.
                Ok(number) if to.is_integer() && scalar.parse::<i64>().is_err() => {
                    buffer.clear();
                    buffer.push_str(&number.round().to_string());
                    buffer.as_str()
                }
                _ => scalar.as_ref(),
            }),
            // Text of what has parts is JSON.
            _ if is_text(to) => {
                buffer.clear();
                value.print(&mut buffer);
                made.append_value(&buffer);
            }
            _ => return refused(value, to, "scalar"),
        }
    }
    let strict = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    Ok(cast_with_options(&made.finish(), to, &strict)?)
}
