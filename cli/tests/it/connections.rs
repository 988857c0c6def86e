//! Connections against a small AWS on a socket: what is configured, what is checked, what is ingested through them.

mod checks;
mod file;
mod ingests;
mod real;
mod secrets;
mod templates;
mod tokens;
mod world;
