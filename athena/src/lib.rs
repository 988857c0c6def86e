//! Athena's SQL on DataFusion: Trino's dialect, its functions and its types.
//!
//! **Owns** what makes a query that was written for Athena mean here what it means there: how its text is parsed, what is rewritten on
//! the parsed statement, how types combine and print, and Trino's functions.
//!
//! **Does not own** tables, views or how a statement runs (`curtail-engine`); it knows nothing of costs.
//!
//! **Invariants**: what Trino refuses may be accepted, but what Trino accepts means the same, is an error, or stands in docs/sql.md; a function never
//! panics on any input; expressions in decimals stay exact.
//!
//! Start at [`parse()`], [`rewrite()`] and [`functions`].

mod ast;
mod correlated;
pub mod functions;
mod multisets;
mod offsets;
mod parser;
mod repeated;
mod rewrite;
mod subqueries;
mod typed;
mod unnest;

pub use parser::parse;
pub use repeated::told_apart;
pub use rewrite::rewrite;
pub use typed::{
    analyzer_rules, converting, decimals_of_text, expression_planners, type_planner, unnamed,
};
