//! `curtail demo`.

use std::path::PathBuf;

/// Makes a report of an imaginary organisation in a temporary folder, ingests it, and prints cost by service, by linked
/// account and the ten dearest resources, with what each step took. The totals are checked against the generator's.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Line items to make
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1_000..))]
    pub(crate) rows: u64,
    /// Keep report and store in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}
