//! Sub-queries within expressions, in the forms that DataFusion plans.

use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArgumentClause, FunctionArguments, GroupByExpr, OrderByKind,
    Query, Select, SelectItem, SetExpr, TableFactor, UnaryOperator, VisitMut, VisitorMut,
};

use super::{empty, make, sources};

/// Rewrites an expression that is a sub-query, or asks about one, whose own parts have been rewritten.
pub(super) fn rewrite(expr: &mut Expr) {
    match expr {
        Expr::Subquery(query) if empty::is_empty(query) => *expr = make::null(),
        Expr::Subquery(query) => one_row(query),
        Expr::Exists { subquery, negated } if empty::is_empty(subquery) => {
            *expr = make::truth(*negated);
        }
        Expr::InSubquery {
            subquery, negated, ..
        } if empty::is_empty(subquery) => *expr = make::truth(*negated),
        Expr::AnyOp { right, .. } if is_empty(right) => *expr = make::truth(false),
        Expr::AllOp { right, .. } if is_empty(right) => *expr = make::truth(true),
        Expr::Function(function) if make::parts(&function.name) == ["array"] => {
            let FunctionArguments::Subquery(query) = &mut function.args else {
                return;
            };
            if empty::is_empty(query) {
                *expr = make::call("pg_array", vec![make::text("{}")]);
            } else if gathered(query) {
                *expr = Expr::Subquery(query.clone());
            }
        }
        _ => {}
    }
}

fn is_empty(expr: &Expr) -> bool {
    match expr {
        Expr::Subquery(query) => empty::is_empty(query),
        Expr::Nested(inner) => is_empty(inner),
        _ => false,
    }
}

/// A query over the catalog that gives one value gives the largest of one: DataFusion wants to be told that it is one row.
fn one_row(query: &mut Query) {
    let ordered = query.order_by.is_some();
    let SetExpr::Select(select) = query.body.as_mut() else {
        return;
    };
    if ordered || query.with.is_some() || !is_plain(select) || !reads_catalog(select) {
        return;
    }
    let [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] =
        select.projection.as_mut_slice()
    else {
        return;
    };
    *expr = make::call("max", vec![make::take(expr)]);
    query.limit_clause = None;
    query.fetch = None;
}

/// Whether a select gives a row for each row it reads.
fn is_plain(select: &Select) -> bool {
    let grouped = match &select.group_by {
        GroupByExpr::All(_) => true,
        GroupByExpr::Expressions(expressions, _) => !expressions.is_empty(),
    };
    !grouped && select.distinct.is_none() && !empty::aggregates(select) && !select.from.is_empty()
}

/// Whether all that a select reads is of the catalog, or a function's.
fn reads_catalog(select: &Select) -> bool {
    let mut factors = select.from.iter().flat_map(|tables| {
        let joined = tables.joins.iter().map(|join| &join.relation);
        std::iter::once(&tables.relation).chain(joined)
    });
    factors.all(|factor| match factor {
        TableFactor::Table { args: Some(_), .. } | TableFactor::UNNEST { .. } => true,
        TableFactor::Derived { subquery, .. } => match subquery.body.as_ref() {
            SetExpr::Select(select) => reads_catalog(select),
            _ => false,
        },
        factor => sources::own_table(factor).is_some(),
    })
}

/// Makes of a query of one column one that gathers its values in an array. False if it is of another form.
fn gathered(query: &mut Query) -> bool {
    let order = query.order_by.take();
    let SetExpr::Select(select) = query.body.as_mut() else {
        return false;
    };
    if !is_plain(select) {
        return false;
    }
    let [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] =
        select.projection.as_mut_slice()
    else {
        return false;
    };
    let value = make::take(expr);
    let mut call = make::call("array_agg", vec![value.clone()]);
    if let Some(OrderByKind::Expressions(mut by)) = order.map(|order| order.kind)
        && let Expr::Function(function) = &mut call
        && let FunctionArguments::List(list) = &mut function.args
    {
        for by in &mut by {
            // `ORDER BY 1` means the value.
            if matches!(&by.expr, Expr::Value(_)) {
                by.expr = value.clone();
            }
        }
        list.clauses.push(FunctionArgumentClause::OrderBy(by));
    }
    *expr = call;
    true
}

/// DataFusion asks about the rows of a sub-query in conditions only: elsewhere they are counted, or gathered.
pub(super) fn in_values(select: &mut Select) {
    for item in &mut select.projection {
        let _ = item.visit(&mut Values { within: 0 });
    }
    let conditions = [&mut select.selection, &mut select.having];
    conditions.into_iter().flatten().for_each(in_condition);
}

/// The same of what a query is ordered by.
pub(super) fn in_order(query: &mut Query) {
    if let Some(order) = &mut query.order_by {
        let _ = order.visit(&mut Values { within: 0 });
    }
}

/// What a condition is made of, but for questions that are conditions themselves.
fn in_condition(condition: &mut Expr) {
    match condition {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And | BinaryOperator::Or,
            right,
        } => {
            in_condition(left);
            in_condition(right);
        }
        Expr::Nested(inner)
        | Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: inner,
        } => in_condition(inner),
        Expr::Exists { .. } | Expr::InSubquery { .. } => {}
        other => {
            let _ = other.visit(&mut Values { within: 0 });
        }
    }
}

struct Values {
    within: usize,
}

impl VisitorMut for Values {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.within += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.within -= 1;
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if self.within == 0 {
            let instead = match expr {
                Expr::Exists { subquery, negated } => counted(subquery, *negated),
                Expr::InSubquery {
                    expr,
                    subquery,
                    negated,
                } => contained(expr, subquery, *negated),
                _ => None,
            };
            if let Some(instead) = instead {
                *expr = instead;
            }
        }
        ControlFlow::Continue(())
    }
}

/// Whether a query has rows, by their number.
fn counted(query: &Query, negated: bool) -> Option<Expr> {
    let mut query = Box::new(query.clone());
    let SetExpr::Select(select) = query.body.as_mut() else {
        return None;
    };
    if !is_plain(select) || query.limit_clause.is_some() {
        return None;
    }
    let count = make::call("count", vec![make::number(&1)]);
    select.projection = vec![SelectItem::UnnamedExpr(count)];
    query.order_by = None;
    let op = if negated {
        BinaryOperator::Eq
    } else {
        BinaryOperator::Gt
    };
    Some(Expr::BinaryOp {
        left: Box::new(Expr::Subquery(query)),
        op,
        right: Box::new(make::number(&0)),
    })
}

/// Whether a value is among those of a query over the catalog, gathered in an array. Elsewhere it might be unknown, which an
/// array does not tell from false.
fn contained(value: &Expr, query: &Query, negated: bool) -> Option<Expr> {
    let mut query = Box::new(query.clone());
    let own = match query.body.as_ref() {
        SetExpr::Select(select) => reads_catalog(select),
        _ => false,
    };
    if !own || query.limit_clause.is_some() || !gathered(&mut query) {
        return None;
    }
    let contained = make::call("array_has", vec![Expr::Subquery(query), value.clone()]);
    Some(if negated {
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: Box::new(contained),
        }
    } else {
        contained
    })
}
