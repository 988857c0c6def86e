//! What a statement asks for: rows, or something of the session.

use sqlparser::ast::{
    CloseCursor, CopySource, CopyTarget, Declare, DiscardObject, Expr, FetchDirection, ObjectName,
    Query, Reset, Set, Statement as Ast, UnaryOperator, Value,
};

use super::{copy::Copy, fail::Failure};

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
    /// A cursor over rows.
    Declare {
        name: String,
        hold: bool,
        query: Box<Ast>,
    },
    /// The next rows of a cursor; all of them without a number.
    Fetch {
        name: String,
        most: Option<usize>,
    },
    /// Passes over rows of a cursor, or all of them.
    CloseCursor(Option<String>),
    /// A statement to be kept under a name.
    Prepare {
        name: String,
        statement: Box<Ast>,
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
            Ast::ShowVariable { variable } => {
                let words: Vec<_> = variable
                    .iter()
                    .map(|word| word.value.to_lowercase())
                    .collect();
                match words.join(" ").as_str() {
                    "all" => Self::ShowAll,
                    "time zone" => Self::Show("timezone".to_owned()),
                    "transaction isolation level" => Self::Show("transaction_isolation".to_owned()),
                    "session authorization" => Self::Show("session_authorization".to_owned()),
                    _ => Self::Show(words.join(".")),
                }
            }
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
                ..
            } => Self::Execute {
                name: last(&name),
                values: parameters,
            },
            Ast::Declare { stmts } => declare(stmts)?,
            Ast::Fetch {
                name, direction, ..
            } => Self::Fetch {
                name: name.value,
                most: most(&direction)?,
            },
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

fn set(set: Set) -> Result<Command, Failure> {
    let one = |local, name: &str, value| Command::Set {
        local,
        changes: vec![(name.to_owned(), value)],
    };
    Ok(match set {
        Set::SingleAssignment {
            scope,
            variable,
            values,
            ..
        } => {
            let local = matches!(scope, Some(sqlparser::ast::ContextModifier::Local));
            one(local, &setting(&variable), value(&values)?)
        }
        Set::MultipleAssignments { assignments } => Command::Set {
            local: false,
            changes: assignments
                .iter()
                .map(|one| Ok((setting(&one.name), value(std::slice::from_ref(&one.value))?)))
                .collect::<Result<_, Failure>>()?,
        },
        Set::SetTimeZone { local, value: zone } => {
            let zone = value(&[zone])?;
            one(local, "timezone", zone)
        }
        Set::SetNames { charset_name, .. } => {
            one(false, "client_encoding", Some(charset_name.value))
        }
        Set::SetNamesDefault {} => one(false, "client_encoding", None),
        // Everything is read-only and of one version, whatever is asked for.
        Set::SetTransaction { .. } | Set::SetSessionAuthorization(_) | Set::SetRole { .. } => {
            Command::Nothing("SET")
        }
        other => return Err(Failure::unsupported(format!("`{other}` is not supported"))),
    })
}

/// The name of a setting, in lower case.
fn setting(name: &ObjectName) -> String {
    let parts = name.0.iter().filter_map(|part| part.as_ident());
    let parts: Vec<_> = parts.map(|part| part.value.to_lowercase()).collect();
    parts.join(".")
}

fn last(name: &ObjectName) -> String {
    let last = name.0.last().and_then(|part| part.as_ident());
    last.map(|ident| ident.value.clone()).unwrap_or_default()
}

fn is_all(name: &sqlparser::ast::Ident) -> bool {
    name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all")
}

/// The value of a setting as text; `None` is its default.
fn value(values: &[Expr]) -> Result<Option<String>, Failure> {
    let mut parts = Vec::new();
    for value in values {
        parts.push(match value {
            Expr::Identifier(word)
                if values.len() == 1
                    && word.quote_style.is_none()
                    && word.value.eq_ignore_ascii_case("default") =>
            {
                return Ok(None);
            }
            Expr::Identifier(word) => word.value.clone(),
            Expr::Value(value) => literal(&value.value),
            Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            } => format!("-{expr}"),
            Expr::UnaryOp {
                op: UnaryOperator::Plus,
                expr,
            } => expr.to_string(),
            Expr::Interval(interval) => interval.value.to_string(),
            Expr::CompoundIdentifier(words) => {
                let words: Vec<_> = words.iter().map(|word| word.value.as_str()).collect();
                words.join(".")
            }
            other => {
                return Err(Failure::syntax(format!(
                    "`{other}` is no value of a setting"
                )));
            }
        });
    }
    Ok(Some(parts.join(", ")))
}

fn literal(value: &Value) -> String {
    match value {
        Value::SingleQuotedString(text)
        | Value::DoubleQuotedString(text)
        | Value::EscapedStringLiteral(text) => text.clone(),
        Value::Boolean(true) => "on".to_owned(),
        Value::Boolean(false) => "off".to_owned(),
        other => other.to_string(),
    }
}

fn declare(mut statements: Vec<Declare>) -> Result<Command, Failure> {
    let (Some(declared), true) = (statements.pop(), statements.is_empty()) else {
        return Err(Failure::syntax("DECLARE takes one cursor"));
    };
    let name = declared.names.first().map(|name| name.value.clone());
    match (name, declared.for_query) {
        (Some(name), Some(query)) => {
            if declared.scroll == Some(true) {
                return Err(Failure::unsupported(
                    "cursors go forward only: leave out SCROLL",
                ));
            }
            Ok(Command::Declare {
                name,
                hold: declared.hold == Some(true),
                query: Box::new(Ast::Query(query)),
            })
        }
        _ => Err(Failure::syntax(
            "DECLARE name CURSOR FOR query is what is understood",
        )),
    }
}

