//! Functions of text and arrays that clients build names and lists with.

use std::{fmt::Write as _, sync::Arc};

use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, Int64Array, ListBuilder, StringArray, StringBuilder, cast::AsArray,
        },
        compute::cast,
        datatypes::DataType,
    },
    error::{DataFusionError, Result},
};

use super::{Definition, as_number, as_text, as_texts, numbers, texts};
use crate::pg::catalog::listing::identifiers;

/// Units of `pg_size_pretty`, each 1024 of the one before it.
const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];

/// From this many on, the next unit is taken.
const LARGE: i64 = 10 * 1024;

pub(super) fn all() -> Vec<Definition> {
    let each = |name, quoted: fn(&str) -> String| {
        Definition::new(name, as_text, move |_, arguments, rows| {
            let values = texts(arguments, 0, rows)?;
            let quoted = values.iter().map(|value| value.map(quoted));
            Ok(Arc::new(quoted.collect::<StringArray>()))
        })
    };
    vec![
        each("quote_ident", identifier),
        each("quote_literal", literal),
        Definition::new("quote_nullable", as_text, |_, arguments, rows| {
            let values = texts(arguments, 0, rows)?;
            let quoted = values
                .iter()
                .map(|value| Some(value.map_or_else(|| "NULL".to_owned(), literal)));
            Ok(Arc::new(quoted.collect::<StringArray>()))
        }),
        Definition::new("pg_size_pretty", as_text, |_, arguments, rows| {
            let sizes = numbers(arguments, 0, rows)?;
            let shown = sizes.iter().map(|size| Some(pretty(size?)));
            Ok(Arc::new(shown.collect::<StringArray>()))
        }),
        Definition::new("format", as_text, |_, arguments, rows| {
            let patterns = texts(arguments, 0, rows)?;
            let columns = (1..arguments.len()).map(|place| texts(arguments, place, rows));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            let shown = patterns.iter().enumerate().map(|(row, pattern)| {
                let values = columns
                    .iter()
                    .map(|column| column.is_valid(row).then(|| column.value(row)));
                let values: Vec<_> = values.collect();
                pattern.map(|pattern| filled(pattern, &values)).transpose()
            });
            Ok(Arc::new(shown.collect::<Result<StringArray>>()?))
        }),
        Definition::new("pg_array", as_list, |_, arguments, rows| {
            match arguments.first() {
                Some(array) if is_list(array.data_type()) => Ok(Arc::clone(array)),
                _ => {
                    let values = texts(arguments, 0, rows)?;
                    let mut lists = ListBuilder::new(StringBuilder::new());
                    for value in &values {
                        match value.map(elements).transpose()? {
                            Some(elements) => lists.append_value(elements),
                            None => lists.append_null(),
                        }
                    }
                    Ok(Arc::new(lists.finish()))
                }
            }
        }),
        Definition::new("like_escape", as_text, |_, arguments, rows| {
            let (patterns, others) = (texts(arguments, 0, rows)?, texts(arguments, 1, rows)?);
            let rewritten = patterns.iter().zip(&others).map(|(pattern, other)| {
                let other = other?.chars().next();
                let pattern = pattern?;
                Some(other.map_or_else(|| pattern.to_owned(), |other| escaped(pattern, other)))
            });
            Ok(Arc::new(rewritten.collect::<StringArray>()))
        }),
        Definition::new("parse_ident", as_texts, |_, arguments, rows| {
            let values = texts(arguments, 0, rows)?;
            let mut lists = ListBuilder::new(StringBuilder::new());
            for value in &values {
                match value.map(identifiers) {
                    Some(parts) => lists.append_value(parts.into_iter().map(Some)),
                    None => lists.append_null(),
                }
            }
            Ok(Arc::new(lists.finish()))
        }),
        Definition::new("array_upper", as_number, bound(0)),
        Definition::new("array_lower", as_number, bound(1)),
    ]
}

/// `array_upper` (0) or `array_lower` (1) of a list's first dimension.
fn bound(
    lower: i64,
) -> impl Fn(&super::Known, &[ArrayRef], usize) -> Result<ArrayRef> + Send + Sync + 'static {
    move |_, arguments, rows| {
        let dimensions = numbers(arguments, 1, rows)?;
        let lengths: Vec<Option<i64>> = match arguments.first() {
            Some(array) if is_list(array.data_type()) => {
                let lists = cast(array, &DataType::new_list(DataType::Utf8, true))?;
                let lists = lists.as_list::<i32>();
                let lengths = lists.iter().map(|list| i64::try_from(list?.len()).ok());
                lengths.collect()
            }
            _ => vec![None; rows],
        };
        let bounds = lengths.into_iter().zip(&dimensions);
        let bounds = bounds.map(|(length, dimension)| match (length, dimension) {
            (Some(length), Some(1)) if length > 0 => Some(if lower == 1 { 1 } else { length }),
            _ => None,
        });
        Ok(Arc::new(bounds.collect::<Int64Array>()))
    }
}

fn is_list(of: &DataType) -> bool {
    matches!(
        of,
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..)
    )
}

fn as_list(arguments: &[DataType]) -> DataType {
    match arguments {
        [of] if is_list(of) => of.clone(),
        other => as_texts(other),
    }
}

