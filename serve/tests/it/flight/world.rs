//! A generated report in a store, served in this process.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use arrow::{
    array::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use arrow_flight::{FlightInfo, sql::client::FlightSqlServiceClient};
use curtail_engine::{Dialect, EngineOptions};
use curtail_ingest::{Silent, Source, discover, ingest};
use curtail_serve::{
    Limits, Service, ServiceOptions, Tls, TokenHash, User, Users, Verifier, flight, http,
};
use curtail_store::Store;
use curtail_testdata::{Folder, Options, generate};
use futures::TryStreamExt;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};
use tonic::{
    Status,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint},
};

pub(crate) type Client = FlightSqlServiceClient<Channel>;

/// The token that [`user`] is known by.
pub(crate) const TOKEN: &str = "a token of a user";
/// The password that [`user`] is known by.
pub(crate) const PASSWORD: &str = "correct horse: battery";

/// What all tests ask, made once.
struct Filled {
    _folder: TempDir,
    store: PathBuf,
    total: String,
}

fn filled() -> &'static Filled {
    static FILLED: OnceLock<Filled> = OnceLock::new();
    FILLED.get_or_init(|| {
        // A runtime of its own, as tests have one already.
        let fill = std::thread::spawn(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(fill())
        });
        fill.join().unwrap()
    })
}

async fn fill() -> Filled {
    let folder = tempfile::tempdir().unwrap();
    let (reports, store) = (folder.path().join("reports"), folder.path().join("store"));
    let options = Options {
        rows: 3000,
        ..Options::default()
    };
    let summary = generate(&options, &Folder::new(&reports), &|_| {}).unwrap();
    let source = Source::folder(&reports).unwrap();
    let into = Store::local(&store).unwrap();
    let options = curtail_ingest::Options::default();
    for delivery in discover(&source).await.unwrap() {
        let ingested = ingest(&delivery, &source, &into, &options, Arc::new(Silent)).await;
        ingested.unwrap();
    }
    let total = summary.truth.overall.totals.unblended_cost.unwrap();
    Filled {
        _folder: folder,
        store,
        total,
    }
}

/// A service with its listeners.
pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) flight: SocketAddr,
    pub(crate) http: SocketAddr,
    /// What all line items cost, as the generator added it up.
    pub(crate) total: &'static str,
    certificate: Option<String>,
    /// Flight SQL, which ends with the service.
    pub(crate) serving: JoinSet<()>,
    _watched: JoinSet<()>,
}

/// A user with [`TOKEN`] and [`PASSWORD`].
pub(crate) fn user(name: &str) -> User {
    User {
        name: name.to_owned(),
        password: Some(Verifier::of(PASSWORD)),
        tokens: vec![TokenHash::of(TOKEN)],
        limits: Limits::default(),
        allow: None,
    }
}

impl World {
    /// Nobody has to log in.
    pub(crate) async fn open() -> Self {
        Self::with(Vec::new(), Limits::default(), None).await
    }

    /// These users have to log in.
    pub(crate) async fn of(users: Vec<User>) -> Self {
        Self::with(users, Limits::default(), None).await
    }

    /// Everybody has these limits.
    pub(crate) async fn limited(limits: Limits) -> Self {
        Self::with(Vec::new(), limits, None).await
    }

