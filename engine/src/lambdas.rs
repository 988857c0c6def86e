//! Variables of lambdas, kept apart from columns.
//!
//! DataFusion numbers the variables of a lambda after the columns that it is planned over. A scan that takes a projection in has other
//! columns, often more: what had the number of a variable is a column there, and the lambda gets that.

use std::sync::Arc;

use datafusion::{
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    physical_expr::{PhysicalExpr, expressions::LambdaVariable},
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{
        ExecutionPlan,
        projection::{ProjectionExec, ProjectionExpr},
    },
};

/// More columns than any plan has.
const BEYOND: usize = 1 << 32;

/// Numbers the variables of lambdas in projections beyond all columns, in the order that they had. Before DataFusion's rules.
#[derive(Debug)]
pub(crate) struct VariablesApart;

impl PhysicalOptimizerRule for VariablesApart {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
            let Some(projection) = plan.downcast_ref::<ProjectionExec>() else {
                return Ok(Transformed::no(plan));
            };
            let mut any = false;
            let expressions = projection
                .expr()
                .iter()
                .map(|projected| {
                    let made = apart(&projected.expr)?;
                    any |= made.transformed;
                    Ok(ProjectionExpr::new(made.data, projected.alias.clone()))
                })
                .collect::<Result<Vec<_>>>()?;
            if !any {
                return Ok(Transformed::no(plan));
            }
            let made = ProjectionExec::try_new(expressions, Arc::clone(projection.input()))?;
            Ok(Transformed::yes(Arc::new(made) as Arc<dyn ExecutionPlan>))
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "variables_apart"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

fn apart(expression: &Arc<dyn PhysicalExpr>) -> Result<Transformed<Arc<dyn PhysicalExpr>>> {
    Arc::clone(expression).transform_up(|part| {
        let moved = match part.downcast_ref::<LambdaVariable>() {
            Some(variable) if variable.index() < BEYOND => {
                LambdaVariable::new(variable.index() + BEYOND, Arc::clone(variable.field()))
            }
            _ => return Ok(Transformed::no(part)),
        };
        Ok(Transformed::yes(Arc::new(moved) as Arc<dyn PhysicalExpr>))
    })
}
