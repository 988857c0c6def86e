//! `PostgreSQL`'s wire protocol, version 3.
//!
//! Messages are read and written here: what a client says of lengths is not trusted, values keep all their digits, and a client that
//! goes away while its statement runs is noticed.

mod cancel;
mod catalog;
mod command;
mod connection;
mod context;
mod copy;
mod encode;
mod fail;
mod login;
mod message;
mod parameter;
mod portal;
mod prepared;
mod reply;
mod session;
mod settings;
mod socket;

use std::{io::ErrorKind, sync::Arc, time::Duration};

use curtail_engine::Dialect;
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

use self::cancel::Cancels;
use crate::{Service, Tls};

/// After which a listener that cannot accept, mostly for want of file descriptors, tries again.
const PAUSE: Duration = Duration::from_secs(1);

/// How connections are served.
#[derive(Clone, Debug)]
pub struct PgOptions {
    /// What statements are written in unless a session says otherwise.
    pub dialect: Dialect,
    /// The certificate and key, if there is TLS.
    pub tls: Option<Tls>,
}

/// Serves connections to `listener` until the service is shut down; then returns when the last one is closed.
pub async fn serve(service: Service, listener: TcpListener, options: PgOptions) {
    let cancels = Arc::new(Cancels::default());
    let options = Arc::new(options);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = service.draining() => break,
            // They are counted while they last; what is left of them is not.
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, from)) => {
                let serve = connection::serve(
                    service.clone(),
                    stream,
                    from,
                    Arc::clone(&options),
                    Arc::clone(&cancels),
                );
                connections.spawn(serve);
            }
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted
                        | ErrorKind::ConnectionRefused
                        | ErrorKind::ConnectionReset
                ) => {}
            Err(error) => {
                tracing::warn!("no connection can be accepted at the moment: {error}");
                sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}