    /// Connections are encrypted.
    pub(crate) async fn encrypted(users: Vec<User>) -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("cert.pem"), made.cert.pem()).unwrap();
        std::fs::write(path("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let tls = Tls::read(path("cert.pem"), path("key.pem")).unwrap();
        Self::with(users, Limits::default(), Some((tls, made.cert.pem()))).await
    }

    async fn with(users: Vec<User>, limits: Limits, tls: Option<(Tls, String)>) -> Self {
        let filled = filled();
        let service = served(&filled.store, users, limits).await;
        let (tls, certificate) = tls.unzip();
        let listen = || TcpListener::bind("127.0.0.1:0");
        let (for_flight, for_http) = (listen().await.unwrap(), listen().await.unwrap());
        let addresses = (
            for_flight.local_addr().unwrap(),
            for_http.local_addr().unwrap(),
        );
        let (served, encrypted) = (service.clone(), tls.clone());
        let mut watched = JoinSet::new();
        watched.spawn(async move {
            http::serve(served, for_http, encrypted.as_ref())
                .await
                .unwrap();
        });
        let served = service.clone();
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let tls = tls.as_ref();
            let done = flight::serve(served, for_flight, tls, Dialect::Trino).await;
            done.unwrap();
        });
        Self {
            service,
            flight: addresses.0,
            http: addresses.1,
            total: &filled.total,
            certificate,
            serving,
            _watched: watched,
        }
    }

    /// A connection of somebody who has not said who they are.
    pub(crate) async fn client(&self) -> Client {
        let scheme = if self.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        let endpoint = format!("{scheme}://{}", self.flight);
        let mut endpoint = Endpoint::from_shared(endpoint).unwrap();
        if let Some(certificate) = &self.certificate {
            let trusted = Certificate::from_pem(certificate);
            let tls = ClientTlsConfig::new().ca_certificate(trusted);
            endpoint = endpoint.tls_config(tls.domain_name("localhost")).unwrap();
        }
        FlightSqlServiceClient::new(endpoint.connect().await.unwrap())
    }

    /// A connection of somebody with a token.
    pub(crate) async fn with_token(&self, token: &str) -> Client {
        let mut client = self.client().await;
        client.set_token(token.to_owned());
        client
    }

    /// Waits until a metric has a value.
    pub(crate) async fn until(&self, is: impl Fn(&curtail_serve::Snapshot) -> bool) {
        for _ in 0..1000 {
            if is(&self.service.metrics().snapshot()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?}", self.service.metrics().snapshot());
    }
}

async fn served(store: &Path, users: Vec<User>, limits: Limits) -> Service {
    let options = ServiceOptions {
        engine: EngineOptions {
            memory_limit: 256 << 20,
            allocated: None,
            threads: 2,
            rollups: true,
            merging: true,
            kept: 64 << 20,
        },
        elsewhere: None,
        connections: Vec::new(),
        users: Users::new(users),
        limits,
        most_running: 4,
        most_connections: 16,
    };
    Service::open(Store::local(store).unwrap(), options)
        .await
        .unwrap()
}

/// The rows of what a client asked for.
pub(crate) async fn fetch(
    client: &mut Client,
    info: &FlightInfo,
) -> Result<Vec<RecordBatch>, String> {
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let batches = client
        .do_get(ticket)
        .await
        .map_err(|error| error.to_string())?;
    batches
        .try_collect()
        .await
        .map_err(|error| error.to_string())
}

/// The answer to a statement, as text.
pub(crate) async fn ask(client: &mut Client, sql: &str) -> Result<Vec<Vec<String>>, String> {
    let info = client.execute(sql.to_owned(), None).await;
    let info = info.map_err(|error| error.to_string())?;
    Ok(texts(&fetch(client, &info).await?))
}

/// The values of batches, row by row.
pub(crate) fn texts(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in batches {
        let columns = batch.columns().iter();
        let columns: Vec<_> = columns
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options).unwrap())
            .collect();
        rows.extend((0..batch.num_rows()).map(|row| {
            let values = columns.iter().map(|column| column.value(row).to_string());
            values.collect::<Vec<_>>()
        }));
    }
    rows
}

/// The status that a client's error stands for.
pub(crate) fn status(error: impl std::error::Error + 'static) -> Status {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(error) = next {
        if let Some(status) = error.downcast_ref::<Status>() {
            return status.clone();
        }
        if let Some(status) = error.downcast_ref::<Box<Status>>() {
            return status.as_ref().clone();
        }
        next = error.source();
    }
    panic!("no status: {error}")
}
