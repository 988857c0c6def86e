//! Trino's syntax where sqlparser's generic dialect does not have it.

use std::any::TypeId;

use datafusion::sql::sqlparser::{
    ast::{CastKind, Expr, Statement},
    dialect::{Dialect, GenericDialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

use super::{json, names, types};

/// Trino's SQL, on top of what the generic dialect takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Athena;

/// Features of [`GenericDialect`] that this dialect has too.
macro_rules! as_generic {
    ($($feature:ident)*) => {
        $(fn $feature(&self) -> bool {
            true
        })*
    };
}

impl Dialect for Athena {
    /// What sqlparser does for the generic dialect by its name, it does for this one.
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        GenericDialect.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        GenericDialect.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        GenericDialect.is_identifier_part(ch)
    }

    as_generic! {
        supports_unicode_string_literal
        supports_partition_by_after_order_by
        supports_group_by_expr
        supports_group_by_with_modifier
        supports_left_associative_joins_without_parens
        supports_pipe_operator
        supports_window_function_null_treatment_arg
        supports_dictionary_syntax
        supports_window_clause_named_window_reference
        supports_parenthesized_set_variables
        supports_select_wildcard_except
        support_map_literal_syntax
        allow_extract_custom
        allow_extract_single_quotes
        supports_extract_comma_syntax
        supports_create_view_comment_syntax
        supports_parens_around_table_factor
        supports_values_as_table_factor
        supports_explain_with_utility_options
        supports_limit_comma
        supports_from_first_select
        supports_bitwise_shift_operators
        supports_comment_on
        supports_named_fn_args_with_assignment_operator
        supports_struct_literal
        supports_nested_comments
        supports_string_escape_constant
        supports_array_typedef_with_brackets
        supports_comma_separated_set_assignments
        supports_filter_during_aggregation
        supports_select_wildcard_exclude
        supports_data_type_signed_suffix
        supports_interval_options
        supports_select_wildcard_replace
        supports_select_wildcard_ilike
        supports_select_wildcard_rename
        supports_constraint_keyword_without_name
        supports_comma_separated_trim
        supports_lambda_functions
        supports_match_recognize
        supports_execute_immediate
    }

    fn is_column_alias(&self, keyword: &Keyword, parser: &mut Parser<'_>) -> bool {
        names::COLUMNS.contains(keyword) || GenericDialect.is_column_alias(keyword, parser)
    }

    fn is_table_alias(&self, keyword: &Keyword, parser: &mut Parser<'_>) -> bool {
        names::TABLES.contains(keyword) || GenericDialect.is_table_alias(keyword, parser)
    }

    fn parse_statement(&self, parser: &mut Parser<'_>) -> Option<Result<Statement, ParserError>> {
        if parser.peek_keyword(Keyword::TABLE) {
            return Some(parser.parse_query().map(Into::into));
        }
        if parser.peek_keyword(Keyword::PREPARE) {
            return prepare(parser).transpose();
        }
        None
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let Token::Word(word) = &parser.peek_token_ref().token else {
            return None;
        };
        if word.quote_style.is_some() {
            return None;
        }
        if word.keyword == Keyword::TRIM {
            return trim(parser).transpose();
        }
        let kind = match word.keyword {
            Keyword::CAST => Some(CastKind::Cast),
            Keyword::TRY_CAST => Some(CastKind::TryCast),
            _ => None,
        };
        let function = json::Function::named(&word.value);
        if kind.is_none() && function.is_none()
            || parser.peek_nth_token_ref(1).token != Token::LParen
        {
            return None;
        }
        parser.next_token();
        parser.next_token();
        Some(match (kind, function) {
            (Some(kind), _) => cast(parser, kind),
            (_, Some(function)) => json::call(parser, function),
            _ => return None,
        })
    }

    fn parse_infix(
        &self,
        parser: &mut Parser<'_>,
        left: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        distinct_from(parser, left, precedence).transpose()
    }
}

/// `x IS [NOT] DISTINCT FROM y`, whose right side ends before an AND.
fn distinct_from(
    parser: &mut Parser<'_>,
    left: &Expr,
    precedence: u8,
) -> Result<Option<Expr>, ParserError> {
    let is_not = if parser.parse_keywords(&[Keyword::IS, Keyword::DISTINCT, Keyword::FROM]) {
        false
    } else if parser.parse_keywords(&[Keyword::IS, Keyword::NOT, Keyword::DISTINCT, Keyword::FROM])
    {
        true
    } else {
        return Ok(None);
    };
    let left = Box::new(left.clone());
    let right = Box::new(parser.parse_subexpr(precedence)?);
    Ok(Some(if is_not {
        Expr::IsNotDistinctFrom(left, right)
    } else {
        Expr::IsDistinctFrom(left, right)
    }))
}

/// `x AS type)`, with the types of Trino.
fn cast(parser: &mut Parser<'_>, kind: CastKind) -> Result<Expr, ParserError> {
    let expr = parser.parse_expr()?;
    parser.expect_keyword(Keyword::AS)?;
    let data_type = types::data_type(parser)?;
    parser.expect_token(&Token::RParen)?;
    Ok(Expr::Cast {
        kind,
        expr: Box::new(expr),
        data_type,
        array: false,
        format: None,
    })
}

/// `TRIM(LEADING FROM x)`, which says a side and no characters.
fn trim(parser: &mut Parser<'_>) -> Result<Option<Expr>, ParserError> {
    let is = |place, wanted| match &parser.peek_nth_token_ref(place).token {
        Token::Word(word) => word.keyword == wanted,
        _ => false,
    };
    let sides = [Keyword::BOTH, Keyword::LEADING, Keyword::TRAILING];
    let has_side = sides.into_iter().any(|side| is(2, side)) && is(3, Keyword::FROM);
    if !has_side || parser.peek_nth_token_ref(1).token != Token::LParen {
        return Ok(None);
    }
    parser.expect_keyword(Keyword::TRIM)?;
    parser.expect_token(&Token::LParen)?;
    let trim_where = Some(parser.parse_trim_where()?);
    parser.expect_keyword(Keyword::FROM)?;
    let expr = Box::new(parser.parse_expr()?);
    parser.expect_token(&Token::RParen)?;
    Ok(Some(Expr::Trim {
        expr,
        trim_where,
        trim_what: None,
        trim_characters: None,
    }))
}

/// `PREPARE name FROM statement`.
fn prepare(parser: &mut Parser<'_>) -> Result<Option<Statement>, ParserError> {
    let Token::Word(word) = &parser.peek_nth_token_ref(2).token else {
        return Ok(None);
    };
    if word.keyword != Keyword::FROM {
        return Ok(None);
    }
    parser.expect_keyword(Keyword::PREPARE)?;
    let name = parser.parse_identifier()?;
    parser.expect_keyword(Keyword::FROM)?;
    Ok(Some(Statement::Prepare {
        name,
        data_types: Vec::new(),
        statement: Box::new(parser.parse_statement()?),
    }))
}
