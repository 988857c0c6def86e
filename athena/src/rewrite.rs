//! What is rewritten on a parsed statement before it is planned.
//!
//! Each pass has one concern, and leaves a statement on which it would do nothing more.

mod aggregates;
mod attempts;
mod calls;
mod casts;
mod collected;
mod fields;
pub(crate) mod grouping;
mod groups;
mod intervals;
mod labels;
mod lambdas;
mod likes;
mod names;
mod order;
mod queries;
mod rows;
mod ties;
mod tuples;
mod unnest;
mod using;
mod windows;

use std::ops::ControlFlow;

use datafusion::{
    error::{DataFusionError, Result},
    sql::{
        parser::{CopyToSource, Statement},
        sqlparser::ast::{self as sql, Expr, Select, SetExpr, VisitMut, VisitorMut},
    },
};

/// Makes of a statement in Trino's dialect one that DataFusion plans to mean the same.
pub fn rewrite(statement: &mut Statement) -> Result<()> {
    match statement {
        Statement::Statement(statement) => rewrite_sql(statement),
        Statement::Explain(explain) => rewrite(&mut explain.statement),
        Statement::CopyTo(copy) => match &mut copy.source {
            CopyToSource::Query(query) => {
                let mut statement = sql::Statement::Query(query.clone());
                rewrite_sql(&mut statement)?;
                if let sql::Statement::Query(rewritten) = statement {
                    *query = rewritten;
                }
                Ok(())
            }
            CopyToSource::Relation(_) => Ok(()),
        },
        Statement::CreateExternalTable(_) | Statement::Reset(_) => Ok(()),
    }
}

fn rewrite_sql(statement: &mut sql::Statement) -> Result<()> {
    let typed = labels::typed(statement);
    names::lower(statement);
    labels::restore(statement, &typed);
    queries::rewrite(statement)?;
    grouping::rewrite(statement)?;
    windows::rewrite(statement)?;
    using::rewrite(statement)?;
    likes::rewrite(statement)?;
    lambdas::rewrite(statement)?;
    attempts::rewrite(statement)?;
    collected::rewrite(statement)?;
    fields::name(statement);
    calls::rewrite(statement)?;
    casts::rewrite(statement)?;
    intervals::rewrite(statement)?;
    unnest::rewrite(statement)?;
    tuples::rewrite(statement)?;
    aggregates::rewrite(statement);
    groups::rewrite(statement);
    labels::complete(statement);
    order::rewrite(statement)?;
    ties::rewrite(statement)?;
    rows::rewrite(statement)?;
    Ok(())
}

/// Changes every expression, those inside after those around them.
fn each_expression(
    statement: &mut impl VisitMut,
    change: impl FnMut(&mut Expr) -> Result<()>,
) -> Result<()> {
    struct Each<F>(F);

    impl<F: FnMut(&mut Expr) -> Result<()>> VisitorMut for Each<F> {
        type Break = DataFusionError;

        fn pre_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<DataFusionError> {
            flow((self.0)(expression))
        }
    }

    done(statement.visit(&mut Each(change)))
}

/// Changes the SELECTs of a query, but not those of its sub-queries.
fn each_select(
    body: &mut SetExpr,
    change: &mut impl FnMut(&mut Select) -> Result<()>,
) -> Result<()> {
    match body {
        SetExpr::Select(select) => change(select),
        SetExpr::SetOperation { left, right, .. } => {
            each_select(left, change)?;
            each_select(right, change)
        }
        _ => Ok(()),
    }
}

fn flow(result: Result<()>) -> ControlFlow<DataFusionError> {
    match result {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    }
}

fn done(flow: ControlFlow<DataFusionError>) -> Result<()> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

/// The error of what Trino has and there is not here.
fn unsupported<T>(what: impl std::fmt::Display) -> Result<T> {
    Err(DataFusionError::NotImplemented(format!(
        "{what} is not supported"
    )))
}

/// Takes an expression out of its place.
fn take(expression: &mut Expr) -> Expr {
    std::mem::replace(expression, crate::ast::null())
}
