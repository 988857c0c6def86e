//! Statements in `PostgreSQL`'s dialect, made such that DataFusion plans them to mean the same: by rules about syntax and about the
//! catalog's tables, never about one client's query.

mod columns;
mod empty;
mod expressions;
mod make;
mod parameters;
mod path;
mod patterns;
mod sources;
mod subqueries;
mod tables;

use std::ops::ControlFlow;

use sqlparser::{
    ast::{
        Expr, ObjectName, Query, Select, Statement, TableFactor, Visit, VisitMut, Visitor,
        VisitorMut,
    },
    dialect::PostgreSqlDialect,
    parser::{Parser, ParserError},
    tokenizer::Tokenizer,
};

pub(crate) use self::path::qualify;
use super::{
    listing::{INFORMATION_SCHEMA, PG_CATALOG},
    relations,
};

/// What separates the name of a column from what tells it from another one of that name.
const BESIDE: char = '\u{1}';

/// How deep an expression may be nested.
const DEPTH: usize = 80;

/// The statements in `text`, which `;` separates.
pub(crate) fn parse(text: &str) -> Result<Vec<Statement>, ParserError> {
    let dialect = PostgreSqlDialect {};
    let tokens = Tokenizer::new(&dialect, text).tokenize_with_location()?;
    Parser::new(&dialect)
        .with_recursion_limit(DEPTH)
        .with_tokens_with_locations(tables::selected(tokens))
        .parse_statements()
}

/// Makes of a statement one that DataFusion plans to mean the same. Columns without a name get the one that `PostgreSQL` gives
/// them; see [`shown_name`].
pub(crate) fn rewrite(statement: &mut Statement) {
    let asked = parameters::of(statement);
    let _ = statement.visit(&mut Names);
    let _ = statement.visit(&mut Expressions);
    let _ = statement.visit(&mut Structure);
    columns::show_names(statement);
    parameters::keep(statement, &asked);
}

/// The name of a column as the client is told it.
pub(crate) fn shown_name(name: &str) -> &str {
    name.split(BESIDE).next().unwrap_or(name)
}

/// Whether a statement asks about the server, and not about costs: then it is `PostgreSQL`'s, whatever dialect others are in.
pub(crate) fn concerns(statement: &Statement) -> bool {
    statement.visit(&mut Concerns).is_break()
}

struct Concerns;

impl Visitor for Concerns {
    type Break = ();

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let names = make::parts(relation);
        let own = match names.as_slice() {
            [name] => relations::named(PG_CATALOG, name).is_some(),
            names => names.iter().any(|name| is_own_schema(name)),
        };
        found(own)
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) => {
                let names = make::parts(&function.name);
                let name = names.last().map(String::as_str).unwrap_or_default();
                found(
                    name.starts_with("pg_")
                        || names.first().is_some_and(|name| is_own_schema(name))
                        || [
                            "version",
                            "current_schemas",
                            "current_setting",
                            "set_config",
                        ]
                        .contains(&name),
                )
            }
            Expr::Cast { data_type, .. } => {
                let name = data_type.to_string().to_lowercase();
                found(name.contains("pg_catalog.") || name.starts_with("reg"))
            }
            _ => ControlFlow::Continue(()),
        }
    }
}

fn found(found: bool) -> ControlFlow<()> {
    if found {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

fn is_own_schema(name: &str) -> bool {
    name == PG_CATALOG || name == INFORMATION_SCHEMA
}

/// Columns get their names before anything else changes.
struct Names;

impl VisitorMut for Names {
    type Break = ();

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        columns::name(&mut select.projection);
        ControlFlow::Continue(())
    }
}

/// What can be said of an expression alone.
struct Expressions;

impl VisitorMut for Expressions {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        expressions::rewrite(expr);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        sources::rewrite(factor);
        ControlFlow::Continue(())
    }
}

/// What depends on the tables that a query reads: inner queries before outer ones.
struct Structure;

impl VisitorMut for Structure {
    type Break = ();

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        sources::system_columns(select);
        empty::fold(select);
        subqueries::in_values(select);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        query.locks.clear();
        empty::fold_tables(query);
        subqueries::in_order(query);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        subqueries::rewrite(expr);
        ControlFlow::Continue(())
    }
}
