//! Comparisons with rows of sub-queries: `(a, b) IN (SELECT …)`, of which DataFusion takes one column alone, and `x >= ALL (SELECT …)`, in
//! which it would take the outer column for the inner one if both have one name.

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{
        BinaryOperator, Expr, Ident, Query, SelectItem, SetExpr, Statement, TableFactor,
    },
};

use super::{each_expression, queries, take};

/// What the rows of the sub-query are called.
const ROWS: &str = "__in";
/// Up to so many columns there is a condition for each choice of those that are NULL.
const FEW: usize = 3;

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
            if let Some(made) = none(&values, subquery)? {
                *expression = made;
            }
            return Ok(());
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

/// `(a, b) NOT IN (sub-query)`, of values that differ in one column at least from those of each row, whatever stands for NULL.
///
/// Joins find equal values fast, so that there is one `NOT EXISTS` of equal values for each choice of `a` and `b` that are NULL, and one
/// more for the rows of the sub-query that have NULLs, which are few.
fn none(values: &[Expr], subquery: &Query) -> Result<Option<Expr>> {
    let columns: Vec<_> = (0..values.len())
        .map(|place| format!("{ROWS}.c{place}"))
        .collect();
    let pairs = || values.iter().zip(&columns);
    let unknown = pairs().map(|(value, column)| {
        format!("({column} = ({value}) OR {column} IS NULL OR ({value}) IS NULL)")
    });
    let unknown = unknown.collect::<Vec<_>>().join(" AND ");
    let mut excluded = Vec::new();
    if values.len() <= FEW {
        for choice in 0..1_usize << values.len() {
            let of = |(place, (value, column)): (usize, (&Expr, &String))| {
                if choice >> place & 1 == 1 {
                    format!("({value}) IS NULL")
                } else {
                    format!("{column} = ({value})")
                }
            };
            excluded.push(
                pairs()
                    .enumerate()
                    .map(of)
                    .collect::<Vec<_>>()
                    .join(" AND "),
            );
        }
        let nulls = columns.iter().map(|column| format!("{column} IS NULL"));
        let nulls = nulls.collect::<Vec<_>>().join(" OR ");
        excluded.push(format!("({nulls}) AND {unknown}"));
    } else {
        excluded.push(unknown);
    }
    let names: Vec<_> = (0..values.len()).map(|place| format!("c{place}")).collect();
    let names = names.join(", ");
    let conditions = excluded.iter().map(|condition| {
        format!("NOT EXISTS (SELECT 1 FROM ({subquery}) AS {ROWS} ({names}) WHERE {condition})")
    });
    let text = format!("SELECT ({})", conditions.collect::<Vec<_>>().join(" AND "));
    Ok(queries::parsed(&text)?.and_then(|query| match *query.body {
        SetExpr::Select(mut select) => match select.projection.pop() {
            Some(SelectItem::UnnamedExpr(made)) => Some(made),
            _ => None,
        },
        _ => None,
    }))
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
