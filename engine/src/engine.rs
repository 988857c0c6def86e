//! The engine: a snapshot, opened for questions.

mod library;
mod limited;
mod narrow;
mod planning;
mod sessions;

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex},
};

use curtail_store::{Snapshot, Store};
use datafusion::{
    arrow::array::RecordBatch,
    common::DFSchema,
    error::DataFusionError,
    execution::{SessionState, runtime_env::RuntimeEnv},
    logical_expr::Expr,
    prelude::SessionContext,
    sql::parser::Statement,
};
use tokio::sync::OnceCell;

use crate::{
    Answer, ConnectionInfo, CostQuery, Dialect, Dimension, Elsewhere, EngineError, Extension,
    Params, ResourceQuery,
    catalog::{Beside, Catalog, Limit},
    costs::{self, LeftOut, TagKeys},
    mistake::Place,
    plans::Plans,
    provisional::{self, Coverage},
    session::{self, Sessions},
    statement,
    views::Views,
};

/// What an engine may use.
#[derive(Clone, Copy, Debug)]
pub struct EngineOptions {
    /// Budget of the buffers, in bytes; what does not fit is spilled to temporary files.
    pub memory_limit: u64,
    /// Bytes that the process has allocated, if that can be told: then the budget holds for them, and not just for what
    /// operators account for.
    pub allocated: Option<fn() -> u64>,
    /// Threads that scans and operators are spread over.
    pub threads: usize,
    /// Whether aggregates may read rollups instead of line items.
    pub rollups: bool,
    /// Whether aggregates may have line items merged while they are read.
    pub merging: bool,
    /// Bytes of what is read so that are kept for the statements that follow, a part of the budget.
    pub kept: u64,
}

/// One snapshot of a store, ready for questions. What is committed later, it does not see.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) catalog: Catalog,
    /// Sees every report.
    everything: SessionContext,
    /// Sees each charge once, where several reports tell it.
    chosen: SessionContext,
    left_out: LeftOut,
    beside: Arc<Beside>,
    runtime: Arc<RuntimeEnv>,
    pub(crate) memory_limit: u64,
    /// What users' statements are written in.
    pub(crate) dialect: Dialect,
    /// Whether views that are defined are kept in the store.
    pub(crate) keeping_views: bool,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) views: Arc<Views>,
    pub(crate) plans: Plans,
    /// What clients of a protocol see beside all that.
    pub(crate) extension: Option<Arc<dyn Extension>>,
    /// What was prepared, by name.
    pub(crate) prepared: Mutex<BTreeMap<String, Statement>>,
    /// What computes parts of plans in this process's stead.
    elsewhere: Option<Arc<dyn Elsewhere>>,
    /// The rows that are shown, if not all are.
    limit: Option<Arc<Limit>>,
    /// The tags of these rows.
    tags: OnceCell<TagKeys>,
}

impl Engine {
    /// Opens the newest version of `store`.
    pub async fn open(store: &Store, options: &EngineOptions) -> Result<Self, EngineError> {
        Self::over(store, store.snapshot().await?, options).await
    }

    /// Opens `snapshot`, a version of `store`.
    pub async fn over(
        store: &Store,
        snapshot: Snapshot,
        options: &EngineOptions,
    ) -> Result<Self, EngineError> {
        Self::computed(store, snapshot, options, None).await
    }

    /// The same, whose plans are computed `elsewhere`, if there is anything, as far as that is possible.
    pub async fn computed(
        store: &Store,
        snapshot: Snapshot,
        options: &EngineOptions,
        elsewhere: Option<Arc<dyn Elsewhere>>,
    ) -> Result<Self, EngineError> {
        let limit = options.memory_limit;
        let sorted = |error| EngineError::from_datafusion(error, limit);
        let runtime = session::runtime(store, options).map_err(sorted)?;
        Self::within(store, snapshot, options, runtime, elsewhere).await
    }

