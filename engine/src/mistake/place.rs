//! The place of a mistake: where the planner says, or else where what it speaks of is written.

use datafusion::{
    error::DataFusionError,
    sql::sqlparser::{
        dialect::GenericDialect,
        tokenizer::{Token, Tokenizer},
    },
};

use super::written::Written;
use crate::EngineError;

/// A line and a character in it, both from 1 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl Place {
    /// Where the planner says.
    pub(crate) fn told(error: &DataFusionError) -> Option<Self> {
        let start = error.diagnostic()?.span?.start;
        Self::at(start.line, start.column)
    }

    /// The place, if it is one in a text.
    pub(super) fn at(line: u64, column: u64) -> Option<Self> {
        // An expression that was not written has none.
        (line > 0).then_some(Self {
            line,
            column: column.max(1),
        })
    }
}

/// How the parser begins what it says.
const SAYS: &str = "sql parser error: ";
/// How the parser says where.
const WHERE: &str = " at Line: ";

/// What the parser says, without its preamble.
pub(crate) fn syntax(message: &str) -> String {
    message.strip_prefix(SAYS).unwrap_or(message).to_owned()
}

/// What the parser says is wrong, and where. Without a place it is the end of `text`.
pub(crate) fn of_syntax(message: &str, text: &str) -> (String, Place) {
    let found = message.rsplit_once(WHERE).and_then(|(what, place)| {
        let (line, column) = place.split_once(", Column: ")?;
        let place = Place {
            line: line.trim().parse().ok()?,
            column: column.trim().parse().ok()?,
        };
        let place = found_at(what, place, text);
        // Some of its errors tell the place twice.
        let what = what.split(WHERE).next().unwrap_or(what);
        let what = what.replace("found: EOF", "found: the end");
        let advice = Written::new(text).advice(place);
        let advice = advice.map_or_else(String::new, |advice| format!(" ({advice})"));
        Some((format!("{what}{advice}"), place))
    });
    found.unwrap_or_else(|| {
        let text = text.trim_end();
        let last = text.lines().last().unwrap_or_default();
        let place = Place {
            line: text.lines().count().max(1) as u64,
            column: last.chars().count() as u64 + 1,
        };
        (message.to_owned(), place)
    })
}

/// Where what the parser found stands: some of its errors tell the place of the token after it.
fn found_at(what: &str, told: Place, text: &str) -> Place {
    let Some((_, found)) = what.rsplit_once("found: ") else {
        return told;
    };
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location() else {
        return told;
    };
    let mut before = None;
    for token in tokens {
        if matches!(token.token, Token::Whitespace(_)) {
            continue;
        }
        let start = Place {
            line: token.span.start.line,
            column: token.span.start.column,
        };
        let is_found = token.token.to_string() == found;
        if (start.line, start.column) == (told.line, told.column) {
            return match before {
                Some(before) if !is_found => before,
                _ => told,
            };
        }
        before = is_found.then_some(start);
    }
    // The end of the text stands behind its last token.
    before.unwrap_or(told)
}

/// Where what `error` speaks of is written in `text`.
pub(crate) fn place(error: &EngineError, text: &str) -> Option<Place> {
    let (name, called) = match error {
        EngineError::UnknownTable { name, .. } | EngineError::UnknownColumn { name, .. } => {
            (name, false)
        }
        EngineError::UnknownFunction { name, .. } => (name, true),
        EngineError::View { name, .. } | EngineError::UnknownView { name, .. } => (name, false),
        _ => return None,
    };
    let wanted = name.rsplit('.').next()?.trim_matches('"');
    let tokens = Tokenizer::new(&GenericDialect {}, text)
        .tokenize_with_location()
        .ok()?;
    let tokens: Vec<_> = tokens
        .iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_)))
        .collect();
    let fits = |at: &usize| {
        let Token::Word(word) = &tokens[*at].token else {
            return false;
        };
        let call = matches!(
            tokens.get(at + 1).map(|next| &next.token),
            Some(Token::LParen)
        );
        let label = at.checked_sub(1).is_some_and(|before| {
            matches!(&tokens[before].token, Token::Word(word) if word.value.eq_ignore_ascii_case("as"))
        });
        word.value.eq_ignore_ascii_case(wanted) && call == called && !label
    };
    let at = (0..tokens.len()).find(fits)?;
    let start = tokens[at].span.start;
    Place::at(start.line, start.column)
}
