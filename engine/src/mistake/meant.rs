//! Mistakes as the text of the statement tells more of them: what is wrong there, where, and what may have been meant.

use datafusion::{execution::SessionState, sql::parser::Statement};

use super::{
    Place, functions,
    planned::{AGGREGATE_IN_WHERE, ASKED_AROUND, WINDOW_IN_WHERE},
    queries::Queries,
    written::Written,
};
use crate::EngineError;

/// The error with what the text tells of it. `statements` are those that it was parsed as, and `state` knows the functions there are.
pub(crate) fn meant(
    error: EngineError,
    place: Option<Place>,
    text: &str,
    statements: &[Statement],
    state: &SessionState,
) -> (EngineError, Option<Place>) {
    match error {
        EngineError::UnknownColumn { .. } => (column(error, place, text, statements), place),
        EngineError::UnknownFunction { name, similar } => (function(name, similar, state), place),
        EngineError::UnknownTable { name, similar } => (table(name, similar), place),
        EngineError::Mistake { what, instead } => {
            mistake(what, instead, place, text, statements, state)
        }
        other => value(other, place, text),
    }
}

/// A value that the statement cannot work with, with its place and where it comes from.
pub(crate) fn value(
    error: EngineError,
    place: Option<Place>,
    text: &str,
) -> (EngineError, Option<Place>) {
    let EngineError::Value { what, instead, by } = error else {
        return (error, place);
    };
    let written = Written::new(text);
    let mut what = what;
    let found = match by.strip_prefix("cast ") {
        Some(kind) => {
            let (given, rest) = what.split_once(" is not ").unwrap_or((&what, ""));
            let literal = given
                .strip_prefix('\'')
                .and_then(|given| given.strip_suffix('\''));
            let literal = literal.and_then(|literal| written.literal(literal));
            // What is cast tells more than where the value is written, unless it is that value.
            let cast = written.cast_to(kind);
            let cast = cast.filter(|part| literal.is_none() || !part.text.starts_with('\''));
            if let Some(part) = &cast
                && !rest.is_empty()
                && part.text.chars().count() <= LONGEST
                && !part.text.contains('\n')
            {
                what = format!("`{}` is {given}, which is not {rest}", part.text);
            }
            cast.map(|part| part.place).or(literal)
        }
        None if by == "/" => written.operator(&["/", "%"]),
        None if by.is_empty() => None,
        None => written.only(&by, true),
    };
    (EngineError::Value { what, instead, by }, place.or(found))
}

/// The longest expression that is repeated in a message.
const LONGEST: usize = 60;

fn column(
    error: EngineError,
    place: Option<Place>,
    text: &str,
    statements: &[Statement],
) -> EngineError {
    let EngineError::UnknownColumn {
        name,
        similar,
        elsewhere,
    } = error
    else {
        return error;
    };
    let written = Written::new(text);
    let typed = place.and_then(|place| written.name_at(place));
    let (qualifier, bare) = match name.rsplit_once('.') {
        Some((qualifier, bare)) => (Some(qualifier), bare),
        None => (None, name.as_str()),
    };
    let typed = typed.filter(|(typed, _)| typed.eq_ignore_ascii_case(bare));
    let quoted = typed.is_some_and(|(_, quoted)| quoted);
    let typed = typed.map_or(bare, |(typed, _)| typed).to_owned();
    let queries = Queries::of(statements);
    if let Some(qualifier) = qualifier.and_then(|qualifier| qualifier.rsplit('.').next()) {
        let qualifier = qualifier.trim_matches('"').to_lowercase();
        let is_known = queries.tables.iter().any(|table| table.alias == qualifier);
        if !is_known && !queries.tables.is_empty() {
            let called = queries.tables.iter().find(|table| table.name == qualifier);
            let instead = match (called, queries.tables.as_slice()) {
                (Some(table), _) | (None, [table]) => {
                    format!("the table is called `{0}` here: {0}.{typed}", table.alias)
                }
                _ => "FROM … AS name calls a table so".to_owned(),
            };
            return EngineError::Mistake {
                what: format!("there is no table `{qualifier}` in FROM"),
                instead,
            };
        }
    } else if let Some(label) = queries
        .labels
        .iter()
        .find(|label| label.name == bare.to_lowercase())
    {
        return EngineError::Mistake {
            what: format!("there is no column `{typed}`: it is a name that SELECT gives"),
            instead: if label.of_window {
                ASKED_AROUND.to_owned()
            } else {
                format!(
                    "WHERE, ON and other columns do not know it: write the expression again, or ask around: SELECT * FROM (SELECT … AS {typed} …) WHERE {typed} …"
                )
            },
        };
    }
    if typed.starts_with('$') {
        return EngineError::Mistake {
            what: format!("there is no column `{typed}`: Athena tells of files by it"),
            instead: "meta.files has a row for each file of the store, with its path, its report and its billing period".to_owned(),
        };
    }
    if quoted && similar.is_empty() && elsewhere.is_empty() {
        return EngineError::Mistake {
            what: format!("there is no column `{typed}`"),
            instead: format!("names stand in double quotes, text in single ones: '{typed}'"),
        };
    }
    let name = match qualifier {
        Some(qualifier) => format!("{qualifier}.{typed}"),
        None => typed,
    };
    EngineError::UnknownColumn {
        name,
        similar,
        elsewhere,
    }
}

