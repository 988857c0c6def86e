//! The labels of columns: as typed in the result, `_col0` where there is none, and no two the same.

use std::{collections::HashSet, ops::ControlFlow};

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Ident, OrderByKind, Query, Select, SelectItem, SetExpr, Statement, VisitMut,
    VisitorMut, visit_expressions, visit_expressions_mut,
};

use crate::ast::labelled;

/// The labels of the result's columns that are not in lower case, by their places, before names are made so.
pub(super) fn typed(statement: &mut Statement) -> Vec<Option<Ident>> {
    let Some(select) = outermost(statement).and_then(|query| first(&mut query.body)) else {
        return Vec::new();
    };
    let labels = select.projection.iter().map(|item| {
        let label = match item {
            SelectItem::UnnamedExpr(Expr::Identifier(name))
            | SelectItem::ExprWithAlias { alias: name, .. } => name,
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last()?,
            _ => return None,
        };
        label
            .value
            .chars()
            .any(char::is_uppercase)
            .then(|| label.clone())
    });
    labels.collect()
}

/// Gives the result's columns the labels that were typed, and ORDER BY the same names for them.
pub(super) fn restore(statement: &mut Statement, typed: &[Option<Ident>]) {
    let Some(query) = outermost(statement) else {
        return;
    };
    let Some(select) = first(&mut query.body) else {
        return;
    };
    let mut restored = Vec::new();
    for (place, label) in typed.iter().enumerate() {
        let (Some(label), Some(item)) = (label, select.projection.get(place)) else {
            continue;
        };
        let lower = label.value.to_lowercase();
        let mut label = label.clone();
        label.quote_style = Some('"');
        let expr = match item {
            SelectItem::UnnamedExpr(expr) => expr.clone(),
            // What else refers to the alias would not find it.
            SelectItem::ExprWithAlias { expr, alias }
                if alias.value == lower && (is_column(expr) || !refers(select, &lower)) =>
            {
                expr.clone()
            }
            _ => continue,
        };
        select.projection[place] = labelled(expr, label.clone());
        restored.push((lower, label));
    }
    let Some(order_by) = &mut query.order_by else {
        return;
    };
    let OrderByKind::Expressions(keys) = &mut order_by.kind else {
        return;
    };
    for key in keys {
        if aggregates(&key.expr) {
            continue;
        }
        let _: ControlFlow<()> = visit_expressions_mut(&mut key.expr, |expression| {
            if let Expr::Identifier(name) = expression
                && let Some((_, label)) = restored.iter().find(|(lower, _)| *lower == name.value)
            {
                name.value.clone_from(&label.value);
                name.quote_style = Some('"');
            }
            ControlFlow::Continue(())
        });
    }
}

/// The query whose rows are the statement's result.
fn outermost(statement: &mut Statement) -> Option<&mut Query> {
    match statement {
        Statement::Query(query) => Some(query),
        Statement::Prepare { statement, .. } => outermost(statement),
        _ => None,
    }
}

/// The SELECT that labels the columns of a query.
fn first(body: &mut SetExpr) -> Option<&mut Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => first(&mut query.body),
        SetExpr::SetOperation { left, .. } => first(left),
        _ => None,
    }
}

fn is_column(expression: &Expr) -> bool {
    matches!(
        expression,
        Expr::Identifier(_) | Expr::CompoundIdentifier(_)
    )
}

