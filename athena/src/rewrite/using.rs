//! `RIGHT` and `FULL JOIN … USING (k)`: `k` is what either side has, where DataFusion takes it from the left one.

use std::ops::ControlFlow;

use datafusion::{
    error::{DataFusionError, Result},
    sql::sqlparser::ast::{
        Expr, Ident, JoinConstraint, JoinOperator, OrderByKind, Query, Select, SelectItem, SetExpr,
        Statement, TableFactor, VisitMut, VisitorMut,
    },
};

use super::{done, each_select, flow};
use crate::ast::{call, labelled};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    done(statement.visit(&mut Usings))
}

struct Usings;

impl VisitorMut for Usings {
    type Break = DataFusionError;

    // Those inside come first, so that what they name is no longer a plain name.
    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<DataFusionError> {
        flow(in_query(query))
    }
}

/// A column of both sides, and what it stands for.
struct Merged {
    name: String,
    value: Expr,
}

fn in_query(query: &mut Query) -> Result<()> {
    let mut columns = Vec::new();
    each_select(&mut query.body, &mut |select| {
        columns = merged(select);
        in_select(select, &columns)
    })?;
    let SetExpr::Select(select) = query.body.as_ref() else {
        return Ok(());
    };
    let labels = select.projection.iter().filter_map(|item| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.as_str()),
        _ => None,
    });
    let labels: Vec<_> = labels.collect();
    // What is sorted by a label of the answer is the answer's.
    if let Some(OrderByKind::Expressions(keys)) =
        query.order_by.as_mut().map(|order| &mut order.kind)
    {
        for key in keys {
            let is_label = matches!(&key.expr, Expr::Identifier(name) if labels.contains(&name.value.as_str()));
            if !is_label {
                replace(&mut key.expr, &columns)?;
            }
        }
    }
    Ok(())
}

fn in_select(select: &mut Select, columns: &[Merged]) -> Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    // A column keeps its name.
    for item in &mut select.projection {
        if let SelectItem::UnnamedExpr(Expr::Identifier(name)) = item
            && columns.iter().any(|column| column.name == name.value)
        {
            *item = labelled(Expr::Identifier(name.clone()), name.clone());
        }
    }
    replace(&mut select.projection, columns)?;
    replace(&mut select.selection, columns)?;
    replace(&mut select.group_by, columns)?;
    replace(&mut select.having, columns)
}

/// The columns of USING that the left side may lack.
fn merged(select: &Select) -> Vec<Merged> {
    let mut found: Vec<Merged> = Vec::new();
    for table in &select.from {
        let mut left = vec![alias(&table.relation)];
        for join in &table.joins {
            let right = alias(&join.relation);
            let (constraint, keeps_left) = match &join.join_operator {
                JoinOperator::Right(on) | JoinOperator::RightOuter(on) => (on, false),
                JoinOperator::FullOuter(on) => (on, true),
                _ => {
                    left.push(right);
                    continue;
                }
            };
            if let (JoinConstraint::Using(columns), [Some(first)], Some(second)) =
                (constraint, left.as_slice(), &right)
            {
                for column in columns {
                    let Some(name) = column.0.last().and_then(|part| part.as_ident()) else {
                        continue;
                    };
                    let of =
                        |table: &Ident| Expr::CompoundIdentifier(vec![table.clone(), name.clone()]);
                    let value = if keeps_left {
                        call("coalesce", vec![of(first), of(second)])
                    } else {
                        of(second)
                    };
                    found.push(Merged {
                        name: name.value.clone(),
                        value,
                    });
                }
            }
            left.push(right);
        }
    }
    found
}

/// What a table is called.
fn alias(table: &TableFactor) -> Option<Ident> {
    match table {
        TableFactor::Table {
            alias: Some(alias), ..
        }
        | TableFactor::Derived {
            alias: Some(alias), ..
        } => Some(alias.name.clone()),
        TableFactor::Table { name, .. } => name.0.last()?.as_ident().cloned(),
        _ => None,
    }
}

/// Puts what the columns stand for in their place, but not in sub-queries, which may have columns of these names.
fn replace(within: &mut impl VisitMut, merged: &[Merged]) -> Result<()> {
    struct Replace<'a> {
        merged: &'a [Merged],
        depth: usize,
    }

    impl VisitorMut for Replace<'_> {
        type Break = DataFusionError;

        fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<DataFusionError> {
            self.depth += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<DataFusionError> {
            self.depth -= 1;
            ControlFlow::Continue(())
        }

        fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<DataFusionError> {
            if let (Expr::Identifier(name), 0) = (&*expression, self.depth)
                && let Some(column) = self.merged.iter().find(|column| column.name == name.value)
            {
                *expression = column.value.clone();
            }
            ControlFlow::Continue(())
        }
    }

    done(within.visit(&mut Replace { merged, depth: 0 }))
}
