//! Tests of finding and ingesting reports, through the public interface.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, like the tests themselves"
)]

mod cases;
mod discovery;
mod failures;
mod ingesting;
mod support;
