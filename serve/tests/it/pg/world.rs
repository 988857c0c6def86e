//! A generated report in a store of its own, served in this process.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use curtail_engine::{Dialect, EngineOptions};
use curtail_ingest::{Silent, Source, discover, ingest};
use curtail_serve::{Limits, ServeError, Service, ServiceOptions, Tls, User, Users, Verifier, pg};
use curtail_store::Store;
use curtail_testdata::{Folder, Options, generate};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime, task::JoinHandle};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage, error::DbError};

/// The password of every user.
pub(crate) const PASSWORD: &str = "correct horse";

/// What is served.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) service: Service,
    pub(crate) address: SocketAddr,
    pub(crate) serving: JoinHandle<()>,
    /// What everything costs, from the generator's own sums.
    pub(crate) total: String,
}

/// How it is served.
pub(crate) struct Served {
    pub(crate) users: Vec<User>,
    pub(crate) limits: Limits,
    pub(crate) running: usize,
    pub(crate) connections: usize,
    pub(crate) tls: bool,
}

impl Default for Served {
    fn default() -> Self {
        Self {
            users: Vec::new(),
            limits: Limits::default(),
            running: 4,
            connections: 100,
            tls: false,
        }
    }
}

/// A user with the password.
pub(crate) fn user(name: &str) -> User {
    User {
        name: name.to_owned(),
        password: Some(Verifier::of(PASSWORD)),
        tokens: Vec::new(),
        limits: Limits::default(),
        allow: None,
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::served(Served::default()).await
    }

    pub(crate) async fn served(served: Served) -> Self {
        Self::opened(served).await.unwrap()
    }

    /// The same, or why it cannot be served.
    pub(crate) async fn opened(served: Served) -> Result<Self, ServeError> {
        let folder = tempfile::tempdir().unwrap();
        let total = fill(
            folder.path(),
            &Options {
                rows: 3000,
                ..Options::default()
            },
        )
        .await;
        let store = Store::local(&folder.path().join("store")).unwrap();
        let options = ServiceOptions {
            engine: EngineOptions {
                memory_limit: 1 << 30,
                allocated: None,
                threads: 2,
                rollups: true,
                merging: true,
                kept: 64 << 20,
            },
            elsewhere: None,
            connections: Vec::new(),
            users: Users::new(served.users),
            limits: served.limits,
            most_running: served.running,
            most_connections: served.connections,
        };
        let opening = engine_threads().spawn(Service::open(store, options));
        let service = opening.await.unwrap()?;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let options = pg::PgOptions {
            dialect: Dialect::Generic,
            tls: served.tls.then(|| certificate(folder.path())),
        };
        let serving = tokio::spawn(pg::serve(service.clone(), listener, options));
        Ok(Self {
            folder,
            service,
            address,
            serving,
            total,
        })
    }

    /// Where the store is.
    pub(crate) fn store(&self) -> std::path::PathBuf {
        self.folder.path().join("store")
    }

    /// Ingests another month.
    pub(crate) async fn ingest(&self, months: &[(i32, u32)]) -> String {
        fill(
            self.folder.path(),
            &Options {
                rows: 3000,
                months: months.to_vec(),
                ..Options::default()
            },
        )
        .await
    }

    /// How a driver connects.
    pub(crate) fn config(&self, user: &str) -> Config {
        let mut config = Config::new();
        config
            .host("127.0.0.1")
            .port(self.address.port())
            .user(user)
            .dbname("curtail")
            .connect_timeout(Duration::from_secs(10));
        config
    }

    pub(crate) async fn connect(&self) -> Client {
        self.connected(&self.config("ada")).await.unwrap()
    }

    pub(crate) async fn connected(&self, config: &Config) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// The threads that compute answers.
fn engine_threads() -> &'static Runtime {
    static THREADS: OnceLock<Runtime> = OnceLock::new();
    THREADS.get_or_init(|| Runtime::new().unwrap())
}

fn certificate(folder: &Path) -> Tls {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    Tls::read(certificate, key).unwrap()
}

async fn fill(folder: &Path, options: &Options) -> String {
    let (reports, store) = (folder.join("reports"), folder.join("store"));
    let summary = generate(options, &Folder::new(&reports), &|_| {}).unwrap();
    let source = Source::folder(&reports).unwrap();
    let store = Store::local(&store).unwrap();
    for delivery in discover(&source).await.unwrap() {
        let options = curtail_ingest::Options::default();
        let ingested = ingest(&delivery, &source, &store, &options, Arc::new(Silent)).await;
        ingested.unwrap();
    }
    summary.truth.overall.totals.unblended_cost.unwrap()
}

/// The rows of a simple query, as text.
pub(crate) async fn texts(client: &Client, sql: &str) -> Vec<Vec<Option<String>>> {
    let messages = client.simple_query(sql).await;
    let messages = messages.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    rows.map(|row| {
        (0..row.len())
            .map(|at| row.get(at).map(str::to_owned))
            .collect()
    })
    .collect()
}

/// The one value of a simple query, as text.
pub(crate) async fn text(client: &Client, sql: &str) -> String {
    let rows = texts(client, sql).await;
    assert_eq!(rows.len(), 1, "{sql}: {rows:?}");
    rows[0][0].clone().unwrap()
}

/// What a simple query that fails is told.
pub(crate) async fn refused(client: &Client, sql: &str) -> DbError {
    match client.simple_query(sql).await {
        Ok(found) => panic!("{sql}: {found:?}"),
        Err(error) => db_error(&error),
    }
}

/// What the server said.
pub(crate) fn db_error(error: &tokio_postgres::Error) -> DbError {
    let told = error.as_db_error().cloned();
    told.unwrap_or_else(|| panic!("not told by the server: {error:?}"))
}
