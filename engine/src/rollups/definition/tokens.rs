//! The words of a definition, and where each stands.

use std::fmt;

use datafusion::sql::sqlparser::{
    dialect::GenericDialect,
    keywords::RESERVED_FOR_COLUMN_ALIAS,
    tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Word},
};

use super::DefinitionError;

/// A token, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Found {
    token: Token,
    at: Location,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.token {
            Token::EOF => f.write_str("the end of the text"),
            Token::SingleQuotedString(text) => write!(f, "'{text}'"),
            token => write!(f, "`{token}`"),
        }
    }
}

impl Found {
    /// Is it this word, sign or number? Words count in any case, unless they are quoted.
    pub(super) fn is(&self, text: &str) -> bool {
        match &self.token {
            Token::Word(word) => {
                word.quote_style.is_none() && word.value.eq_ignore_ascii_case(text)
            }
            Token::SingleQuotedString(_) | Token::EOF => false,
            token => token.to_string() == text,
        }
    }

    /// Does the text end here?
    pub(super) fn is_end(&self) -> bool {
        matches!(self.token, Token::EOF)
    }

    /// Can it be the name of something?
    pub(super) fn is_name(&self) -> bool {
        match &self.token {
            Token::Word(Word {
                quote_style: None,
                keyword,
                ..
            }) => {
                let more = [
                    "DISTINCT", "CASE", "NOT", "JOIN", "ALL", "AS", "CAST", "EXTRACT",
                ];
                !RESERVED_FOR_COLUMN_ALIAS.contains(keyword)
                    && !more.iter().any(|word| self.is(word))
            }
            Token::Word(_) => true,
            _ => false,
        }
    }

    /// The text in single quotes that it is.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.token {
            Token::SingleQuotedString(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number that it is.
    pub(super) fn number(&self) -> Option<usize> {
        match &self.token {
            Token::Number(number, _) => number.parse().ok(),
            _ => None,
        }
    }

    /// The error that this stands where it does.
    pub(super) fn refused(&self, why: &str) -> DefinitionError {
        error(self.at, why)
    }
}

fn error(at: Location, why: &str) -> DefinitionError {
    DefinitionError {
        line: at.line.max(1),
        column: at.column.max(1),
        why: why.to_owned(),
        similar: Vec::new(),
    }
}

/// The tokens of a text, one after another. The last one is its end.
pub(super) struct Tokens {
    all: Vec<Found>,
    next: usize,
}

impl Tokens {
    pub(super) fn of(text: &str) -> Result<Self, DefinitionError> {
        let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location();
        let tokens = tokens.map_err(|broken| error(broken.location, &broken.message))?;
        let words = tokens.into_iter();
        let words = words.filter(|found| !matches!(found.token, Token::Whitespace(_) | Token::EOF));
        let found = |TokenWithSpan { token, span }| Found {
            token,
            at: span.start,
        };
        let mut all: Vec<_> = words.map(found).collect();
        let lines = text.trim_end().lines();
        let last = lines.clone().next_back().unwrap_or_default();
        all.push(Found {
            token: Token::EOF,
            at: Location {
                line: lines.count().max(1) as u64,
                column: last.chars().count() as u64 + 1,
            },
        });
        Ok(Self { all, next: 0 })
    }

    /// The token that is next.
    pub(super) fn next(&self) -> &Found {
        &self.all[self.next]
    }

    /// Goes on to the one behind it.
    pub(super) fn skip(&mut self) {
        self.next = (self.next + 1).min(self.all.len() - 1);
    }

    /// Takes the next one if it is this.
    pub(super) fn takes(&mut self, text: &str) -> bool {
        let is = self.next().is(text);
        if is {
            self.skip();
        }
        is
    }

    /// Takes the next one, which has to be this.
    pub(super) fn expect(&mut self, text: &str) -> Result<(), DefinitionError> {
        if self.takes(text) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{text}`")))
    }

    /// Takes the next one, `found`, which has to be a name.
    pub(super) fn name(&mut self, found: &Found, what: &str) -> Result<String, DefinitionError> {
        match &found.token {
            Token::Word(word) if found.is_name() => {
                self.skip();
                Ok(match word.quote_style {
                    None => word.value.to_lowercase(),
                    Some(_) => word.value.clone(),
                })
            }
            _ => Err(self.unexpected(what)),
        }
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<(), DefinitionError> {
        let next = self.next();
        match next.token {
            Token::EOF => Ok(()),
            _ => Err(next.refused(&format!("{next} is not supported in a rollup"))),
        }
    }

    /// The error that something else should be next.
    pub(super) fn unexpected(&self, wanted: &str) -> DefinitionError {
        let next = self.next();
        match next.token {
            Token::EOF => next.refused(&format!("the text ends where {wanted} should stand")),
            _ => next.refused(&format!("{next} stands where {wanted} should")),
        }
    }
}
