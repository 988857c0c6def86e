//! The service as its clients see it: in this process, over a generated report.
#![allow(missing_docs, reason = "tests are read, not linked to")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, helper functions too"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "what a test spawns ends with its runtime"
)]

mod flight;
mod http;
mod pg;
