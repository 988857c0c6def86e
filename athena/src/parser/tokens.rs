//! Syntax that sqlparser has no hook for, put right before it parses.

use datafusion::sql::sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::names;
use crate::rewrite::grouping::DISTINCT;

/// The tokens as they are to be parsed.
pub(super) fn prepared(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let tokens: Vec<_> = tokens
        .into_iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_)))
        .collect();
    rows(&compared_rows(&members(aliases(words(tables(&groups(
        &explain(tokens),
    )))))))
}

/// `GROUP BY DISTINCT` has a name in the place of DISTINCT, and `GROUP BY ALL` of expressions is plain GROUP BY.
fn groups(tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut made: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let before = |places: usize| keyword(at.checked_sub(places).and_then(|at| tokens.get(at)));
        let follows = before(1) == Keyword::BY && before(2) == Keyword::GROUP;
        match keyword(Some(token)) {
            Keyword::DISTINCT if follows => {
                let marks = [Token::make_word(DISTINCT, Some('"')), Token::Comma];
                made.extend(marks.map(|mark| TokenWithSpan::new(mark, token.span)));
            }
            Keyword::ALL if follows && begins_group(tokens.get(at + 1)) => {}
            _ => made.push(token.clone()),
        }
    }
    made
}

/// Whether a group begins here, and no clause after `GROUP BY ALL`.
fn begins_group(token: Option<&TokenWithSpan>) -> bool {
    match token.map(|token| &token.token) {
        Some(Token::Word(_)) => matches!(
            keyword(token),
            Keyword::NoKeyword | Keyword::ROLLUP | Keyword::CUBE | Keyword::GROUPING
        ),
        Some(Token::Number(..) | Token::LParen) => true,
        _ => false,
    }
}

/// `TABLE x` is `SELECT * FROM x`. sqlparser takes two tokens more for part of the name, and so a LIMIT away.
fn tables(tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut made: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let names_one = matches!(
            tokens.get(at + 1).map(|next| &next.token),
            Some(Token::Word(_))
        );
        if keyword(Some(token)) == Keyword::TABLE && names_one && begins_query(tokens, at) {
            let query = [
                Token::make_keyword("SELECT"),
                Token::Mul,
                Token::make_keyword("FROM"),
            ];
            made.extend(query.map(|word| TokenWithSpan::new(word, token.span)));
        } else {
            made.push(token.clone());
        }
    }
    made
}

/// Whether a query may begin at this place.
fn begins_query(tokens: &[TokenWithSpan], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| tokens.get(before)) else {
        return true;
    };
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

/// Words of other dialects, and some that begin clauses, are names where Trino takes them for such.
fn words(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    for at in 0..tokens.len() {
        let found = keyword(tokens.get(at));
        if names::is_keyword(found)
            && is_name(&tokens, at, found)
            && let Token::Word(word) = &mut tokens[at].token
        {
            word.keyword = Keyword::NoKeyword;
        }
    }
    tokens
}

/// Whether the word at this place, which may be a keyword elsewhere, is a name.
fn is_name(tokens: &[TokenWithSpan], at: usize, found: Keyword) -> bool {
    let before = at
        .checked_sub(1)
        .map_or(Keyword::NoKeyword, |before| keyword(tokens.get(before)));
    let token = |place: usize| tokens.get(at + place).map(|token| &token.token);
    match found {
        Keyword::SEMI | Keyword::ANTI => {
            !matches!(before, Keyword::LEFT | Keyword::RIGHT)
                || keyword(tokens.get(at + 1)) != Keyword::JOIN
        }
        // `WINDOW w AS (…)`
        Keyword::WINDOW => {
            !(matches!(token(1), Some(Token::Word(_)))
                && keyword(tokens.get(at + 2)) == Keyword::AS
                && token(3) == Some(&Token::LParen))
        }
        // A type is called so as well.
        Keyword::INTERVAL => before != Keyword::AS && ends_name(tokens, at + 1),
        Keyword::SET | Keyword::QUALIFY => at > 0 && ends_name(tokens, at + 1),
        _ => true,
    }
}

/// Whether what stands at this place can only follow a name.
fn ends_name(tokens: &[TokenWithSpan], at: usize) -> bool {
    let Some(token) = tokens.get(at) else {
        return true;
    };
    match &token.token {
        Token::Comma
        | Token::RParen
        | Token::Period
        | Token::SemiColon
        | Token::EOF
        | Token::Eq
        | Token::Neq
        | Token::Lt
        | Token::LtEq
        | Token::Gt
        | Token::GtEq
        | Token::Mul
        | Token::Div
        | Token::StringConcat => true,
        Token::Word(_) => names::AFTER_NAMES.contains(&keyword(Some(token))),
        _ => false,
    }
}

/// `json_object('a' : b)` is `json_object('a' VALUE b)`: sqlparser takes what follows a colon for a path into JSON.
fn members(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    for at in 0..tokens.len() {
        let is_object = matches!(&tokens[at].token, Token::Word(word)
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("json_object"));
        if !is_object
            || tokens
                .get(at + 1)
                .is_none_or(|next| next.token != Token::LParen)
        {
            continue;
        }
        let mut depth = 0_usize;
        for token in &mut tokens[at + 1..] {
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket if depth == 1 => break,
                Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
                Token::Colon if depth == 1 => token.token = Token::make_keyword("VALUE"),
                _ => {}
            }
        }
    }
    tokens
}

/// `x = ANY (VALUES 1, 2)` is `x = ANY (SELECT * FROM (VALUES 1, 2))`: sqlparser knows sub-queries there by their first word.
fn compared_rows(tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut made: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // The places of closing parentheses after which one more is due.
    let mut ends = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let is_compared = token.token == Token::LParen
            && keyword(tokens.get(at + 1)) == Keyword::VALUES
            && at.checked_sub(1).is_some_and(|before| {
                let before = keyword(tokens.get(before));
                matches!(before, Keyword::ANY | Keyword::ALL | Keyword::SOME)
            });
        made.push(token.clone());
        if is_compared {
            let span = token.span;
            let inserted = [
                Token::make_keyword("SELECT"),
                Token::Mul,
                Token::make_keyword("FROM"),
                Token::LParen,
            ];
            made.extend(inserted.map(|token| TokenWithSpan::new(token, span)));
            ends.extend(closing(tokens, at));
        }
        if ends.contains(&at) {
            made.push(TokenWithSpan::new(Token::RParen, token.span));
        }
    }
    made
}

/// Where the parenthesis closes that opens here.
fn closing(tokens: &[TokenWithSpan], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 1 => return Some(at),
            Token::RParen => depth -= 1,
            _ => {}
        }
    }
    None
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
    begins_query(tokens, at) && goes_on
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
