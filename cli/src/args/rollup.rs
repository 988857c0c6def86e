//! `curtail rollup`.

use clap::Subcommand;

use curtail_store::RollupName;

use super::{OutputArgs, PeriodRange};

/// Sums that ingest keeps beside line items, and that answers come from where that gives the same digits.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Built in are daily_services, daily and daily_resources. Your own: rollups = [\"team-hourly.sql\"] in the configuration, and in that file
  SELECT columns, date_trunc('hour', line_item_usage_start_date), sum(amount), count(*) FROM cur GROUP BY ALL"
)]
pub(crate) struct RollupArgs {
    #[command(subcommand)]
    pub(crate) command: RollupCommand,
}

/// What to do with rollups.
#[derive(Debug, Subcommand)]
pub(crate) enum RollupCommand {
    /// Lists them, with how many line items each of their rows stands for, what they are grouped by, and whether they are what
    /// the configuration says now
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Makes those that are missing, or were defined otherwise, from the stored line items
    Build {
        /// Only these rollups
        #[arg(value_name = "NAME")]
        names: Vec<RollupName>,
        /// Only these billing periods; may be repeated
        #[arg(long = "period", value_name = "YYYY-MM|YYYY-MM..YYYY-MM")]
        periods: Vec<PeriodRange>,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Drops them from the current versions; `vacuum` deletes their files
    Drop {
        /// Only these rollups; all of them, if none is named
        #[arg(value_name = "NAME")]
        names: Vec<RollupName>,
        /// Only these billing periods; may be repeated
        #[arg(long = "period", value_name = "YYYY-MM|YYYY-MM..YYYY-MM")]
        periods: Vec<PeriodRange>,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Computes them anew from the line items and compares to the digit; exit status 3 if one differs
    Verify {
        /// Only these billing periods; may be repeated
        #[arg(long = "period", value_name = "YYYY-MM|YYYY-MM..YYYY-MM")]
        periods: Vec<PeriodRange>,
        #[command(flatten)]
        output: OutputArgs,
    },
}