/// Whether GROUP BY or HAVING has this name.
pub(super) fn refers(select: &Select, name: &str) -> bool {
    let found = |expression: &Expr| match expression {
        Expr::Identifier(found) if found.value == name => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let groups = match &select.group_by {
        GroupByExpr::Expressions(groups, _) => groups.as_slice(),
        GroupByExpr::All(_) => &[],
    };
    groups
        .iter()
        .chain(&select.having)
        .any(|expression| visit_expressions(expression, found).is_break())
}

/// Whether there is an aggregate in it, whose argument is of the rows that it aggregates, not of the result.
fn aggregates(expression: &Expr) -> bool {
    visit_expressions(expression, |part| match part {
        Expr::Function(function)
            if crate::ast::name(function).is_some_and(|name| {
                ["sum", "count", "avg", "min", "max", "count_if", "arbitrary"].contains(&name)
            }) =>
        {
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}

/// Names what has no name, and tells labels apart.
pub(super) fn complete(statement: &mut Statement) {
    struct Complete;

    impl VisitorMut for Complete {
        type Break = ();

        fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
            order_by_labels(query);
            ControlFlow::Continue(())
        }

        fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
            name_unnamed(select);
            tell_apart(select);
            ControlFlow::Continue(())
        }
    }

    let _: ControlFlow<()> = statement.visit(&mut Complete);
}

fn name_unnamed(select: &mut Select) {
    for (place, item) in select.projection.iter_mut().enumerate() {
        let SelectItem::UnnamedExpr(expr) = item else {
            continue;
        };
        let is_named = is_column(expr)
            || unnests(expr)
            || matches!(expr, Expr::Wildcard(_) | Expr::QualifiedWildcard(..));
        if !is_named {
            *item = labelled(expr.clone(), Ident::new(format!("_col{place}")));
        }
    }
}

/// DataFusion's own `unnest` in a SELECT list may be several columns.
fn unnests(expression: &Expr) -> bool {
    matches!(expression, Expr::Function(function) if crate::ast::name(function) == Some("unnest"))
}

/// `SELECT DISTINCT f(x) … ORDER BY f(x)` is ordered by a column of the result, and by its label once it has one.
fn order_by_labels(query: &mut Query) {
    let SetExpr::Select(select) = query.body.as_ref() else {
        return;
    };
    if select.distinct.is_none() {
        return;
    }
    let Some(OrderByKind::Expressions(keys)) = query.order_by.as_mut().map(|by| &mut by.kind)
    else {
        return;
    };
    for key in keys {
        let label = select.projection.iter().find_map(|item| match item {
            SelectItem::ExprWithAlias { expr, alias } if *expr == key.expr => Some(alias),
            _ => None,
        });
        if let Some(label) = label {
            key.expr = Expr::Identifier(label.clone());
        }
    }
}

/// `SELECT a, a` labels its columns `a` and `a_1`.
fn tell_apart(select: &mut Select) {
    let mut taken: HashSet<String> = select
        .projection
        .iter()
        .filter_map(|item| match item {
            SelectItem::UnnamedExpr(Expr::Identifier(name))
            | SelectItem::ExprWithAlias { alias: name, .. } => Some(name.value.clone()),
            _ => None,
        })
        .collect();
    let (mut seen, mut seen_columns) = (HashSet::new(), HashSet::new());
    for item in &mut select.projection {
        let (expr, label, is_qualified) = match item {
            SelectItem::UnnamedExpr(expr) => match &*expr {
                Expr::Identifier(name) => (expr.clone(), name.value.clone(), false),
                Expr::CompoundIdentifier(names) => {
                    let Some(name) = names.last().map(|name| name.value.clone()) else {
                        continue;
                    };
                    (expr.clone(), name, true)
                }
                _ => continue,
            },
            SelectItem::ExprWithAlias { expr, alias } => (expr.clone(), alias.value.clone(), false),
            _ => continue,
        };
        // Columns of two tables are told apart by the tables.
        let repeats = if is_qualified {
            !seen_columns.insert(expr.to_string()) || seen.contains(&label)
        } else {
            !seen.insert(label.clone())
        };
        if repeats {
            // One of them is not taken: there are more than there are labels.
            let new = (1..=taken.len() + 1)
                .map(|count| format!("{label}_{count}"))
                .find(|label| !taken.contains(label))
                .unwrap_or(label);
            taken.insert(new.clone());
            *item = labelled(expr, Ident::with_quote('"', new));
        }
    }
}