/// A name as SQL writes it: in quotes if it needs them.
pub(super) fn identifier(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next();
    let plain = first.is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '$');
    if plain && !super::keywords::is_reserved(name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// A pattern of LIKE with a backslash in the place of another sign of escape.
pub(in crate::pg::catalog) fn escaped(pattern: &str, other: char) -> String {
    let mut escaped = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c == other {
            escaped.push('\\');
            escaped.extend(chars.next());
        } else if c == '\\' {
            escaped.push_str("\\\\");
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') {
        format!("E'{}'", quoted.replace('\\', "\\\\"))
    } else {
        format!("'{quoted}'")
    }
}

fn pretty(size: i64) -> String {
    let mut shown = size;
    let mut unit = 0;
    // Rounded half away from zero at each step, as PostgreSQL does.
    while shown.abs() >= LARGE && unit + 1 < UNITS.len() {
        let half = if shown < 0 { -512 } else { 512 };
        shown = (shown + half) / 1024;
        unit += 1;
    }
    format!("{shown} {}", UNITS[unit])
}

/// `format(pattern, …)` with `%s`, `%I`, `%L` and `%%`.
fn filled(pattern: &str, values: &[Option<&str>]) -> Result<String> {
    let mut text = String::new();
    let mut values = values.iter();
    let mut chars = pattern.chars();
    let failed = |why: &str| DataFusionError::Execution(format!("format('{pattern}'): {why}"));
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let kind = chars.next();
        if kind == Some('%') {
            text.push('%');
            continue;
        }
        let value = values.next();
        let value = value.ok_or_else(|| failed("too few arguments"))?;
        let _ = match (kind, value) {
            (Some('s'), value) => write!(text, "{}", value.unwrap_or_default()),
            (Some('I'), Some(value)) => write!(text, "{}", identifier(value)),
            (Some('I'), None) => {
                return Err(failed("NULL is no identifier"));
            }
            (Some('L'), value) => {
                write!(text, "{}", value.map_or_else(|| "NULL".to_owned(), literal))
            }
            _ => return Err(failed("only %s, %I, %L and %% are known")),
        };
    }
    Ok(text)
}

/// The elements of an array in `PostgreSQL`'s notation, `{a,"b c",NULL}`.
pub(in crate::pg::catalog) fn elements(text: &str) -> Result<Vec<Option<String>>> {
    let wrong = || DataFusionError::Execution(format!("malformed array literal: \"{text}\""));
    let inner = text
        .trim()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let inner = inner.ok_or_else(wrong)?;
    let mut elements = Vec::new();
    let mut chars = inner.chars().peekable();
    while chars.peek().is_some() {
        let mut element = String::new();
        let mut quoted = false;
        let mut was_quoted = false;
        loop {
            match chars.next() {
                // Blanks around quotes mean nothing.
                Some(c) if c.is_whitespace() && was_quoted && !quoted => {}
                Some('"') => {
                    if !was_quoted && element.trim().is_empty() {
                        element.clear();
                    }
                    quoted = !quoted;
                    was_quoted = true;
                }
                Some('\\') => element.push(chars.next().ok_or_else(wrong)?),
                Some(',') if !quoted => {
                    // What follows a comma is an element, be it the last.
                    if chars.peek().is_none() {
                        return Err(wrong());
                    }
                    break;
                }
                Some('{' | '}') if !quoted => return Err(wrong()),
                Some(c) => element.push(c),
                None if quoted => return Err(wrong()),
                None => break,
            }
        }
        elements.push(if was_quoted {
            Some(element)
        } else {
            let element = element.trim();
            (!element.eq_ignore_ascii_case("null")).then(|| element.to_owned())
        });
    }
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        for (name, quoted) in [
            ("costs", "costs"),
            ("Costs", "\"Costs\""),
            ("a\"b", "\"a\"\"b\""),
            ("select", "\"select\""),
            ("", "\"\""),
        ] {
            assert_eq!(identifier(name), quoted);
        }
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\b"), "E'a\\\\b'");
    }

    #[test]
    fn sizes_are_shown_as_postgresql_shows_them() {
        for (size, shown) in [
            (0, "0 bytes"),
            (10_239, "10239 bytes"),
            (10_240, "10 kB"),
            (24_576, "24 kB"),
            (123_456_789, "118 MB"),
            (-20_480, "-20 kB"),
        ] {
            assert_eq!(pretty(size), shown);
        }
    }

    #[test]
    fn arrays_are_read() {
        let text = |text: &str| Some(text.to_owned());
        let read = elements("{a, b , \"c,\\\"d\" ,NULL,\"NULL\"}").unwrap();
        assert_eq!(
            read,
            [text("a"), text("b"), text("c,\"d"), None, text("NULL")]
        );
        assert!(elements("{}").unwrap().is_empty());
        for wrong in ["a", "{a", "{a,}", "{\"a}", "{{a}}", "{a\\"] {
            assert!(elements(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn patterns_are_filled() {
        let values = [Some("My view"), None, Some("it's")];
        assert_eq!(
            filled("%I %s %L 100%%", &values).unwrap(),
            "\"My view\"  'it''s' 100%"
        );
        assert!(filled("%s %s", &[Some("a")]).is_err());
        assert!(filled("%d", &[Some("a")]).is_err());
    }
}