/// How many rows a direction means; `None` is all of them.
fn most(direction: &FetchDirection) -> Result<Option<usize>, Failure> {
    match direction {
        FetchDirection::Next | FetchDirection::Forward { limit: None } => Ok(Some(1)),
        FetchDirection::All | FetchDirection::ForwardAll => Ok(None),
        FetchDirection::Count { limit } | FetchDirection::Forward { limit: Some(limit) } => {
            let number = limit.to_string().parse();
            let wrong = |_| Failure::syntax(format!("`{limit}` is no number of rows"));
            number.map(Some).map_err(wrong)
        }
        _ => Err(Failure::new("55000", "cursor can only scan forward")
            .with_hint("fetch with NEXT, FORWARD or ALL, or declare the cursor again")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str) -> Result<Command, Failure> {
        let mut parsed =
            crate::pg::catalog::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(parsed.len(), 1, "{text}");
        Command::of(parsed.remove(0))
    }

    #[test]
    fn what_drivers_say_is_understood() {
        let set = |name: &str, value: &str| Command::Set {
            local: false,
            changes: vec![(name.to_owned(), Some(value.to_owned()))],
        };
        for (text, expected) in [
            ("BEGIN", Command::Begin),
            ("BEGIN READ ONLY", Command::Begin),
            (
                "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
                Command::Begin,
            ),
            ("START TRANSACTION", Command::Begin),
            ("COMMIT", Command::Commit),
            ("END", Command::Commit),
            ("ROLLBACK", Command::Rollback),
            ("SAVEPOINT a", Command::Savepoint("a".to_owned())),
            ("RELEASE SAVEPOINT a", Command::Release("a".to_owned())),
            (
                "ROLLBACK TO SAVEPOINT a",
                Command::RollbackTo("a".to_owned()),
            ),
            ("SET extra_float_digits = 3", set("extra_float_digits", "3")),
            (
                "SET application_name = 'PostgreSQL JDBC Driver'",
                set("application_name", "PostgreSQL JDBC Driver"),
            ),
            (
                "SET search_path TO public, \"a b\"",
                set("search_path", "public, a b"),
            ),
            (
                "SET SESSION statement_timeout TO '5s'",
                set("statement_timeout", "5s"),
            ),
            (
                "SET client_encoding TO 'UTF8'",
                set("client_encoding", "UTF8"),
            ),
            ("SET NAMES 'utf8'", set("client_encoding", "utf8")),
            ("SET TIME ZONE 'UTC'", set("timezone", "UTC")),
            ("SET TimeZone = 'UTC'", set("timezone", "UTC")),
            ("SET DateStyle TO ISO", set("datestyle", "ISO")),
            (
                "SET curtail.dialect = 'trino'",
                set("curtail.dialect", "trino"),
            ),
            (
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                Command::Nothing("SET"),
            ),
            (
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                Command::Nothing("SET"),
            ),
            ("RESET ALL", Command::Reset(None)),
            (
                "RESET statement_timeout",
                Command::Reset(Some("statement_timeout".to_owned())),
            ),
            (
                "SHOW server_version",
                Command::Show("server_version".to_owned()),
            ),
            (
                "SHOW TRANSACTION ISOLATION LEVEL",
                Command::Show("transaction_isolation".to_owned()),
            ),
            ("SHOW TIME ZONE", Command::Show("timezone".to_owned())),
            ("SHOW ALL", Command::ShowAll),
            ("DISCARD ALL", Command::DiscardAll),
            ("DEALLOCATE ALL", Command::Deallocate(None)),
            (
                "DEALLOCATE \"_pg3_0\"",
                Command::Deallocate(Some("_pg3_0".to_owned())),
            ),
            (
                "FETCH FORWARD 100 FROM \"c\"",
                Command::Fetch {
                    name: "c".to_owned(),
                    most: Some(100),
                },
            ),
            (
                "FETCH ALL FROM c",
                Command::Fetch {
                    name: "c".to_owned(),
                    most: None,
                },
            ),
            ("CLOSE \"c\"", Command::CloseCursor(Some("c".to_owned()))),
            ("CLOSE ALL", Command::CloseCursor(None)),
            ("UNLISTEN *", Command::Nothing("UNLISTEN")),
        ] {
            assert_eq!(command(text), Ok(expected), "{text}");
        }
        let local = command("SET LOCAL statement_timeout = 100").unwrap();
        assert!(matches!(local, Command::Set { local: true, .. }));
        let default = command("SET statement_timeout TO DEFAULT").unwrap();
        assert!(matches!(default, Command::Set { changes, .. } if changes[0].1.is_none()));
    }

    #[test]
    fn cursors_and_copies_have_queries() {
        let declared = command("DECLARE \"c\" NO SCROLL CURSOR WITHOUT HOLD FOR SELECT 1").unwrap();
        assert!(matches!(&declared, Command::Declare { name, hold: false, .. } if name == "c"));
        assert!(declared.planned().is_some());
        let copied = command("COPY (SELECT 1) TO STDOUT (FORMAT binary)").unwrap();
        assert!(copied.planned().is_some());
        let table = command("COPY costs (service, region) TO STDOUT WITH CSV HEADER").unwrap();
        assert_eq!(
            table.planned().unwrap().to_string(),
            "SELECT service, region FROM costs"
        );
        assert_eq!(command("COPY costs TO '/tmp/a'").unwrap_err().code, "42501");
        assert_eq!(command("FETCH PRIOR FROM c").unwrap_err().code, "55000");
    }
}
