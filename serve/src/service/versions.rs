//! The newest version of the store, for each user.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use curtail_engine::{ConnectionInfo, Elsewhere, Engine, EngineError, EngineOptions};
use curtail_store::Store;
use tokio::time::Instant;

use super::health::{Health, periods};
use crate::{Metrics, ServeError, User};

/// How often it is looked for a newer version at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The version that is served, and the engines over it.
#[derive(Debug)]
pub(crate) struct Versions {
    options: EngineOptions,
    connections: Vec<ConnectionInfo>,
    metrics: Arc<Metrics>,
    current: Mutex<Current>,
    /// Held by whoever looks for a newer version.
    looking: tokio::sync::Mutex<Looked>,
}

#[derive(Debug)]
struct Current {
    generation: u64,
    engine: Arc<Engine>,
    opened: DateTime<Utc>,
    /// The engines of users who see less, or may take less, than all.
    of_users: HashMap<String, Arc<Engine>>,
    failure: Option<String>,
    looked: Instant,
}

/// When it was last looked for a newer version.
#[derive(Debug)]
struct Looked(Instant);

impl Versions {
    pub(super) async fn open(
        store: Store,
        options: EngineOptions,
        elsewhere: Option<Arc<dyn Elsewhere>>,
        connections: Vec<ConnectionInfo>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, ServeError> {
        let snapshot = store.snapshot().await.map_err(EngineError::from)?;
        let engine = Engine::computed(&store, snapshot, &options, elsewhere).await?;
        let engine = engine.with_connections(&connections)?;
        let now = Instant::now();
        Ok(Self {
            options,
            connections,
            metrics,
            current: Mutex::new(Current {
                generation: 0,
                engine: Arc::new(engine),
                opened: Utc::now(),
                of_users: HashMap::new(),
                failure: None,
                looked: now,
            }),
            looking: tokio::sync::Mutex::new(Looked(now)),
        })
    }

    pub(super) fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// The engine of a user over the version that is served, and the version's number.
    pub(crate) async fn of(&self, user: &User) -> Result<(u64, Arc<Engine>), ServeError> {
        let (generation, engine) = {
            let current = self.current();
            let engine = match current.of_users.get(&user.name) {
                Some(engine) => return Ok((current.generation, Arc::clone(engine))),
                None => Arc::clone(&current.engine),
            };
            (current.generation, engine)
        };
        if user.allow.is_none() && user.limits.memory.is_none() {
            return Ok((generation, engine));
        }
        let made = Arc::new(restricted(&engine, user, &self.options).await?);
        let mut current = self.current();
        if current.generation == generation {
            // Whoever was first stays, so that the user's memory is counted once.
            let engine = current.of_users.entry(user.name.clone()).or_insert(made);
            return Ok((generation, Arc::clone(engine)));
        }
        Ok((generation, made))
    }

    /// Opens the newest version, if it is time to look and there is one. Whoever comes while another one looks does not wait.
    pub(crate) async fn look(&self) {
        let Ok(mut looked) = self.looking.try_lock() else {
            return;
        };
        if looked.0.elapsed() < LOOK_EVERY {
            return;
        }
        let engine = Arc::clone(&self.current().engine);
        let found = match engine.newer(&self.options).await {
            Ok(Some(newer)) => newer.with_connections(&self.connections).map(Some),
            found => found,
        };
        looked.0 = Instant::now();
        let mut current = self.current();
        current.looked = looked.0;
        match found {
            Ok(newer) => {
                if current.failure.take().is_some() {
                    tracing::info!("the store can be read again");
                }
                if let Some(newer) = newer {
                    current.generation += 1;
                    current.engine = Arc::new(newer);
                    current.opened = Utc::now();
                    current.of_users.clear();
                    tracing::info!(generation = current.generation, "a newer version is served");
                }
            }
            Err(error) => {
                self.metrics.look_failed();
                let failure = error.to_string();
                if current.failure.is_none() {
                    tracing::warn!(
                        "cannot look for a newer version, the one before is served: {failure}"
                    );
                }
                current.failure = Some(failure);
            }
        }
    }

    pub(super) fn health(&self) -> Health {
        let current = self.current();
        Health {
            failure: current.failure.clone(),
            looked: current.looked.elapsed(),
            opened: current.opened,
            generation: current.generation,
            periods: periods(&current.engine),
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The engine of a user who sees less, or may take less, than all.
async fn restricted(
    engine: &Engine,
    user: &User,
    options: &EngineOptions,
) -> Result<Engine, ServeError> {
    let mut restricted = engine.session();
    if let Some(condition) = &user.allow {
        let limited = restricted.limited_to(condition).await;
        restricted = limited.map_err(|error| ServeError::Restriction {
            user: user.name.clone(),
            why: error.to_string(),
        })?;
    }
    Ok(match user.limits.memory {
        Some(bytes) => restricted.with_share(options, bytes)?,
        None => restricted,
    })
}
