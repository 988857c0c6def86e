//! Health and metrics, for whoever watches over the service.
//!
//! `/health` says whether the store can be read, `/ready` whether new clients are taken, `/metrics` what was counted. No statement and no
//! secret is told.

mod exposition;
mod health;
mod metrics;

use std::{io, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use curtail_engine::Dialect;
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_rustls::TlsAcceptor;

use crate::{
    Protocol, Service, Tls,
    incoming::{Incoming, Place},
    service::Phase,
};

/// Connections at once; whoever watches has one.
const CONNECTIONS: usize = 256;

/// What answers are made from.
#[derive(Clone)]
struct Watched {
    service: Service,
    /// Whether metrics are told to those only who bring a token.
    guarded: bool,
}

/// Serves health and metrics on a listener, as long as this is polled: while the service shuts down, that can be watched too. Where others
/// than this machine can ask and there are users, metrics are told to those who bring one's token.
pub async fn serve(service: Service, listener: TcpListener, tls: Option<&Tls>) -> io::Result<()> {
    let address = listener.local_addr()?;
    let guarded = !address.ip().to_canonical().is_loopback() && !service.users().is_empty();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let place = move || {
        let place = Arc::clone(&room).try_acquire_owned().ok()?;
        Some(Box::new(place) as Place)
    };
    let incoming = Incoming::new(listener, tls.map(acceptor), place);
    let pages = Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Watched { service, guarded });
    axum::serve(incoming, pages).await
}

async fn health(State(watched): State<Watched>) -> Response {
    let health = watched.service.health().await;
    let status = match health.failure {
        None => StatusCode::OK,
        Some(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    (status, json, health::page(&health).to_string()).into_response()
}

async fn ready(State(watched): State<Watched>) -> Response {
    if *watched.service.phase().borrow() == Phase::Serving {
        (StatusCode::OK, "ready\n").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting down\n").into_response()
    }
}

async fn metrics(State(watched): State<Watched>, headers: HeaderMap) -> Response {
    if watched.guarded && !may_watch(&watched.service, &headers) {
        let how = [(header::WWW_AUTHENTICATE, "Bearer")];
        let why =
            "a user's token is needed, of one who sees all rows: `authorization: Bearer TOKEN`\n";
        return (StatusCode::UNAUTHORIZED, how, why).into_response();
    }
    let health = watched.service.health().await;
    let text = [(header::CONTENT_TYPE, exposition::CONTENT_TYPE)];
    (text, metrics::page(&watched.service, &health)).into_response()
}

/// Whether a request comes with the token of a user who sees all rows: metrics tell how many there are.
fn may_watch(service: &Service, headers: &HeaderMap) -> bool {
    let value = headers.get(header::AUTHORIZATION);
    let token = value.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    token.is_some_and(|token| {
        let user = service.with_token(token.trim(), Protocol::Flight, Dialect::default());
        user.is_ok_and(|client| client.user().allow.is_none())
    })
}

/// TLS for HTTP.
fn acceptor(tls: &Tls) -> TlsAcceptor {
    let mut config = tls.config().as_ref().clone();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}
