//! The functions of the SQL standard on JSON, whose arguments have a syntax of their own.
//!
//! They become plain calls, which take what is said in words as text: `json_query(x, 'lax $.a', 'OMIT QUOTES')`.

use datafusion::sql::sqlparser::{
    ast::{CastKind, Expr},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

use super::types;
use crate::ast;

/// A function with such syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Value,
    Query,
    Exists,
}

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Value, Self::Query, Self::Exists]
            .into_iter()
            .find(|function| function.name().eq_ignore_ascii_case(name))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Value => "json_value",
            Self::Query => "json_query",
            Self::Exists => "json_exists",
        }
    }
}

/// The call, from after its opening parenthesis.
pub(super) fn call(parser: &mut Parser<'_>, function: Function) -> Result<Expr, ParserError> {
    let mut arguments = vec![parser.parse_expr()?];
    if parser.parse_keyword(Keyword::FORMAT) {
        parser.expect_keyword(Keyword::JSON)?;
    }
    while parser.consume_token(&Token::Comma) {
        arguments.push(parser.parse_expr()?);
    }
    let mut returning = None;
    let mut said = String::new();
    while parser.peek_token_ref().token != Token::RParen {
        if parser.parse_keyword(Keyword::RETURNING) {
            returning = Some(types::data_type(parser)?);
            if parser.parse_keyword(Keyword::FORMAT) {
                parser.expect_keyword(Keyword::JSON)?;
            }
            continue;
        }
        let token = parser.next_token();
        let Token::Word(word) = &token.token else {
            return parser.expected("')'", token);
        };
        said.push(' ');
        said.push_str(&word.value.to_uppercase());
    }
    parser.expect_token(&Token::RParen)?;
    arguments.extend(options(function, &said)?);
    let call = ast::call(function.name(), arguments);
    Ok(match returning {
        Some(data_type) => Expr::Cast {
            kind: CastKind::Cast,
            expr: Box::new(call),
            data_type,
            array: false,
            format: None,
        },
        None => call,
    })
}

/// The options said in words, without those that say what is so anyway.
fn options(function: Function, said: &str) -> Result<Vec<Expr>, ParserError> {
    let mut said = said.replace(" ON SCALAR STRING", "").replace(" ARRAY", "");
    let defaults: &[&str] = match function {
        Function::Value | Function::Query => &[" NULL ON EMPTY", " NULL ON ERROR"],
        Function::Exists => &[" FALSE ON ERROR"],
    };
    for default in defaults {
        said = said.replace(default, "");
    }
    let mut found = Vec::new();
    if function == Function::Query {
        for (words, option) in [
            (" WITHOUT WRAPPER", "WITHOUT WRAPPER"),
            (" WITH CONDITIONAL WRAPPER", "WITH CONDITIONAL WRAPPER"),
            (" WITH UNCONDITIONAL WRAPPER", "WITH WRAPPER"),
            (" WITH WRAPPER", "WITH WRAPPER"),
            (" KEEP QUOTES", "KEEP QUOTES"),
            (" OMIT QUOTES", "OMIT QUOTES"),
        ] {
            if said.contains(words) {
                said = said.replace(words, "");
                found.push(ast::text(option));
            }
        }
    }
    if said.is_empty() {
        return Ok(found);
    }
    Err(ParserError::ParserError(format!(
        "{} with{said} is not supported",
        function.name()
    )))
}
