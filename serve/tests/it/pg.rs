//! `PostgreSQL`'s protocol, as a driver and a terminal speak it.

mod extended;
mod limited;
mod limits;
mod login;
mod raw;
mod simple;
mod versions;
mod world;
