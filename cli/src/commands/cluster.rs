//! `curtail cluster`, and engines that ask one.

#[cfg(feature = "cluster")]
mod processes;

use curtail_engine::{Engine, EngineOptions};
use curtail_store::{Snapshot, Store};

#[cfg(feature = "cluster")]
pub(super) use processes::run;

use crate::{args::RemoteArgs, error::CliError};

/// The engine over `snapshot`, whoever computes.
pub(super) async fn engine(
    store: &Store,
    snapshot: Snapshot,
    options: &EngineOptions,
    remote: &RemoteArgs,
) -> Result<Engine, CliError> {
    match &remote.cluster {
        None => Ok(Engine::over(store, snapshot, options).await?),
        #[cfg(feature = "cluster")]
        Some(url) => {
            let cluster = processes::at(url, remote).await?;
            Ok(Engine::computed(store, snapshot, options, cluster).await?)
        }
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
