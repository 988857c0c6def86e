//! SQL's `json_object` and `json_array` as plain functions: what is said in words comes first, as text, then keys and values, of which
//! values are JSON.

use arrow::array::ArrayRef;
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::value::{Json, quote};
use crate::functions::{
    support::TEXT,
    text::plain::{Kind::Text, Plain, Texts, text_rows},
};

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new("json_object", &[Text], TEXT, object)
            .rest(Text)
            .into(),
        Plain::new("json_array", &[Text], TEXT, array)
            .rest(Text)
            .into(),
    ]
}

/// What is said in words, which is the same in every row.
fn said(arguments: &[ColumnarValue], rows: usize) -> Result<String> {
    Ok(match arguments.first() {
        Some(said) if rows > 0 => Texts::of(said, rows)?.get(0).unwrap_or_default().to_owned(),
        _ => String::new(),
    })
}

/// Appends a value that is JSON without its spaces.
fn push(function: &str, value: &str, made: &mut String) -> Result<()> {
    let Some(json) = Json::parse(value) else {
        return exec_err!("{function} takes JSON with FORMAT JSON, which this is not: {value:?}");
    };
    json.print(made);
    Ok(())
}

fn object(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let said = said(arguments, rows)?;
    let (absent, unique) = (
        said.contains("ABSENT ON NULL"),
        said.contains("WITH UNIQUE"),
    );
    let members = arguments.iter().skip(1);
    let members = members
        .map(|argument| Texts::of(argument, rows))
        .collect::<Result<Vec<_>>>()?;
    let (members, []) = members.as_chunks::<2>() else {
        return exec_err!(
            "json_object takes keys and their values, as in json_object('key': value)"
        );
    };
    text_rows(rows, |row, made| {
        made.push('{');
        let mut seen = Vec::with_capacity(members.len());
        let mut is_first = true;
        for [key, value] in members {
            let Some(key) = key.get(row) else {
                return exec_err!("a key of json_object is NULL");
            };
            let value = value.get(row);
            if absent && value.is_none() {
                continue;
            }
            if unique && seen.contains(&key) {
                return exec_err!("json_object has the key {key:?} twice");
            }
            seen.push(key);
            if !is_first {
                made.push(',');
            }
            is_first = false;
            quote(key, made);
            made.push(':');
            push("json_object", value.unwrap_or("null"), made)?;
        }
        made.push('}');
        Ok(true)
    })
}

fn array(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let keeps_nulls = said(arguments, rows)?.contains("NULL ON NULL");
    let values = arguments.iter().skip(1);
    let values = values
        .map(|argument| Texts::of(argument, rows))
        .collect::<Result<Vec<_>>>()?;
    text_rows(rows, |row, made| {
        made.push('[');
        let before = made.len();
        for value in &values {
            let value = value.get(row);
            if value.is_none() && !keeps_nulls {
                continue;
            }
            if made.len() > before {
                made.push(',');
            }
            push("json_array", value.unwrap_or("null"), made)?;
        }
        made.push(']');
        Ok(true)
    })
}
