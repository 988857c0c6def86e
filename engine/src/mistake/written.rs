//! What stands where in the text of a statement.

use datafusion::sql::sqlparser::{
    dialect::GenericDialect,
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Tokenizer, Word},
};

use super::Place;
use crate::suggest;

/// How statements begin.
const STATEMENTS: [&str; 10] = [
    "SELECT", "WITH", "VALUES", "SHOW", "DESCRIBE", "EXPLAIN", "CREATE", "DROP", "PREPARE",
    "EXECUTE",
];
/// How the parts of a query begin.
const CLAUSES: [&str; 9] = [
    "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "JOIN", "UNION", "WINDOW",
];

/// The tokens of a text.
pub(super) struct Written<'a> {
    text: &'a str,
    tokens: Vec<TokenWithSpan>,
}

/// Part of a text, and where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    pub(super) place: Place,
}

impl<'a> Written<'a> {
    /// Nothing if the text cannot even be taken apart.
    pub(super) fn new(text: &'a str) -> Self {
        let tokens = Tokenizer::new(&GenericDialect {}, text).tokenize_with_location();
        let mut tokens = tokens.unwrap_or_default();
        tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        Self { text, tokens }
    }

    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at).map(|token| &token.token)
    }

    fn word(&self, at: usize) -> Option<&Word> {
        match self.token(at)? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is_keyword(&self, at: usize, keyword: Keyword) -> bool {
        let word = self.word(at);
        word.is_some_and(|word| word.quote_style.is_none() && word.keyword == keyword)
    }

    fn place(&self, at: usize) -> Option<Place> {
        let start = self.tokens.get(at)?.span.start;
        Place::at(start.line, start.column)
    }

    /// The name as it stands at `place`, and whether it has double quotes.
    pub(super) fn name_at(&self, place: Place) -> Option<(&str, bool)> {
        let at = (0..self.tokens.len()).find(|at| self.place(*at) == Some(place))?;
        // Of `a.b` the last part is what is not there.
        let mut at = at;
        while self.token(at + 1) == Some(&Token::Period) && self.word(at + 2).is_some() {
            at += 2;
        }
        let word = self.word(at)?;
        Some((&word.value, word.quote_style == Some('"')))
    }

    /// The place of the name, if it stands there once only: as that of a function if it is `called`.
    pub(super) fn only(&self, name: &str, called: bool) -> Option<Place> {
        let mut found = (0..self.tokens.len()).filter(|at| {
            let is_call = self.token(at + 1) == Some(&Token::LParen);
            let word = self.word(*at);
            is_call == called && word.is_some_and(|word| word.value.eq_ignore_ascii_case(name))
        });
        let one = found.next()?;
        found.next().is_none().then_some(())?;
        self.place(one)
    }

    /// The only place at which this stands as text in single quotes.
    pub(super) fn literal(&self, wanted: &str) -> Option<Place> {
        let mut found = (0..self.tokens.len()).filter(
            |at| matches!(self.token(*at), Some(Token::SingleQuotedString(text)) if text == wanted),
        );
        let one = found.next()?;
        found.next().is_none().then_some(())?;
        self.place(one)
    }

    /// What is cast to `data_type`, if there is one such cast only.
    pub(super) fn cast_to(&self, data_type: &str) -> Option<Part<'a>> {
        let mut found = (0..self.tokens.len()).filter_map(|at| self.cast(at, data_type));
        let one = found.next()?;
        found.next().is_none().then_some(one)
    }

    /// What the cast that begins at a token casts to `data_type`.
    fn cast(&self, at: usize, data_type: &str) -> Option<Part<'a>> {
        if data_type == "date"
            && self.is_keyword(at, Keyword::DATE)
            && self.token(at + 1) == Some(&Token::LParen)
        {
            let end = self.closing(at + 1)?;
            return self.part(at, at + 2, end);
        }
        if !self.is_keyword(at, Keyword::CAST) || self.token(at + 1) != Some(&Token::LParen) {
            return None;
        }
        let end = self.closing(at + 1)?;
        let mut depth = 0_usize;
        let behind = (at + 2..end).find(|at| {
            match self.token(*at) {
                Some(Token::LParen) => depth += 1,
                Some(Token::RParen) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && self.is_keyword(*at, Keyword::AS)
        })?;
        let target = self.word(behind + 1)?.value.to_lowercase();
        let target = match target.as_str() {
            "int" => "integer",
            "numeric" | "dec" => "decimal",
            "string" | "char" | "text" => "varchar",
            other => other,
        };
        let wanted = data_type.split('(').next().unwrap_or(data_type);
        (target == wanted).then(|| self.part(at, at + 2, behind))?
    }

    /// The text from token `first` up to token `end`, of which the mark stands below `mark`.
    fn part(&self, mark: usize, first: usize, end: usize) -> Option<Part<'a>> {
        let from = self.offset(self.place(first)?)?;
        let to = self.offset(self.place(end)?)?;
        Some(Part {
            text: self.text.get(from..to)?.trim_end(),
            place: self.place(mark)?,
        })
    }

    /// The token of the parenthesis that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        (open..self.tokens.len()).find(|at| {
            match self.token(*at) {
                Some(Token::LParen) => depth += 1,
                Some(Token::RParen) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        })
    }

    fn offset(&self, place: Place) -> Option<usize> {
        let line = usize::try_from(place.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
        let before: usize = self
            .text
            .split_inclusive('\n')
            .take(line)
            .map(str::len)
            .sum();
        let rest = self.text.get(before..)?;
        let within = rest.char_indices().nth(column).map(|(at, _)| at);
        Some(before + within.unwrap_or(rest.len()))
    }

    /// What may be wrong where the parser could not go on.
    pub(super) fn advice(&self, place: Place) -> Option<String> {
        let at = (0..self.tokens.len()).find(|at| self.place(*at) == Some(place));
        let at = at.unwrap_or(self.tokens.len());
        let before = at.checked_sub(1);
        if before.is_none() {
            let like = suggest::similar(&self.word(at)?.value, STATEMENTS);
            return Some(format!("is it {}?", like.first()?));
        }
        let is_by = self.is_keyword(at + 1, Keyword::BY);
        for keyword in [Keyword::GROUP, Keyword::ORDER, Keyword::PARTITION] {
            if self.is_keyword(at, keyword) && !is_by {
                return Some(format!("BY comes after {keyword:?}"));
            }
        }
        if before.and_then(|before| self.token(before)) == Some(&Token::Comma) {
            return Some("is the comma before it one too many?".to_owned());
        }
        // A word that was taken for a label.
        let word = &self.word(before?)?.value;
        let like = suggest::similar(word, CLAUSES);
        let like = like.iter().find(|like| !like.eq_ignore_ascii_case(word))?;
        Some(format!("is `{word}` before it {like}?"))
    }

    /// The place of the only one of these operators or keywords.
    pub(super) fn operator(&self, operators: &[&str]) -> Option<Place> {
        let is_one = |text: &str| operators.iter().any(|one| one.eq_ignore_ascii_case(text));
        let mut found = (0..self.tokens.len()).filter(|at| match self.token(*at) {
            Some(Token::Word(word)) => word.quote_style.is_none() && is_one(&word.value),
            Some(Token::SingleQuotedString(_)) | None => false,
            Some(other) => is_one(&other.to_string()),
        });
        let one = found.next()?;
        found.next().is_none().then_some(())?;
        self.place(one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_are_found_with_what_they_cast() {
        let text = "SELECT a,\n  CAST(concat(ä, 'x AS date')\n AS INT), date(b) FROM c";
        let written = Written::new(text);
        let found = written.cast_to("integer").unwrap();
        assert_eq!(found.text, "concat(ä, 'x AS date')");
        assert_eq!(found.place, Place { line: 2, column: 3 });
        assert_eq!(written.cast_to("date").unwrap().text, "b");
        assert_eq!(written.cast_to("double"), None);
        assert_eq!(
            Written::new("CAST(a AS int) CAST(b AS int)").cast_to("integer"),
            None
        );
    }

    #[test]
    fn slips_are_recognised() {
        let advice = |text: &str, column| Written::new(text).advice(Place { line: 1, column });
        assert_eq!(advice("SELEC 1", 1).unwrap(), "is it SELECT?");
        assert_eq!(
            advice("SELECT a form b", 15).unwrap(),
            "is `form` before it FROM?"
        );
        assert_eq!(
            advice("SELECT a, FROM b", 11).unwrap(),
            "is the comma before it one too many?"
        );
        assert_eq!(
            advice("SELECT a FROM b GROUP a", 17).unwrap(),
            "BY comes after GROUP"
        );
        assert_eq!(advice("SELECT a b c", 12), None);
    }

    #[test]
    fn any_text_is_taken() {
        for text in ["", "'", "CAST(", "CAST(a AS", "CAST()", "date(", "a."] {
            let written = Written::new(text);
            assert_eq!(written.cast_to("date"), None, "{text}");
            assert_eq!(written.only("b", true), None, "{text}");
            assert_eq!(written.literal("b"), None, "{text}");
            assert_eq!(written.operator(&["/", "%"]), None, "{text}");
            written.advice(Place { line: 1, column: 1 });
            written.advice(Place { line: 1, column: 9 });
        }
    }
}
