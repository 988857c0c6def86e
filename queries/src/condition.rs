//! Conditions that somebody typed, as text that can stand within a statement.

use sqlparser::{
    ast::Expr,
    dialect::GenericDialect,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

use crate::InvalidCondition;

/// The text of one whole expression; anything more (a closing parenthesis and an `OR`, say) is an error.
///
/// Between parentheses it means what it meant alone.
pub fn condition(text: &str) -> Result<String, InvalidCondition> {
    let expression = parse(text).map_err(|error| InvalidCondition(error.to_string()))?;
    let printed = expression.to_string();
    // Not all that can be read prints as what it was: `- - 1` becomes a comment, which swallows whatever follows.
    if parse(&format!("({printed})")) != Ok(Expr::Nested(Box::new(expression))) {
        return Err(InvalidCondition(format!(
            "`{printed}`, as it would be written, means something else; parentheses may help"
        )));
    }
    Ok(printed)
}

fn parse(text: &str) -> Result<Expr, ParserError> {
    let mut parser = Parser::new(&GenericDialect {}).try_with_sql(text)?;
    let expression = parser.parse_expr()?;
    parser.expect_token(&Token::EOF)?;
    Ok(expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_one_expression() {
        assert_eq!(
            condition("service='a' or region = 'b' -- as ever").unwrap(),
            "service = 'a' OR region = 'b'"
        );
        for wrong in ["true) or (true", "true; drop table a", "", "a b"] {
            let error = condition(wrong).unwrap_err();
            assert!(
                error.to_string().starts_with("sql parser error: "),
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_would_print_as_a_comment_is_refused() {
        for wrong in ["- - 1 < 2", "a = - -1"] {
            assert!(condition(wrong).is_err(), "{wrong}");
        }
        assert_eq!(condition("- (-1) < 2").unwrap(), "-(-1) < 2");
    }
}
