//! `ORDER BY … FETCH FIRST n ROWS WITH TIES`: the rows whose rank is among the first n.

use std::ops::ControlFlow;

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        Expr, Ident, LimitClause, OrderBy, OrderByKind, Query, SelectItem, SetExpr, Statement,
        TableFactor, Value, VisitMut, VisitorMut,
    },
};

use super::{done, flow, queries, unsupported};
use crate::ast::{bare, labelled};

/// What the rows are called that are ranked.
const ROWS: &str = "__tied";

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    struct Ties;

    impl VisitorMut for Ties {
        type Break = DataFusionError;

        fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<DataFusionError> {
            flow(tied(query))
        }
    }

    done(statement.visit(&mut Ties))
}

/// Makes of the query a sub-query whose rows are ranked by what they are ordered by.
fn tied(query: &mut Query) -> Result<()> {
    let Some(fetch) = query.fetch.take() else {
        return Ok(());
    };
    if fetch.percent {
        return unsupported("FETCH FIRST … PERCENT");
    }
    let count = fetch.quantity.as_ref().map_or(Some(1), whole);
    let offset = match &query.limit_clause {
        None => Some(0),
        Some(LimitClause::LimitOffset {
            limit: None,
            offset: Some(offset),
            ..
        }) => whole(&offset.value),
        Some(_) => None,
    };
    let (Some(count), Some(offset)) = (count, offset) else {
        return unsupported("FETCH FIRST … WITH TIES of what is no number");
    };
    let Some(OrderBy {
        kind: OrderByKind::Expressions(mut keys),
        ..
    }) = query.order_by.take()
    else {
        return unsupported("FETCH FIRST … WITH TIES without ORDER BY");
    };
    query.limit_clause = None;
    let mut hidden = vec!["__place".to_owned(), "__rank".to_owned()];
    for (place, key) in keys.iter_mut().enumerate() {
        let name = format!("__key_{place}");
        if let Some(label) = label(&query.body, &key.expr) {
            key.expr = Expr::Identifier(label);
            continue;
        }
        let SetExpr::Select(select) = query.body.as_mut() else {
            continue;
        };
        if select.distinct.is_some() {
            return unsupported("FETCH FIRST … WITH TIES by what SELECT DISTINCT does not have");
        }
        let label = Ident::new(&name);
        let value = std::mem::replace(&mut key.expr, Expr::Identifier(label.clone()));
        select.projection.push(labelled(value, label));
        hidden.push(name);
    }
    let order = keys.iter().map(ToString::to_string);
    let order = order.collect::<Vec<_>>().join(", ");
    let last = offset.saturating_add(count);
    let text = format!(
        "SELECT * EXCLUDE ({}) FROM (SELECT {ROWS}.*, row_number() OVER (ORDER BY {order}) AS __place, \
         rank() OVER (ORDER BY {order}) AS __rank FROM (SELECT 1) AS {ROWS}) AS __ranked \
         WHERE __rank <= {last} AND __place > {offset} ORDER BY __place",
        hidden.join(", ")
    );
    let Some(mut made) = queries::parsed(&text)? else {
        return Ok(());
    };
    if let Some(rows) = derived(&mut made).and_then(derived) {
        let with = query.with.take();
        std::mem::swap(rows, query);
        *query = Query { with, ..made };
    }
    Ok(())
}

/// The sub-query that a query selects from.
fn derived(query: &mut Query) -> Option<&mut Query> {
    let SetExpr::Select(select) = query.body.as_mut() else {
        return None;
    };
    match &mut select.from.first_mut()?.relation {
        TableFactor::Derived { subquery, .. } => Some(subquery),
        _ => None,
    }
}

fn whole(expression: &Expr) -> Option<u64> {
    match bare(expression) {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// The label of the answer that a key means, if it means one.
fn label(body: &SetExpr, key: &Expr) -> Option<Ident> {
    let select = match body {
        SetExpr::Select(select) => select,
        SetExpr::Query(query) => return label(&query.body, key),
        SetExpr::SetOperation { left, .. } => return label(left, key),
        _ => return None,
    };
    let of = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.clone()),
        SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(name.clone()),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().cloned(),
        _ => None,
    };
    match bare(key) {
        Expr::Value(_) => {
            let place = usize::try_from(whole(key)?).ok()?.checked_sub(1)?;
            of(select.projection.get(place)?)
        }
        Expr::Identifier(name) => {
            let mut labels = select.projection.iter().filter_map(of);
            labels.find(|label| label.value == name.value)
        }
        _ => None,
    }
}
