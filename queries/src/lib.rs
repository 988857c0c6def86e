//! SQL as text files: the cost formulas, the views made of them, and a library of named queries.
//!
//! **Owns** what every metric and dimension means: each formula stands once, in `sql/formulas`, and is included by name
//! (`{{line_items/amortized}}`) wherever it is needed.
//!
//! **Does not own** how the text is run; it knows no other crate of ours, and no SQL engine.
//!
//! **Invariants**: every text is complete at compile time (nothing is read from disk), and every include resolves.
//!
//! Start at [`library()`] for the named queries, [`view()`] for the views.

mod error;
mod library;
mod params;
mod texts;

pub use error::UnknownQuery;
pub use library::{Query, find, library};
pub use params::{Param, ParamDefault, ParamType};
pub use texts::{Formula, View, formula, view, view_with};