    async fn within(
        store: &Store,
        snapshot: Snapshot,
        options: &EngineOptions,
        runtime: Arc<RuntimeEnv>,
        elsewhere: Option<Arc<dyn Elsewhere>>,
    ) -> Result<Self, EngineError> {
        if snapshot.periods().next().is_none() && snapshot.provisional().next().is_none() {
            return Err(EngineError::EmptyStore(store.url().to_string()));
        }
        let limit = options.memory_limit;
        let sorted = |error| EngineError::from_datafusion(error, limit);
        let state = state(&runtime, options, elsewhere.as_ref());
        let sessions = Arc::new(Sessions::new(state.clone()));
        let accounts = store.accounts(&snapshot).await?;
        let beside = Arc::new(Beside::of(&snapshot, accounts));
        let snapshot = Arc::new(snapshot);
        let catalog = Catalog::of(store, &snapshot, &beside, &state, options);
        let everything = session::context(state.clone(), catalog.provider().map_err(sorted)?);
        let left_out = LeftOut::of(&snapshot, &[]);
        let chosen = if left_out.is_empty() {
            everything.clone()
        } else {
            let restricted = catalog.restricted(&state, &left_out);
            session::context(state, restricted.provider().map_err(sorted)?)
        };
        Ok(Self {
            store: store.clone(),
            snapshot,
            catalog,
            everything,
            chosen,
            left_out,
            beside,
            runtime,
            memory_limit: limit,
            dialect: Dialect::default(),
            keeping_views: false,
            sessions,
            views: Arc::new(Views::new(store)),
            plans: Plans::default(),
            extension: None,
            prepared: Mutex::default(),
            elsewhere,
            limit: None,
            tags: OnceCell::new(),
        })
    }

    /// The same, for statements in `dialect`.
    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// The same, which keeps views that statements define in the store (and drops them there) if `keeping` says so.
    #[must_use]
    pub fn keeping_views(mut self, keeping: bool) -> Self {
        self.keeping_views = keeping;
        self
    }

    /// The same, in which `meta.connections` lists these connections.
    pub fn with_connections(mut self, known: &[ConnectionInfo]) -> Result<Self, EngineError> {
        let limit = self.memory_limit;
        let sorted = |error| EngineError::from_datafusion(error, limit);
        let known = known.to_vec();
        self.catalog = (self.catalog).with_connections(&self.store, &self.snapshot, known);
        let provider = self.catalog.provider().map_err(sorted)?;
        self.everything.register_catalog(session::CATALOG, provider);
        if !self.left_out.is_empty() {
            let state = self.everything.state();
            let restricted = self.catalog.restricted(&state, &self.left_out);
            let provider = restricted.provider().map_err(sorted)?;
            self.chosen.register_catalog(session::CATALOG, provider);
        }
        Ok(self)
    }

    /// To be called when the process ends and its answers are given: takes temporary files away, and leaves memory to the operating
    /// system, which frees it faster than piece by piece.
    pub fn leave(self) {
        if self.runtime.disk_manager.temp_dir_paths().is_empty() {
            mem::forget(self);
        }
    }

    /// The snapshot that answers come from.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Plans a cost query.
    pub async fn costs(&self, query: &CostQuery) -> Result<Answer, EngineError> {
        let (text, notes) = self.costs_sql(query).await?;
        let statement = self.parse(&text)?.remove(0);
        Ok(self
            .plan(self.everything.state(), statement, &Params::new())
            .await?
            .with_notes(notes))
    }

    /// The statement over `costs` that answers a cost query, and what one should know about it.
    pub async fn costs_sql(&self, query: &CostQuery) -> Result<(String, Vec<String>), EngineError> {
        self.are_known(&query.reports).await?;
        let left_out = self.chosen_of(&query.reports)?;
        let (text, notes) = costs::sql(query, &left_out, self.tags().await?, self).await?;
        let mut notes = self.tellable(notes);
        notes.extend(self.absent_notes(&query.periods));
        Ok((text, notes))
    }

