//! Aggregates that DataFusion would give the same name.
//!
//! It names an aggregate by its arguments without their casts, and refuses two of one name: `SUM(CAST(x AS decimal))` beside
//! `SUM(TRY_CAST(x AS decimal))`. Each but the first gets a filter that lets everything through, which is part of its name.

use std::{collections::HashMap, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Function, Query, Select, SetExpr, Statement, VisitMut, VisitorMut,
};

use super::each_expression;
use crate::ast::number;

pub(super) fn rewrite(statement: &mut Statement) {
    struct Apart;

    impl VisitorMut for Apart {
        type Break = ();

        fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
            if let SetExpr::Select(select) = query.body.as_mut() {
                apart(select, query.order_by.as_mut());
            }
            ControlFlow::Continue(())
        }
    }

    let _: ControlFlow<()> = statement.visit(&mut Apart);
}

/// The functions that may have such names, and take a filter.
const NAMES: [&str; 8] = [
    "sum",
    "avg",
    "min",
    "max",
    "count",
    "array_agg",
    "arbitrary",
    "approx_distinct",
];

fn apart(select: &mut Select, order_by: Option<&mut datafusion::sql::sqlparser::ast::OrderBy>) {
    // By the name without casts, the aggregates as they are written.
    let mut known: HashMap<String, Vec<String>> = HashMap::new();
    let mut visit = |expression: &mut Expr| {
        each_expression(expression, |part| {
            if let Expr::Function(function) = part {
                tell_apart(function, &mut known);
            }
            Ok(())
        })
    };
    let mut all = Vec::new();
    for item in &mut select.projection {
        use datafusion::sql::sqlparser::ast::SelectItem::{ExprWithAlias, UnnamedExpr};
        if let UnnamedExpr(expr) | ExprWithAlias { expr, .. } = item {
            all.push(expr);
        }
    }
    all.extend(&mut select.having);
    if let Some(order_by) = order_by
        && let datafusion::sql::sqlparser::ast::OrderByKind::Expressions(keys) = &mut order_by.kind
    {
        all.extend(keys.iter_mut().map(|key| &mut key.expr));
    }
    for expression in all {
        // It cannot fail: what is visited gives no errors.
        let _ = visit(expression);
    }
}

fn tell_apart(function: &mut Function, known: &mut HashMap<String, Vec<String>>) {
    let is_aggregate = crate::ast::name(function).is_some_and(|name| NAMES.contains(&name));
    if !is_aggregate || function.over.is_some() {
        return;
    }
    let written = function.to_string();
    let mut plain = Expr::Function(function.clone());
    let _ = each_expression(&mut plain, |part| {
        while let Expr::Cast { expr, .. } | Expr::Nested(expr) = part {
            *part = super::take(expr);
        }
        Ok(())
    });
    let forms = known.entry(plain.to_string()).or_default();
    let place = forms.iter().position(|form| *form == written);
    let place = place.unwrap_or_else(|| {
        forms.push(written);
        forms.len() - 1
    });
    if place == 0 {
        return;
    }
    let always = Expr::BinaryOp {
        left: Box::new(number(&place)),
        op: BinaryOperator::Eq,
        right: Box::new(number(&place)),
    };
    function.filter = Some(Box::new(match function.filter.take() {
        Some(filter) => Expr::BinaryOp {
            left: Box::new(Expr::Nested(filter)),
            op: BinaryOperator::And,
            right: Box::new(always),
        },
        None => always,
    }));
}
