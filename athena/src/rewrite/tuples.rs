//! Comparisons with rows of sub-queries: `(a, b) IN (SELECT …)`, of which DataFusion takes one column alone, and `x >= ALL (SELECT …)`, in
//! which it would take the outer column for the inner one if both have one name.

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{BinaryOperator, Expr, Ident, Query, SetExpr, Statement, TableFactor},
};

use super::{each_expression, queries, take, unsupported};

/// What the rows of the sub-query are called.
const ROWS: &str = "__in";

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        if let Expr::AllOp { right, .. } | Expr::AnyOp { right, .. } = expression {
            return told_apart(right);
        }
        let Expr::InSubquery {
            expr,
            subquery,
            negated,
        } = expression
        else {
            return Ok(());
        };
        let Some(mut values) = row(expr) else {
            return Ok(());
        };
        if *negated {
            return unsupported("NOT IN for several columns (in contrast to NOT EXISTS)");
        }
        if let Some(query) = exists(&mut values, subquery)? {
            *expression = Expr::Exists {
                subquery: Box::new(query),
                negated: false,
            };
        }
        Ok(())
    })
}

/// `(sub-query)` as `(SELECT c0 FROM (sub-query) AS __in (c0))`.
fn told_apart(expression: &mut Expr) -> Result<()> {
    let Expr::Subquery(subquery) = expression else {
        return Ok(());
    };
    // It was done before.
    if rows(subquery).is_some() {
        return Ok(());
    }
    let text = format!("SELECT {ROWS}.c0 FROM (SELECT 1) AS {ROWS} (c0)");
    if let Some(mut query) = queries::parsed(&text)? {
        if let Some(rows) = rows(&mut query) {
            std::mem::swap(rows, subquery.as_mut());
        }
        **subquery = query;
    }
    Ok(())
}

/// The sub-query that is called [`ROWS`].
fn rows(query: &mut Query) -> Option<&mut Query> {
    let SetExpr::Select(select) = query.body.as_mut() else {
        return None;
    };
    match &mut select.from.first_mut()?.relation {
        TableFactor::Derived {
            subquery,
            alias: Some(alias),
            ..
        } if alias.name.value == ROWS => Some(subquery.as_mut()),
        _ => None,
    }
}

/// The values of `(a, b)`, or of `ROW(a, b)` as it was rewritten.
fn row(expression: &mut Expr) -> Option<Vec<Expr>> {
    match expression {
        Expr::Tuple(values) if values.len() > 1 => Some(values.iter_mut().map(take).collect()),
        Expr::Nested(inner) => row(inner),
        _ => None,
    }
}

/// `EXISTS (SELECT 1 FROM (sub-query) AS __in (c0, c1) WHERE __in.c0 = a AND __in.c1 = b)`.
fn exists(values: &mut [Expr], subquery: &mut Query) -> Result<Option<Query>> {
    let columns: Vec<_> = (0..values.len()).map(|place| format!("c{place}")).collect();
    let text = format!(
        "SELECT 1 FROM (SELECT 1) AS {ROWS} ({})",
        columns.join(", ")
    );
    let Some(mut query) = queries::parsed(&text)? else {
        return Ok(None);
    };
    let SetExpr::Select(select) = query.body.as_mut() else {
        return Ok(None);
    };
    if let Some(TableFactor::Derived { subquery: rows, .. }) =
        select.from.first_mut().map(|from| &mut from.relation)
    {
        std::mem::swap(rows.as_mut(), subquery);
    }
    let equal = values.iter_mut().zip(&columns).map(|(value, column)| {
        let column = vec![Ident::new(ROWS), Ident::new(column)];
        Expr::BinaryOp {
            left: Box::new(Expr::CompoundIdentifier(column)),
            op: BinaryOperator::Eq,
            right: Box::new(take(value)),
        }
    });
    select.selection = equal.reduce(|left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::And,
        right: Box::new(right),
    });
    Ok(Some(query))
}
