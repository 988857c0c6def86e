//! Parts of plans that others compute.

use std::{fmt::Debug, sync::Arc};

use curtail_store::Store;
use datafusion::{
    error::Result,
    execution::{SessionState, TaskContext, object_store::ObjectStoreUrl, runtime_env::RuntimeEnv},
    logical_expr::{LogicalPlan, PlanType, StringifiedPlan},
    physical_plan::{ExecutionPlan, displayable, explain::ExplainExec},
};

use crate::{EngineError, EngineOptions, session};

/// What computes parts of plans in this process's stead.
pub trait Elsewhere: Debug + Send + Sync {
    /// How many parts it computes at once.
    fn partitions(&self) -> usize;

    /// `plan`, in which what is computed elsewhere is replaced by what fetches it. The rows are the same.
    fn place(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        context: &TaskContext,
    ) -> Result<Arc<dyn ExecutionPlan>>;
}

/// What went wrong elsewhere.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what}")]
pub struct RemoteError {
    /// What went wrong.
    pub what: String,
    /// What to do next, if that is known.
    pub hint: Option<String>,
}

/// The physical plan of `logical` as it is computed; what explains a plan, explains it as it would be.
pub(crate) async fn placed(
    elsewhere: &dyn Elsewhere,
    state: &SessionState,
    logical: &LogicalPlan,
    plan: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let context = state.task_ctx();
    let (LogicalPlan::Explain(explained), Some(told)) =
        (logical, plan.downcast_ref::<ExplainExec>())
    else {
        return elsewhere.place(plan, &context);
    };
    let planner = state.query_planner();
    let asked = planner.create_physical_plan(&explained.plan, state).await?;
    let asked = elsewhere.place(asked, &context)?;
    let shown = displayable(asked.as_ref()).indent(false).to_string();
    let rows = told.stringified_plans().iter();
    let rows = rows.map(|row| match row.plan_type {
        PlanType::FinalPhysicalPlan => {
            StringifiedPlan::new(PlanType::FinalPhysicalPlan, shown.clone())
        }
        _ => row.clone(),
    });
    let rows = rows.collect();
    let explained = ExplainExec::new(told.schema(), rows, told.verbose());
    Ok(Arc::new(explained))
}

/// What plans of an engine over `store` run in: the memory that `options` allow, and the store's objects.
pub fn runtime(store: &Store, options: &EngineOptions) -> Result<Arc<RuntimeEnv>, EngineError> {
    session::runtime(store, options)
        .map_err(|error| EngineError::from_datafusion(error, options.memory_limit))
}

/// Whether plans name the store's objects by this URL.
pub fn is_of_store(url: &ObjectStoreUrl) -> bool {
    *url == session::store_url()
}
