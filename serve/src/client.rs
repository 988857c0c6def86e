//! Somebody who has logged in, and what they ask.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arrow::datatypes::SchemaRef;
use curtail_engine::{Answer, Dialect, Engine, Parameter, Prepared};
use datafusion::{scalar::ScalarValue, sql::parser::Statement as Parsed};
use futures::future::BoxFuture;
use tokio::{sync::watch, time::Instant};

use crate::{
    Outcome, Protocol, Rows, ServeError, Service, User,
    admission::Permit,
    rows::{Run, Stop},
};

/// What is added to a session whenever it goes on over a newer version.
type Setup = Arc<dyn Fn(Engine) -> BoxFuture<'static, Result<Engine, ServeError>> + Send + Sync>;

/// A session of a user: its statements see the newest version of the store, and the views that it defined.
pub struct Client {
    service: Service,
    user: Arc<User>,
    protocol: Protocol,
    /// Changes when what runs is to be stopped.
    cancels: watch::Sender<u64>,
    settings: Mutex<Settings>,
    session: tokio::sync::Mutex<Option<Session>>,
    setup: Option<Setup>,
}

#[derive(Clone, Copy, Debug)]
struct Settings {
    dialect: Dialect,
    timeout: Option<Duration>,
}

#[derive(Clone, Debug)]
struct Session {
    generation: u64,
    engine: Arc<Engine>,
}

/// A statement that was planned.
#[derive(Debug)]
pub struct Statement {
    session: Session,
    prepared: Prepared,
    /// What was parsed, if it was not by the engine.
    parsed: Option<Parsed>,
}

impl Statement {
    /// The columns of its answer; none if it only does something.
    pub fn schema(&self) -> &SchemaRef {
        self.prepared.schema()
    }

    /// Its parameters; those that are numbered in the order of their numbers.
    pub fn parameters(&self) -> Vec<Parameter> {
        self.prepared.parameters()
    }

    /// The statement as it was written.
    pub fn text(&self) -> &str {
        self.prepared.text()
    }
}

impl Client {
    pub(crate) fn new(
        service: Service,
        user: Arc<User>,
        protocol: Protocol,
        dialect: Dialect,
    ) -> Self {
        Self {
            service,
            user,
            protocol,
            cancels: watch::Sender::new(0),
            settings: Mutex::new(Settings {
                dialect,
                timeout: None,
            }),
            session: tokio::sync::Mutex::default(),
            setup: None,
        }
    }

    /// The same, which adds something to its sessions.
    #[must_use]
    pub fn with_setup(
        mut self,
        setup: impl Fn(Engine) -> BoxFuture<'static, Result<Engine, ServeError>> + Send + Sync + 'static,
    ) -> Self {
        self.setup = Some(Arc::new(setup));
        self
    }

    /// The user.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The service.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// What its statements are written in.
    pub fn dialect(&self) -> Dialect {
        self.settings().dialect
    }

    /// Has its next statements written in `dialect`.
    pub fn set_dialect(&self, dialect: Dialect) {
        let mut settings = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        settings.dialect = dialect;
    }

    /// Has its next statements stopped after this time, if the user's limit is not shorter.
    pub fn set_timeout(&self, timeout: Option<Duration>) {
        let mut settings = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
        settings.timeout = timeout;
    }

    /// The longest time that a statement may take.
    pub fn timeout(&self) -> Option<Duration> {
        let limit = self.service.limits_of(&self.user).statement_timeout;
        let own = self.settings().timeout;
        limit.into_iter().chain(own).min()
    }

    /// Stops what runs.
    pub fn cancel(&self) {
        self.cancels.send_modify(|count| *count += 1);
    }

    /// The engine over the newest version, with what this client defined in its session.
    pub async fn engine(&self) -> Result<Arc<Engine>, ServeError> {
        Ok(self.session().await?.engine)
    }

    /// Plans the one statement in `text`.
    pub async fn prepare(&self, text: &str) -> Result<Statement, ServeError> {
        self.planned(text, None).await
    }

    /// Plans a statement that was parsed already; `text` is what the user wrote.
    pub async fn prepare_parsed(
        &self,
        parsed: Parsed,
        text: &str,
    ) -> Result<Statement, ServeError> {
        self.planned(text, Some(parsed)).await
    }

