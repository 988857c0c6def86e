//! `INTERSECT ALL` and `EXCEPT ALL`, which count how often a row comes. DataFusion's keep or drop all copies of it.

use std::sync::Arc;

use datafusion::{
    common::{Column, JoinType, NullEquality, config::ConfigOptions, tree_node::Transformed},
    error::Result,
    functions_window::expr_fn::row_number,
    logical_expr::{Distinct, Expr, ExprFunctionExt, Join, LogicalPlan, LogicalPlanBuilder},
    optimizer::AnalyzerRule,
};

/// The copy of a row, from 1.
const COPY: &str = "__copy";

/// Tells the copies of a row apart, on both sides: the second copy on one side meets the second on the other.
#[derive(Debug)]
pub(crate) struct Multisets;

impl AnalyzerRule for Multisets {
    fn name(&self) -> &'static str {
        "multisets"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let made = plan.transform_up_with_subqueries(|plan| match plan {
            LogicalPlan::Join(join) if is_multiset(&join) => counted(join).map(Transformed::yes),
            other => Ok(Transformed::no(other)),
        })?;
        Ok(made.data)
    }
}

/// Whether a join is one of all columns that DataFusion has made of such an operation: no statement says so of a join.
fn is_multiset(join: &Join) -> bool {
    matches!(join.join_type, JoinType::LeftSemi | JoinType::LeftAnti)
        && join.null_equality == NullEquality::NullEqualsNull
        && join.filter.is_none()
        && join.on.len() == join.left.schema().fields().len()
        && !matches!(join.left.as_ref(), LogicalPlan::Distinct(Distinct::All(_)))
}

fn counted(join: Join) -> Result<LogicalPlan> {
    let columns = join.left.schema().columns();
    let (left, right): (Vec<_>, Vec<_>) = join.on.iter().cloned().unzip();
    let mut on = join.on;
    let copy = || Expr::Column(Column::new_unqualified(COPY));
    on.push((copy(), copy()));
    let joined = Join::try_new(
        with_copies(&join.left, left)?,
        with_copies(&join.right, right)?,
        on,
        None,
        join.join_type,
        join.join_constraint,
        join.null_equality,
        join.null_aware,
    )?;
    LogicalPlanBuilder::from(LogicalPlan::Join(joined))
        .project(columns.into_iter().map(Expr::Column))?
        .build()
}

/// A plan with the column [`COPY`].
fn with_copies(plan: &Arc<LogicalPlan>, values: Vec<Expr>) -> Result<Arc<LogicalPlan>> {
    let copy = row_number().partition_by(values).build()?.alias(COPY);
    let made = LogicalPlanBuilder::from(plan.as_ref().clone()).window([copy])?;
    Ok(Arc::new(made.build()?))
}
