//! `curtail ingest`.

use curtail_store::ReportName;

use super::{OutputArgs, PeriodRange, S3Args};

/// Reads reports into the store: of each billing period the current version, if the store does not hold it yet. A restated
/// period is replaced whole, in one commit. Prints one row per report and billing period.
#[derive(Debug, clap::Args)]
pub(crate) struct IngestArgs {
    /// A folder or s3://bucket/prefix that holds reports (searched for manifests), or one manifest [default: every
    /// connection]
    #[arg(value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
    /// Only through this connection; may be repeated
    #[arg(long = "connection", value_name = "NAME", conflicts_with = "sources")]
    pub(crate) connections: Vec<String>,
    /// Only these billing periods; may be repeated
    #[arg(long = "period", value_name = "YYYY-MM|YYYY-MM..YYYY-MM")]
    pub(crate) periods: Vec<PeriodRange>,
    /// Only say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Even what the store already holds
    #[arg(long)]
    pub(crate) force: bool,
    /// Another name for the report in the store
    #[arg(long, value_name = "REPORT")]
    pub(crate) name: Option<ReportName>,
    #[command(flatten)]
    pub(crate) s3: S3Args,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
