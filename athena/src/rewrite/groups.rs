//! A column and a cast of it, or two casts of one, in one GROUP BY: DataFusion leaves casts out of the names of what it groups by, and finds
//! one name twice.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Select, SelectItem, Statement, Value, VisitMut, VisitorMut,
    visit_expressions_mut,
};

use crate::ast::{bare, call, null};

pub(super) fn rewrite(statement: &mut Statement) {
    struct Groups;

    impl VisitorMut for Groups {
        type Break = ();

        fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
            for (place, cast) in repeated(select).into_iter().enumerate() {
                name(select, &cast, place + 1);
            }
            ControlFlow::Continue(())
        }
    }

    let _: ControlFlow<()> = statement.visit(&mut Groups);
}

/// The casts that are named like something else in GROUP BY.
fn repeated(select: &Select) -> Vec<Expr> {
    let GroupByExpr::Expressions(groups, _) = &select.group_by else {
        return Vec::new();
    };
    let mut groups: Vec<&Expr> = groups
        .iter()
        .map(|group| meant(group, select).unwrap_or(group))
        .collect();
    // What is no cast keeps its name.
    groups.sort_by_key(|group| matches!(group, Expr::Cast { .. }));
    let mut seen: Vec<(&Expr, &Expr)> = Vec::new();
    let mut repeated = Vec::new();
    for group in groups {
        let column = without_casts(group);
        let is_other = |(whole, other): &(&Expr, &Expr)| *other == column && *whole != group;
        if matches!(group, Expr::Cast { .. }) && seen.iter().any(is_other) {
            repeated.push(group.clone());
        }
        seen.push((group, column));
    }
    repeated
}

/// The selected expression that `GROUP BY 2` or `GROUP BY label` means.
fn meant<'a>(group: &Expr, select: &'a Select) -> Option<&'a Expr> {
    let place = match group {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse::<usize>().ok()?.checked_sub(1)?,
            _ => return None,
        },
        Expr::Identifier(name) => select.projection.iter().position(
            |item| matches!(item, SelectItem::ExprWithAlias { alias, .. } if alias == name),
        )?,
        _ => return None,
    };
    match select.projection.get(place)? {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(bare(expr)),
        _ => None,
    }
}

fn without_casts(expression: &Expr) -> &Expr {
    match bare(expression) {
        Expr::Cast { expr, .. } => without_casts(expr),
        other => other,
    }
}

/// Makes `coalesce(cast, NULL)` of the cast, with as many NULLs as tell it from others.
fn name(select: &mut Select, cast: &Expr, nulls: usize) {
    let change = |expression: &mut Expr| {
        if expression == cast {
            let mut arguments = vec![cast.clone()];
            arguments.resize_with(nulls + 1, null);
            *expression = call("coalesce", arguments);
        }
        ControlFlow::Continue(())
    };
    let _: ControlFlow<()> = visit_expressions_mut(&mut select.projection, change);
    let _: ControlFlow<()> = visit_expressions_mut(&mut select.group_by, change);
    let _: ControlFlow<()> = visit_expressions_mut(&mut select.having, change);
}
