//! Values that a statement cannot work with, which shows only while it runs.

use datafusion::{arrow::error::ArrowError, error::DataFusionError};

use super::{functions, words};
use crate::EngineError;

/// How the context of an error begins that says which optimizer rule worked something out.
const CONTEXTS: [&str; 2] = ["Optimizer rule", "type_coercion"];

/// The error, if a value is what is wrong.
pub(crate) fn of_value(error: &DataFusionError) -> Option<EngineError> {
    let function = function(error);
    match error.find_root() {
        DataFusionError::ArrowError(inner, _) => match inner.as_ref() {
            ArrowError::DivideByZero => Some(division()),
            ArrowError::ArithmeticOverflow(message) => Some(overflow(message)),
            ArrowError::CastError(message)
            | ArrowError::ComputeError(message)
            | ArrowError::ParseError(message) => {
                Some(cast(message).unwrap_or_else(|| of_function(message, function)))
            }
            // Anything else that is invalid is our own mistake.
            ArrowError::InvalidArgumentError(message) => cast(message),
            _ => None,
        },
        DataFusionError::Execution(message) => Some(executed(message, function)),
        _ => None,
    }
}

/// The function that was at work when the error came up.
pub(super) fn function(mut error: &DataFusionError) -> Option<&str> {
    let mut found = None;
    loop {
        error = match error {
            DataFusionError::Context(context, inner) => {
                if !CONTEXTS.iter().any(|start| context.starts_with(start)) {
                    found = Some(context.as_str());
                }
                inner
            }
            DataFusionError::Diagnostic(_, inner) => inner,
            DataFusionError::Shared(inner) => inner,
            _ => break,
        };
    }
    found.filter(|name| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        name.bytes().all(is_part)
    })
}

fn executed(message: &str, function: Option<&str>) -> EngineError {
    let lower = message.to_lowercase();
    if lower.contains("division by zero") || lower.contains("divide by zero") {
        return division();
    }
    if lower.contains("overflow") || lower.contains("fit") && lower.contains("digits") {
        return overflow(message);
    }
    if message.contains("Scalar subquery returned more than one row") {
        return value(
            "a sub-query that stands for one value gives several rows",
            "take one of them: max(…), arbitrary(…), LIMIT 1; or compare with all: IN (SELECT …)",
            "",
        );
    }
    cast(message).unwrap_or_else(|| of_function(message, function))
}

fn value(
    what: impl Into<String>,
    instead: impl Into<String>,
    by: impl Into<String>,
) -> EngineError {
    EngineError::Value {
        what: what.into(),
        instead: instead.into(),
        by: by.into(),
    }
}

fn division() -> EngineError {
    value(
        "division by zero",
        "x / nullif(y, 0) is NULL where y is zero",
        "/",
    )
}

fn overflow(message: &str) -> EngineError {
    let message = words::plain(message);
    let message = message
        .split(": Arithmetic overflow")
        .next()
        .unwrap_or(&message);
    value(
        format!("a number is too large: {message}"),
        "CAST(x AS double), or AS decimal(38,0), before calculating",
        "",
    )
}

