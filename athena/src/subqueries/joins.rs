//! Sub-queries in the condition of a join: what they tell of the rows of one side is computed there before the sides meet.

use std::{collections::HashSet, sync::Arc};

use datafusion::{
    common::{
        Column, JoinType, not_impl_err,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{
        Expr, Join, LogicalPlan, LogicalPlanBuilder,
        utils::{conjunction, merge_schema, split_conjunction_owned},
    },
};

use super::{asks, is_correlated, value};

/// The side of a join.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// The join without sub-queries in its condition.
pub(super) fn join(join: Join) -> Result<Transformed<LogicalPlan>> {
    let any = match &join.filter {
        Some(condition) => is_asked(condition)?,
        None => false,
    };
    if !any {
        return Ok(Transformed::no(LogicalPlan::Join(join)));
    }
    let columns = join.schema.columns();
    let schema = merge_schema(&[&join.left, &join.right]);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let (mut within, mut above) = (Vec::new(), Vec::new());
    for condition in join.filter.map(split_conjunction_owned).unwrap_or_default() {
        if !is_asked(&condition)? {
            within.push(condition);
            continue;
        }
        let condition = value(condition, &schema)?.data;
        let spoken_of = columns_of(&condition)?;
        let in_side = |side: &LogicalPlan| {
            let mut all = spoken_of.iter();
            all.all(|column| side.schema().has_column(column))
        };
        let side = if spoken_of.is_empty() {
            None
        } else if in_side(&join.left) {
            Some(Side::Left)
        } else if in_side(&join.right) {
            Some(Side::Right)
        } else if join.join_type == JoinType::Inner {
            above.push(condition);
            continue;
        } else {
            return not_impl_err!(
                "A sub-query that speaks of both sides of an outer join is not supported in its condition"
            );
        };
        // Names are told apart by the place among all.
        let name = format!("__joined_{}", left.len() + right.len());
        match side {
            Some(Side::Left) => left.push(condition.alias(&name)),
            Some(Side::Right) => right.push(condition.alias(&name)),
            None => {
                within.push(condition);
                continue;
            }
        }
        within.push(Expr::Column(Column::new_unqualified(name)));
    }
    let joined = Join::try_new(
        with(join.left, left)?,
        with(join.right, right)?,
        join.on,
        conjunction(within),
        join.join_type,
        join.join_constraint,
        join.null_equality,
        join.null_aware,
    )?;
    let mut made = LogicalPlanBuilder::from(LogicalPlan::Join(joined));
    for condition in above {
        made = made.filter(condition)?;
    }
    let made = made.project(columns.into_iter().map(Expr::Column))?;
    made.build().map(Transformed::yes)
}

/// Whether a condition has sub-queries of which joins have to be made.
fn is_asked(condition: &Expr) -> Result<bool> {
    Ok(asks(condition)? || is_correlated(condition)?)
}

/// A plan with more columns.
fn with(plan: Arc<LogicalPlan>, computed: Vec<Expr>) -> Result<Arc<LogicalPlan>> {
    if computed.is_empty() {
        return Ok(plan);
    }
    let columns = plan.schema().columns().into_iter().map(Expr::Column);
    let made = LogicalPlanBuilder::from(plan.as_ref().clone())
        .project(columns.chain(computed).collect::<Vec<_>>())?
        .build()?;
    Ok(Arc::new(made))
}

/// The columns that an expression speaks of, in its sub-queries too.
fn columns_of(expr: &Expr) -> Result<HashSet<Column>> {
    let mut found: HashSet<Column> = expr.column_refs().into_iter().cloned().collect();
    expr.apply(|part| {
        if let Expr::ScalarSubquery(query) = part {
            for outer in &query.outer_ref_columns {
                if let Expr::OuterReferenceColumn(_, column) = outer {
                    found.insert(column.clone());
                }
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}
