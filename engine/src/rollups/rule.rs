//! The optimizer rule, and what it tells.

use datafusion::{
    common::{
        Result,
        tree_node::{Transformed, TreeNodeRecursion},
    },
    logical_expr::LogicalPlan,
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

use super::{
    aggregate::{over_rollups, rewrite},
    input::{Instead, with_files},
};

/// Lets aggregates read rollups instead of line items where that provably gives the same digits.
#[derive(Debug)]
pub(crate) struct FromRollups;

impl OptimizerRule for FromRollups {
    fn name(&self) -> &'static str {
        "from_rollups"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Aggregate(aggregate) = &plan else {
            return Ok(Transformed::no(plan));
        };
        let because = match over_rollups(aggregate) {
            Some(Ok(Ok(rewritten))) => return Ok(Transformed::yes(rewritten)),
            Some(Err(error)) => return Err(error),
            Some(Ok(Err(reason))) => {
                tracing::debug!("line items are read: {reason}");
                Some(reason)
            }
            None => None,
        };
        for by_day in [true, false] {
            let because = because.as_deref();
            let merged = Instead::Merged { by_day, because };
            if let Some(Ok(rewritten)) = rewrite(aggregate, merged).transpose()? {
                return Ok(Transformed::yes(rewritten));
            }
        }
        Ok(Transformed::no(plan))
    }
}

/// Whether an optimised plan reads rollups.
pub(crate) fn reads_rollups(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            found |= with_files(scan, |files| files.instead().is_some()).unwrap_or_default();
        }
        Ok(if found {
            TreeNodeRecursion::Stop
        } else {
            TreeNodeRecursion::Continue
        })
    })?;
    Ok(found)
}

/// What an optimised plan reads rollups for, and for each aggregate that reads line items the first reason why.
pub(crate) fn explain(plan: &LogicalPlan) -> Result<Vec<String>> {
    let mut told = Vec::new();
    plan.apply_with_subqueries(|node| {
        match node {
            LogicalPlan::TableScan(scan) => {
                let instead = with_files(scan, |files| files.instead().map(str::to_owned));
                told.extend(instead.flatten());
            }
            LogicalPlan::Aggregate(aggregate) => match over_rollups(aggregate) {
                Some(Ok(Err(reason))) => told.push(format!("line items, because {reason}")),
                Some(Err(error)) => return Err(error),
                _ => {}
            },
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(told)
}
