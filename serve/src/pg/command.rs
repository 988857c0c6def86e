//! What a statement asks for: rows, or something of the session.

mod cursors;
mod settings;
#[cfg(test)]
mod tests;
mod unparsed;

use sqlparser::ast::{
    CloseCursor, CopySource, CopyTarget, DiscardObject, Expr, ObjectName, Query, Reset,
    Statement as Ast,
};

use self::settings::{set, setting};
use super::{copy::Copy, fail::Failure};

pub(super) use unparsed::unparsed;

/// What a statement asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    /// Rows of the engine, or something that it defines.
    Ask(Box<Ast>),
    /// No statement.
    Empty,
    /// Whatever it is, it is not in `PostgreSQL`'s dialect.
    Foreign,
    /// Rows for a file of the client.
    Copy(Box<Ast>, Copy),
    /// Rows of the client for a table: they are read over, and none is taken.
    CopyIn,
    /// A cursor over rows.
    Declare {
        name: String,
        hold: bool,
        binary: bool,
        query: Box<Ast>,
    },
    /// The next rows of a cursor; all of them without a number.
    Fetch {
        name: String,
        most: Option<usize>,
    },
    /// Passes over the next rows of a cursor, or over all of them.
    Move {
        name: String,
        most: Option<usize>,
    },
    /// Closes a cursor, or all of them.
    CloseCursor(Option<String>),
    /// A statement to be kept under a name.
    Prepare {
        name: String,
        statement: Box<Ast>,
    },
    /// The same of another dialect; it begins at this place of the text.
    PrepareText {
        name: String,
        at: usize,
    },
    /// A statement that was kept, with values.
    Execute {
        name: String,
        values: Vec<Expr>,
    },
    /// Forgets a statement, or all of them.
    Deallocate(Option<String>),
    Begin,
    Commit,
    Rollback,
    Savepoint(String),
    Release(String),
    RollbackTo(String),
    /// Changes settings; `None` is the default.
    Set {
        local: bool,
        changes: Vec<(String, Option<String>)>,
    },
    /// Resets a setting, or all of them.
    Reset(Option<String>),
    Show(String),
    ShowAll,
    /// Begins the session anew.
    DiscardAll,
    /// Does nothing, and says that it is done.
    Nothing(&'static str),
}

impl Command {
    /// What a statement asks for.
    pub(super) fn of(ast: Ast) -> Result<Self, Failure> {
        Ok(match ast {
            Ast::StartTransaction { .. } => Self::Begin,
            Ast::Commit { .. } => Self::Commit,
            Ast::Rollback {
                savepoint: Some(name),
                ..
            } => Self::RollbackTo(name.value),
            Ast::Rollback { .. } => Self::Rollback,
            Ast::Savepoint { name } => Self::Savepoint(name.value),
            Ast::ReleaseSavepoint { name } => Self::Release(name.value),
            Ast::Set(set) => self::set(set)?,
            Ast::Reset(statement) => match statement.reset {
                Reset::ALL => Self::Reset(None),
                Reset::ConfigurationParameter(name) => Self::Reset(Some(setting(&name))),
            },
            // What there is in tables is no setting.
            Ast::ShowVariable { variable } if shows_table(&variable) => {
                Self::Ask(Box::new(Ast::ShowVariable { variable }))
            }
            Ast::ShowVariable { variable } => settings::show(&variable),
            Ast::Discard {
                object_type: DiscardObject::ALL,
            } => Self::DiscardAll,
            Ast::Discard { object_type } => Self::Nothing(match object_type {
                DiscardObject::PLANS => "DISCARD PLANS",
                DiscardObject::SEQUENCES => "DISCARD SEQUENCES",
                _ => "DISCARD TEMP",
            }),
            Ast::Deallocate { name, .. } if is_all(&name) => Self::Deallocate(None),
            Ast::Deallocate { name, .. } => Self::Deallocate(Some(name.value)),
            Ast::Prepare {
                name, statement, ..
            } => Self::Prepare {
                name: name.value,
                statement,
            },
            Ast::Execute {
                name: Some(name),
                parameters,
                using,
                ..
            } => Self::Execute {
                name: last(&name),
                values: parameters
                    .into_iter()
                    .chain(using.into_iter().map(|value| value.expr))
                    .collect(),
            },
            Ast::Declare { stmts } => cursors::declare(stmts)?,
            Ast::Close { cursor } => Self::CloseCursor(match cursor {
                CloseCursor::All => None,
                CloseCursor::Specific { name } => Some(name.value),
            }),
            Ast::Copy {
                source,
                to: true,
                target: CopyTarget::Stdout,
                options,
                legacy_options,
                ..
            } => {
                let copy = Copy::of(&options, &legacy_options)?;
                Self::Copy(Box::new(copied(source)?), copy)
            }
            Ast::Copy { to: true, .. } => {
                return Err(
                    Failure::new("42501", "COPY to a file of the server is not possible")
                        .with_hint(
                            "COPY (…) TO STDOUT sends rows to the client, as does psql's \\copy",
                        ),
                );
            }
            Ast::LISTEN { .. } => Self::Nothing("LISTEN"),
            Ast::UNLISTEN { .. } => Self::Nothing("UNLISTEN"),
            other => Self::Ask(Box::new(other)),
        })
    }

