//! `PostgreSQL`'s protocol, as a driver and a terminal speak it.

mod codes;
mod extended;
mod limited;
mod limits;
mod login;
mod raw;
mod settings;
mod simple;
mod versions;
mod world;
