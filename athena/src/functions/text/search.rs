//! Text within text, and its length.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::DataType,
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ScalarUDF,
        expr::ScalarFunction,
        planner::{ExprPlanner, PlannerResult},
    },
};
use hashbrown::HashMap;

use super::{
    part::substr,
    plain::{
        Kind::{Any, Integer, Text},
        Plain, Texts, check_size, integer_or, integer_rows, text_or, text_rows,
    },
};
use crate::functions::support::TEXT;

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        strpos(),
        Plain::new("replace", &[Text, Text], TEXT, replace)
            .optional(&[Text])
            .into(),
        Plain::new("translate", &[Text, Text, Text], TEXT, translate).into(),
        Plain::new("length", &[Any], DataType::Int64, length)
            .aliases(&["char_length", "character_length"])
            .into(),
    ]
}

/// Plans SQL's own forms `SUBSTRING(x FROM y FOR z)` and `POSITION(x IN y)`.
#[derive(Debug)]
pub(crate) struct TextPlanner;

impl ExprPlanner for TextPlanner {
    fn plan_substring(&self, arguments: Vec<Expr>) -> Result<PlannerResult<Vec<Expr>>> {
        let function = Arc::new(substr());
        let call = ScalarFunction::new_udf(function, arguments);
        Ok(PlannerResult::Planned(Expr::ScalarFunction(call)))
    }

    fn plan_position(&self, arguments: Vec<Expr>) -> Result<PlannerResult<Vec<Expr>>> {
        let call = ScalarFunction::new_udf(Arc::new(strpos()), arguments);
        Ok(PlannerResult::Planned(Expr::ScalarFunction(call)))
    }
}

/// `strpos(text, sought[, instance])`: where it begins, from 1; 0 if it is not there. A negative instance counts from the end.
fn strpos() -> ScalarUDF {
    Plain::new(
        "strpos",
        &[Text, Text],
        DataType::Int64,
        |arguments, rows| {
            let text = Texts::of(&arguments[0], rows)?;
            let sought = Texts::of(&arguments[1], rows)?;
            let instance = integer_or(arguments, 2, rows, 1)?;
            integer_rows(rows, |row| {
                let (Some(text), Some(sought), Some(instance)) =
                    (text.get(row), sought.get(row), instance.get(row))
                else {
                    return Ok(None);
                };
                if instance == 0 {
                    return exec_err!("strpos: the instance must be positive or negative, not 0");
                }
                let position = match instance_of(text, sought, instance) {
                    Some(at) if text.is_ascii() => at + 1,
                    Some(at) => text[..at].chars().count() + 1,
                    None => 0,
                };
                Ok(i64::try_from(position).ok())
            })
        },
    )
    .optional(&[Integer])
    .into()
}

/// The byte at which an instance begins. Instances may overlap.
fn instance_of(text: &str, sought: &str, instance: i64) -> Option<usize> {
    if sought.is_empty() {
        return Some(0);
    }
    let mut left = instance.unsigned_abs();
    let mut rest = 0..text.len();
    loop {
        let at = if instance > 0 {
            rest.start + text[rest.clone()].find(sought)?
        } else {
            text[rest.clone()].rfind(sought)?
        };
        left -= 1;
        if left == 0 {
            return Some(at);
        }
        if instance > 0 {
            rest.start = at + text[at..].chars().next().map_or(1, char::len_utf8);
        } else {
            let last = sought.chars().next_back().map_or(1, char::len_utf8);
            rest.end = at + sought.len() - last;
        }
    }
}

fn replace(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let sought = Texts::of(&arguments[1], rows)?;
    let by = text_or(arguments, 2, rows, "")?;
    text_rows(rows, |row, made| {
        let (Some(text), Some(sought), Some(by)) = (text.get(row), sought.get(row), by.get(row))
        else {
            return Ok(false);
        };
        let mut done = 0;
        for (at, found) in text.match_indices(sought) {
            made.push_str(&text[done..at]);
            made.push_str(by);
            done = at + found.len();
            check_size("replace", made)?;
        }
        made.push_str(&text[done..]);
        Ok(true)
    })
}

fn translate(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let from = Texts::of(&arguments[1], rows)?;
    let to = Texts::of(&arguments[2], rows)?;
    let constant = matches!((&from, &to), (Texts::One(_), Texts::One(_)));
    let mut table = HashMap::new();
    let mut filled = false;
    text_rows(rows, |row, made| {
        let (Some(text), Some(from), Some(to)) = (text.get(row), from.get(row), to.get(row)) else {
            return Ok(false);
        };
        if !filled || !constant {
            filled = true;
            table.clear();
            let mut to = to.chars();
            for found in from.chars() {
                let by = to.next();
                table.entry(found).or_insert(by);
            }
        }
        made.extend(text.chars().filter_map(|found| match table.get(&found) {
            Some(by) => *by,
            None => Some(found),
        }));
        Ok(true)
    })
}

/// Characters of text, bytes of `varbinary`.
fn length(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let argument = &arguments[0];
    let data_type = argument.data_type();
    if data_type.is_binary() {
        let bytes = cast(&argument.to_array(rows)?, &DataType::Binary)?;
        let bytes = bytes.as_binary::<i32>();
        return integer_rows(rows, |row| {
            Ok(bytes
                .is_valid(row)
                .then(|| i64::from(bytes.value_length(row))))
        });
    }
    if data_type.is_nested() {
        return exec_err!(
            "length takes text, not {data_type}: cardinality counts what an array or a map holds"
        );
    }
    let text = Texts::of(argument, rows)?;
    integer_rows(rows, |row| {
        Ok(text
            .get(row)
            .and_then(|text| i64::try_from(text.chars().count()).ok()))
    })
}
