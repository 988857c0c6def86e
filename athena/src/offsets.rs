//! `ORDER BY … OFFSET n` without a LIMIT. In a sub-query DataFusion takes the order for needless there, and leaves other rows out.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::{
    common::{Column, config::ConfigOptions, tree_node::Transformed},
    error::Result,
    functions_window::expr_fn::row_number,
    logical_expr::{Expr, ExprFunctionExt, Limit, LogicalPlan, LogicalPlanBuilder, Sort, cast},
    optimizer::AnalyzerRule,
};

/// The place of a row in the order, from 1.
const PLACE: &str = "__place";

/// Leaves out the rows whose places come too early.
#[derive(Debug)]
pub(crate) struct Offsets;

impl AnalyzerRule for Offsets {
    fn name(&self) -> &'static str {
        "offsets"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let made = plan.transform_up_with_subqueries(|plan| {
            let LogicalPlan::Limit(Limit {
                skip: Some(skip),
                fetch: None,
                input,
            }) = &plan
            else {
                return Ok(Transformed::no(plan));
            };
            Ok(match without(input, skip)? {
                Some(made) => Transformed::yes(made),
                None => Transformed::no(plan),
            })
        })?;
        Ok(made.data)
    }
}

/// What is left of a plan that sorts its rows, if it does.
fn without(plan: &LogicalPlan, skip: &Expr) -> Result<Option<LogicalPlan>> {
    match plan {
        LogicalPlan::Projection(projection) => {
            let Some(input) = without(&projection.input, skip)? else {
                return Ok(None);
            };
            let made = LogicalPlanBuilder::from(input).project(projection.expr.clone())?;
            made.build().map(Some)
        }
        LogicalPlan::Sort(
            sort @ Sort {
                expr,
                input,
                fetch: None,
            },
        ) => {
            let place = row_number().order_by(expr.clone()).build()?.alias(PLACE);
            let is_late = Expr::Column(Column::new_unqualified(PLACE))
                .gt(cast(skip.clone(), DataType::UInt64));
            let columns = input.schema().columns().into_iter().map(Expr::Column);
            let kept = LogicalPlanBuilder::from(input.as_ref().clone())
                .window([place])?
                .filter(is_late)?
                .project(columns)?
                .build()?;
            Ok(Some(LogicalPlan::Sort(Sort {
                input: Arc::new(kept),
                ..sort.clone()
            })))
        }
        _ => Ok(None),
    }
}