    /// Runs a statement with these values of its parameters, by name (without the `$`): text takes the type that its place asks
    /// for, other values keep theirs.
    pub async fn execute(
        &self,
        statement: &Statement,
        values: &HashMap<String, ScalarValue>,
    ) -> Result<Rows, ServeError> {
        let mut run = self.run();
        match self.begun(statement, values, &mut run).await {
            Ok((answer, permit)) => {
                let engine = self.service.engine_threads();
                Ok(Rows::of(answer, permit, run, engine))
            }
            Err(error) => {
                run.outcome = Outcome::of(&error);
                Err(error)
            }
        }
    }

    /// Plans and runs the one statement in `text`, which has no parameters.
    pub async fn query(&self, text: &str) -> Result<Rows, ServeError> {
        let statement = self.prepare(text).await?;
        self.execute(&statement, &HashMap::new()).await
    }

    async fn planned(&self, text: &str, parsed: Option<Parsed>) -> Result<Statement, ServeError> {
        let mut run = self.run();
        let session = self.session().await?;
        let planned = plan(&session.engine, text, parsed.clone());
        let planned = tokio::select! {
            biased;
            error = run.stop.stopped() => Err(error),
            planned = planned => planned,
        };
        match planned {
            Ok(prepared) => {
                // It counts once it runs.
                run.forget();
                Ok(Statement {
                    session,
                    prepared,
                    parsed,
                })
            }
            Err(error) => {
                run.outcome = Outcome::of(&error);
                Err(error)
            }
        }
    }

    async fn begun(
        &self,
        statement: &Statement,
        values: &HashMap<String, ScalarValue>,
        run: &mut Run,
    ) -> Result<(Answer, Permit), ServeError> {
        let most = self.service.limits_of(&self.user).concurrent;
        let admitted = self.service.admission().admit(&self.user.name, most);
        let permit = tokio::select! {
            biased;
            error = run.stop.stopped() => return Err(error),
            permit = admitted => permit?,
        };
        let begin = async {
            let session = self.session().await?;
            let answer = if session.generation == statement.session.generation {
                let engine = &statement.session.engine;
                engine.run(&statement.prepared, values).await?
            } else {
                let parsed = statement.parsed.clone();
                let again = plan(&session.engine, statement.text(), parsed).await?;
                if again.schema().fields() != statement.schema().fields() {
                    return Err(ServeError::Changed);
                }
                session.engine.run(&again, values).await?
            };
            Ok(answer)
        };
        tokio::select! {
            biased;
            error = run.stop.stopped() => Err(error),
            begun = begin => begun.map(|answer| (answer, permit)),
        }
    }

    fn run(&self) -> Run {
        let limits = self.service.limits_of(&self.user);
        let stop = Stop {
            deadline: (self.timeout())
                .and_then(|limit| Some((Instant::now().checked_add(limit)?, limit))),
            cancels: self.cancels.subscribe(),
            phase: self.service.phase(),
        };
        Run::new(stop, limits.rows, self.service.metrics(), self.protocol)
    }

    /// The session over the newest version.
    async fn session(&self) -> Result<Session, ServeError> {
        self.service.versions().look().await;
        let (generation, engine) = self.service.versions().of(&self.user).await?;
        let dialect = self.dialect();
        let mut held = self.session.lock().await;
        let known = match &*held {
            Some(session) if session.generation == generation => {
                if session.engine.dialect() == dialect {
                    return Ok(session.clone());
                }
                session.engine.continuing(&session.engine)
            }
            Some(session) => self.set_up(engine.continuing(&session.engine)).await?,
            None => self.set_up(engine.session()).await?,
        };
        let session = Session {
            generation,
            engine: Arc::new(known.with_dialect(dialect)),
        };
        Ok(held.insert(session).clone())
    }

    async fn set_up(&self, engine: Engine) -> Result<Engine, ServeError> {
        match &self.setup {
            Some(setup) => setup(engine).await,
            None => Ok(engine),
        }
    }

    fn settings(&self) -> Settings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn plan(engine: &Engine, text: &str, parsed: Option<Parsed>) -> Result<Prepared, ServeError> {
    Ok(match parsed {
        Some(parsed) => engine.prepare_parsed(parsed, text).await?,
        None => engine.prepare_statement(text).await?,
    })
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("user", &self.user.name)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}
