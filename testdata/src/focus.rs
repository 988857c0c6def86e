//! FOCUS exports: line items as charges.

mod columns;
mod convert;

pub(crate) use columns::{focus_cell, focus_columns};
pub(crate) use convert::{FocusRow, convert};
