//! The processes of a cluster, and the way to it.

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use curtail_cluster::{Cluster, ClusterError, ClusterOptions, ExecutorOptions, execute, schedule};
use tokio::net::TcpListener;

use crate::{
    args::{ClusterArgs, ClusterCommand, ExecutorArgs, RemoteArgs, SchedulerArgs, Waived},
    commands::{answer, place},
    config::{Settings, Size},
    error::CliError,
    signals::{Interruptions, cancellable},
};

/// Reading less takes longer to send than to do.
const LEAST: u64 = 1 << 20;
/// A signal that ended an executor is known here by then.
const NOTICED: Duration = Duration::from_millis(500);

pub(in crate::commands) async fn run(
    args: &ClusterArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    match &args.command {
        ClusterCommand::Scheduler(args) => scheduler(args).await,
        ClusterCommand::Executor(args) => Box::pin(executor(args, settings)).await,
    }
}

/// The cluster at `url`.
pub(super) async fn at(url: &str, remote: &RemoteArgs) -> Result<Arc<Cluster>, CliError> {
    let least = remote.cluster_from.map_or(LEAST, |Size(bytes)| bytes);
    let cluster = Cluster::at(url, ClusterOptions { least });
    Ok(Arc::new(cancellable(async { Ok(cluster.await?) }).await?))
}

async fn scheduler(args: &SchedulerArgs) -> Result<(), CliError> {
    let host = host(args.bind, args.advertise.as_deref(), args.waived)?;
    let address = args.bind;
    let failed = |source| ClusterError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let mut interruptions = Interruptions::from_now();
    tell(&format!(
        "listening: scheduler http://{host}:{}",
        bound.port()
    ));
    tokio::select! {
        () = interruptions.next() => Ok(()),
        ended = schedule(listener, &host) => Ok(ended?),
    }
}

async fn executor(args: &ExecutorArgs, settings: &Settings) -> Result<(), CliError> {
    let host = host(args.bind, args.advertise.as_deref(), args.waived)?;
    let store = Box::pin(cancellable(place::store(settings))).await?;
    let engine = answer::options(settings);
    let threads = engine.threads;
    let options = ExecutorOptions {
        scheduler: args.scheduler.clone(),
        bind: args.bind,
        host: host.clone(),
        folder: args.work_dir.clone(),
        engine,
    };
    let (mut first, mut every) = (Interruptions::from_now(), Interruptions::from_now());
    let works = AtomicBool::new(false);
    let told = |bound: SocketAddr| {
        works.store(true, Ordering::Relaxed);
        let port = bound.port();
        tell(&format!(
            "listening: executor {host}:{port}, {threads} threads"
        ));
    };
    // Once it works, it ends by itself when there is a signal, after its work is done.
    let hurried = async {
        every.next().await;
        if works.load(Ordering::Relaxed) {
            every.next().await;
        }
    };
    tokio::select! {
        ended = Box::pin(execute(&store, &options, told)) => ended?,
        () = hurried => return Err(CliError::Interrupted),
    }
    match tokio::time::timeout(NOTICED, first.next()).await {
        Ok(()) => Ok(()),
        Err(_) => Err(ClusterError::Ended {
            what: "the executor",
            why: "its scheduler is gone".to_owned(),
        }
        .into()),
    }
}

/// The name under which others reach an address, if it may be listened on.
fn host(address: SocketAddr, told: Option<&str>, waived: Waived) -> Result<String, CliError> {
    let is_local = address.ip().to_canonical().is_loopback();
    let is_waived = waived.insecure_without_auth && waived.insecure_without_tls;
    if !is_local && !is_waived {
        return Err(ClusterError::Exposed(address).into());
    }
    match told {
        Some(host) => Ok(host.to_owned()),
        None if address.ip().is_unspecified() => Err(CliError::Usage(format!(
            "others cannot reach {}: say how they do with --advertise",
            address.ip()
        ))),
        None if address.is_ipv6() => Ok(format!("[{}]", address.ip())),
        None => Ok(address.ip().to_string()),
    }
}

/// The form that scripts read.
fn tell(text: &str) {
    // If even standard error is closed, nobody is interested.
    let _ = writeln!(io::stderr(), "{text}");
}