    /// Whether it may run in a transaction that failed.
    pub(super) fn ends_failed_transaction(&self) -> bool {
        matches!(self, Self::Commit | Self::Rollback | Self::RollbackTo(_))
    }

    /// Whether no transaction is left after it.
    pub(super) fn ends_transaction(&self) -> bool {
        matches!(self, Self::Commit | Self::Rollback)
    }

    /// The statement that the engine plans for it.
    pub(super) fn planned(&self) -> Option<&Ast> {
        match self {
            Self::Ask(ast) | Self::Copy(ast, _) | Self::Declare { query: ast, .. } => Some(ast),
            _ => None,
        }
    }

    /// What is said when its rows are there.
    pub(super) fn tag(&self) -> &'static str {
        match self {
            Self::Ask(ast) => match ast.as_ref() {
                Ast::Explain { .. } | Ast::ExplainTable { .. } => "EXPLAIN",
                Ast::CreateView(_) => "CREATE VIEW",
                Ast::Drop { .. } => "DROP VIEW",
                Ast::Query(_) => "SELECT",
                _ => "SHOW",
            },
            Self::Copy(..) => "COPY",
            Self::Declare { .. } => "DECLARE CURSOR",
            Self::Fetch { .. } => "FETCH",
            Self::Show(_) | Self::ShowAll => "SHOW",
            _ => "SELECT",
        }
    }

    /// Whether the number of rows is said with the tag.
    pub(super) fn counts(&self) -> bool {
        match self {
            Self::Ask(ast) => matches!(ast.as_ref(), Ast::Query(_)),
            Self::Fetch { .. } | Self::Foreign => true,
            _ => false,
        }
    }
}

/// `SHOW PARTITIONS costs`, `SHOW STATS FOR costs`.
fn shows_table(words: &[sqlparser::ast::Ident]) -> bool {
    let is = |word: &sqlparser::ast::Ident| {
        ["partitions", "stats"]
            .iter()
            .any(|first| word.value.eq_ignore_ascii_case(first))
    };
    matches!(words, [first, _, ..] if is(first))
}

fn last(name: &ObjectName) -> String {
    let last = name.0.last().and_then(|part| part.as_ident());
    last.map(|ident| ident.value.clone()).unwrap_or_default()
}

fn is_all(name: &sqlparser::ast::Ident) -> bool {
    name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all")
}

/// The query whose rows are copied.
fn copied(source: CopySource) -> Result<Ast, Failure> {
    match source {
        CopySource::Query(query) => Ok(Ast::Query(query)),
        CopySource::Table {
            table_name,
            columns,
        } => {
            let columns: Vec<_> = columns.iter().map(ToString::to_string).collect();
            let columns = if columns.is_empty() {
                "*".to_owned()
            } else {
                columns.join(", ")
            };
            let text = format!("SELECT {columns} FROM {table_name}");
            Ok(Ast::Query(query(&text)?))
        }
    }
}

/// The query in `text`, which was made here.
fn query(text: &str) -> Result<Box<Query>, Failure> {
    let parsed = super::catalog::parse(text);
    let mut parsed = parsed.map_err(|error| Failure::syntax(error.to_string()))?;
    match parsed.pop() {
        Some(Ast::Query(query)) => Ok(query),
        _ => Err(Failure::syntax(format!("`{text}` is no query"))),
    }
}
