//! The engine's plans, computed by several machines.
//!
//! **Owns** which parts of a plan are sent, what is sent, and what happens to it when machines come and go.
//!
//! **Does not own** what a plan means or how it is made (`curtail-engine`), nor how work is divided and given out, which is Ballista's.
//!
//! **Invariants**: the rows are those that the engine would have computed itself, to the digit, or there is an error: what is not known
//! to be the same elsewhere is computed here. Nothing is waited for without end.
//!
//! Start at [`Cluster`], which asks; [`schedule`] and [`execute`] are what it asks. Without the feature `ballista` there is nothing here.
#![cfg(feature = "ballista")]

mod client;
mod codec;
mod error;
mod executor;
mod failure;
mod fetch;
mod info;
mod job;
mod parts;
mod remote;
mod said;
mod scheduler;
mod stages;

pub use client::{Cluster, ClusterOptions};
pub use error::ClusterError;
pub use executor::{ExecutorOptions, execute};
pub use scheduler::schedule;

/// Plans and rows may be as large as this in one message.
const MESSAGE: u32 = 1 << 30;
