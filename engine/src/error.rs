//! What can go wrong between a snapshot and an answer.

use curtail_store::StoreError;
use datafusion::{
    common::{Column, SchemaError},
    error::DataFusionError,
};

use crate::{RemoteError, mistake, suggest, views::Unplanned};

/// How an error begins that holds a whole plan, which DataFusion found to be wrong.
const WHOLE_PLAN: &str = "Plan: [";

/// An error of the engine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Nothing was ever ingested into the store.
    #[error("the store at `{0}` is empty")]
    EmptyStore(String),
    /// The store could not be read.
    #[error(transparent)]
    Store(Box<StoreError>),
    /// A statement that would do more than read.
    #[error("only reading is possible: {0} was refused")]
    Refused(String),
    /// Something that would tell more than its user may know.
    #[error("{what}")]
    Denied {
        /// What is not told, and why.
        what: String,
        /// What to do in place of it.
        instead: String,
    },
    /// No statement where one was expected.
    #[error("there is no statement to run")]
    NoStatement,
    /// Several statements where one was expected.
    #[error("there are {0} statements where one was expected")]
    SeveralStatements(usize),
    /// The text is no SQL.
    #[error("this is not valid SQL: {0}")]
    Syntax(String),
    /// A table that is not there.
    #[error("there is no table `{name}`")]
    UnknownTable {
        /// The name as written.
        name: String,
        /// Similar names, the most similar one first.
        similar: Vec<String>,
    },
    /// A column that is not there.
    #[error("there is no column `{name}`")]
    UnknownColumn {
        /// The name as written.
        name: String,
        /// Similar names, the most similar one first.
        similar: Vec<String>,
        /// Other tables that have a column of this name.
        elsewhere: Vec<String>,
    },
    /// A view that is not there.
    #[error("there is no view `{name}`")]
    UnknownView {
        /// The name as written.
        name: String,
        /// Similar names, the most similar one first.
        similar: Vec<String>,
    },
    /// A function that is not there.
    #[error("there is no function `{name}`")]
    UnknownFunction {
        /// The name as written.
        name: String,
        /// Similar names, the most similar one first.
        similar: Vec<String>,
    },
    /// A view that a statement reads no longer means anything.
    #[error("view `{name}`: {why}")]
    View {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// A mistake in what the user wrote, and where it is.
    #[error("line {line}, column {column}: {error}")]
    At {
        /// The line, from 1 on.
        line: u64,
        /// The character in it, from 1 on.
        column: u64,
        /// The line as it was written, with a mark below the place.
        excerpt: String,
        /// What is wrong.
        error: Box<Self>,
    },
    /// A condition that rows cannot be limited by.
    #[error("`{condition}` is no condition that rows can be limited by: {why}")]
    Condition {
        /// The condition as written.
        condition: String,
        /// What is wrong with it.
        why: String,
    },
    /// A tag or cost category that no report has.
    #[error("no report has the {kind} `{key}`")]
    UnknownKey {
        /// `tag` or `cost category`.
        kind: &'static str,
        /// The key as written.
        key: String,
        /// Similar keys, the most similar one first.
        similar: Vec<String>,
    },
    /// A report that is not in the store.
    #[error("there is no report `{name}` in the store")]
    UnknownReport {
        /// The name as written.
        name: String,
        /// The reports that there are.
        known: Vec<String>,
    },
    /// Something that only reports tell was asked of provisional costs.
    #[error("`{0}` is unavailable until the first report")]
    Unavailable(String),
    /// A billing period of which there are no two versions to compare, or several reports.
    #[error("there is nothing to compare: {0}")]
    Incomparable(String),
    /// A parameter that was given and cannot be used, or was needed and not given.
    #[error("parameter `{name}`: {why}")]
    Parameter {
        /// Its name, without the `$`.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// The text is SQL, but it does not mean anything here.
    #[error("{0}")]
    Plan(String),
    /// The same, and what to write instead is known.
    #[error("{what}")]
    Mistake {
        /// What is wrong.
        what: String,
        /// What to write instead.
        instead: String,
    },
    /// A value that the statement cannot work with, which showed while it ran.
    #[error("{what}")]
    Value {
        /// What is wrong.
        what: String,
        /// What to write instead.
        instead: String,
        /// What cannot work with it: the name of a function, `cast` and a type, `/`, or nothing if that is not known.
        by: String,
    },
    /// The memory budget does not suffice.
    #[error("the query needs more memory than its budget of {limit} bytes: {message}")]
    Memory {
        /// The budget, in bytes.
        limit: u64,
        /// What needed how much.
        message: String,
    },
    /// What is computed elsewhere could not be had.
    #[error(transparent)]
    Remote(RemoteError),
    /// It failed while running.
    #[error("the query failed: {0}")]
    Execution(#[source] Box<DataFusionError>),
}

impl EngineError {
    /// Sorts an error of planning or running out by its root.
    pub(crate) fn from_datafusion(error: DataFusionError, memory_limit: u64) -> Self {
        match error.find_root() {
            DataFusionError::SchemaError(schema, _) => {
                if let SchemaError::FieldNotFound {
                    field,
                    valid_fields,
                } = schema.as_ref()
                {
                    return unknown_column(field, valid_fields);
                }
                mistake::planned(&schema.to_string())
            }
            DataFusionError::SQL(parse, _) => Self::Syntax(mistake::syntax(&parse.to_string())),
            DataFusionError::Plan(message) => {
                let similar = Vec::new();
                if let Some(name) = unknown_table(message) {
                    Self::UnknownTable { name, similar }
                } else if let Some(name) = unknown_function(message) {
                    Self::UnknownFunction { name, similar }
                } else if message.starts_with(WHOLE_PLAN) {
                    // It tells files, and conditions that those who are limited to rows should not see.
                    Self::Plan(
                        "internal error: the plan of this statement is not one that can run; another ORDER BY may help".to_owned(),
                    )
                } else {
                    mistake::planned_within(message, &error)
                }
            }
            DataFusionError::External(inner) if inner.is::<Unplanned>() => inner
                .downcast_ref::<Unplanned>()
                .expect("it is one")
                .error(),
            DataFusionError::External(inner) if inner.is::<RemoteError>() => {
                let inner = inner.downcast_ref::<RemoteError>();
                Self::Remote(inner.expect("it is one").clone())
            }
            DataFusionError::NotImplemented(message) => match mistake::planned(message) {
                Self::Plan(message) if !message.ends_with("is not supported") => {
                    Self::Plan(format!("not supported: {message}"))
                }
                other => other,
            },
            // What functions say of arguments that they do not take is an internal error to DataFusion.
            DataFusionError::Internal(message) | DataFusionError::Execution(message)
                if message.contains("No function matches") =>
            {
                mistake::planned(message)
            }
            DataFusionError::ResourcesExhausted(message) => Self::Memory {
                limit: memory_limit,
                message: message.clone(),
            },
            DataFusionError::Execution(message)
                if message.starts_with(crate::statement::REFUSED) =>
            {
                Self::Refused(message[crate::statement::REFUSED.len()..].to_owned())
            }
            _ => match mistake::of_value(&error) {
                Some(value) => value,
                None => Self::Execution(Box::new(error)),
            },
        }
    }
}

impl EngineError {
    /// The line of the mistake as the user wrote it, with a mark below the place, if it is known.
    pub fn excerpt(&self) -> Option<&str> {
        match self {
            Self::At { excerpt, .. } => Some(excerpt),
            _ => None,
        }
    }

    /// The error of a statement that `lines` other lines of its file stand before.
    #[must_use]
    pub fn below(self, lines: u64) -> Self {
        match self {
            Self::At {
                line,
                column,
                excerpt,
                error,
            } => Self::At {
                line: line + lines,
                column,
                excerpt: mistake::renumbered(&excerpt, line, line + lines),
                error,
            },
            other => other,
        }
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Absent(location) => Self::EmptyStore(location),
            error => Self::Store(Box::new(error)),
        }
    }
}

fn unknown_column(field: &Column, valid: &[Column]) -> EngineError {
    let similar = suggest::similar(&field.name, valid.iter().map(|column| column.name.as_str()));
    EngineError::UnknownColumn {
        name: field.flat_name(),
        similar,
        elsewhere: Vec::new(),
    }
}

/// The name in "table 'curtail.public.x' not found".
fn unknown_table(message: &str) -> Option<String> {
    let name = message
        .strip_prefix("table '")?
        .split_once("' not found")?
        .0;
    Some(
        name.trim_start_matches("curtail.")
            .trim_start_matches("public.")
            .to_owned(),
    )
}

/// The name in "Invalid function 'x'.".
fn unknown_function(message: &str) -> Option<String> {
    let rest = message.strip_prefix("Invalid function '")?;
    Some(rest.split_once('\'')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_tells_a_whole_plan() {
        let plan = "Plan: [\"FilterExec: account = 8\"] does not satisfy order requirements";
        let error = DataFusionError::Plan(plan.to_owned());
        let error = EngineError::from_datafusion(error, 0).to_string();
        assert!(error.starts_with("internal error"), "{error}");
        assert!(!error.contains("account"), "{error}");
    }
}
