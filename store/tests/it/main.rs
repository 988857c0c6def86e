//! The store through its public interface, on a local folder and in memory.

#![allow(
    clippy::unwrap_used,
    reason = "tests fail by panicking, helpers of tests too"
)]

mod cache;
mod concurrency;
mod crash;
mod data;
mod delta;
mod faulty;
mod interop;
mod opening;
mod replace;
mod rollups;
mod schema;
mod side;
mod sweep;
mod verify;
mod versions;
mod views;
