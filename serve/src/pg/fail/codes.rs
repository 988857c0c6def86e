//! The SQLSTATE of an error: that by which `PostgreSQL` tells the same mistake, as clients act on it.

use curtail_engine::EngineError;

use super::is_verb;
use crate::ServeError;

/// Mistakes in what was written, by words of their message: the first that fits counts.
const MISTAKES: [(&str, &str); 45] = [
    // What is written may be right, and is not done here.
    ("Unsupported SQL type", "42704"),
    ("is not supported", "0A000"),
    ("not implemented", "0A000"),
    ("not supported", "0A000"),
    ("are supported as conditions alone", "0A000"),
    ("this function takes no lambda", "0A000"),
    // Aggregates and windows.
    ("stands neither in GROUP BY nor in an aggregate", "42803"),
    ("an aggregate cannot stand", "42803"),
    ("a window function cannot stand", "42P20"),
    ("lacks OVER", "42809"),
    ("The window ", "42704"),
    // Names.
    ("is a column of several tables", "42702"),
    ("Ambiguous reference", "42702"),
    ("there is no table", "42P01"),
    ("relation \"", "42P01"),
    ("there is no catalog", "3D000"),
    ("it is a name that SELECT gives", "42703"),
    ("there is no column `", "42703"),
    ("there is no column ", "42P10"),
    ("there is no function", "42883"),
    ("Trino's function", "42883"),
    ("type \"", "42704"),
    ("duplicate qualified field name", "42712"),
    ("Schema contains qualified field name", "42712"),
    ("specified more than once", "42712"),
    ("there is a view `", "42P07"),
    ("Projections require unique expression names", "42701"),
    // Calls.
    ("was given too few arguments", "42883"),
    ("was given no arguments", "42883"),
    ("were given", "42883"),
    ("was given", "42883"),
    ("does not take", "42883"),
    ("does not compare", "42883"),
    ("LIKE takes text", "42883"),
    // The shape of the statement.
    ("different numbers of columns", "42601"),
    ("the sub-query gives several columns", "42601"),
    ("Inconsistent data length across values list", "42601"),
    ("a JOIN lacks its condition", "42601"),
    ("names given as column alias", "42P10"),
    ("must match initial ORDER BY", "42P10"),
    ("must appear in select list", "42P10"),
    ("LIMIT must be", "2201W"),
    ("OFFSET must be", "2201X"),
    ("Percentile value must be", "22003"),
    ("Step cannot be zero", "22023"),
];

/// Values that something cannot work with, by words of their message, in small letters: the first that fits counts.
const VALUES: [(&str, &str); 31] = [
    ("unrecognized configuration parameter", "42704"),
    ("permission denied", "42501"),
    ("invalid value for parameter", "22023"),
    ("outside the valid range for parameter", "22023"),
    ("requires a boolean value", "22023"),
    ("cannot be changed", "55P02"),
    ("gives several rows", "21000"),
    ("more than one row", "21000"),
    ("division by zero", "22012"),
    ("divide by zero", "22012"),
    ("negative substring length", "22011"),
    ("negative count not allowed", "22011"),
    ("square root of a negative", "2201F"),
    ("raised to a negative power", "2201F"),
    ("logarithm of", "2201E"),
    ("regular expression", "2201B"),
    ("regex", "2201B"),
    ("granularity", "22023"),
    ("date part", "22023"),
    ("is not a unit", "22023"),
    ("step can't be", "22023"),
    ("failed to decode", "22023"),
    ("unicode scalar", "22023"),
    ("malformed array", "22P02"),
    ("input syntax for type interval", "22007"),
    ("using format", "22007"),
    ("month value", "22008"),
    ("day value", "22008"),
    ("too large", "22003"),
    ("does not fit", "22003"),
    ("out of range", "22003"),
];

/// The SQLSTATE of an error.
pub(super) fn of(error: &ServeError) -> &'static str {
    match error {
        ServeError::Engine(error) => of_engine(error),
        ServeError::Timeout(_) | ServeError::Cancelled => "57014",
        ServeError::TooManyRows(_) => "54000",
        ServeError::Stopping => "57P01",
        ServeError::Busy(_) | ServeError::TooManyConnections(_) => "53300",
        ServeError::Login(_) | ServeError::Token => "28P01",
        ServeError::Restriction { .. } => "28000",
        ServeError::Changed => "0A000",
        ServeError::Broken => "XX000",
        ServeError::Exposed { .. } | ServeError::Listen { .. } => "58000",
    }
}

fn of_engine(error: &EngineError) -> &'static str {
    match error {
        EngineError::At { error, .. } => of_engine(error),
        EngineError::Refused(what) if is_verb(what) => "25006",
        EngineError::Refused(_) | EngineError::Denied { .. } => "42501",
        EngineError::NoStatement | EngineError::SeveralStatements(_) | EngineError::Syntax(_) => {
            "42601"
        }
        EngineError::UnknownTable { .. }
        | EngineError::UnknownView { .. }
        | EngineError::View { .. } => "42P01",
        EngineError::UnknownColumn { .. } => "42703",
        EngineError::UnknownFunction { .. } => "42883",
        EngineError::Parameter { why, .. } if why.contains("is no date") => "22007",
        EngineError::Parameter { why, .. } if why.contains("is no ") => "22P02",
        EngineError::Parameter { .. } => "22023",
        EngineError::Unavailable(_) => "55000",
        EngineError::Plan(what) | EngineError::Mistake { what, .. } => {
            if what.starts_with("internal error") {
                "XX000"
            } else {
                found(&MISTAKES, what).unwrap_or("42804")
            }
        }
        EngineError::Memory { .. } => "53200",
        EngineError::Remote(_) => "58000",
        EngineError::Store(_) | EngineError::EmptyStore(_) => "58030",
        EngineError::Execution(error) => of_text(&error.to_string()),
        EngineError::Value { what, by, .. } => match by.strip_prefix("cast ") {
            Some(kind) => of_cast(what, kind),
            None => of_text(what),
        },
        _ => "22000",
    }
}

/// A value that is none of the type that it is cast to.
fn of_cast(what: &str, kind: &str) -> &'static str {
    if what.contains("does not fit the type") {
        return "22003";
    }
    // It is told in quotes, in which there may be others.
    let quoted = what.find('\'').zip(what.rfind('\''));
    let value = quoted.and_then(|(first, last)| what.get(first + 1..last));
    let value = value.unwrap_or_default().trim();
    let is_time = ["date", "time", "interval"]
        .iter()
        .any(|time| kind.starts_with(time));
    let is_number = !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.'));
    match (is_time, is_number) {
        (true, _) if is_shaped_as_a_time(value) => "22008",
        (true, _) => "22007",
        // It is a number, but not one that this type has room for.
        (false, true) if !value.contains('.') => "22003",
        (false, _) => "22P02",
    }
}

/// Whether a text is written as a date is, such as that of the 30th of February.
fn is_shaped_as_a_time(text: &str) -> bool {
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<_> = date.split('-').collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(digits)
}

/// What went wrong while rows were computed.
fn of_text(message: &str) -> &'static str {
    let message = message.to_lowercase();
    if message.contains("internal error") {
        return "XX000";
    }
    found(&VALUES, &message).unwrap_or_else(|| {
        if message.contains("overflow") {
            "22003"
        } else if message.contains("cast") || message.contains("parse") {
            "22P02"
        } else {
            "22000"
        }
    })
}

fn found(among: &[(&str, &'static str)], message: &str) -> Option<&'static str> {
    let mut among = among.iter();
    let (_, code) = among.find(|(words, _)| message.contains(words))?;
    Some(code)
}
