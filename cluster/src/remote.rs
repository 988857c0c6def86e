//! The plan node that stands for a part that is computed elsewhere.

use std::{fmt, sync::Arc};

use datafusion::{
    common::{internal_err, tree_node::TreeNodeRecursion},
    error::Result,
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::{Partitioning, PhysicalExpr},
    physical_plan::{
        DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions,
        execution_plan::SchedulingType, stream::RecordBatchStreamAdapter,
    },
};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{fetch::Fetching, job::Work};

/// Has a part computed by a cluster, once, and fetches what it comes to.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    work: Arc<Work>,
    /// The operators, for people.
    shape: String,
    properties: Arc<PlanProperties>,
}

impl Remote {
    /// In the place of `part`.
    pub(crate) fn new(work: Work, part: &Arc<dyn ExecutionPlan>) -> Self {
        let before = part.properties();
        // What a cluster divides by values, it divides in its own way.
        let partitions = before.partitioning.partition_count();
        let properties = PlanProperties::new(
            before.eq_properties.clone(),
            Partitioning::UnknownPartitioning(partitions),
            before.emission_type,
            before.boundedness,
        );
        Self {
            work: Arc::new(work),
            shape: shape(part),
            properties: Arc::new(properties.with_scheduling_type(SchedulingType::Cooperative)),
        }
    }
}

impl Remote {
    fn given(self: Arc<Self>, inputs: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
        if inputs.is_empty() {
            return Ok(self);
        }
        internal_err!("what is computed elsewhere has no input here")
    }
}

/// The names of operators, from the last one to the first.
fn shape(plan: &Arc<dyn ExecutionPlan>) -> String {
    let name = plan.name().trim_end_matches("Exec").to_owned();
    let inputs: Vec<_> = plan.children().into_iter().map(shape).collect();
    match inputs.as_slice() {
        [] => name,
        [input] => format!("{name} ← {input}"),
        several => format!("{name} ← ({})", several.join(", ")),
    }
}

impl DisplayAs for Remote {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Remote: cluster={}, partitions={}, {}",
            self.work.url(),
            self.properties.partitioning.partition_count(),
            self.shape
        )
    }
}

impl ExecutionPlan for Remote {
    fn name(&self) -> &'static str {
        "Remote"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.given(&children)
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.given(&children)
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let work = Arc::clone(&self.work);
        let schema = self.schema();
        let fetching = Fetching::new(work, partition, Arc::clone(&schema));
        let batches = stream::once(fetching.begun()).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(
            schema,
            batches.boxed(),
        )))
    }
}
