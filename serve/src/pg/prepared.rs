//! Statements that were parsed and planned.

mod casts;
mod named;

use std::{collections::HashMap, sync::Arc};

use curtail_engine::Dialect;
use datafusion::{scalar::ScalarValue, sql::parser::Statement as Parsed};
use sqlparser::ast::{Expr, Statement as Ast};

use super::{
    catalog,
    command::{self, Command},
    context::Context,
    encode::{Column, oid},
    fail::Failure,
    parameter::oids,
};
use crate::{Client, ServeError, Statement};

/// One statement of what a client sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// All that was sent.
    whole: Arc<str>,
    /// Where the statement is in it.
    start: usize,
    end: usize,
    pub(super) command: Command,
    /// Whether it is in the dialect of the session and not in `PostgreSQL`'s.
    foreign: bool,
}

/// A statement that is ready to run.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) sent: Sent,
    /// The plan, if the engine answers it.
    pub(super) plan: Option<Statement>,
    /// The types of its parameters.
    pub(super) parameters: Vec<u32>,
    /// The columns of its rows, if it is known to have some.
    pub(super) columns: Arc<[Column]>,
}

/// The statements of a text, in the order in which they run.
pub(super) fn statements(text: &str, dialect: Dialect) -> Result<Vec<Sent>, Failure> {
    let whole: Arc<str> = text.into();
    let (parts, _) = curtail_engine::split(&whole);
    let mut found = Vec::with_capacity(parts.len());
    for part in parts {
        let start = part.as_ptr().addr() - whole.as_ptr().addr();
        let (command, foreign) = parsed(part, dialect, text, start)?;
        found.push(Sent {
            whole: Arc::clone(&whole),
            start,
            end: start + part.len(),
            command,
            foreign,
        });
    }
    Ok(found)
}

/// What a statement asks for, and whether it is in another dialect.
fn parsed(
    text: &str,
    dialect: Dialect,
    whole: &str,
    start: usize,
) -> Result<(Command, bool), Failure> {
    if let Some(command) = command::unparsed(text)? {
        return Ok((command, false));
    }
    if dialect != Dialect::Generic
        && let Some((name, at)) = named::named(text)
    {
        return Ok((Command::PrepareText { name, at }, false));
    }
    let mut parsed = match catalog::parse(text) {
        Ok(parsed) => parsed,
        // Somebody else's syntax; the engine says what is wrong with it if it is not that either.
        Err(_) if dialect != Dialect::Generic => return Ok((Command::Foreign, true)),
        Err(error) => return Err(syntax(&error.to_string(), whole, start)),
    };
    let (Some(ast), true) = (parsed.pop(), parsed.is_empty()) else {
        return Err(Failure::syntax("there is no statement to run"));
    };
    let foreign = dialect != Dialect::Generic && !catalog::concerns(&ast);
    let command = Command::of(ast)?;
    let foreign = foreign && command.planned().is_some();
    Ok((command, foreign))
}

/// The parser's error, with the place that it tells as a position.
fn syntax(message: &str, whole: &str, start: usize) -> Failure {
    let message = message.trim_start_matches("sql parser error: ");
    let place = message
        .rsplit_once(" at Line: ")
        .and_then(|(before, place)| {
            let (line, column) = place.split_once(", Column: ")?;
            Some((before, line.parse().ok()?, column.trim().parse().ok()?))
        });
    match place {
        Some((before, line, column)) => Failure {
            position: super::fail::position(whole, start, line, column),
            ..Failure::syntax(format!("syntax error: {before}"))
        },
        None => Failure::syntax(format!("syntax error: {message}")),
    }
}

impl Sent {
    /// The statement as it was written.
    pub(super) fn text(&self) -> &str {
        self.whole.get(self.start..self.end).unwrap_or_default()
    }

    /// A text without a statement.
    pub(super) fn empty(text: &str) -> Self {
        Self {
            whole: text.into(),
            start: 0,
            end: text.len(),
            command: Command::Empty,
            foreign: false,
        }
    }

    /// Another statement at the place of this one.
    pub(super) fn with(&self, command: Command) -> Self {
        Self {
            command,
            ..self.clone()
        }
    }

    /// The statement that begins at a place of this one.
    pub(super) fn within(&self, at: usize, dialect: Dialect) -> Result<Self, Failure> {
        let start = self.start + at;
        let text = self.whole.get(start..self.end).unwrap_or_default();
        let (command, foreign) = parsed(text, dialect, &self.whole, start)?;
        Ok(Self {
            start,
            command,
            foreign,
            ..self.clone()
        })
    }

    /// The statement with values for its parameters, if it is in another dialect, of which the engine alone knows where they belong.
    pub(super) fn immediate(&self, values: &[Expr]) -> Option<Self> {
        if !self.foreign || values.is_empty() {
            return None;
        }
        let text = self.text().replace('\'', "''");
        let values: Vec<_> = values.iter().map(Expr::to_string).collect();
        let whole = format!("EXECUTE IMMEDIATE '{text}' USING {}", values.join(", "));
        Some(Self {
            start: 0,
            end: whole.len(),
            whole: whole.into(),
            command: Command::Foreign,
            foreign: true,
        })
    }

    /// An error of this statement.
    pub(super) fn failure(&self, error: &ServeError) -> Failure {
        let failure = Failure::of(error, &self.whole, self.start);
        if self.foreign {
            failure
        } else {
            failure.in_generic()
        }
    }

