//! What a sub-query speaks of that is around it.

use datafusion::{
    common::{
        DFSchema,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{
        Expr, LogicalPlan, Subquery,
        expr::{Exists, InSubquery, SetComparison},
        utils::merge_schema,
    },
};

use super::plain;

/// Tells every sub-query all that it speaks of: DataFusion leaves out what sub-queries in it speak of beyond it.
pub(crate) fn complete(plan: LogicalPlan) -> Result<LogicalPlan> {
    let made = plan.transform_up_with_subqueries(|plan| {
        plan.map_expressions(|expr| {
            expr.transform(|mut part| {
                let Some(query) = subquery_mut(&mut part) else {
                    return Ok(Transformed::no(part));
                };
                let all = outer_references(&query.subquery);
                let is_known = all == query.outer_ref_columns;
                query.outer_ref_columns = all;
                Ok(Transformed::new(
                    part,
                    !is_known,
                    TreeNodeRecursion::Continue,
                ))
            })
        })
    })?;
    Ok(made.data)
}

/// The columns of rows around a plan that it speaks of, each once, also in its sub-queries. Those that a lateral sub-query in it speaks of
/// are in it.
pub(super) fn outer_references(plan: &LogicalPlan) -> Vec<Expr> {
    let mut found = Vec::new();
    collect(plan, &mut found);
    found
}

/// Whether a plan speaks of rows around it.
pub(super) fn speaks_of_outer(plan: &LogicalPlan) -> bool {
    !outer_references(plan).is_empty()
}

/// Whether an expression over columns of `schema` speaks of rows around them.
pub(super) fn is_outer(expr: &Expr, schema: &DFSchema) -> bool {
    let mut found = Vec::new();
    collect_of(expr, schema, &mut found);
    !found.is_empty()
}

fn collect(plan: &LogicalPlan, found: &mut Vec<Expr>) {
    let schema = merge_schema(&plan.inputs());
    let taken = plan.apply_expressions(|expr| {
        collect_of(expr, &schema, found);
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(taken.is_ok(), "nothing fails there");
    match plan {
        LogicalPlan::Join(join) if plain::lateral(join).is_some() => collect(&join.left, found),
        _ => {
            for input in plan.inputs() {
                collect(input, found);
            }
        }
    }
}

fn collect_of(expr: &Expr, schema: &DFSchema, found: &mut Vec<Expr>) {
    let taken = expr.apply(|part| {
        let mut add = |outer: Expr| {
            if !found.contains(&outer) {
                found.push(outer);
            }
        };
        if let Expr::OuterReferenceColumn(..) = part {
            add(part.clone());
        }
        if let Some(query) = subquery(part) {
            for outer in outer_references(&query.subquery) {
                let is_beyond = matches!(&outer, Expr::OuterReferenceColumn(_, column) if !schema.has_column(column));
                if is_beyond {
                    add(outer);
                }
            }
        }
        Ok(TreeNodeRecursion::Continue)
    });
    debug_assert!(taken.is_ok(), "nothing fails there");
}

/// Whether there are sub-queries in an expression.
pub(super) fn has_subquery(expr: &Expr) -> bool {
    expr.exists(|part| Ok(subquery(part).is_some()))
        .unwrap_or(true)
}

fn subquery(expr: &Expr) -> Option<&Subquery> {
    match expr {
        Expr::ScalarSubquery(subquery)
        | Expr::InSubquery(InSubquery { subquery, .. })
        | Expr::Exists(Exists { subquery, .. })
        | Expr::SetComparison(SetComparison { subquery, .. }) => Some(subquery),
        _ => None,
    }
}

fn subquery_mut(expr: &mut Expr) -> Option<&mut Subquery> {
    match expr {
        Expr::ScalarSubquery(subquery)
        | Expr::InSubquery(InSubquery { subquery, .. })
        | Expr::Exists(Exists { subquery, .. })
        | Expr::SetComparison(SetComparison { subquery, .. }) => Some(subquery),
        _ => None,
    }
}
