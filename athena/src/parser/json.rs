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
    Object,
    Array,
}

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        [
            Self::Value,
            Self::Query,
            Self::Exists,
            Self::Object,
            Self::Array,
        ]
        .into_iter()
        .find(|function| function.name().eq_ignore_ascii_case(name))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Value => "json_value",
            Self::Query => "json_query",
            Self::Exists => "json_exists",
            Self::Object => "json_object",
            Self::Array => "json_array",
        }
    }
}

/// The call, from after its opening parenthesis.
pub(super) fn call(parser: &mut Parser<'_>, function: Function) -> Result<Expr, ParserError> {
    let mut arguments = match function {
        Function::Object => members(parser)?,
        Function::Array => elements(parser)?,
        _ => asked(parser)?,
    };
    let mut returning = None;
    let mut said = Vec::new();
    while parser.peek_token_ref().token != Token::RParen {
        if parser.parse_keyword(Keyword::RETURNING) {
            returning = Some(types::data_type(parser)?);
            format_json(parser)?;
            continue;
        }
        let is_default = parser.peek_keyword(Keyword::DEFAULT);
        let token = parser.next_token();
        let Token::Word(word) = &token.token else {
            return parser.expected("')'", token);
        };
        said.push(word.value.to_uppercase());
        if is_default {
            said.push(literal(parser)?);
        }
    }
    parser.expect_token(&Token::RParen)?;
    let options = options(function, &said)?;
    match function {
        // They have as many arguments as one likes: what is said comes first.
        Function::Object | Function::Array => {
            arguments.insert(0, ast::text(options.join(" ")));
        }
        _ => arguments.extend(options.into_iter().map(ast::text)),
    }
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

/// JSON and a path.
fn asked(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let mut arguments = vec![parser.parse_expr()?];
    format_json(parser)?;
    while parser.consume_token(&Token::Comma) {
        arguments.push(parser.parse_expr()?);
    }
    Ok(arguments)
}

/// `KEY k VALUE v` and `k VALUE v`, as keys and values in turn.
fn members(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let mut made = Vec::new();
    if ends_values(parser) {
        return Ok(made);
    }
    loop {
        let next = &parser.peek_nth_token_ref(1).token;
        let names_column = *next == Token::Period || is_word(next, "value");
        if !names_column && is_word(&parser.peek_token_ref().token, "key") {
            parser.next_token();
        }
        made.push(parser.parse_expr()?);
        let token = parser.next_token();
        if !is_word(&token.token, "value") {
            return parser.expected("VALUE or : after a key", token);
        }
        made.push(value(parser)?);
        if !parser.consume_token(&Token::Comma) {
            return Ok(made);
        }
    }
}

fn elements(parser: &mut Parser<'_>) -> Result<Vec<Expr>, ParserError> {
    let mut made = Vec::new();
    if ends_values(parser) {
        return Ok(made);
    }
    loop {
        made.push(value(parser)?);
        if !parser.consume_token(&Token::Comma) {
            return Ok(made);
        }
    }
}

/// A value as JSON: what is JSON already stays what it is.
fn value(parser: &mut Parser<'_>) -> Result<Expr, ParserError> {
    let value = parser.parse_expr()?;
    let is_json = matches!(ast::bare(&value), Expr::Function(function)
    if ast::name(function).is_some_and(|name| {
        ["json_object", "json_array", "json_query", "json_parse", "json_extract"]
            .iter()
            .any(|json| json.eq_ignore_ascii_case(name))
    }));
    Ok(if format_json(parser)? || is_json {
        value
    } else {
        ast::call("to_json", vec![value])
    })
}

/// Whether there are no values: what follows says what is to be done with NULLs, or is the end.
fn ends_values(parser: &Parser<'_>) -> bool {
    match &parser.peek_token_ref().token {
        Token::RParen => true,
        token => {
            let then_on = is_word(&parser.peek_nth_token_ref(1).token, "on");
            is_word(token, "returning")
                || (is_word(token, "null") || is_word(token, "absent")) && then_on
        }
    }
}

fn is_word(token: &Token, wanted: &str) -> bool {
    matches!(token, Token::Word(word)
        if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(wanted))
}

/// Whether it says `FORMAT JSON`, which goes for all JSON here.
fn format_json(parser: &mut Parser<'_>) -> Result<bool, ParserError> {
    if !parser.parse_keyword(Keyword::FORMAT) {
        return Ok(false);
    }
    parser.expect_keyword(Keyword::JSON)?;
    Ok(true)
}

/// The constant after DEFAULT, as it is written in SQL.
fn literal(parser: &mut Parser<'_>) -> Result<String, ParserError> {
    let token = parser.next_token();
    Ok(match &token.token {
        Token::SingleQuotedString(text) => format!("'{}'", text.replace('\'', "''")),
        Token::Number(digits, _) => digits.clone(),
        Token::Minus => format!("-{}", literal(parser)?),
        Token::Word(word)
            if ["null", "true", "false"]
                .iter()
                .any(|known| is_word(&token.token, known)) =>
        {
            word.value.to_lowercase()
        }
        _ => return parser.expected("a constant after DEFAULT", token),
    })
}

/// The options said in words, without those that say what is so anyway.
fn options(function: Function, said: &[String]) -> Result<Vec<String>, ParserError> {
    let mut found = Vec::new();
    let mut rest = said;
    while !rest.is_empty() {
        let (option, length) = option(function, rest).ok_or_else(|| {
            ParserError::ParserError(format!(
                "{} with {} is not supported",
                function.name(),
                rest.join(" ")
            ))
        })?;
        found.extend(option);
        rest = &rest[length..];
    }
    Ok(found)
}

/// The option that words begin with, unless it says what is so anyway, and how many words it has.
fn option(function: Function, said: &[String]) -> Option<(Option<String>, usize)> {
    let known: &[(&str, Option<&str>)] = match function {
        Function::Value => &[],
        Function::Exists => &[
            ("FALSE ON ERROR", None),
            ("TRUE ON ERROR", Some("TRUE ON ERROR")),
            ("UNKNOWN ON ERROR", Some("UNKNOWN ON ERROR")),
            ("ERROR ON ERROR", Some("ERROR ON ERROR")),
        ],
        Function::Query => &[
            ("WITHOUT ARRAY WRAPPER", Some("WITHOUT WRAPPER")),
            ("WITHOUT WRAPPER", Some("WITHOUT WRAPPER")),
            (
                "WITH CONDITIONAL ARRAY WRAPPER",
                Some("WITH CONDITIONAL WRAPPER"),
            ),
            ("WITH CONDITIONAL WRAPPER", Some("WITH CONDITIONAL WRAPPER")),
            ("WITH UNCONDITIONAL ARRAY WRAPPER", Some("WITH WRAPPER")),
            ("WITH UNCONDITIONAL WRAPPER", Some("WITH WRAPPER")),
            ("WITH ARRAY WRAPPER", Some("WITH WRAPPER")),
            ("WITH WRAPPER", Some("WITH WRAPPER")),
            ("KEEP QUOTES ON SCALAR STRING", Some("KEEP QUOTES")),
            ("KEEP QUOTES", Some("KEEP QUOTES")),
            ("OMIT QUOTES ON SCALAR STRING", Some("OMIT QUOTES")),
            ("OMIT QUOTES", Some("OMIT QUOTES")),
            ("EMPTY ARRAY ON EMPTY", Some("EMPTY ARRAY ON EMPTY")),
            ("EMPTY ARRAY ON ERROR", Some("EMPTY ARRAY ON ERROR")),
            ("EMPTY OBJECT ON EMPTY", Some("EMPTY OBJECT ON EMPTY")),
            ("EMPTY OBJECT ON ERROR", Some("EMPTY OBJECT ON ERROR")),
        ],
        Function::Object => &[
            ("NULL ON NULL", None),
            ("ABSENT ON NULL", Some("ABSENT ON NULL")),
            ("WITHOUT UNIQUE KEYS", None),
            ("WITHOUT UNIQUE", None),
            ("WITH UNIQUE KEYS", Some("WITH UNIQUE KEYS")),
            ("WITH UNIQUE", Some("WITH UNIQUE KEYS")),
        ],
        Function::Array => &[
            ("ABSENT ON NULL", None),
            ("NULL ON NULL", Some("NULL ON NULL")),
        ],
    };
    let begins = |words: &str| {
        let words: Vec<_> = words.split(' ').collect();
        let matches =
            said.len() >= words.len() && words.iter().zip(said).all(|(one, other)| one == other);
        matches.then_some(words.len())
    };
    for (words, option) in known {
        if let Some(length) = begins(words) {
            return Some((option.map(str::to_owned), length));
        }
    }
    if !matches!(function, Function::Value | Function::Query) {
        return None;
    }
    for event in ["EMPTY", "ERROR"] {
        if let Some(length) = begins(&format!("NULL ON {event}")) {
            return Some((None, length));
        }
        if let Some(length) = begins(&format!("ERROR ON {event}")) {
            return Some((Some(format!("ERROR ON {event}")), length));
        }
        if let [default, literal, on, when, ..] = said
            && function == Function::Value
            && default == "DEFAULT"
            && on == "ON"
            && when == event
        {
            return Some((Some(format!("DEFAULT {literal} ON {event}")), 4));
        }
    }
    None
}
