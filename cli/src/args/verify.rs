//! `curtail verify`.

use super::{OutputArgs, PeriodRange, S3Args};

/// Recomputes the receipt of every billing period from the stored files: every byte, every row, every sum. Prints one row per
/// billing period; exits with status 3 if anything does not hold, and names what.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// Only these billing periods; may be repeated
    #[arg(long = "period", value_name = "YYYY-MM|YYYY-MM..YYYY-MM")]
    pub(crate) periods: Vec<PeriodRange>,
    /// Only this report; may be repeated
    #[arg(long = "report", value_name = "REPORT")]
    pub(crate) reports: Vec<String>,
    /// Earlier versions too, not just the current ones
    #[arg(long)]
    pub(crate) all_versions: bool,
    /// Also reads the reports again from where they came, and compares rows and sums file by file
    #[arg(long)]
    pub(crate) source: bool,
    #[command(flatten)]
    pub(crate) s3: S3Args,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
