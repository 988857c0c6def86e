//! `curtail cluster`, and what goes with asking one.

use std::{net::SocketAddr, path::PathBuf};

use clap::Subcommand;

use crate::config::Size;

/// Computes what one machine would take too long for, on several: see docs/cluster.md
#[derive(Debug, clap::Args)]
pub(crate) struct ClusterArgs {
    #[command(subcommand)]
    pub(crate) command: ClusterCommand,
}

/// The processes of a cluster.
#[derive(Debug, Subcommand)]
pub(crate) enum ClusterCommand {
    /// Divides work and gives it out; one per cluster
    ///
    /// Its URL is told on stderr once it is listened on: --cluster and --scheduler take it. Ctrl-C or SIGTERM ends it.
    Scheduler(SchedulerArgs),
    /// Computes what a scheduler gives out, over --store; as many as there are machines
    ///
    /// It works on as many parts at once as it has --threads, within --memory-limit. Ctrl-C or SIGTERM ends it once its parts are done,
    /// a second one at once. It ends with an error when its scheduler is gone.
    Executor(ExecutorArgs),
}

/// `curtail cluster scheduler`.
#[derive(Debug, clap::Args)]
pub(crate) struct SchedulerArgs {
    /// Where it listens; port 0 takes any port that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:50050")]
    pub(crate) bind: SocketAddr,
    /// The name or address under which executors reach it [default: that of --bind]
    #[arg(long, value_name = "HOST")]
    pub(crate) advertise: Option<String>,
    #[command(flatten)]
    pub(crate) waived: Waived,
}

/// `curtail cluster executor`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExecutorArgs {
    /// The URL of its scheduler
    #[arg(long, value_name = "URL")]
    pub(crate) scheduler: String,
    /// Where it listens, there and on the next port; port 0 takes any two ports that are free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) bind: SocketAddr,
    /// The name or address under which others reach it [default: that of --bind]
    #[arg(long, value_name = "HOST")]
    pub(crate) advertise: Option<String>,
    /// Where it keeps what it has computed until it is fetched [default: a temporary folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) work_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) waived: Waived,
}

/// Protection that is not wanted.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Waived {
    /// Listen to other machines even though everybody on the way can read along
    #[arg(long)]
    pub(crate) insecure_without_tls: bool,
    /// Listen to other machines even though nobody has to log in
    #[arg(long)]
    pub(crate) insecure_without_auth: bool,
}

/// Who computes.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct RemoteArgs {
    /// Has a cluster compute it, as far as that is worth it: the URL of its scheduler
    #[arg(long, value_name = "URL")]
    pub(crate) cluster: Option<String>,
    /// Parts of a query that read less than this are computed here all the same [default: 1MiB]
    #[arg(long, value_name = "SIZE", requires = "cluster")]
    pub(crate) cluster_from: Option<Size>,
}
