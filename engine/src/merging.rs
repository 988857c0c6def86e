//! Line items that an aggregate cannot tell apart, merged while they are read.
//!
//! Files are sorted, and their columns are dictionaries: what a row group has in a column is a list of small numbers, most of
//! them the same as the one before. An aggregate that only adds up amounts need not see a row for each line item: rows
//! that are alike in all other columns that it looks at are merged to one, with the sums of their amounts and their number.
//! That is what a rollup is, made on the fly, so the same proof (see [`rollups`](crate::rollups)) says when it may be read.
//!
//! ```text
//! pages ─► numbers and what they stand for ─► which rows are alike ─► sums ─► a batch per row group
//! hybrid         column                             groups            row_group        scan
//! ```

mod cache;
mod column;
mod groups;
mod hybrid;
mod pruning;
mod row_group;
mod scan;
mod sent;

pub(crate) use cache::Cache;
pub(crate) use row_group::{Condition, Role, Wanted};
pub use sent::Scans;

pub(crate) use scan::{FILES, LINE_ITEMS, MergingScan, PRUNED, ROW_GROUPS, is_mergeable};
