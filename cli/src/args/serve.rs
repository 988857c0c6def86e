//! `curtail serve`.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf};

use clap::Subcommand;

use super::{Language, RemoteArgs};
use crate::config::{Size, Timeout};

/// Serves the store to BI tools and drivers; nothing can be changed through it
///
/// What is not given comes from the configuration (its part serve); without any address, --pg 127.0.0.1:5432 is served. Addresses are
/// told on stderr, one line each, once they are listened on; port 0 takes any port that is free. Other machines are not listened to
/// unless there is TLS and users have to log in. Ctrl-C or SIGTERM ends it: statements that run get --grace to end.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct ServeArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ServeCommand>,
    /// Serve PostgreSQL's protocol here
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub(crate) pg: Option<SocketAddr>,
    /// Serve Arrow Flight SQL here
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub(crate) flight: Option<SocketAddr>,
    /// Tell health and metrics here
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub(crate) http: Option<SocketAddr>,
    /// Certificate with its chain, PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Key of the certificate, PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// What statements of PostgreSQL's clients are written in [default: generic]; Flight SQL takes Trino's
    #[arg(long, value_name = "DIALECT", value_enum)]
    pub(crate) dialect: Option<Language>,
    /// Longest time of a statement, such as 5m, the wait for its turn included
    #[arg(long, value_name = "TIME")]
    pub(crate) statement_timeout: Option<Timeout>,
    /// Most rows of an answer
    #[arg(long, value_name = "N")]
    pub(crate) max_rows: Option<u64>,
    /// Most statements at once; others wait for their turn [default: twice the worker threads]
    #[arg(long, value_name = "N")]
    pub(crate) max_concurrent: Option<NonZeroUsize>,
    /// Most connections at once [default: 500]
    #[arg(long, value_name = "N")]
    pub(crate) max_connections: Option<NonZeroUsize>,
    /// How long statements may run on when the server ends
    #[arg(long, value_name = "TIME", default_value = "10s")]
    pub(crate) grace: Timeout,
    /// Listen to other machines even though everybody on the way can read along
    #[arg(long)]
    pub(crate) insecure_without_tls: bool,
    /// Listen to other machines even though nobody has to log in
    #[arg(long)]
    pub(crate) insecure_without_auth: bool,
    #[command(flatten)]
    pub(crate) remote: RemoteArgs,
}

/// What goes with serving.
#[derive(Debug, Subcommand)]
pub(crate) enum ServeCommand {
    /// Reads a password from stdin and prints what the configuration keeps of it
    Password,
    /// Prints a new token, and what the configuration keeps of it
    Token,
}

impl ServeArgs {
    /// The size that a text of the configuration means.
    pub(crate) fn size(text: &str) -> Result<u64, String> {
        text.parse::<Size>().map(|Size(bytes)| bytes)
    }
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse()
        .map_err(|_| "write an IP address and a port, such as 127.0.0.1:5432")
}
