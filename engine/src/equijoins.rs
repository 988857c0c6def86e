//! Joins by what is not distinct stay what they are.

use datafusion::{
    common::{NullEquality, tree_node::Transformed},
    error::Result,
    logical_expr::LogicalPlan,
    optimizer::{
        ApplyOrder, OptimizerConfig, OptimizerRule,
        extract_equijoin_predicate::ExtractEquijoinPredicate,
    },
};

/// DataFusion's rule of the same name, except for joins of whose keys NULL equals NULL: to these it adds keys of which NULL equals
/// nothing, and rows match that should not.
#[derive(Debug, Default)]
pub(crate) struct Equijoins(ExtractEquijoinPredicate);

impl OptimizerRule for Equijoins {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.0.apply_order()
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        config: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        match &plan {
            LogicalPlan::Join(join)
                if join.null_equality == NullEquality::NullEqualsNull && !join.on.is_empty() =>
            {
                Ok(Transformed::no(plan))
            }
            _ => self.0.rewrite(plan, config),
        }
    }
}
