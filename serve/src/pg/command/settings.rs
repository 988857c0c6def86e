//! `SET` and `SHOW`.

use sqlparser::ast::{
    Expr, Ident, ObjectName, Set, SetSessionAuthorizationParamKind, UnaryOperator, Value,
};

use super::Command;
use crate::pg::fail::Failure;

/// What is set.
pub(super) fn set(set: Set) -> Result<Command, Failure> {
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
        Set::SetRole { role_name, .. } => {
            let role = role_name.map_or_else(|| "none".to_owned(), |name| name.value);
            one(false, "role", Some(role))
        }
        Set::SetSessionAuthorization(asked) => match asked.kind {
            SetSessionAuthorizationParamKind::Default => one(false, "session_authorization", None),
            SetSessionAuthorizationParamKind::User(name) => {
                one(false, "session_authorization", Some(name.value))
            }
        },
        // Everything is read-only and of one version, whatever is asked for.
        Set::SetTransaction { .. } => Command::Nothing("SET"),
        other => return Err(Failure::unsupported(format!("`{other}` is not supported"))),
    })
}

/// The name of a setting, in lower case.
pub(super) fn setting(name: &ObjectName) -> String {
    let parts = name.0.iter().filter_map(|part| part.as_ident());
    let parts: Vec<_> = parts.map(|part| part.value.to_lowercase()).collect();
    parts.join(".")
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

/// What is to be shown.
pub(super) fn show(words: &[Ident]) -> Command {
    let words: Vec<_> = words.iter().map(|word| word.value.to_lowercase()).collect();
    match words.join(" ").as_str() {
        "all" => Command::ShowAll,
        "time zone" => Command::Show("timezone".to_owned()),
        "transaction isolation level" => Command::Show("transaction_isolation".to_owned()),
        // The parser takes `SESSION` for something else.
        "authorization" | "session authorization" => {
            Command::Show("session_authorization".to_owned())
        }
        _ => Command::Show(words.join(".")),
    }
}
