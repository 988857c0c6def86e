//! `TABLE costs`, which is short for all columns of a table, and which the parser does not read as far as its end.

use sqlparser::{
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

/// The same tokens with `SELECT * FROM` in the place of each `TABLE` that a query begins with.
pub(super) fn selected(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut found = Vec::with_capacity(tokens.len());
    // What stands before, blanks and comments left out.
    let mut before = Token::SemiColon;
    for token in tokens {
        if matches!(token.token, Token::Whitespace(_)) {
            found.push(token);
            continue;
        }
        let begins = keyword(&token.token) == Some(Keyword::TABLE) && may_begin(&before);
        before = token.token.clone();
        if !begins {
            found.push(token);
            continue;
        }
        for part in [
            Token::make_keyword("SELECT"),
            Token::Mul,
            Token::make_keyword("FROM"),
        ] {
            found.push(TokenWithSpan::new(part, token.span));
        }
    }
    found
}

/// Whether a query may begin behind a token.
fn may_begin(before: &Token) -> bool {
    if matches!(before, Token::SemiColon | Token::LParen) {
        return true;
    }
    let keywords = [
        Keyword::UNION,
        Keyword::INTERSECT,
        Keyword::EXCEPT,
        Keyword::ALL,
        Keyword::EXPLAIN,
    ];
    keyword(before).is_some_and(|keyword| keywords.contains(&keyword))
}

fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::pg::catalog::parse;

    #[test]
    fn a_table_alone_is_a_query() {
        for (text, expected) in [
            ("TABLE costs", "SELECT * FROM costs"),
            (
                "table public.costs order by 1 limit 5",
                "SELECT * FROM public.costs ORDER BY 1 LIMIT 5",
            ),
            (
                "(TABLE a) UNION ALL /* b */ TABLE b",
                "(SELECT * FROM a) UNION ALL SELECT * FROM b",
            ),
            ("DROP TABLE a", "DROP TABLE a"),
            ("SELECT \"table\" FROM a", "SELECT \"table\" FROM a"),
        ] {
            let parsed = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(parsed[0].to_string(), expected);
        }
    }
}
