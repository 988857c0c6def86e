//! Parts of plans that others compute.

use std::{fmt::Debug, sync::Arc};

use curtail_store::Store;
use datafusion::{
    error::Result,
    execution::{TaskContext, object_store::ObjectStoreUrl, runtime_env::RuntimeEnv},
    physical_plan::ExecutionPlan,
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

/// What plans of an engine over `store` run in: the memory that `options` allow, and the store's objects.
pub fn runtime(store: &Store, options: &EngineOptions) -> Result<Arc<RuntimeEnv>, EngineError> {
    session::runtime(store, options)
        .map_err(|error| EngineError::from_datafusion(error, options.memory_limit))
}

/// Whether plans name the store's objects by this URL.
pub fn is_of_store(url: &ObjectStoreUrl) -> bool {
    *url == session::store_url()
}
