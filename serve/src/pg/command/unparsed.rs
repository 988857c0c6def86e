//! Statements of `PostgreSQL` that the parser does not know.

use sqlparser::{
    dialect::PostgreSqlDialect,
    tokenizer::{Token, Tokenizer},
};

use super::{Command, cursors};
use crate::pg::fail::Failure;

/// Statements that would change something.
const CHANGES: [&str; 8] = [
    "CHECKPOINT",
    "CLUSTER",
    "DO",
    "IMPORT",
    "REASSIGN",
    "REFRESH",
    "REINDEX",
    "SECURITY",
];

/// What a statement asks for that the parser does not know; `None` if it does.
pub(in crate::pg) fn unparsed(text: &str) -> Result<Option<Command>, Failure> {
    let first = first(text).to_ascii_uppercase();
    match first.as_str() {
        "FETCH" | "MOVE" => {
            let tokens = tokens(text);
            cursors::step(tokens.get(1..).unwrap_or_default(), first == "FETCH").map(Some)
        }
        "SET" => Ok(set(&tokens(text))),
        // Whatever its options are, rows follow.
        "COPY" => Ok(is_copy_in(&tokens(text)).then_some(Command::CopyIn)),
        verb if CHANGES.contains(&verb) => Err(Failure::read_only(verb)),
        _ => Ok(None),
    }
}

/// Settings with a syntax of their own.
fn set(tokens: &[Token]) -> Option<Command> {
    let word = |place: usize| match tokens.get(place) {
        Some(Token::Word(word)) => word.value.to_ascii_uppercase(),
        _ => String::new(),
    };
    let local = word(1) == "LOCAL";
    let begins = if local || word(1) == "SESSION" { 2 } else { 1 };
    let one = |name: &str, value: &str| Command::Set {
        local,
        changes: vec![(name.to_owned(), Some(value.to_owned()))],
    };
    match (word(begins).as_str(), tokens.get(begins + 1..)?) {
        ("SCHEMA", [Token::SingleQuotedString(schema)]) => Some(one("search_path", schema)),
        ("XML", [Token::Word(option), Token::Word(value)])
            if option.value.eq_ignore_ascii_case("option") =>
        {
            Some(one("xmloption", &value.value))
        }
        // There are none to be checked.
        ("CONSTRAINTS", [Token::Word(_), ..]) => Some(Command::Nothing("SET CONSTRAINTS")),
        _ => None,
    }
}

fn is_copy_in(tokens: &[Token]) -> bool {
    let is = |token: &Token, word: &str| match token {
        Token::Word(found) => found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word),
        _ => false,
    };
    let mut depth = 0_usize;
    tokens.windows(2).any(|pair| {
        match pair[0] {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && is(&pair[0], "from") && is(&pair[1], "stdin")
    })
}

/// The first word of a statement, comments left out.
fn first(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let comment = if rest.starts_with("--") {
            rest.find('\n').map(|end| end + 1)
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2)
        } else {
            break;
        };
        let Some(end) = comment else { return "" };
        rest = rest[end..].trim_start();
    }
    let end = rest.find(|c: char| !c.is_ascii_alphabetic());
    &rest[..end.unwrap_or(rest.len())]
}

/// What a statement consists of, blanks and comments left out; nothing if that cannot be told.
fn tokens(text: &str) -> Vec<Token> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize();
    let mut tokens = tokens.unwrap_or_default();
    tokens.retain(|token| !matches!(token, Token::Whitespace(_) | Token::SemiColon));
    tokens
}