    /// Plans it. `declared` are the types that the client says its parameters have; zero for those that it leaves open.
    pub(super) async fn prepare(
        self,
        client: &Client,
        context: &Context,
        declared: &[u32],
    ) -> Result<Prepared, Failure> {
        let plan = match self.planned() {
            Some(written) => Some(self.plan(client, context, written, declared).await?),
            None => None,
        };
        let columns: Vec<_> = plan
            .iter()
            .flat_map(|plan| plan.schema().fields())
            .map(|field| Column::of(field))
            .collect();
        let parameters = match &plan {
            Some(plan) => parameters(plan, declared)?,
            None => Vec::new(),
        };
        Ok(Prepared {
            columns: columns.into(),
            plan,
            parameters,
            sent: self,
        })
    }

    /// What the engine plans for it, if it does.
    fn planned(&self) -> Option<Written> {
        match (&self.command, self.foreign) {
            (Command::Foreign | Command::Ask(_), true) => Some(Written::Foreign),
            (command, _) => command
                .planned()
                .cloned()
                .map(Box::new)
                .map(Written::Parsed),
        }
    }

    async fn plan(
        &self,
        client: &Client,
        context: &Context,
        written: Written,
        declared: &[u32],
    ) -> Result<Statement, Failure> {
        let text = self.text();
        let planned = match written {
            Written::Parsed(mut ast) => {
                if context.searches(catalog::META) {
                    let names = names_of(client, catalog::META).await;
                    let names = names.map_err(|error| self.failure(&error))?;
                    catalog::qualify(&mut ast, catalog::META, &names);
                }
                casts::declare(&mut ast, declared);
                catalog::rewrite(&mut ast);
                client.prepare_parsed(Parsed::Statement(ast), text).await
            }
            Written::Foreign => client.prepare(text).await,
        };
        planned.map_err(|error| self.failure(&error))
    }
}

/// The names of the tables in a schema.
async fn names_of(client: &Client, schema: &str) -> Result<Vec<String>, ServeError> {
    let listed = client.engine().await?.relations().list().await?.into_iter();
    let listed = listed.filter(|relation| relation.schema == schema);
    Ok(listed.map(|relation| relation.name).collect())
}

/// How a statement reaches the engine.
enum Written {
    Parsed(Box<Ast>),
    /// As text, since it is in another dialect.
    Foreign,
}

/// The types of a statement's parameters: what the client declared, or else what their places ask for.
fn parameters(plan: &Statement, declared: &[u32]) -> Result<Vec<u32>, Failure> {
    let mut types = declared.to_vec();
    for parameter in plan.parameters() {
        let place: usize = parameter.name.parse().map_err(|_| {
            let name = &parameter.name;
            Failure::new("42P02", format!("there is no parameter ${name}"))
                .with_hint("parameters are numbered: $1, $2 and so on")
        })?;
        if place == 0 || place > usize::from(u16::MAX) {
            return Err(Failure::new(
                "42P02",
                format!("there is no parameter ${place}"),
            ));
        }
        if types.len() < place {
            types.resize(place, 0);
        }
        let known = &mut types[place - 1];
        if matches!(*known, 0 | oids::UNKNOWN) {
            *known = parameter.data_type.map_or(oids::TEXT, |data_type| {
                let field = arrow::datatypes::Field::new("", data_type, true);
                oid(catalog::type_of(&field).0)
            });
        }
    }
    for open in types.iter_mut().filter(|oid| **oid == 0) {
        *open = oids::TEXT;
    }
    Ok(types)
}

/// Values by the names that the engine knows parameters by.
pub(super) fn named(values: Vec<ScalarValue>) -> HashMap<String, ScalarValue> {
    let named = values.into_iter().enumerate();
    named
        .map(|(place, value)| ((place + 1).to_string(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_know_their_places() {
        let text = "select 1;\n begin ; select ';'";
        let found = statements(text, Dialect::Generic).unwrap();
        let texts: Vec<_> = found.iter().map(Sent::text).collect();
        assert_eq!(texts, ["select 1", "begin", "select ';'"]);
        assert_eq!(found[1].command, Command::Begin);
        assert!(statements(" ; ", Dialect::Generic).unwrap().is_empty());
    }

    #[test]
    fn a_syntax_error_has_its_position() {
        let text = "select 'é';\nselect * from costs nonsense here";
        let failure = statements(text, Dialect::Generic).unwrap_err();
        assert_eq!(
            (failure.code, failure.position),
            ("42601", Some(42)),
            "{failure:?}"
        );
        assert_eq!(text.chars().nth(41), Some('h'));
    }

    #[test]
    fn another_dialect_has_its_own_statements() {
        let of = |text: &str| {
            let found = statements(text, Dialect::Trino).unwrap();
            (found[0].foreign, found[0].command == Command::Foreign)
        };
        assert_eq!(of("select 1"), (true, false));
        assert_eq!(
            of("select * from unnest(sequence(1, 2)) with ordinality as t (a, b) limit all"),
            (true, false)
        );
        assert_eq!(of("select * from pg_catalog.pg_class"), (false, false));
        assert_eq!(of("set curtail.dialect = generic"), (false, false));
        let text = "SELECT 1; PREPARE p FROM SELECT date_add('day', 1, d) FROM t WHERE a = ?";
        let kept = statements(text, Dialect::Trino).unwrap().remove(1);
        let Command::PrepareText { name, at } = &kept.command else {
            panic!("{kept:?}");
        };
        let inner = kept.within(*at, Dialect::Trino).unwrap();
        assert_eq!(
            (name.as_str(), inner.text(), inner.foreign),
            ("p", "SELECT date_add('day', 1, d) FROM t WHERE a = ?", true)
        );
    }
}
