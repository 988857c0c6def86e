//! The engine over small stores that the tests write themselves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod athena;
mod catalog;
mod change_attribution;
mod commitment_plan;
mod costs;
mod dialect;
mod empty;
mod fixture;
mod formulas;
mod golden;
mod library;
mod limited;
mod merging;
mod money;
mod provisional;
mod resources;
mod rollups;
mod statements;
mod views;
