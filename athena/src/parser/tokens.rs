//! Syntax that sqlparser has no hook for, put right before it parses.

use datafusion::sql::sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

/// The tokens as they are to be parsed.
pub(super) fn prepared(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let tokens: Vec<_> = tokens
        .into_iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_)))
        .collect();
    rows(&aliases(explain(tokens)))
}

/// The keyword that a token is, if it is an unquoted word.
fn keyword(token: Option<&TokenWithSpan>) -> Keyword {
    match token.map(|token| &token.token) {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

/// `EXPLAIN (TYPE LOGICAL, FORMAT TEXT) …` is `EXPLAIN …`: there is one kind of plan to show.
fn explain(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut at = 0;
    while at + 2 < tokens.len() {
        let begins = keyword(tokens.get(at)) == Keyword::EXPLAIN
            && tokens[at + 1].token == Token::LParen
            && matches!(keyword(tokens.get(at + 2)), Keyword::TYPE | Keyword::FORMAT);
        if begins && let Some(length) = tokens[at..].iter().position(|t| t.token == Token::RParen) {
            tokens.drain(at + 1..=at + length);
        }
        at += 1;
    }
    tokens
}

/// `split(a, '/')[1] "part"` is `split(a, '/')[1] AS "part"`, which sqlparser takes for a literal of a type `split(…)[1]` else.
fn aliases(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut made: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let is_quoted = matches!(&token.token, Token::Word(word) if word.quote_style == Some('"'));
        if is_quoted
            && made
                .last()
                .is_some_and(|last| last.token == Token::RBracket)
        {
            made.push(TokenWithSpan::new(Token::make_keyword("AS"), token.span));
        }
        made.push(token);
    }
    made
}

/// `VALUES 1, 2` is `VALUES (1), (2)`.
fn rows(tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut made = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        made.push(tokens[at].clone());
        at += 1;
        if !begins_rows(tokens, at - 1) {
            continue;
        }
        loop {
            let end = end_of_row(tokens, at);
            let row = &tokens[at..end];
            // Rows inside of rows, in sub-queries.
            let inner = rows(row);
            match (row.first(), row.last()) {
                (Some(first), Some(last)) if !in_parentheses(row) => {
                    made.push(TokenWithSpan::new(Token::LParen, first.span));
                    made.extend(inner);
                    made.push(TokenWithSpan::new(Token::RParen, last.span));
                }
                _ => made.extend(inner),
            }
            at = end;
            match tokens.get(at) {
                Some(comma) if comma.token == Token::Comma => made.push(comma.clone()),
                _ => break,
            }
            at += 1;
        }
    }
    made
}

/// Whether the word at this place begins rows, and is no column of that name.
fn begins_rows(tokens: &[TokenWithSpan], at: usize) -> bool {
    if keyword(tokens.get(at)) != Keyword::VALUES {
        return false;
    }
    let follows = match at.checked_sub(1).and_then(|before| tokens.get(before)) {
        None => true,
        Some(before) => {
            matches!(
                before.token,
                Token::LParen | Token::RParen | Token::SemiColon
            ) || matches!(
                keyword(Some(before)),
                Keyword::AS
                    | Keyword::UNION
                    | Keyword::ALL
                    | Keyword::DISTINCT
                    | Keyword::EXCEPT
                    | Keyword::INTERSECT
                    | Keyword::EXPLAIN
                    | Keyword::ANALYZE
                    | Keyword::FROM
            )
        }
    };
    let goes_on = match tokens.get(at + 1).map(|token| &token.token) {
        Some(Token::Word(word)) => {
            word.quote_style.is_some()
                || !matches!(
                    word.keyword,
                    Keyword::FROM | Keyword::AS | Keyword::IS | Keyword::IN | Keyword::LIKE
                )
        }
        Some(
            Token::Number(..)
            | Token::SingleQuotedString(_)
            | Token::HexStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::Placeholder(_)
            | Token::LParen
            | Token::Minus,
        ) => true,
        _ => false,
    };
    follows && goes_on
}

/// Where the row that begins here ends.
fn end_of_row(tokens: &[TokenWithSpan], from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.token {
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket | Token::Comma | Token::SemiColon | Token::EOF
                if depth == 0 =>
            {
                return at;
            }
            Token::RParen | Token::RBracket => depth -= 1,
            _ if depth == 0
                && matches!(
                    keyword(Some(token)),
                    Keyword::UNION
                        | Keyword::EXCEPT
                        | Keyword::INTERSECT
                        | Keyword::ORDER
                        | Keyword::LIMIT
                        | Keyword::OFFSET
                        | Keyword::FETCH
                        | Keyword::AS
                ) =>
            {
                return at;
            }
            _ => {}
        }
    }
    tokens.len()
}

/// Whether a row is `(…)` or `ROW (…)` as a whole.
fn in_parentheses(row: &[TokenWithSpan]) -> bool {
    let row = if keyword(row.first()) == Keyword::ROW {
        &row[1..]
    } else {
        row
    };
    if row.first().is_none_or(|token| token.token != Token::LParen) {
        return false;
    }
    let mut depth = 0_usize;
    for (at, token) in row.iter().enumerate() {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            // `FROM VALUES (1) t` has its alias after the rows.
            return at + 1 == row.len() || matches!(row[at + 1].token, Token::Word(_));
        }
    }
    true
}
