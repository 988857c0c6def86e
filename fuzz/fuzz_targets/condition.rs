//! Conditions of `--where`: what is accepted is one expression wherever it is put between parentheses, and the same one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlparser::{
    ast::{Expr, SetExpr, Statement},
    dialect::GenericDialect,
    parser::{Parser, ParserError},
};

/// `SELECT 1 FROM t WHERE (condition)`
fn statement(condition: Expr) -> Statement {
    let mut statements = parse("SELECT 1 FROM t WHERE (true)").expect("this is SQL");
    let mut statement = statements.pop().expect("a statement");
    if let Statement::Query(query) = &mut statement
        && let SetExpr::Select(select) = &mut *query.body
    {
        select.selection = Some(Expr::Nested(Box::new(condition)));
    }
    statement
}

fn parse(text: &str) -> Result<Vec<Statement>, ParserError> {
    Parser::parse_sql(&GenericDialect {}, text)
}

fuzz_target!(|text: &str| {
    let Ok(condition) = curtail_queries::condition(text) else {
        return;
    };
    let alone = Parser::new(&GenericDialect {}).try_with_sql(text);
    let alone = alone.and_then(|mut parser| parser.parse_expr());
    let expected = statement(alone.expect("what is accepted is an expression"));
    let found = parse(&format!("SELECT 1 FROM t WHERE ({condition})"));
    assert!(
        found.as_ref() == Ok(&vec![expected]),
        "{condition}: {found:?}"
    );
});
