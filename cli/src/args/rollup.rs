//! `curtail rollup`.

use clap::Subcommand;

use super::{OutputArgs, PeriodRange};

/// Daily sums that ingest keeps beside line items, and that answers come from where that gives the same digits.
#[derive(Debug, clap::Args)]
pub(crate) struct RollupArgs {
    #[command(subcommand)]
    pub(crate) command: RollupCommand,
}

/// What to do with rollups.
#[derive(Debug, Subcommand)]
pub(crate) enum RollupCommand {
    /// Lists them, with how many line items each of their rows stands for and what they are grouped by
    List {
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
