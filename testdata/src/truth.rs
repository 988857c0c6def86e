//! Exact totals of what was written, summed from the rows themselves.

mod ledger;
mod measure;
mod report;
mod sums;

pub(crate) use ledger::{Ledger, Tally};
pub(crate) use measure::{Facts, line_item, region};
pub use report::{Breakdown, PeriodTruth, TagBreakdown, Totals, Truth};
pub(crate) use report::{Subject, build};
pub(crate) use sums::Metrics;