/// A value that is none of the type that it is cast to.
fn cast(message: &str) -> Option<EngineError> {
    let message = words::plain(message);
    let between = |before: &str, after: &str| {
        let (_, rest) = message.split_once(before)?;
        let (found, rest) = rest.rsplit_once(after)?;
        Some((found.to_owned(), rest.to_owned()))
    };
    let quoted = between("Cannot cast string ", " to value of ")
        .or_else(|| between("Cannot cast value ", " to value of "))
        .map(|(text, kind)| (text, kind.trim_end_matches(" type").to_owned()));
    let timestamp = || {
        let text = message
            .strip_prefix("Value cannot be cast to timestamp: ")
            .map(str::to_owned);
        let text = text.or_else(|| {
            let (text, _) = between("Error parsing timestamp from ", ": ")?;
            Some(text)
        })?;
        Some((text, "timestamp".to_owned()))
    };
    if let Some((text, kind)) = quoted.or_else(timestamp) {
        let article = if kind.starts_with('i') { "an" } else { "a" };
        let form = match kind.split('(').next().unwrap_or(&kind) {
            "date" => "a date is written 2026-03-05; ",
            "timestamp" => "a time is written 2026-03-05 10:00:00; ",
            _ => "",
        };
        return Some(value(
            format!("{text} is not {article} {kind}"),
            format!("{form}try_cast in the place of CAST gives NULL where there is none"),
            format!("cast {kind}"),
        ));
    }
    let number = between("Can't cast value ", " to type ")
        .map(|(number, kind)| (number, kind, String::new()));
    let decimal = || {
        let (number, rest) = message
            .split_once(" is too large to store in a ")
            .or_else(|| message.split_once(" is too small to store in a "))?;
        let (kind, limit) = rest.split_once(". ")?;
        Some((number.to_owned(), kind.to_owned(), format!(" ({limit})")))
    };
    let (number, kind, limit) = number.or_else(decimal)?;
    let name = kind.split([' ', '(']).next().unwrap_or(&kind);
    Some(value(
        format!("{number} does not fit the type {kind}{limit}"),
        "cast to a larger type: bigint, double, decimal(38,18); or try_cast, which gives NULL then",
        format!("cast {name}"),
    ))
}

/// A value that a function does not take.
fn of_function(message: &str, function: Option<&str>) -> EngineError {
    // Arguments that are written in the statement are not mended by leaving out the rows.
    const WRITTEN: [&str; 8] = [
        "is not a unit",
        "is no part of a time",
        "is not a time zone",
        "is no time zone",
        "in the format",
        "JSON path",
        "regular expression",
        "the pattern",
    ];
    let what = words::plain(message);
    let function = function.or_else(|| {
        let (name, _) = what.split_once(':')?;
        functions::call(name).map(|_| name)
    });
    let instead = match function {
        Some(name) if WRITTEN.iter().any(|part| what.contains(part)) => {
            let call = functions::call(name);
            call.map(|call| format!("it is called as {call}"))
                .unwrap_or_default()
        }
        Some(name) => format!("try({name}(…)) gives NULL in place of an error"),
        None => String::new(),
    };
    let instead = if instead.is_empty() {
        "try(…) around an expression gives NULL in place of an error".to_owned()
    } else {
        instead
    };
    let what = match function {
        Some(name) if !what.contains(name) => format!("{name}: {what}"),
        _ => what.clone(),
    };
    value(what, instead, function.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: &DataFusionError) -> (String, String) {
        match of_value(error) {
            Some(EngineError::Value { what, by, .. }) => (what, by),
            other => panic!("{other:?}"),
        }
    }

    fn arrow(error: ArrowError) -> DataFusionError {
        DataFusionError::from(error).context("Optimizer rule 'simplify_expressions' failed")
    }

    #[test]
    fn casts_say_what_is_none() {
        for (message, what, by) in [
            (
                "Cannot cast string 'x' to value of Int32 type",
                "'x' is not an integer",
                "cast integer",
            ),
            (
                "Cannot cast string 'it''s to value of' to value of Date32 type",
                "'it''s to value of' is not a date",
                "cast date",
            ),
            (
                "Can't cast value 300 to type Int8",
                "300 does not fit the type tinyint",
                "cast tinyint",
            ),
            (
                "10.00 is too large to store in a Decimal128 of precision 2. Max is 0.99",
                "10.00 does not fit the type decimal of precision 2 (Max is 0.99)",
                "cast decimal",
            ),
        ] {
            let error = arrow(ArrowError::CastError(message.to_owned()));
            assert_eq!(said(&error), (what.to_owned(), by.to_owned()), "{message}");
        }
        assert_eq!(said(&arrow(ArrowError::DivideByZero)).1, "/");
    }

    #[test]
    fn functions_are_named() {
        let error = DataFusionError::Execution("'x' is no time of the format '%Y'".to_owned());
        let (what, by) = said(&error.context("date_parse"));
        assert_eq!(what, "date_parse: 'x' is no time of the format '%Y'");
        assert_eq!(by, "date_parse");
        let error = DataFusionError::Execution("split: the limit must be positive".to_owned());
        assert_eq!(said(&error).1, "split");
    }
}
