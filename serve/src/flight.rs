//! Arrow Flight SQL, for ADBC, JDBC and whatever reads columns.
//!
//! A statement is asked for (`GetFlightInfo`) and fetched (`DoGet`) with the ticket that the first answer has. Both are dispatched in
//! `protocol`; what clients ask about the server itself is answered by `commands`. Nothing is written: updates and ingestion are refused.

mod actions;
mod auth;
mod bind;
mod columns;
mod commands;
mod handle;
mod info;
mod metadata;
mod protocol;
mod running;
mod sessions;
mod statements;
mod status;
mod stream;
mod tickets;
mod values;

use std::{convert::Infallible, sync::Arc, time::Duration};

use arrow_flight::flight_service_server::FlightServiceServer;
use curtail_engine::Dialect;
use futures::stream as streams;
use tokio::{net::TcpListener, sync::Semaphore, task::JoinSet, time};
use tokio_rustls::TlsAcceptor;
use tonic::transport::Server;

use self::{running::Running, sessions::Sessions, statements::Planned, tickets::Tickets};
use crate::{
    Client, Protocol, Service, Tls,
    incoming::{Incoming, Place},
};

/// How often it is looked for tickets that have expired.
const SWEEP: Duration = Duration::from_secs(30);
/// How often a silent client is asked whether it is still there, and for how long its answer is waited for.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(20));
/// The most requests that a connection may have open at once.
const REQUESTS: u32 = 256;
/// Passwords that are looked at once.
const LOGINS: usize = 2;

/// What clients talk to.
struct Flight {
    service: Service,
    /// What statements are in if a client does not say.
    dialect: Dialect,
    sessions: Sessions<Arc<Client>>,
    tickets: Arc<Tickets<Planned>>,
    running: Running,
    /// Turns to look at a password.
    logins: Semaphore,
}

/// Serves Arrow Flight SQL on a listener until the service shuts down. Statements are in `dialect`, unless a client sends the header
/// `curtail-dialect`.
pub async fn serve(
    service: Service,
    listener: TcpListener,
    tls: Option<&Tls>,
    dialect: Dialect,
) -> Result<(), tonic::transport::Error> {
    let tickets = Arc::new(Tickets::new());
    let flight = Flight {
        service: service.clone(),
        dialect,
        sessions: Sessions::new(),
        tickets: Arc::clone(&tickets),
        running: Running::default(),
        logins: Semaphore::new(LOGINS),
    };
    // Ends with this function.
    let mut sweeping = JoinSet::new();
    sweeping.spawn(async move {
        loop {
            time::sleep(SWEEP).await;
            tickets.sweep(std::time::Instant::now());
        }
    });
    let counting = service.clone();
    let place = move || {
        let counted = counting.connect(Protocol::Flight).ok()?;
        Some(Box::new(counted) as Place)
    };
    let incoming = Incoming::new(listener, tls.map(acceptor), place);
    let connections = streams::unfold(incoming, |mut incoming| async move {
        let (socket, _) = incoming.next().await;
        Some((Ok::<_, Infallible>(socket), incoming))
    });
    let (interval, patience) = KEEPALIVE;
    Server::builder()
        .http2_keepalive_interval(Some(interval))
        .http2_keepalive_timeout(Some(patience))
        .max_concurrent_streams(REQUESTS)
        .add_service(FlightServiceServer::new(flight))
        .serve_with_incoming_shutdown(Box::pin(connections), service.draining())
        .await
}

/// TLS for gRPC.
fn acceptor(tls: &Tls) -> TlsAcceptor {
    let mut config = tls.config().as_ref().clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
