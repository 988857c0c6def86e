//! `curtail diff` and `curtail history`.

use curtail_engine::{Dimension, Metric};
use curtail_store::{BillingPeriod, ReportName};

use super::OutputArgs;

/// Shows the versions of a month that were ever ingested: one row per report and version, oldest first.
#[derive(Debug, clap::Args)]
pub(crate) struct HistoryArgs {
    /// The billing period
    #[arg(value_name = "YYYY-MM")]
    pub(crate) period: BillingPeriod,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Shows what AWS restated between two versions of a month: what was added, removed or changed, by how much, and why (late
/// usage, late credits, refunds, tax, true-ups of reservations and Savings Plans, price changes, tag backfill…). Only what
/// changed is shown, the largest difference first.
///
/// DIM: account, service, resource, region, usage-type, operation, charge-type, purchase-option, product-family, payer,
/// invoice, day, hour, tag:KEY, category:KEY.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// The billing period
    #[arg(value_name = "YYYY-MM")]
    pub(crate) period: BillingPeriod,
    /// The version to start from [default: the one before]
    #[arg(long, value_name = "VERSION")]
    pub(crate) from: Option<u64>,
    /// The version to arrive at [default: the current one]
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<u64>,
    /// Dimensions to add up by, beside the cause; may be repeated or separated by commas
    #[arg(long, value_name = "DIM", value_delimiter = ',', num_args = 1..)]
    pub(crate) by: Vec<Dimension>,
    /// Costs to compare: unblended, amortized, net-unblended, net-amortized, blended, list, usage
    #[arg(long = "metric", value_name = "M", value_delimiter = ',', num_args = 1.., default_value = "unblended")]
    pub(crate) metrics: Vec<Metric>,
    /// The report, if several have the billing period
    #[arg(long, value_name = "REPORT")]
    pub(crate) report: Option<ReportName>,
    /// Adds up line items, even where rollups tell the same
    #[arg(long)]
    pub(crate) no_rollups: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
