//! The server as the AWS SDK and object stores see it.
#![allow(missing_docs, reason = "tests are read, not linked to")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, helper functions too"
)]

mod costs;
mod failures;
mod harness;
mod organizations;
mod plain;
mod policies;
mod reports;
mod s3;
mod sts;
