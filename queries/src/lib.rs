//! SQL as text files: the cost formulas, the views made of them, and a library of named queries.
//!
//! **Owns** what every metric and dimension means: each formula stands once, in `sql/formulas`, and is included by name
//! (`{{line_items/amortized}}`) wherever it is needed; and what a condition may be that is put into such a text.
//!
//! **Does not own** how the text is run; it knows no other crate of ours, and no SQL engine (only a parser).
//!
//! **Invariants**: every text is complete at compile time (nothing is read from disk), and every include resolves.
//!
//! Start at [`library()`] for the named queries, [`view()`] for the views, [`condition()`] for conditions.

mod condition;
mod error;
mod library;
mod params;
mod texts;

pub use condition::condition;
pub use error::{InvalidCondition, UnknownQuery};
pub use library::{Query, find, library};
pub use params::{Param, ParamDefault, ParamType};
pub use texts::{Formula, View, formula, view, view_of, view_with};
