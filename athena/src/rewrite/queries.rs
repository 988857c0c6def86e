//! Forms of queries that DataFusion does not plan, and those that it would ignore.

use std::ops::ControlFlow;

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        Expr, LimitClause, Offset, Query, Statement, TableFactor, Value, ValueWithSpan, VisitMut,
        VisitorMut,
    },
};

use super::{done, flow, unsupported};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    if let Statement::Execute {
        parameters,
        using,
        has_parentheses,
        ..
    } = statement
    {
        *has_parentheses |= !using.is_empty();
        parameters.extend(using.drain(..).map(|value| value.expr));
    }
    done(statement.visit(&mut Queries))
}

struct Queries;

impl VisitorMut for Queries {
    type Break = DataFusionError;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<DataFusionError> {
        flow(fetch(query))
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<DataFusionError> {
        flow(match factor {
            TableFactor::Table {
                sample: Some(_), ..
            }
            | TableFactor::Derived {
                sample: Some(_), ..
            } => unsupported("TABLESAMPLE"),
            TableFactor::Table {
                version: Some(_), ..
            } => unsupported("FOR TIMESTAMP or FOR VERSION of a table"),
            TableFactor::MatchRecognize { .. } => unsupported("MATCH_RECOGNIZE"),
            _ => Ok(()),
        })
    }

    fn pre_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<DataFusionError> {
        if let Value::UnicodeStringLiteral(text) = &mut value.value {
            value.value = Value::SingleQuotedString(std::mem::take(text));
        }
        ControlFlow::Continue(())
    }
}

/// The query in this text.
pub(super) fn parsed(text: &str) -> Result<Option<Query>> {
    use datafusion::sql::parser::Statement as Outer;
    let statement = crate::parse(text)?.pop_front();
    Ok(match statement {
        Some(Outer::Statement(statement)) => match *statement {
            Statement::Query(query) => Some(*query),
            _ => None,
        },
        _ => None,
    })
}

/// `FETCH FIRST n ROWS ONLY` is `LIMIT n`.
fn fetch(query: &mut Query) -> Result<()> {
    // Those with ties are ranked when all columns have their labels.
    let Some(fetch) = query.fetch.take_if(|fetch| !fetch.with_ties) else {
        return Ok(());
    };
    if fetch.percent {
        return unsupported("FETCH FIRST … PERCENT");
    }
    let offset: Option<Offset> = match query.limit_clause.take() {
        Some(LimitClause::LimitOffset {
            limit: None,
            offset,
            ..
        }) => offset,
        None => None,
        Some(_) => return unsupported("LIMIT together with FETCH FIRST"),
    };
    query.limit_clause = Some(LimitClause::LimitOffset {
        limit: Some(
            fetch
                .quantity
                .unwrap_or_else(|| Expr::Value(Value::Number("1".to_owned(), false).into())),
        ),
        offset,
        limit_by: Vec::new(),
    });
    Ok(())
}
