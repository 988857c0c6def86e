//! `curtail queries`.

use clap::Subcommand;

use super::{Assignment, OutputArgs, RemoteArgs};

/// Named queries over the store.
#[derive(Debug, clap::Args)]
pub(crate) struct QueriesArgs {
    #[command(subcommand)]
    pub(crate) command: QueriesCommand,
}

/// What to do with named queries.
#[derive(Debug, Subcommand)]
pub(crate) enum QueriesCommand {
    /// Lists them with what they tell and which parameters they take
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Prints the SQL of one
    Show {
        /// Its name
        name: String,
    },
    /// Runs one
    Run {
        /// Its name
        name: String,
        /// The value of a parameter; may be repeated
        #[arg(long = "param", value_name = "NAME=VALUE")]
        params: Vec<Assignment>,
        #[command(flatten)]
        remote: RemoteArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
}
