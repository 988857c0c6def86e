//! What matches are replaced by: text with `$1` and `${name}` for groups, where `\` takes the next character as it is.

use datafusion::{common::exec_err, error::Result};

use super::pattern::Pattern;

/// A parsed replacement.
pub(super) struct Replacement {
    text: String,
    pieces: Vec<Piece>,
}

enum Piece {
    Text(String),
    Group(usize),
}

impl Replacement {
    pub(super) fn parse(text: &str, pattern: &Pattern) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text.chars();
        while let Some(next) = rest.next() {
            let group = match next {
                '\\' => match rest.next() {
                    Some(taken) => {
                        literal.push(taken);
                        continue;
                    }
                    None => return exec_err!("the replacement {text:?} ends with a backslash"),
                },
                '$' => group(text, rest.as_str(), pattern)?,
                other => {
                    literal.push(other);
                    continue;
                }
            };
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Group(group.0));
            rest = group.1.chars();
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self {
            text: text.to_owned(),
            pieces,
        })
    }

    /// Whether it was parsed from this text.
    pub(super) fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// The replacement, if it is the same for every match.
    pub(super) fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    pub(super) fn append<'t>(&self, made: &mut String, group: impl Fn(usize) -> Option<&'t str>) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => made.push_str(text),
                Piece::Group(number) => made.push_str(group(*number).unwrap_or_default()),
            }
        }
    }
}

/// The group that text behind a `$` names, and the text behind that.
fn group<'a>(text: &str, after: &'a str, pattern: &Pattern) -> Result<(usize, &'a str)> {
    if let Some(named) = after.strip_prefix('{') {
        let Some((name, rest)) = named.split_once('}') else {
            return exec_err!("the replacement {text:?} lacks a closing brace");
        };
        return match pattern.named(name) {
            Some(number) => Ok((number, rest)),
            None => {
                exec_err!("the replacement {text:?} names a group {name:?} that the pattern lacks")
            }
        };
    }
    let Some(first) = after.chars().next().and_then(|digit| digit.to_digit(10)) else {
        return exec_err!(
            "the replacement {text:?} has a $ before neither a number nor a {{name}}; a plain $ is written \\$"
        );
    };
    let mut number = usize::try_from(first).unwrap_or(0);
    if number > pattern.groups() {
        return exec_err!(
            "the replacement {text:?} names group {number}, but the pattern has {}",
            pattern.groups()
        );
    }
    // Further digits belong to the number as long as there is such a group.
    let mut taken = 1;
    for digit in after[1..].chars().map_while(|next| next.to_digit(10)) {
        let longer = number * 10 + usize::try_from(digit).unwrap_or(0);
        if longer > pattern.groups() {
            break;
        }
        number = longer;
        taken += 1;
    }
    Ok((number, &after[taken..]))
}
