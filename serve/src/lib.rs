//! The engine behind `PostgreSQL`'s wire protocol, Arrow Flight SQL and HTTP.
//!
//! **Owns** who may ask (users, their secrets and limits), how much may run at once and for how long, which version of the store a
//! statement sees, and the protocols.
//!
//! **Does not own** what SQL means or what a user's rows are (`curtail-engine`), nor where the configuration comes from.
//!
//! **Invariants**: a statement reads the version that it began with, whatever is committed meanwhile; nothing is written to the
//! store; a secret is kept as a hash, compared in constant time and never shown; a listener that others can reach has TLS and users,
//! unless both was waived in so many words; a client that goes away stops its statement; an exact number is never sent through a float.
//!
//! Start at [`Service`]: [`Service::open`], then a login gives a [`Client`], which prepares and runs statements. [`listen`] opens
//! sockets, [`pg`] speaks `PostgreSQL`'s protocol on one.

mod admission;
mod client;
mod error;
pub mod flight;
pub mod http;
mod incoming;
mod limits;
pub mod listen;
mod metrics;
pub mod pg;
mod rows;
mod scram;
mod secrets;
mod service;
mod tls;
mod users;

pub use client::{Client, Statement};
pub use error::ServeError;
pub use limits::Limits;
pub use metrics::{BUCKETS, Counts, Histogram, Metrics, Outcome, Protocol, Snapshot};
pub use rows::Rows;
pub use secrets::{ParseSecretError, TokenHash, Verifier, new_token};
pub use service::{Health, PeriodHealth, Service, ServiceOptions};
pub use tls::{Tls, TlsError};
pub use users::{User, Users};
