//! Forms of queries that DataFusion does not plan, and those that it would ignore.

use std::ops::ControlFlow;

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        Expr, LimitClause, Offset, Query, Statement, TableAlias, TableFactor, TableSampleKind,
        TableSampleMethod, TableSampleQuantity, Value, ValueWithSpan, VisitMut, VisitorMut,
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
            } => sampled(factor),
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

/// `t TABLESAMPLE BERNOULLI (10)`, of which each row stays with that probability: `(SELECT * FROM t WHERE random() * 100 < 10) AS t`. What
/// `SYSTEM` takes for one is for the connector to choose.
fn sampled(factor: &mut TableFactor) -> Result<()> {
    let name = match factor {
        TableFactor::Table { name, .. } => name.0.last().and_then(|part| part.as_ident()).cloned(),
        _ => None,
    };
    let (TableFactor::Table { sample, alias, .. } | TableFactor::Derived { sample, alias, .. }) =
        factor
    else {
        return Ok(());
    };
    let Some(TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample)) =
        sample.take()
    else {
        return Ok(());
    };
    let (
        Some(TableSampleMethod::Bernoulli | TableSampleMethod::System),
        Some(TableSampleQuantity {
            value, unit: None, ..
        }),
    ) = (sample.name, sample.quantity)
    else {
        return unsupported("TABLESAMPLE other than BERNOULLI (…) and SYSTEM (…)");
    };
    let alias = alias.take().or_else(|| {
        let name = name?;
        Some(TableAlias {
            explicit: true,
            name,
            columns: Vec::new(),
            at: None,
        })
    });
    let text = format!("SELECT * FROM {factor} WHERE random() * 100 < ({value})");
    let Some(query) = parsed(&text)? else {
        return unsupported("TABLESAMPLE of this table");
    };
    *factor = TableFactor::Derived {
        lateral: false,
        subquery: Box::new(query),
        alias,
        sample: None,
    };
    Ok(())
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
