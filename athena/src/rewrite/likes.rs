//! `LIKE`: a backslash is a plain character in Trino, and `ESCAPE` says which one escapes; to DataFusion it is always the backslash.

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{Expr, Statement, Value, ValueWithSpan},
};

use super::{each_expression, take, unsupported};
use crate::ast::{call, text};

/// What escapes in DataFusion.
const BACKSLASH: char = '\\';

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        let Expr::Like {
            pattern,
            escape_char,
            ..
        } = expression
        else {
            return Ok(());
        };
        let escape = match escape_char.as_ref().map(|escape| &escape.value) {
            None => None,
            Some(Value::SingleQuotedString(escape)) => {
                let mut characters = escape.chars();
                match (characters.next(), characters.next()) {
                    (Some(escape), None) => Some(escape),
                    _ => return unsupported("an ESCAPE that is not one character"),
                }
            }
            Some(_) => return unsupported("an ESCAPE that is no plain text"),
        };
        // As this leaves it.
        if escape == Some(BACKSLASH) {
            return Ok(());
        }
        if let Some(plain) = constant(pattern) {
            if escape.is_none() && !plain.contains(BACKSLASH) {
                return Ok(());
            }
            **pattern = text(escaped(plain, escape));
        } else if escape.is_none() {
            let doubled = text(BACKSLASH.to_string().repeat(2));
            let arguments = vec![take(pattern), text(BACKSLASH), doubled];
            **pattern = call("replace", arguments);
        } else {
            return unsupported("ESCAPE beside a pattern that is no plain text");
        }
        *escape_char = Some(ValueWithSpan {
            value: Value::SingleQuotedString(BACKSLASH.to_string()),
            span: datafusion::sql::sqlparser::tokenizer::Span::empty(),
        });
        Ok(())
    })
}

/// The text that an expression is.
fn constant(expression: &Expr) -> Option<&str> {
    match crate::ast::bare(expression) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// The pattern as one that backslashes escape.
fn escaped(pattern: &str, escape: Option<char>) -> String {
    let mut made = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let plain = if Some(character) == escape {
            made.push(BACKSLASH);
            characters.next().unwrap_or(character)
        } else {
            if character == BACKSLASH {
                made.push(BACKSLASH);
            }
            character
        };
        made.push(plain);
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_escape() {
        assert_eq!(escaped(r"a\b%", None), r"a\\b%");
        assert_eq!(escaped("a!_b!!%", Some('!')), r"a\_b\!%");
        assert_eq!(escaped(r"a!%\", Some('!')), r"a\%\\");
    }
}
