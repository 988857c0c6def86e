//! SQL's `json_exists`, `json_value` and `json_query` as plain functions, whose clauses come as text:
//! `json_query(x, 'lax $.a', 'OMIT QUOTES')`.

use arrow::{array::ArrayRef, datatypes::DataType};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::{
    Paths,
    value::{Json, print_array},
};
use crate::functions::{
    support::TEXT,
    text::plain::{Kind::Text, Plain, Texts, text_rows, truth_rows},
};

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new("json_exists", &[Text, Text], DataType::Boolean, exists)
            .rest(Text)
            .into(),
        Plain::new("json_value", &[Text, Text], TEXT, value)
            .rest(Text)
            .into(),
        Plain::new("json_query", &[Text, Text], TEXT, query)
            .rest(Text)
            .into(),
    ]
}

/// The clauses of a call, which are the same in every row.
struct Clauses(String);

/// What becomes of a row in which nothing, or no JSON, is found.
enum Fallback {
    Null,
    Error,
    Text(String),
}

impl Clauses {
    fn of(arguments: &[ColumnarValue], rows: usize) -> Result<Self> {
        let mut made = Vec::new();
        for argument in arguments.iter().skip(2) {
            if rows > 0
                && let Some(text) = Texts::of(argument, rows)?.get(0)
            {
                made.push(text.to_owned());
            }
        }
        Ok(Self(made.join(" ")))
    }

    fn has(&self, clause: &str) -> bool {
        // ASCII letters only change their case, so that places stay the same.
        let words = self.0.to_ascii_uppercase();
        let words: Vec<_> = words.split_whitespace().collect();
        let clause: Vec<_> = clause.split(' ').collect();
        words.windows(clause.len()).any(|found| found == clause)
    }

    /// The clause `… ON EMPTY` or `… ON ERROR`.
    fn fallback(&self, event: &str) -> Fallback {
        if self.has(&format!("ERROR ON {event}")) {
            return Fallback::Error;
        }
        if self.has(&format!("EMPTY ARRAY ON {event}")) || self.has(&format!("EMPTY ON {event}")) {
            return Fallback::Text("[]".to_owned());
        }
        if self.has(&format!("EMPTY OBJECT ON {event}")) {
            return Fallback::Text("{}".to_owned());
        }
        let upper = self.0.to_ascii_uppercase();
        let default = upper.find(&format!("ON {event}")).and_then(|end| {
            let start = upper[..end].rfind("DEFAULT ")? + "DEFAULT ".len();
            let value = self.0.get(start..end)?.trim();
            // `DEFAULT 'a' ON EMPTY` is not that of `ON ERROR`.
            (!upper[start..end].contains(" ON ")).then(|| {
                value
                    .strip_prefix('\'')
                    .and_then(|value| value.strip_suffix('\''))
                    .map_or_else(|| value.to_owned(), |value| value.replace("''", "'"))
            })
        });
        match default.as_deref() {
            Some(null) if null.eq_ignore_ascii_case("null") => Fallback::Null,
            Some(text) => Fallback::Text(text.to_owned()),
            None => Fallback::Null,
        }
    }
}

impl Fallback {
    fn apply(&self, why: &str, made: &mut String) -> Result<bool> {
        match self {
            Self::Null => Ok(false),
            Self::Error => exec_err!("{why}"),
            Self::Text(text) => {
                made.push_str(text);
                Ok(true)
            }
        }
    }
}

fn exists(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let mut paths = Paths::of(&arguments[1], rows)?;
    let clauses = Clauses::of(arguments, rows)?;
    truth_rows(rows, |row| {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            return Ok(None);
        };
        let found = Json::parse(text).and_then(|json| Some(!path.query(&json).ok()?.is_empty()));
        match found {
            Some(found) => Ok(Some(found)),
            None if clauses.has("TRUE ON ERROR") => Ok(Some(true)),
            None if clauses.has("UNKNOWN ON ERROR") => Ok(None),
            None if clauses.has("ERROR ON ERROR") => {
                exec_err!("json_exists finds no JSON, or not what its path asks for, in {text:?}")
            }
            None => Ok(Some(false)),
        }
    })
}

fn value(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let mut paths = Paths::of(&arguments[1], rows)?;
    let clauses = Clauses::of(arguments, rows)?;
    let (on_empty, on_error) = (clauses.fallback("EMPTY"), clauses.fallback("ERROR"));
    text_rows(rows, |row, made| {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            return Ok(false);
        };
        let json = Json::parse(text);
        let found = json.as_ref().and_then(|json| path.query(json).ok());
        match found.as_deref() {
            Some([]) => on_empty.apply(&format!("json_value finds nothing in {text:?}"), made),
            Some([Json::Null]) => Ok(false),
            Some([only]) if let Some(scalar) = only.scalar() => {
                made.push_str(&scalar);
                Ok(true)
            }
            _ => on_error.apply(
                &format!("json_value finds no single scalar in {text:?}"),
                made,
            ),
        }
    })
}

fn query(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let mut paths = Paths::of(&arguments[1], rows)?;
    let clauses = Clauses::of(arguments, rows)?;
    let (on_empty, on_error) = (clauses.fallback("EMPTY"), clauses.fallback("ERROR"));
    let wraps_all = ["WITH WRAPPER", "WITH ARRAY WRAPPER", "WITH UNCONDITIONAL"]
        .iter()
        .any(|clause| clauses.has(clause));
    let wraps_many = clauses.has("WITH CONDITIONAL");
    let omits_quotes = clauses.has("OMIT QUOTES");
    text_rows(rows, |row, made| {
        let (Some(text), Some(path)) = (texts.get(row), paths.get(row)?) else {
            return Ok(false);
        };
        let json = Json::parse(text);
        let Some(found) = json.as_ref().and_then(|json| path.query(json).ok()) else {
            return on_error.apply(&format!("json_query cannot read {text:?}"), made);
        };
        match found.as_slice() {
            [] => on_empty.apply(&format!("json_query finds nothing in {text:?}"), made),
            [Json::Array(_) | Json::Object(_)] if wraps_many => {
                found[0].print(made);
                Ok(true)
            }
            several if wraps_all || wraps_many => {
                print_array(several.iter().copied(), made);
                Ok(true)
            }
            [Json::Text(text)] if omits_quotes => {
                made.push_str(text);
                Ok(true)
            }
            [only] => {
                only.print(made);
                Ok(true)
            }
            _ => on_error.apply(
                &format!("json_query finds several values in {text:?}; write WITH WRAPPER"),
                made,
            ),
        }
    })
}
