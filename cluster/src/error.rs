//! What can go wrong between here and a cluster.

use std::io;

use curtail_engine::{EngineError, RemoteError};
use datafusion::error::DataFusionError;

/// An error of a cluster.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// What was given is no URL of a scheduler.
    #[error("`{url}` is no URL of a scheduler: {why}")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody answers at the URL, or not as a scheduler does.
    #[error("no scheduler answers at {url}: {why}")]
    Unreachable {
        /// Where.
        url: String,
        /// What happened instead.
        why: String,
    },
    /// The scheduler is of another version.
    #[error("the scheduler at {url} is of curtail {theirs}, this is {ours}")]
    Version {
        /// Where.
        url: String,
        /// Its version.
        theirs: String,
        /// The version of this process.
        ours: String,
    },
    /// There is nobody to compute anything.
    #[error("the cluster at {url} has no executors")]
    NoExecutors {
        /// Where its scheduler is.
        url: String,
    },
    /// What was sent could not be computed.
    #[error("the cluster could not compute its part: {0}")]
    Failed(String),
    /// Rows that were computed could not be had.
    #[error("rows that an executor computed are lost: {0}")]
    Lost(String),
    /// Others could reach what nothing protects.
    #[error(
        "{0} is not listened on: everybody who reaches it could read the store, for a cluster knows neither users nor TLS"
    )]
    Exposed(std::net::SocketAddr),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A folder for what is computed cannot be had.
    #[error("cannot make a folder for what is computed: {0}")]
    Folder(io::Error),
    /// The server ended although nobody wanted it to.
    #[error("{what} ended: {why}")]
    Ended {
        /// The scheduler or the executor.
        what: &'static str,
        /// Why.
        why: String,
    },
    /// The engine could not be set up.
    #[error(transparent)]
    Engine(Box<EngineError>),
}

impl ClusterError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Url { .. } => {
                "give it as http://HOST:PORT, as the scheduler tells when it starts"
            }
            Self::Unreachable { .. } => {
                "start one with `curtail cluster scheduler`, and see that the address is the one that it tells and can be reached from here"
            }
            Self::Version { .. } => {
                "scheduler, executors and whoever asks them must be of one version"
            }
            Self::NoExecutors { url } => {
                return Some(format!(
                    "start some with `curtail cluster executor --scheduler {url}`; without --cluster it is computed here"
                ));
            }
            Self::Failed(why) if is_about_objects(why) => {
                "executors read the same store as whoever asks: start each with --store, and see that it may read what is there"
            }
            Self::Failed(_) => "without --cluster it is computed here; executors tell more with -v",
            Self::Lost(_) => "ask again: what is left of the cluster computes it anew",
            Self::Exposed(_) => {
                "listen on 127.0.0.1; or, in a network of machines that trust each other, say --insecure-without-auth and --insecure-without-tls"
            }
            Self::Listen { .. } => {
                "give an address of this machine whose port is free; port 0 takes any that is"
            }
            Self::Folder(_) => "give a folder that may be written to with --work-dir",
            Self::Ended { .. } => "-v tells more; start it anew",
            Self::Engine(_) => return None,
        };
        Some(text.to_owned())
    }
}

/// Whether an executor did not find, or could not read, what is in the store.
fn is_about_objects(why: &str) -> bool {
    [
        "Object Store error",
        "Object at location",
        "NotFound",
        "not found",
    ]
    .iter()
    .any(|text| why.contains(text))
}

impl From<EngineError> for ClusterError {
    fn from(error: EngineError) -> Self {
        Self::Engine(Box::new(error))
    }
}

impl From<ClusterError> for DataFusionError {
    fn from(error: ClusterError) -> Self {
        let hint = error.hint();
        Self::External(Box::new(RemoteError {
            what: error.to_string(),
            hint,
        }))
    }
}