fn function(name: String, similar: Vec<String>, state: &SessionState) -> EngineError {
    if state.window_functions().contains_key(&name) {
        let call = functions::call(&name).unwrap_or("name(…) OVER (ORDER BY …)");
        return EngineError::Mistake {
            what: format!("`{name}` lacks OVER: it is a window function"),
            instead: format!("it is called as {call}"),
        };
    }
    if let Some(here) = functions::instead(&name) {
        return EngineError::Mistake {
            what: format!("there is no function `{name}`"),
            instead: format!("here that is {here}"),
        };
    }
    if functions::is_trino(&name) {
        return EngineError::Mistake {
            what: format!("Trino's function `{name}` is not supported"),
            instead: "`SHOW FUNCTIONS` lists what there is, docs/sql.md what there is not"
                .to_owned(),
        };
    }
    EngineError::UnknownFunction { name, similar }
}

fn table(name: String, similar: Vec<String>) -> EngineError {
    let mut parts = name.split('.');
    if let (Some(catalog), Some(database), Some(table)) = (parts.next(), parts.next(), parts.next())
    {
        return EngineError::Mistake {
            what: format!("there is no catalog `{catalog}`"),
            instead: format!(
                "the catalog is awsdatacatalog, and may be left out: {database}.{table}"
            ),
        };
    }
    EngineError::UnknownTable { name, similar }
}

fn mistake(
    what: String,
    instead: String,
    place: Option<Place>,
    text: &str,
    statements: &[Statement],
    state: &SessionState,
) -> (EngineError, Option<Place>) {
    let written = Written::new(text);
    let queries = Queries::of(statements);
    let mut instead = instead;
    let mut found = None;
    if what == AGGREGATE_IN_WHERE || what == WINDOW_IN_WHERE {
        let is_wrong = |name: &str, of_window: bool| {
            of_window
                || what == AGGREGATE_IN_WHERE && state.aggregate_functions().contains_key(name)
        };
        let call = queries
            .chosen
            .iter()
            .find(|call| is_wrong(&call.name, call.of_window));
        found = call.and_then(|call| call.place);
    } else if let Some(column) = what
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix("` is a column of several tables here"))
        && let [first, second, ..] = queries.tables.as_slice()
        && first.alias != second.alias
    {
        instead = format!(
            "say of which one: {}.{column} or {}.{column}",
            first.alias, second.alias
        );
    } else {
        let quoted = what.strip_prefix('`').and_then(|rest| rest.split_once('`'));
        let name = match quoted {
            Some((name, _)) => name,
            None => what.split([' ', ':']).next().unwrap_or_default(),
        };
        // What a sentence begins with is no operator.
        let is_operator = quoted.is_some() || name == "LIKE";
        found = written
            .only(name, true)
            .or_else(|| is_operator.then(|| written.operator(&[name])).flatten());
    }
    (EngineError::Mistake { what, instead }, place.or(found))
}
