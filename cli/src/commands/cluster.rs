//! `curtail cluster`, and engines that ask one.

#[cfg(feature = "cluster")]
mod processes;

use std::sync::Arc;

use curtail_engine::Elsewhere;

#[cfg(feature = "cluster")]
pub(super) use processes::run;

use crate::{args::RemoteArgs, error::CliError};

/// The cluster that is asked for, if one is.
pub(super) async fn elsewhere(remote: &RemoteArgs) -> Result<Option<Arc<dyn Elsewhere>>, CliError> {
    match &remote.cluster {
        None => Ok(None),
        #[cfg(feature = "cluster")]
        Some(url) => Ok(Some(processes::at(url, remote).await?)),
        #[cfg(not(feature = "cluster"))]
        Some(_) => Err(CliError::NoCluster),
    }
}

/// Says that there is nothing to run.
#[cfg(not(feature = "cluster"))]
pub(super) async fn run(
    _: &crate::args::ClusterArgs,
    _: &crate::config::Settings,
) -> Result<(), CliError> {
    std::future::ready(Err(CliError::NoCluster)).await
}
