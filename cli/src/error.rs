//! Everything that a command can fail with.

use std::{io, path::PathBuf};

use chrono::NaiveDate;
use curtail_connect::{ConfigError, ConnectError, Failure, ImportError, TemplateError};
use curtail_engine::{DefinitionError, EngineError};
use curtail_ingest::IngestError;
use curtail_queries::UnknownQuery;
use curtail_serve::{ServeError, TlsError};
use curtail_store::{BillingPeriod, StoreError};
use curtail_testdata::GenerateError;

use crate::render::Format;

/// An error of a command. What to do about it is for [`crate::hints`] to say.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Ingest(Box<IngestError>),
    #[error(transparent)]
    Store(Box<StoreError>),
    #[error(transparent)]
    Connect(Box<ConnectError>),
    #[error(transparent)]
    Engine(Box<EngineError>),
    #[error(transparent)]
    NoQuery(#[from] UnknownQuery),
    #[error(transparent)]
    Generate(Box<GenerateError>),
    #[error("`{location}` cannot be used: {why}")]
    Location { location: String, why: String },
    /// The command line contradicts itself in a way that its grammar cannot express.
    #[error("{0}")]
    Usage(String),
    #[error("no home directory is known")]
    NoHome(&'static str),
    #[error("the environment variable {0} is not valid Unicode")]
    NotText(&'static str),
    #[error("nothing to ingest: no SOURCE was given, and no connection is set up in `{}`", config.display())]
    NoSource { config: PathBuf },
    #[error(transparent)]
    Template(Box<TemplateError>),
    #[error("this error is not one that is known here")]
    Unexplained,
    #[error("{failure} ({spent})")]
    CostExplorer {
        failure: Box<Failure>,
        spent: String,
    },
    #[error(
        "Cost Explorer tells `{text}` as the {metric} of {service} in account {account} on {day}, which is no amount"
    )]
    NoAmount {
        text: String,
        metric: &'static str,
        service: String,
        account: String,
        day: NaiveDate,
    },
    #[error("no connection is set up in `{}`", config.display())]
    NoConnections { config: PathBuf },
    #[error("there is a connection named `{0}` already")]
    NameTaken(String),
    #[error("there is no connection named `{name}`")]
    NoConnection { name: String, known: Vec<String> },
    #[error("`{}` cannot be used: {error}", path.display())]
    Config {
        path: PathBuf,
        error: Box<ConfigError>,
    },
    #[error("rollup definition `{}`: {why}", path.display())]
    Rollup { path: PathBuf, why: String },
    #[error("rollup definition `{}`, {error}", path.display())]
    Definition {
        path: PathBuf,
        error: Box<DefinitionError>,
    },
    #[error("there is no rollup named `{name}`")]
    NoRollup { name: String, known: Vec<String> },
    #[error(transparent)]
    Serve(Box<ServeError>),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[cfg(feature = "cluster")]
    #[error(transparent)]
    Cluster(Box<curtail_cluster::ClusterError>),
    #[cfg(not(feature = "cluster"))]
    #[error("this build of curtail knows no clusters")]
    NoCluster,
    #[error("`serve.{key}` in `{}`: {why}", path.display())]
    Serving {
        path: PathBuf,
        key: String,
        why: String,
    },
    #[error("nothing can be taken over from `{}`: {error}", path.display())]
    Import {
        path: PathBuf,
        error: Box<ImportError>,
    },
    #[error("{} of {all} connections {} red: {}", red.len(), if red.len() == 1 { "is" } else { "are" }, red.join(", "))]
    Unhealthy { red: Vec<String>, all: usize },
    #[error("{failed} of {all} billing periods failed: {first}")]
    PartlyFailed {
        failed: usize,
        all: usize,
        first: String,
        hint: Option<String>,
    },
    /// The failure of one of several.
    #[error("{label}: {error}")]
    Of {
        label: String,
        #[source]
        error: Box<Self>,
    },
    #[error("no report in `{location}` has a billing period in {periods}")]
    NoSuchPeriod { location: String, periods: String },
    #[error("{} {first}", match failed {
        1 => "the store is not what was written:".to_owned(),
        several => format!("the store is not what was written, in {several} places:"),
    })]
    Unverified { failed: usize, first: String },
    #[error("the store has no such billing period to verify")]
    NothingToVerify,
    #[error("the store has no rollup of such a billing period to verify")]
    NoRollupToVerify,
    #[error("billing period {0} was never ingested")]
    NeverIngested(BillingPeriod),
    #[error("{what} is {found}, but the generator's truth is {truth}")]
    Untrue {
        what: String,
        found: String,
        truth: String,
    },
    #[error("cannot write `{}`: {source}", path.display())]
    Output { path: PathBuf, source: io::Error },
    #[error("cannot read `{}`: {source}", path.display())]
    Input { path: PathBuf, source: io::Error },
    #[error("cannot write the result: {0}")]
    Render(#[source] io::Error),
    #[error("{0} is binary and would garble the terminal")]
    BinaryOnTerminal(Format),
    #[error("cannot start worker threads: {0}")]
    Runtime(io::Error),
    #[error("the prompt failed: {0}")]
    Prompt(String),
    #[error("internal error: {0}")]
    Internal(String),
    #[error("interrupted")]
    Interrupted,
}

macro_rules! boxed {
    ($($variant:ident($error:ty),)*) => {
        $(impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self::$variant(Box::new(error))
            }
        })*
    };
}

boxed! {
    Ingest(IngestError),
    Store(StoreError),
    Connect(ConnectError),
    Template(TemplateError),
    Engine(EngineError),
    Generate(GenerateError),
}

#[cfg(feature = "cluster")]
impl From<curtail_cluster::ClusterError> for CliError {
    fn from(error: curtail_cluster::ClusterError) -> Self {
        match error {
            curtail_cluster::ClusterError::Engine(error) => Self::Engine(error),
            error => Self::Cluster(Box::new(error)),
        }
    }
}
