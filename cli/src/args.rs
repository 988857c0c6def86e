//! What was typed. What it means is for [`crate::config`] and the commands to say.
#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "comments on arguments are the help text, which is no Markdown"
)]

mod cluster;
mod connections;
mod costs;
mod demo;
mod diff;
mod generate;
mod ingest;
mod output;
mod period;
mod queries;
mod resources;
mod rollup;
mod s3;
mod serve;
mod sql;
mod vacuum;
mod verify;

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(crate) use cluster::{ClusterArgs, RemoteArgs};
#[cfg(feature = "cluster")]
pub(crate) use cluster::{ClusterCommand, ExecutorArgs, SchedulerArgs, Waived};
pub(crate) use connections::{
    AddArgs, CheckArgs, ConfigArgs, ConfigCommand, ConnectionsArgs, ConnectionsCommand,
    NewReportArg, TemplateArgs, TemplateFormat,
};
pub(crate) use costs::CostsArgs;
pub(crate) use demo::DemoArgs;
pub(crate) use diff::{DiffArgs, HistoryArgs};
pub(crate) use generate::GenerateArgs;
pub(crate) use ingest::IngestArgs;
pub(crate) use output::{OutputArgs, ReadArgs};
pub(crate) use period::PeriodRange;
pub(crate) use queries::{QueriesArgs, QueriesCommand};
pub(crate) use resources::ResourcesArgs;
pub(crate) use rollup::{RollupArgs, RollupCommand};
pub(crate) use s3::S3Args;
pub(crate) use serve::{ServeArgs, ServeCommand};
pub(crate) use sql::{Assignment, Language, SqlArgs};
pub(crate) use vacuum::VacuumArgs;
pub(crate) use verify::VerifyArgs;

use crate::config::{Size, Timeout};

/// What AWS costs, from Cost and Usage Reports, exactly.
#[derive(Debug, Parser)]
#[command(
    name = "curtail",
    version,
    propagate_version = false,
    arg_required_else_help = true,
    max_term_width = 110
)]
#[command(
    after_help = "New here? `curtail demo` needs no AWS account and shows what it does in a few seconds."
)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Where the tables live: a folder or s3://bucket/prefix [env: CURTAIL_STORE] [default: ~/.local/share/curtail/store]
    #[arg(long, global = true, value_name = "DIR|s3://…")]
    pub(crate) store: Option<String>,
    /// Connections and settings [env: CURTAIL_CONFIG] [default: ~/.config/curtail/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Hard budget for buffers, such as 2GiB [default: half of the machine's memory, at most 8GiB]
    #[arg(long, global = true, value_name = "SIZE")]
    pub(crate) memory_limit: Option<Size>,
    /// Worker threads [default: all cores]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Longest silence of an S3 server until a request is tried again, such as 10s [default: 30s]
    #[arg(long, global = true, value_name = "TIME")]
    pub(crate) timeout: Option<Timeout>,
    /// How often a request to an S3 server is tried again [default: 8]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) retries: Option<u8>,
    /// How much of a store on S3 is kept on this machine, to be read again; 0 for nothing [env: CURTAIL_CACHE_SIZE] [default: 20GiB]
    #[arg(long, global = true, value_name = "SIZE")]
    pub(crate) cache_size: Option<Size>,
    /// More log on stderr; twice for even more (RUST_LOG is honoured)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Nothing on stderr but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// How the log is written
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// No progress bars (there are none either when stderr is no terminal)
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// One JSON object per line
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes a report, ingests it and shows what it costs; needs nothing
    Demo(DemoArgs),
    /// Writes a report as AWS lays it out, with its exact totals beside it
    Generate(GenerateArgs),
    /// AWS accounts to read from: add, check, list; policies and templates for them
    Connections(ConnectionsArgs),
    /// Reads reports into the store, one commit per billing period
    Ingest(IngestArgs),
    /// Shows what the store holds: one row per report and billing period
    Status(OutputArgs),
    /// Recomputes receipts from the stored files, or from the report again
    Verify(VerifyArgs),
    /// Shows the versions of a month
    History(HistoryArgs),
    /// Shows what AWS restated between two versions of a month, and why
    Diff(DiffArgs),
    /// Drops old versions, and what interrupted runs have left
    Vacuum(VacuumArgs),
    /// Adds up costs by what you ask for
    Costs(CostsArgs),
    /// Shows what runs: cost so far, by the hour, and by the end of the month
    ///
    /// One row per resource that ran in the latest hours, and category and subcategory of what is charged (Compute: Instance,
    /// Storage: Volume, Network: Data transfer out …): what it has cost so far in the billing period; what it cost an hour in
    /// these hours; and what the month will come to if it goes on like that, which is the accrued cost, and the rate for each
    /// hour that is left.
    ///
    /// The latest hours are those until the last usage that the report tells, not until now. A cost that spans a longer time, up
    /// to a day, counts in proportion; what stands for a month counts as accrued only.
    Resources(ResourcesArgs),
    /// Runs SQL over the store, or opens a prompt
    Sql(SqlArgs),
    /// Named queries: list, show, run
    Queries(QueriesArgs),
    /// Sums that answers come from: list, build, verify, drop
    Rollup(RollupArgs),
    Serve(Box<ServeArgs>),
    Cluster(ClusterArgs),
    /// Shows the configuration, or its JSON Schema
    Config(ConfigArgs),
    /// Prints the completion script of a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Prints the version
    Version,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
