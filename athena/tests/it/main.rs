//! Goldens of the dialect: expressions and what they come to.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod filters;
mod golden;
mod lambda;
mod rewrite;
mod session;
