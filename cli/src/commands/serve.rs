//! `curtail serve`.

mod options;
mod secret;

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use curtail_engine::Dialect;
use curtail_serve::{ServeError, Service, flight, http, listen, pg};
use curtail_store::Store;
use tokio::{
    net::TcpListener,
    runtime::{self, Handle, Runtime},
    task::JoinSet,
};

use self::options::Options;
use super::{answer, cluster, place};
use crate::{
    args::{ServeArgs, ServeCommand},
    config::{self, Settings},
    error::CliError,
    signals::{Interruptions, cancellable},
};

/// Threads that talk to clients.
const TALKING: usize = 2;
/// Where the store is served unless anything else is said.
const DEFAULT: &str = "127.0.0.1:5432";

pub(super) async fn run(args: &ServeArgs, settings: &Settings) -> Result<(), CliError> {
    match args.command {
        Some(ServeCommand::Password) => secret::password(),
        Some(ServeCommand::Token) => secret::token(),
        None => serve(args, settings).await,
    }
}

async fn serve(args: &ServeArgs, settings: &Settings) -> Result<(), CliError> {
    let config = config::load(&settings.config)?;
    let known = config.connections.iter().map(answer::connection).collect();
    let options = Options::new(args, &config.serve, settings)?;
    // Whatever is wrong with an address should be told before a large store is read.
    let mut listeners = Vec::new();
    for (protocol, address) in &options.addresses {
        let (listener, bound) = listen::bind(*address, options.protection).await?;
        listeners.push((*protocol, listener, bound));
    }
    let open = async {
        let store: Store = place::store(settings).await?;
        let elsewhere = cluster::elsewhere(&args.remote).await?;
        let service = options.service(answer::options(settings), elsewhere, known);
        Ok(Service::open(store, service).await?)
    };
    let service = cancellable(Box::pin(open)).await?;
    // Whoever reads an address may end the server right away.
    let mut interruptions = Interruptions::from_now();
    // Whoever talks to clients must not wait for threads that compute.
    let talking = Talking::start()?;
    let mut serving = JoinSet::new();
    for (protocol, listener, bound) in listeners {
        tell(protocol, bound, &options);
        spawn(
            &mut serving,
            &talking,
            protocol,
            &service,
            listener,
            &options,
        )?;
    }
    // Nobody listens any more only if something is very wrong.
    tokio::select! {
        () = interruptions.next() => {}
        Some(ended) = serving.join_next() => {
            let why = match ended {
                Ok(Err(error)) => error,
                Ok(Ok(())) => "a listener ended".to_owned(),
                Err(error) => error.to_string(),
            };
            return Err(CliError::Internal(why));
        }
    }
    let _ = writeln!(
        io::stderr(),
        "stopping: statements that run have {} s to end",
        options.grace.as_secs()
    );
    tokio::select! {
        // A second signal does not wait.
        () = interruptions.next() => Err(CliError::Interrupted),
        () = service.shutdown(options.grace) => Ok(()),
    }
}

/// What is spoken at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoken {
    Postgres,
    Flight,
    Http,
}

impl Spoken {
    fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "pg",
            Self::Flight => "flight",
            Self::Http => "http",
        }
    }
}

fn spawn(
    serving: &mut JoinSet<Result<(), String>>,
    talking: &Talking,
    protocol: Spoken,
    service: &Service,
    listener: TcpListener,
    options: &Options,
) -> Result<(), CliError> {
    let threads = talking.threads()?;
    // A socket belongs to the runtime that it was made in.
    let listener = listener.into_std().and_then(|listener| {
        let _within = threads.enter();
        TcpListener::from_std(listener)
    });
    let listener = listener.map_err(CliError::Runtime)?;
    let service = service.clone();
    let (tls, dialect) = (options.tls.clone(), options.dialect);
    match protocol {
        Spoken::Postgres => {
            serving.spawn_on(
                async move {
                    pg::serve(service, listener, pg::PgOptions { dialect, tls }).await;
                    Ok(())
                },
                threads,
            );
        }
        Spoken::Flight => {
            serving.spawn_on(
                async move {
                    let served = flight::serve(service, listener, tls.as_ref(), Dialect::default());
                    served.await.map_err(|error| error.to_string())
                },
                threads,
            );
        }
        Spoken::Http => {
            serving.spawn_on(
                async move {
                    let served = http::serve(service, listener, tls.as_ref());
                    served.await.map_err(|error| error.to_string())
                },
                threads,
            );
        }
    }
    Ok(())
}

/// The threads that talk to clients.
struct Talking(Option<Runtime>);

impl Talking {
    fn start() -> Result<Self, CliError> {
        let threads = runtime::Builder::new_multi_thread()
            .worker_threads(TALKING)
            .thread_name("talking")
            .enable_all()
            .build();
        threads
            .map(|threads| Self(Some(threads)))
            .map_err(CliError::Runtime)
    }

    fn threads(&self) -> Result<&Handle, CliError> {
        let threads = self.0.as_ref().map(Runtime::handle);
        threads.ok_or_else(|| CliError::Internal("no thread talks to clients".to_owned()))
    }
}

impl Drop for Talking {
    fn drop(&mut self) {
        if let Some(threads) = self.0.take() {
            // Within another runtime, nothing may wait for it.
            threads.shutdown_background();
        }
    }
}

/// Tells an address that is listened on: the form that scripts read.
fn tell(protocol: Spoken, bound: SocketAddr, options: &Options) {
    let tls = if options.tls.is_some() { ", TLS" } else { "" };
    let users = match (protocol, options.users) {
        (Spoken::Http, _) => String::new(),
        (_, 0) => ", nobody has to log in".to_owned(),
        (_, 1) => ", 1 user".to_owned(),
        (_, users) => format!(", {users} users"),
    };
    // If even standard error is closed, nobody is interested.
    let _ = writeln!(
        io::stderr(),
        "listening: {} {bound}{tls}{users}",
        protocol.as_str()
    );
}

impl From<ServeError> for CliError {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Engine(error) => Self::Engine(error),
            error => Self::Serve(Box::new(error)),
        }
    }
}
