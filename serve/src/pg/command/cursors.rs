//! `DECLARE`, `FETCH` and `MOVE`.

use sqlparser::{
    ast::{Declare, Statement as Ast},
    keywords::Keyword,
    tokenizer::Token,
};

use super::Command;
use crate::pg::fail::Failure;

/// A cursor over the rows of a query.
pub(super) fn declare(mut statements: Vec<Declare>) -> Result<Command, Failure> {
    let (Some(declared), true) = (statements.pop(), statements.is_empty()) else {
        return Err(Failure::syntax("DECLARE takes one cursor"));
    };
    let name = declared.names.first().map(|name| name.value.clone());
    match (name, declared.for_query) {
        (Some(name), Some(query)) => {
            if declared.scroll == Some(true) {
                return Err(Failure::unsupported(
                    "cursors go forward only: leave out SCROLL",
                ));
            }
            Ok(Command::Declare {
                name,
                hold: declared.hold == Some(true),
                binary: declared.binary == Some(true),
                query: Box::new(Ast::Query(query)),
            })
        }
        _ => Err(Failure::syntax(
            "DECLARE name CURSOR FOR query is what is understood",
        )),
    }
}

/// The next rows of a cursor, to be sent or to be passed over: `tokens` are what stands behind `FETCH` or `MOVE`.
pub(super) fn step(tokens: &[Token], sends: bool) -> Result<Command, Failure> {
    let mut tokens = tokens;
    let most = direction(&mut tokens)?;
    if let Some(Keyword::FROM | Keyword::IN) = keyword(tokens) {
        tokens = &tokens[1..];
    }
    let [Token::Word(name)] = tokens else {
        return Err(Failure::syntax(
            "FETCH count FROM cursor is what is understood",
        ));
    };
    let name = match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    };
    Ok(if sends {
        Command::Fetch { name, most }
    } else {
        Command::Move { name, most }
    })
}

/// How many rows a direction means, which is taken from `tokens`; `None` is all of them.
fn direction(tokens: &mut &[Token]) -> Result<Option<usize>, Failure> {
    // What follows is the cursor, be it called as a direction is.
    if tokens.len() == 1 {
        return Ok(Some(1));
    }
    let rest = tokens.get(1..).unwrap_or_default();
    match keyword(tokens) {
        Some(Keyword::NEXT) => {
            *tokens = rest;
            Ok(Some(1))
        }
        Some(Keyword::ALL) => {
            *tokens = rest;
            Ok(None)
        }
        Some(Keyword::FORWARD) => {
            *tokens = rest;
            match (keyword(rest), rest) {
                (Some(Keyword::ALL), [_, behind @ ..]) if !behind.is_empty() => {
                    *tokens = behind;
                    Ok(None)
                }
                _ => number(tokens),
            }
        }
        Some(
            Keyword::PRIOR
            | Keyword::BACKWARD
            | Keyword::FIRST
            | Keyword::LAST
            | Keyword::ABSOLUTE
            | Keyword::RELATIVE,
        ) => Err(backward()),
        _ => number(tokens),
    }
}

/// A number of rows at the beginning of `tokens`; one if there is none.
fn number(tokens: &mut &[Token]) -> Result<Option<usize>, Failure> {
    match tokens {
        [Token::Minus, Token::Number(..), ..] => Err(backward()),
        [Token::Number(number, _), rest @ ..] => {
            let wrong = |_| Failure::syntax(format!("`{number}` is no number of rows"));
            let number = number.parse().map_err(wrong)?;
            *tokens = rest;
            Ok(Some(number))
        }
        _ => Ok(Some(1)),
    }
}

fn backward() -> Failure {
    Failure::new("55000", "cursor can only scan forward")
        .with_hint("fetch with NEXT, FORWARD or ALL, or declare the cursor again")
}

/// The keyword that `tokens` begin with.
fn keyword(tokens: &[Token]) -> Option<Keyword> {
    match tokens.first()? {
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    }
}
