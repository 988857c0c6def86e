//! Cost queries: what `curtail costs` asks, made into a statement over the view `costs`.

mod dimension;
mod overlap;
mod resources;
mod sql;
mod tags;

use std::ops::RangeInclusive;

use chrono::NaiveDate;
use curtail_store::BillingPeriod;

pub use dimension::{Dimension, Granularity, Metric, ParseCostError, Sort};
pub(crate) use overlap::LeftOut;
pub(crate) use resources::resources;
pub use resources::{ACTIVE_HOURS, ResourceQuery, ResourceSort};
pub(crate) use sql::{accounts, dimension, dimensions, identifier, quoted, scope, sql};
pub(crate) use tags::TagKeys;

/// A question about costs.
///
/// The answer has one column per dimension, in the order asked, then one per metric, then `currency`, by which rows are always
/// kept apart. A row that lacks a dimension (a tax without a resource) is counted under `(none)`, so that totals tie. Rows come
/// largest first by the first metric; by time first if there is a dimension of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostQuery {
    /// What to group by.
    pub by: Vec<Dimension>,
    /// What to add up; unblended cost if empty.
    pub metrics: Vec<Metric>,
    /// A dimension of time, put first unless `by` has it.
    pub granularity: Granularity,
    /// Only these billing periods; all if empty.
    pub periods: Vec<RangeInclusive<BillingPeriod>>,
    /// Only usage that started on this day or later.
    pub from: Option<NaiveDate>,
    /// Only usage that started before this day.
    pub to: Option<NaiveDate>,
    /// Only these linked accounts; all if empty.
    pub accounts: Vec<String>,
    /// Only these services; all if empty.
    pub services: Vec<String>,
    /// Only these regions; all if empty.
    pub regions: Vec<String>,
    /// Only rows with all these tags, as key and value; the value `(none)` is that of rows without the tag.
    pub tags: Vec<(String, String)>,
    /// Only these charge types; all if empty.
    pub charge_types: Vec<String>,
    /// Only these reports; if empty, all, but each charge once where several reports tell it.
    pub reports: Vec<String>,
    /// A further condition: an SQL expression over the columns of `costs`.
    pub condition: Option<String>,
    /// Only so many groups, those with the largest first metric; no row stands for the rest. With a dimension of time, groups
    /// are those of the other dimensions, each with all its times.
    pub top: Option<u64>,
    /// The order of rows, instead of the one above.
    pub sort: Option<Sort>,
}
