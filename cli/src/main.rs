//! `curtail`: what AWS costs, from Cost and Usage Reports, exactly.
//!
//! **Owns** the command line: what was typed ([`args`]), what it means ([`config`]), what is shown ([`render`]), and how it
//! ends ([`exit`], [`hints`]).
//!
//! **Does not own** any rule about reports, money or storage: each command calls the crate that does.
//!
//! **Invariants**: results go to standard output and everything else to standard error; only [`config`] reads the
//! environment; an exact number is never shown through a float; piped output is neither rounded nor cut.

mod args;
mod commands;
mod config;
mod error;
mod exit;
mod hints;
mod logging;
mod progress;
mod render;
mod repl;
mod rows;
mod signals;

/// Counts what is allocated, so that a query can be held to its budget whatever its operators account for.
#[global_allocator]
static ALLOCATOR: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, usize::MAX);

fn main() -> std::process::ExitCode {
    exit::run()
}
