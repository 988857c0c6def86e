//! What the crate offers, from outside.
#![allow(missing_docs, reason = "tests are read, not linked to")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, helper functions too"
)]

mod cases;
mod policies;
mod refused;
mod templates;
