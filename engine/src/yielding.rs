//! Joins that let others work.
//!
//! DataFusion has scans give way after some batches, and what reads them gives way with them. A join makes many batches of one: a
//! product of large tables would keep its thread for hours, and could not be cancelled.

use std::sync::Arc;

use datafusion::{
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    physical_optimizer::PhysicalOptimizerRule,
    physical_plan::{ExecutionPlan, coop::CooperativeExec, execution_plan::SchedulingType},
};

/// Has what makes many batches of few give way after some of them. After DataFusion's rules.
#[derive(Debug)]
pub(crate) struct YieldingJoins;

impl PhysicalOptimizerRule for YieldingJoins {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
            let yields = plan.properties().scheduling_type == SchedulingType::Cooperative;
            let multiplies = plan.name().contains("Join") || plan.name() == "UnnestExec";
            if yields || !multiplies {
                return Ok(Transformed::no(plan));
            }
            let plan: Arc<dyn ExecutionPlan> = Arc::new(CooperativeExec::new(plan));
            Ok(Transformed::yes(plan))
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "yielding_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
