//! One snapshot for several users: sessions beside each other, which go on over a newer snapshot.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use curtail_store::Snapshot;
use datafusion::{execution::runtime_env::RuntimeEnvBuilder, sql::parser::Statement};
use tokio::sync::OnceCell;

use super::{Engine, state};
use crate::{
    Dialect, EngineError, EngineOptions, budget::Share, plans::Plans, session::Sessions,
    views::Views,
};

impl Engine {
    /// A session of its own over the same snapshot, within the same memory: what it defines and prepares, no other one sees.
    #[must_use]
    pub fn session(&self) -> Self {
        self.shared(Arc::new(Views::new(&self.store)), BTreeMap::new())
    }

    /// The session `earlier` over this engine's snapshot: in its dialect, with the views that it defined and what it prepared.
    #[must_use]
    pub fn continuing(&self, earlier: &Self) -> Self {
        let prepared = earlier.prepared.lock();
        let prepared = prepared.unwrap_or_else(PoisonError::into_inner).clone();
        let views = Arc::new(earlier.views.renewed());
        self.shared(views, prepared).with_dialect(earlier.dialect)
    }

    /// An engine over the newest version of the store, within the same memory; `None` if this one's is the newest.
    pub async fn newer(&self, options: &EngineOptions) -> Result<Option<Self>, EngineError> {
        if self.store.is_newest(&self.snapshot).await? {
            return Ok(None);
        }
        let newest = self.store.snapshot().await?;
        if is_same(&self.snapshot, &newest) {
            return Ok(None);
        }
        let runtime = Arc::clone(&self.runtime);
        let engine = Self::within(
            &self.store,
            newest,
            options,
            runtime,
            self.elsewhere.clone(),
        );
        let engine = engine.await?;
        Ok(Some(engine.with_dialect(self.dialect)))
    }

    /// The same, whose statements together take at most `bytes` of the memory that there is, and which no extension extends yet.
    pub fn with_share(mut self, options: &EngineOptions, bytes: u64) -> Result<Self, EngineError> {
        let limit = self.memory_limit.min(bytes);
        let pool = Share::of(Arc::clone(&self.runtime.memory_pool), limit);
        let runtime = RuntimeEnvBuilder::from_runtime_env(&self.runtime)
            .with_memory_pool(Arc::new(pool))
            .build_arc()
            .map_err(|error| self.sorted(error))?;
        let state = state(&runtime, options, self.elsewhere.as_ref());
        self.sessions = Arc::new(Sessions::new(state));
        self.runtime = runtime;
        self.memory_limit = limit;
        Ok(self)
    }

    /// What its statements are written in.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn shared(&self, views: Arc<Views>, prepared: BTreeMap<String, Statement>) -> Self {
        Self {
            store: self.store.clone(),
            snapshot: Arc::clone(&self.snapshot),
            catalog: self.catalog.clone(),
            everything: self.everything.clone(),
            chosen: self.chosen.clone(),
            left_out: self.left_out.clone(),
            beside: Arc::clone(&self.beside),
            runtime: Arc::clone(&self.runtime),
            memory_limit: self.memory_limit,
            dialect: self.dialect,
            // What others see is not for a session to change.
            keeping_views: false,
            sessions: Arc::clone(&self.sessions),
            views,
            plans: Plans::default(),
            extension: self.extension.clone(),
            prepared: Mutex::new(prepared),
            elsewhere: self.elsewhere.clone(),
            limit: self.limit.clone(),
            tags: OnceCell::new(),
        }
    }
}

/// Whether nothing was committed between two snapshots of a store.
fn is_same(one: &Snapshot, other: &Snapshot) -> bool {
    let versions = |snapshot: &Snapshot| {
        let tables = curtail_store::Table::ALL.into_iter();
        let tables = tables.map(|table| snapshot.table(table).map(|table| table.version));
        let sides = curtail_store::SideTable::ALL.into_iter();
        let sides = sides.map(|table| snapshot.side(table).map(|side| side.version));
        tables.chain(sides).collect::<Vec<_>>()
    };
    versions(one) == versions(other)
}
