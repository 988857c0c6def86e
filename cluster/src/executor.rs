//! The process that computes.

use std::{
    net::{IpAddr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::{
    executor_process::{ExecutorProcessConfig, start_executor_process},
    metrics::ExecutorMetricCollectionPolicy,
};
use curtail_engine::{EngineOptions, Scans, runtime};
use curtail_store::Store;
use datafusion::prelude::SessionConfig;
use tokio::time::Instant;

use crate::{ClusterError, MESSAGE, codec::Codec, info, said, stages::Stages};

/// It says so often that it is alive, in seconds.
const PULSE: u64 = 2;
/// The scheduler may come for so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whether it has come is looked at so often.
const LOOK: Duration = Duration::from_millis(250);
/// Results that nobody fetched are kept for so long, in seconds.
const KEPT: u64 = 3600;
/// Whether there are such is looked at so often, in seconds.
const SWEEP: u64 = 300;

/// How an executor works.
#[derive(Clone, Debug)]
pub struct ExecutorOptions {
    /// The URL of its scheduler.
    pub scheduler: String,
    /// Where it listens; it takes the port after this one, too. Port 0 takes any two that are free.
    pub bind: SocketAddr,
    /// The name under which others reach it.
    pub host: String,
    /// Where it keeps what it has computed until it is fetched; a temporary folder if nothing is said.
    pub folder: Option<PathBuf>,
    /// What it may use.
    pub engine: EngineOptions,
}

/// Computes what a scheduler gives out, over `store`, until it is told to stop by a signal. Where it listens is told once the scheduler
/// has been found.
pub async fn execute(
    store: &Store,
    options: &ExecutorOptions,
    tell: impl FnOnce(SocketAddr),
) -> Result<(), ClusterError> {
    let url = info::url(&options.scheduler)?;
    found(&url).await?;
    let (scheduler_host, scheduler_port) = parts(&url)?;
    let folder = match &options.folder {
        Some(folder) => tempfile::Builder::new()
            .prefix("executor-")
            .tempdir_in(folder),
        None => tempfile::Builder::new()
            .prefix("curtail-executor-")
            .tempdir(),
    };
    let folder = folder.map_err(ClusterError::Folder)?;
    let (port, grpc_port) = ports(options.bind)?;
    let runtime = runtime(store, &options.engine)?;
    let codec = Arc::new(Codec::new(Scans::new(&options.engine)));
    let config = ExecutorProcessConfig {
        bind_host: host_of(options.bind.ip()),
        external_host: Some(options.host.clone()),
        port,
        grpc_port,
        scheduler_host,
        scheduler_port,
        vcores: options.engine.threads,
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        work_dir: Some(folder.path().to_string_lossy().into_owned()),
        job_data_ttl_seconds: KEPT,
        job_data_clean_up_interval_seconds: SWEEP,
        grpc_max_decoding_message_size: MESSAGE,
        grpc_max_encoding_message_size: MESSAGE,
        executor_heartbeat_interval_seconds: PULSE,
        metric_collection_policy: ExecutorMetricCollectionPolicy::Off,
        // The engine's own budget holds, for all tasks together.
        memory_pool_size: Some(0),
        override_runtime_producer: Some(Arc::new(move |config: &SessionConfig| {
            said::check(config)?;
            Ok(Arc::clone(&runtime))
        })),
        override_config_producer: Some(Arc::new(said::config)),
        override_physical_codec: Some(codec),
        override_execution_engine: Some(Arc::new(Stages::default())),
        ..ExecutorProcessConfig::default()
    };
    tell(SocketAddr::new(options.bind.ip(), port));
    start_executor_process(Arc::new(config))
        .await
        .map_err(|error| ClusterError::Ended {
            what: "the executor",
            why: error.to_string(),
        })
}

/// Waits for the scheduler, which may start at the same time.
async fn found(url: &str) -> Result<(), ClusterError> {
    let since = Instant::now();
    loop {
        let asked = match info::connect(url).await {
            Ok(channel) => info::ask(&channel, url).await,
            Err(error) => Err(error),
        };
        match asked {
            Ok(_) => return Ok(()),
            Err(ClusterError::Unreachable { .. }) if since.elapsed() < PATIENCE => {
                tokio::time::sleep(LOOK).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The host and the port of a URL that [`info::url`] took.
fn parts(url: &str) -> Result<(String, u16), ClusterError> {
    let address = url.trim_start_matches("http://");
    let parts = address
        .rsplit_once(':')
        .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
    parts.ok_or_else(|| ClusterError::Url {
        url: url.to_owned(),
        why: "it has no port".to_owned(),
    })
}

/// An address as a part of a URL.
fn host_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// The two ports to listen on, which are free now.
fn ports(bind: SocketAddr) -> Result<(u16, u16), ClusterError> {
    let free = |port: u16| {
        let address = SocketAddr::new(bind.ip(), port);
        let failed = |source| ClusterError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok::<_, ClusterError>((listener, port))
    };
    // Both are held until both are known.
    let (_first, port) = free(bind.port())?;
    let next = match bind.port() {
        0 => 0,
        _ => port.checked_add(1).unwrap_or(0),
    };
    let (_second, grpc_port) = free(next)?;
    Ok((port, grpc_port))
}
