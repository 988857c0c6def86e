//! Where rows go, and how they look.

use std::path::PathBuf;

use crate::render::Format;

/// What answers may be computed from.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct ReadArgs {
    /// From the line items, even where a rollup has the answer
    #[arg(long)]
    pub(crate) no_rollups: bool,
    /// Hands on line items one by one, even where those that are alike could be merged while they are read
    #[arg(long)]
    pub(crate) no_merging: bool,
}

/// Options of every command that prints rows.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// How rows are written [default: table on a terminal, csv in a pipe]
    #[arg(short, long, value_name = "FORMAT", value_enum)]
    pub(crate) format: Option<Format>,
    /// Into a file, whose ending says the format unless -f does
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
