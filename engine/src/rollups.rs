//! Answers from rollups: where a rollup provably gives the same digits as the line items, an aggregate reads it instead.
//!
//! The proof: seen from an aggregate, each row of a rollup stands for the line items that it was made of. An expression
//! may be computed on the rollup's row if it is the same for all of these line items (a
//! [dimension](class::Class::Dimension)), or if it is [linear](class::Class::Linear), so that its value on the row is the
//! sum of its values on the line items. `class.rs` says which are. Of the start of usage, a rollup tells the hour, day or month
//! that it lies in, or nothing: the proof is tried for each of these, the coarsest first, and finer rollups will do as well.
//!
//! A period without a suitable rollup is read from its line items in the same scan: each of them stands for itself.

mod aggregate;
mod class;
mod definition;
mod input;
mod join;
mod looked;
mod over;
mod rule;
mod times;
mod told;
mod verify;

pub use definition::{DefinitionError, define};
pub(crate) use looked::Within;
pub(crate) use rule::{FromRollups, explain, reads_rollups};
pub use verify::RollupCheck;
