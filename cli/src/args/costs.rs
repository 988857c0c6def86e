//! `curtail costs`.

use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use curtail_engine::{Dimension, Granularity, Metric, Sort};
use curtail_store::AsOf;

use super::{Assignment, OutputArgs, PeriodRange, ReadArgs, RemoteArgs};

/// Adds up costs. Columns are the dimensions in the order asked, then one per metric, then the currency; rows are ordered by
/// the first metric, largest first (by time first when there is a time dimension).
///
/// DIM: account, account-name, service, resource, region, usage-type, operation, charge-type, purchase-option, product-family,
/// payer, invoice, day, hour, month, tag:KEY, category:KEY.
#[derive(Debug, clap::Args)]
pub(crate) struct CostsArgs {
    /// Dimensions to add up by; may be repeated or separated by commas
    #[arg(long, value_name = "DIM", value_delimiter = ',', num_args = 1..)]
    pub(crate) by: Vec<Dimension>,
    /// Costs to show: unblended, amortized, net-unblended, net-amortized, blended, list, usage
    #[arg(long = "metric", value_name = "M", value_delimiter = ',', num_args = 1.., default_value = "unblended")]
    pub(crate) metrics: Vec<Metric>,
    /// Time steps
    #[arg(long, value_name = "STEP", default_value = "total", value_parser = granularity())]
    pub(crate) granularity: Granularity,
    /// Billing periods, as invoiced; may be repeated
    #[arg(long = "period", value_name = "YYYY-MM|YYYY-MM..YYYY-MM", conflicts_with_all = ["from", "to"])]
    pub(crate) periods: Vec<PeriodRange>,
    /// Usage from this day on
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<NaiveDate>,
    /// Usage before this day
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<NaiveDate>,
    /// Only this report; may be repeated. Without, a charge that several reports tell counts once
    #[arg(long = "report", value_name = "REPORT")]
    pub(crate) reports: Vec<String>,
    /// Only these linked accounts
    #[arg(long = "account", value_name = "ID")]
    pub(crate) accounts: Vec<String>,
    /// Only these services
    #[arg(long = "service", value_name = "S")]
    pub(crate) services: Vec<String>,
    /// Only these regions
    #[arg(long = "region", value_name = "R")]
    pub(crate) regions: Vec<String>,
    /// Only what carries all these tags; `(none)` is the value of what has no such tag
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    pub(crate) tags: Vec<Assignment>,
    /// Only these charge types, such as Usage or Credit
    #[arg(long = "charge-type", value_name = "T")]
    pub(crate) charge_types: Vec<String>,
    /// A condition in SQL over the columns of `costs`
    #[arg(long = "where", value_name = "SQL")]
    pub(crate) condition: Option<String>,
    /// Only the N largest rows
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<u64>,
    /// Order by a metric (largest first) or a dimension instead; with :asc or :desc, that way round
    #[arg(long, value_name = "M|DIM[:asc|:desc]")]
    pub(crate) sort: Option<Sort>,
    /// Asks the store as it was: at a version, a time, or the end of a day (UTC)
    #[arg(long, value_name = "VERSION|TIME")]
    pub(crate) as_of: Option<AsOf>,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) remote: RemoteArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

fn granularity() -> impl TypedValueParser<Value = Granularity> {
    PossibleValuesParser::new(["total", "monthly", "daily", "hourly"])
        .try_map(|text| text.parse::<Granularity>())
}
