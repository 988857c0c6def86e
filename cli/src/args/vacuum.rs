//! `curtail vacuum`.

use super::OutputArgs;

/// Drops all but the newest versions of every billing period, and files that interrupted runs have left. Receipts stay:
/// `history` still tells what there was. Prints one row per version.
#[derive(Debug, clap::Args)]
pub(crate) struct VacuumArgs {
    /// Versions of each billing period to keep; the current one always stays
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) keep: usize,
    /// Only say what would be dropped
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