    /// Plans a question about resources.
    pub async fn resources(&self, query: &ResourceQuery) -> Result<Answer, EngineError> {
        self.are_known(&query.reports).await?;
        let periods = self.snapshot.periods().map(|version| &version.receipt);
        let reported = periods.filter(|receipt| {
            let names = &query.reports;
            receipt.rows > 0
                && (names.is_empty() || names.iter().any(|name| name == receipt.report.as_str()))
        });
        let latest = || reported.map(|receipt| receipt.billing_period).max();
        let period = query
            .period
            .or_else(latest)
            .or_else(|| self.latest_period());
        let period = period.ok_or_else(|| EngineError::Unavailable("resource".to_owned()))?;
        let left_out = self.chosen_of(&query.reports)?;
        let found = costs::resources(query, period, &left_out, self.tags().await?, self);
        let (text, notes) = found.await?;
        let notes = self.tellable(notes);
        let statement = self.parse(&text)?.remove(0);
        Ok(self
            .plan(self.everything.state(), statement, &Params::new())
            .await?
            .with_notes(notes))
    }

    /// An error if a report is not in the store.
    async fn are_known(&self, reports: &[String]) -> Result<(), EngineError> {
        if reports.is_empty() {
            return Ok(());
        }
        let known = if self.is_limited() {
            self.texts("SELECT DISTINCT report FROM costs ORDER BY report")
                .await?
        } else {
            self.reports()
        };
        match reports.iter().find(|name| !known.contains(name)) {
            Some(unknown) => Err(EngineError::UnknownReport {
                name: unknown.clone(),
                known,
            }),
            None => Ok(()),
        }
    }

    /// The expression over `costs` that a dimension groups by, and its column in the answer.
    pub(crate) async fn dimension(
        &self,
        dimension: &Dimension,
    ) -> Result<(String, String), EngineError> {
        costs::dimension(dimension, self.tags().await?, self).await
    }

    /// Which days of provisional costs reports tell themselves.
    pub(crate) fn coverage(&self) -> &Coverage {
        &self.beside.coverage
    }

    /// The tags and cost categories that there are.
    pub(crate) fn tag_keys(&self) -> &TagKeys {
        &self.beside.tags
    }

    /// What is left out because another report tells it.
    pub(crate) fn left_out(&self) -> &LeftOut {
        &self.left_out
    }

    /// The columns of `costs` that a condition speaks of; none if it is no condition.
    pub(crate) async fn columns_in(&self, condition: &str) -> Vec<String> {
        let costs = self.catalog.public("costs").await.ok().flatten();
        let schema = costs.and_then(|costs| DFSchema::try_from(costs.schema()).ok());
        let parsed = schema.and_then(|schema| {
            let parsed = self.everything.parse_sql_expr(condition, &schema);
            parsed.ok()
        });
        let columns = parsed.as_ref().map(Expr::column_refs).unwrap_or_default();
        let mut names: Vec<_> = columns
            .into_iter()
            .map(|column| column.name.clone())
            .collect();
        names.sort_unstable();
        names
    }

    /// Rows of a statement of our own, without notes.
    pub(crate) async fn rows(&self, text: &str) -> Result<Vec<RecordBatch>, EngineError> {
        let statement = self.parse(text)?.remove(0);
        let state = self.everything.state();
        let answer = self.plan(state, statement, &Params::new()).await?;
        answer.collect().await
    }

    fn reports(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .snapshot
            .periods()
            .map(|period| period.receipt.report.to_string())
            .collect();
        let provisional = provisional::visible(&self.snapshot, self.coverage());
        names.extend(provisional.map(provisional::report_name));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// A statement of our own.
    fn parse(&self, text: &str) -> Result<Vec<Statement>, EngineError> {
        statement::parse(text).map_err(|error| self.sorted(error))
    }

    /// Sorts an error out, with its place if it tells it.
    pub(crate) fn sorted(&self, error: DataFusionError) -> EngineError {
        let place = Place::told(&error);
        let error = EngineError::from_datafusion(error, self.memory_limit);
        match place {
            Some(Place { line, column }) => EngineError::At {
                line,
                column,
                excerpt: String::new(),
                error: Box::new(error),
            },
            None => error,
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("catalog", &self.catalog)
            .field("runtime", &self.runtime)
            .finish_non_exhaustive()
    }
}

/// A session that plans for whoever computes the plans.
fn state(
    runtime: &Arc<RuntimeEnv>,
    options: &EngineOptions,
    elsewhere: Option<&Arc<dyn Elsewhere>>,
) -> SessionState {
    let mut state = session::session(runtime, options);
    if let Some(elsewhere) = elsewhere {
        session::set_apart(&mut state, elsewhere.partitions());
    }
    state
}
