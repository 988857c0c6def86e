//! The service: a store, the newest version of it, and who asks.

mod health;
mod versions;

use std::{fmt, sync::Arc, time::Duration};

use curtail_engine::{ConnectionInfo, Dialect, Elsewhere, EngineOptions};
use curtail_store::Store;
use tokio::{runtime::Handle, sync::watch, time};

pub use health::{Health, PeriodHealth};

use crate::{
    Client, Limits, Metrics, Protocol, ServeError, User, Users, admission::Admission,
    service::versions::Versions,
};

/// How long connections are waited for that were told to end.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What a service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It serves.
    Serving,
    /// It takes no new connections, and ends those that ask nothing.
    Draining,
    /// Whatever runs has to stop.
    Ending,
}

/// What a service is made of.
#[derive(Debug)]
pub struct ServiceOptions {
    /// What the engine may use.
    pub engine: EngineOptions,
    /// What computes parts of the plans of those who may see everything; without it, all is computed here.
    pub elsewhere: Option<Arc<dyn Elsewhere>>,
    /// The connections that `meta.connections` lists.
    pub connections: Vec<ConnectionInfo>,
    /// Who may log in; without any, nobody has to.
    pub users: Users,
    /// What a user may take who has no limits of their own.
    pub limits: Limits,
    /// The most statements at once, of all users together.
    pub most_running: usize,
    /// The most connections at once.
    pub most_connections: usize,
}

/// Answers the statements of clients from the newest version of a store. Clones are the same service.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    versions: Versions,
    users: Users,
    limits: Limits,
    admission: Admission,
    metrics: Arc<Metrics>,
    most_connections: usize,
    phase: watch::Sender<Phase>,
    engine_threads: Handle,
}

impl Service {
    /// Opens the newest version of `store`. The threads of the runtime that this is called in are those that compute answers; they may
    /// be busy for long, so that listeners had better be served by another one.
    pub async fn open(store: Store, options: ServiceOptions) -> Result<Self, ServeError> {
        let metrics = Arc::new(Metrics::default());
        let versions = Versions::open(
            store,
            options.engine,
            options.elsewhere,
            options.connections,
            Arc::clone(&metrics),
        );
        let service = Self {
            inner: Arc::new(Inner {
                versions: versions.await?,
                users: options.users,
                limits: options.limits,
                admission: Admission::new(options.most_running),
                metrics,
                most_connections: options.most_connections,
                phase: watch::Sender::new(Phase::Serving),
                engine_threads: Handle::current(),
            }),
        };
        // A condition that means nothing should be noticed now and not by whom it concerns.
        for user in service.users().iter() {
            service.versions().of(user).await?;
        }
        Ok(service)
    }

    /// What was counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.inner.metrics
    }

    /// Statements that wait for their turn.
    pub fn waiting(&self) -> usize {
        self.inner.admission.waiting()
    }

    /// Bytes that the process has allocated, if that can be told, and the most that it may.
    pub fn memory(&self) -> (Option<u64>, u64) {
        let options = self.versions().options();
        let allocated = options.allocated.map(|allocated| allocated());
        (allocated, options.memory_limit)
    }

    /// Who may log in.
    pub fn users(&self) -> &Users {
        &self.inner.users
    }

    /// Whether the store can be read, and what is served of it.
    pub async fn health(&self) -> Health {
        self.versions().look().await;
        self.versions().health()
    }

    /// The client of somebody who need not log in; an error where everybody has to.
    pub fn anybody(
        &self,
        name: &str,
        protocol: Protocol,
        dialect: Dialect,
    ) -> Result<Client, ServeError> {
        if self.users().is_empty() {
            let user = Arc::new(User::anybody(name));
            return Ok(self.client(user, protocol, dialect));
        }
        self.metrics().login_refused(protocol);
        Err(ServeError::Login(name.to_owned()))
    }

    /// The client of the user with this password.
    pub fn with_password(
        &self,
        name: &str,
        password: &str,
        protocol: Protocol,
        dialect: Dialect,
    ) -> Result<Client, ServeError> {
        let Some(user) = self.users().with_password(name, password) else {
            self.metrics().login_refused(protocol);
            return Err(ServeError::Login(name.to_owned()));
        };
        Ok(self.client(user, protocol, dialect))
    }

    /// The client of the user whose token it is.
    pub fn with_token(
        &self,
        token: &str,
        protocol: Protocol,
        dialect: Dialect,
    ) -> Result<Client, ServeError> {
        let Some(user) = self.users().with_token(token) else {
            self.metrics().login_refused(protocol);
            return Err(ServeError::Token);
        };
        Ok(self.client(user, protocol, dialect))
    }

    /// The client of a user who has logged in.
    pub(crate) fn client(&self, user: Arc<User>, protocol: Protocol, dialect: Dialect) -> Client {
        Client::new(self.clone(), user, protocol, dialect)
    }

    /// Counts a connection until what is returned is dropped; an error if there are too many.
    pub(crate) fn connect(&self, protocol: Protocol) -> Result<Connected, ServeError> {
        self.metrics().connected(protocol);
        let connected = Connected {
            metrics: Arc::clone(self.metrics()),
            protocol,
        };
        let most = self.inner.most_connections;
        if self.metrics().connections() > most as u64 {
            return Err(ServeError::TooManyConnections(most));
        }
        Ok(connected)
    }

    /// What the service does, and every change of it.
    pub(crate) fn phase(&self) -> watch::Receiver<Phase> {
        self.inner.phase.subscribe()
    }

    /// Returns when no new connections are to be taken any more.
    pub(crate) async fn draining(&self) {
        let mut phase = self.phase();
        // The service itself holds the sender.
        let _ = phase.wait_for(|phase| *phase != Phase::Serving).await;
    }

    /// Ends the service: no new connections; statements that run have `grace` to end, then they are cancelled. Returns when the
    /// last connection is closed, or does not close.
    pub async fn shutdown(&self, grace: Duration) {
        self.inner.phase.send_replace(Phase::Draining);
        let gone = self.until_alone();
        if time::timeout(grace, gone).await.is_ok() {
            return;
        }
        self.inner.phase.send_replace(Phase::Ending);
        self.inner.admission.close();
        // Who does not even take the error is left to the end of the process.
        let _ = time::timeout(LAST_WORDS, self.until_alone()).await;
    }

    async fn until_alone(&self) {
        while self.metrics().connections() > 0 {
            time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn versions(&self) -> &Versions {
        &self.inner.versions
    }

    /// Where answers are computed.
    pub(crate) fn engine_threads(&self) -> &Handle {
        &self.inner.engine_threads
    }

    pub(crate) fn admission(&self) -> &Admission {
        &self.inner.admission
    }

    /// Connections that may be open at once.
    pub(crate) fn most_connections(&self) -> usize {
        self.inner.most_connections
    }

    /// What a user may take.
    pub(crate) fn limits_of(&self, user: &User) -> Limits {
        user.limits.or(self.inner.limits)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("users", &self.inner.users)
            .finish_non_exhaustive()
    }
}

/// A connection that counts.
#[derive(Debug)]
pub(crate) struct Connected {
    metrics: Arc<Metrics>,
    protocol: Protocol,
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.metrics.disconnected(self.protocol);
    }
}
