//! `ORDER BY t.day` beside something else that is called `day`, which DataFusion finds ambiguous.

use std::ops::ControlFlow;

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        Expr, Ident, OrderBy, OrderByKind, Query, Select, SelectItem, SetExpr, Statement,
        TableFactor, VisitMut, VisitorMut,
    },
};

use super::{done, flow, labels::refers, queries};
use crate::ast::labelled;

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    struct Ordered;

    impl VisitorMut for Ordered {
        type Break = DataFusionError;

        fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<DataFusionError> {
            flow(order(query))
        }
    }

    done(statement.visit(&mut Ordered))
}

/// Makes of the query a sub-query that also has what it is ordered by, under names that nothing else has.
fn order(query: &mut Query) -> Result<()> {
    let SetExpr::Select(select) = query.body.as_mut() else {
        return Ok(());
    };
    let Some(OrderBy {
        kind: OrderByKind::Expressions(keys),
        ..
    }) = &mut query.order_by
    else {
        return Ok(());
    };
    let Some(labels) = labels(select) else {
        return Ok(());
    };
    let is_meant = labels.iter().any(|label| refers(select, &label.value));
    let is_ambiguous = keys.iter().any(|key| is_ambiguous(&key.expr, select));
    if select.distinct.is_some() || is_meant || !is_ambiguous {
        return Ok(());
    }
    let inner: Vec<_> = (0..labels.len())
        .map(|place| format!("__ordered_{place}"))
        .collect();
    let outer = inner
        .iter()
        .zip(&labels)
        .map(|(inner, label)| format!("{inner} AS \"{}\"", label.value.replace('"', "\"\"")));
    let text = format!(
        "SELECT {} FROM (SELECT 1) AS __ordered",
        outer.collect::<Vec<_>>().join(", ")
    );
    let Some(mut made) = queries::parsed(&text)? else {
        return Ok(());
    };
    for (place, key) in keys.iter_mut().enumerate() {
        let is_label = matches!(&key.expr, Expr::Identifier(name) if labels.contains(name));
        if is_label || matches!(key.expr, Expr::Value(_)) {
            continue;
        }
        let name = Ident::new(format!("__key_{place}"));
        let value = std::mem::replace(&mut key.expr, Expr::Identifier(name.clone()));
        select.projection.push(labelled(value, name));
    }
    for (item, name) in select.projection.iter_mut().zip(&inner) {
        if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
            *item = labelled(expr.clone(), Ident::new(name));
        }
    }
    let SetExpr::Select(around) = made.body.as_mut() else {
        return Ok(());
    };
    if let Some(TableFactor::Derived { subquery, .. }) =
        around.from.first_mut().map(|from| &mut from.relation)
    {
        let order_by = query.order_by.take();
        let limit_clause = query.limit_clause.take();
        let with = query.with.take();
        std::mem::swap(subquery.as_mut(), query);
        *query = Query {
            order_by,
            limit_clause,
            with,
            ..made
        };
    }
    Ok(())
}

/// What each column is called; `None` if that cannot be told.
fn labels(select: &Select) -> Option<Vec<Ident>> {
    let label = |item: &SelectItem| match item {
        SelectItem::UnnamedExpr(Expr::Identifier(name))
        | SelectItem::ExprWithAlias { alias: name, .. } => Some(name.clone()),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().cloned(),
        _ => None,
    };
    select.projection.iter().map(label).collect()
}

/// Whether a column of a table is meant where something else has its name.
fn is_ambiguous(key: &Expr, select: &Select) -> bool {
    let Expr::CompoundIdentifier(names) = key else {
        return false;
    };
    select.projection.iter().any(|item| match item {
        SelectItem::ExprWithAlias { expr, alias } => names.last() == Some(alias) && expr != key,
        _ => false,
    })
}
