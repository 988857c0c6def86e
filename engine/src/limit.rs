//! Row-level security: an engine that shows only the rows for which a condition is true.
//!
//! The condition is a part of the scan of the data files ([`Guard`]), below all that a statement can say: every table, view and rollup is
//! made of such scans. What a statement asks is computed above a [`Barrier`], which no optimizer moves anything across, so that no
//! expression of it (a division, a cast, a function that fails) ever sees another row. Only conditions that [cannot
//! fail](cannot_fail) are handed down beside the guard, to prune files and row groups. Accounts and other dimensions of the condition prune,
//! too, and rollups that have them as columns serve.
//!
//! What tells of other rows without being one is left out: the schema `meta`, plans, names of reports in notes and errors, columns and
//! tags that none of the rows has.

mod barrier;
mod condition;
mod guard;

pub(crate) use barrier::Barrier;
pub(crate) use condition::checked;
pub(crate) use guard::{Guard, cannot_fail};
