//! `curtail resources`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use curtail_engine::{Metric, ResourceSort};
use curtail_store::{AsOf, BillingPeriod};

use super::{Assignment, OutputArgs, RemoteArgs};

/// Which resources, over which hours, at which cost.
#[derive(Debug, clap::Args)]
pub(crate) struct ResourcesArgs {
    /// How many of the latest hours tell what runs, and what it costs an hour
    #[arg(long, value_name = "HOURS", default_value_t = curtail_engine::ACTIVE_HOURS, value_parser = clap::value_parser!(u32).range(1..=744))]
    pub(crate) active: u32,
    /// Also what did not run in these hours and, as `(none)`, what is charged for no resource: totals tie with `costs`
    #[arg(long)]
    pub(crate) all: bool,
    /// The billing period [default: the latest that a report tells]
    #[arg(long, value_name = "YYYY-MM")]
    pub(crate) period: Option<BillingPeriod>,
    /// The cost to show
    #[arg(long, value_name = "M", default_value = "amortized", value_parser = metric())]
    pub(crate) metric: Metric,
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
    /// A condition in SQL over the columns of `costs`
    #[arg(long = "where", value_name = "SQL")]
    pub(crate) condition: Option<String>,
    /// Only the first N rows
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<u64>,
    /// Order by rate (the default), accrued, projected, account, service, region, resource, category or subcategory; with :asc
    /// or :desc, that way round
    #[arg(long, value_name = "COLUMN[:asc|:desc]")]
    pub(crate) sort: Option<ResourceSort>,
    /// Asks the store as it was: at a version, a time, or the end of a day (UTC)
    #[arg(long, value_name = "VERSION|TIME")]
    pub(crate) as_of: Option<AsOf>,
    #[command(flatten)]
    pub(crate) remote: RemoteArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Costs; a quantity has no rate in money.
fn metric() -> impl TypedValueParser<Value = Metric> {
    let costs = Metric::ALL.into_iter();
    let costs = costs.filter(|metric| *metric != Metric::Usage);
    PossibleValuesParser::new(costs.map(Metric::as_str)).try_map(|text| text.parse::<Metric>())
}
