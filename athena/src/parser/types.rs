//! The types of Trino, as those that DataFusion plans.

use datafusion::sql::sqlparser::{
    ast::{
        ArrayElemTypeDef, CharacterLength, DataType, ExactNumberInfo, StructBracketKind,
        StructField, TimezoneInfo,
    },
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

/// Digits of a decimal whose type does not say them.
const MOST_DIGITS: u64 = 38;

/// The type that comes next.
pub(super) fn data_type(parser: &mut Parser<'_>) -> Result<DataType, ParserError> {
    let Token::Word(word) = &parser.peek_token_ref().token else {
        return parser.parse_data_type();
    };
    let name = word.value.to_lowercase();
    let arguments = matches!(
        parser.peek_nth_token_ref(1).token,
        Token::LParen | Token::Lt
    );
    let plain = match name.as_str() {
        "varbinary" => DataType::Bytea,
        "json" => DataType::JSON,
        "uuid" | "ipaddress" | "string" => DataType::Varchar(None),
        "varchar" if !arguments => DataType::Varchar(None),
        "varchar" | "char" if arguments => {
            parser.next_token();
            let [length] = numbers(parser)?
                .try_into()
                .or_else(|_| parser.expected_ref("one length", parser.peek_token_ref()))?;
            let length = Some(CharacterLength::IntegerLength { length, unit: None });
            return Ok(if name == "char" {
                DataType::Char(length)
            } else {
                DataType::Varchar(length)
            });
        }
        "decimal" if !arguments => {
            DataType::Decimal(ExactNumberInfo::PrecisionAndScale(MOST_DIGITS, 0))
        }
        "interval" => return interval(parser),
        "timestamp" | "time" => return time(parser, name == "time"),
        "array" if arguments => {
            parser.next_token();
            let mut inner = nested(parser, data_type)?;
            let (Some(inner), None) = (inner.pop(), inner.pop()) else {
                return parser.expected_ref("one type", parser.peek_token_ref());
            };
            return Ok(DataType::Array(ArrayElemTypeDef::AngleBracket(Box::new(
                inner,
            ))));
        }
        "map" if arguments => {
            parser.next_token();
            let mut inner = nested(parser, data_type)?;
            return match (inner.pop(), inner.pop(), inner.pop()) {
                (Some(value), Some(key), None) => Ok(DataType::Map(Box::new(key), Box::new(value))),
                _ => parser.expected_ref("two types", parser.peek_token_ref()),
            };
        }
        "row" if arguments => {
            parser.next_token();
            let fields = nested(parser, field)?;
            return Ok(DataType::Struct(fields, StructBracketKind::AngleBrackets));
        }
        _ => return parser.parse_data_type(),
    };
    parser.next_token();
    Ok(plain)
}

/// `name type` or `type`.
fn field(parser: &mut Parser<'_>) -> Result<StructField, ParserError> {
    let named = !matches!(
        parser.peek_nth_token_ref(1).token,
        Token::Comma | Token::RParen | Token::Gt | Token::LParen | Token::Lt
    );
    let field_name = named.then(|| parser.parse_identifier()).transpose()?;
    Ok(StructField {
        field_name,
        field_type: data_type(parser)?,
        options: None,
    })
}

/// What is between parentheses, or as Hive writes it between angle brackets.
fn nested<T>(
    parser: &mut Parser<'_>,
    each: fn(&mut Parser<'_>) -> Result<T, ParserError>,
) -> Result<Vec<T>, ParserError> {
    let end = if parser.consume_token(&Token::Lt) {
        Token::Gt
    } else {
        parser.expect_token(&Token::LParen)?;
        Token::RParen
    };
    let mut all = vec![each(parser)?];
    while parser.consume_token(&Token::Comma) {
        all.push(each(parser)?);
    }
    parser.expect_token(&end)?;
    Ok(all)
}

fn length(parser: &mut Parser<'_>) -> Result<u64, ParserError> {
    parser.parse_literal_uint()
}

fn numbers(parser: &mut Parser<'_>) -> Result<Vec<u64>, ParserError> {
    nested(parser, length)
}

/// The bounds of an interval say nothing here.
fn interval(parser: &mut Parser<'_>) -> Result<DataType, ParserError> {
    parser.expect_keyword(Keyword::INTERVAL)?;
    if parser.next_token_is_temporal_unit() {
        parser.next_token();
        if parser.parse_keyword(Keyword::TO) {
            parser.next_token();
        }
    }
    Ok(DataType::Interval {
        fields: None,
        precision: None,
    })
}

/// Of times of day it is of no account whether they have a zone.
fn time(parser: &mut Parser<'_>, of_day: bool) -> Result<DataType, ParserError> {
    parser.next_token();
    let digits = if parser.peek_token_ref().token == Token::LParen {
        numbers(parser)?.first().copied()
    } else {
        None
    };
    let has_zone = parser.parse_keyword(Keyword::WITH);
    if has_zone || parser.parse_keyword(Keyword::WITHOUT) {
        parser.expect_keywords(&[Keyword::TIME, Keyword::ZONE])?;
    }
    if of_day {
        return Ok(DataType::Time(None, TimezoneInfo::None));
    }
    // The next longer unit there is; microseconds, as columns have, where nothing is said.
    let digits = match digits {
        Some(0) => 0,
        Some(1..=3) => 3,
        None | Some(4..=6) => 6,
        Some(_) => 9,
    };
    let zone = if has_zone {
        TimezoneInfo::WithTimeZone
    } else {
        TimezoneInfo::None
    };
    Ok(DataType::Timestamp(Some(digits), zone))
}
