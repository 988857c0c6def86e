//! Filters of requests to Cost Explorer.

use serde_json::{Map, Value};

use super::{
    Rows, invalid,
    row::{Row, is_dimension},
};
use crate::answer::Answered;

/// Which rows are asked for.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    All,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Dimension(String, Wanted),
    Tag(String, Wanted),
}

#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Values(Vec<String>),
    Absent,
}

impl Filter {
    pub(super) fn of(value: &Value) -> Answered<Self> {
        if value.is_null() {
            return Ok(Self::All);
        }
        let roots = value.as_object().map(Map::iter).into_iter().flatten();
        let mut roots = roots.filter(|(_, value)| !value.is_null());
        let (Some((name, operand)), None) = (roots.next(), roots.next()) else {
            return Err(invalid("Expression must have exactly one root operator"));
        };
        Ok(match name.as_str() {
            "And" => Self::And(operands(name, operand)?),
            "Or" => Self::Or(operands(name, operand)?),
            "Not" => Self::Not(Box::new(Self::of(operand)?)),
            "Dimensions" => {
                let key = key(operand)?;
                if !is_dimension(&key) {
                    return Err(invalid(format!(
                        "Dimension {key} is not supported in the filter"
                    )));
                }
                Self::Dimension(key, wanted(operand, false)?)
            }
            "Tags" => Self::Tag(key(operand)?, wanted(operand, true)?),
            _ => return Err(invalid(format!("Filter {name} is not supported"))),
        })
    }

    pub(super) fn takes(&self, rows: &Rows<'_>, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::And(all) => all.iter().all(|one| one.takes(rows, row)),
            Self::Or(any) => any.iter().any(|one| one.takes(rows, row)),
            Self::Not(other) => !other.takes(rows, row),
            Self::Dimension(key, wanted) => wanted.has(row.dimension(key).unwrap_or_default()),
            Self::Tag(key, wanted) => wanted.has(rows.tag(row, key)),
        }
    }
}

impl Wanted {
    fn has(&self, value: &str) -> bool {
        match self {
            Self::Values(values) => values.iter().any(|one| one == value),
            Self::Absent => value.is_empty(),
        }
    }
}

fn operands(name: &str, value: &Value) -> Answered<Vec<Filter>> {
    match value.as_array() {
        Some(operands) if operands.len() >= 2 => operands.iter().map(Filter::of).collect(),
        _ => Err(invalid(format!("{name} must have at least two operands"))),
    }
}

fn key(operand: &Value) -> Answered<String> {
    let key = operand["Key"].as_str().filter(|key| !key.is_empty());
    key.map(str::to_owned)
        .ok_or_else(|| invalid("Key must not be empty"))
}

fn wanted(operand: &Value, may_be_absent: bool) -> Answered<Wanted> {
    let options = operand["MatchOptions"].as_array().into_iter().flatten();
    let mut absent = false;
    for option in options {
        match option.as_str() {
            Some("EQUALS" | "CASE_SENSITIVE") => {}
            Some("ABSENT") if may_be_absent => absent = true,
            _ => return Err(invalid(format!("Match option {option} is not supported"))),
        }
    }
    let values = operand["Values"].as_array().into_iter().flatten();
    let values: Vec<String> = values
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    match (absent, values.is_empty()) {
        (true, true) => Ok(Wanted::Absent),
        (false, false) => Ok(Wanted::Values(values)),
        (true, false) => Err(invalid("Values cannot be specified along with ABSENT")),
        (false, true) => Err(invalid("Values must not be empty")),
    }
}
