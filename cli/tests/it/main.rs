//! The real binary, run in fresh folders.
#![allow(missing_docs, reason = "tests are read, not linked to")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests may look at their own environment"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, helper functions too"
)]
#![allow(
    clippy::format_push_string,
    reason = "texts for snapshots, of a few lines"
)]

mod cache;
mod clients;
#[cfg(feature = "cluster")]
mod cluster;
mod commands;
mod connections;
mod defined_rollups;
mod deploy;
mod endpoint;
mod errors;
mod faults;
mod formats;
mod harness;
mod help;
mod http;
mod interop;
mod kill;
mod memory;
mod mistakes;
mod proxy;
mod reports;
mod rollups;
mod s3;
mod serve;
mod signals;
mod sql;
mod trust;
mod versions;
