//! The process that divides work and gives it out.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{Router, routing};
use ballista_core::{
    config::TaskSchedulingPolicy, serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer,
};
use ballista_scheduler::{
    cluster::BallistaCluster,
    config::{SchedulerConfig, TaskDistributionPolicy},
    scheduler_process::create_scheduler,
    scheduler_server::SchedulerServer,
};
use curtail_engine::Scans;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::TcpListener;
use tonic::service::RoutesBuilder;

use crate::{
    ClusterError, MESSAGE,
    codec::Codec,
    info::{Info, PATH},
    said::{self, VERSION},
};

/// Of an executor that is silent for so long, nothing is expected any more, in seconds.
const SILENCE: u64 = 8;
/// Whether one is silent is looked at so often, in seconds.
const LOOK: u64 = 1;
/// When no executor is left, one may come for so long, in seconds.
const GRACE: u64 = 12;
/// Results that nobody fetched are kept for so long, in seconds.
const KEPT: u64 = 300;

/// Gives out the work of a cluster on `listener` until it is dropped; executors reach it as `host`.
pub async fn schedule(listener: TcpListener, host: &str) -> Result<(), ClusterError> {
    let ended = |why: String| ClusterError::Ended {
        what: "the scheduler",
        why,
    };
    let bound = listener
        .local_addr()
        .map_err(|error| ended(error.to_string()))?;
    let config = SchedulerConfig {
        external_host: host.to_owned(),
        bind_host: bound.ip().to_string(),
        bind_port: bound.port(),
        // Whoever is given a task and does not take it is gone, which shows at once.
        scheduling_policy: TaskSchedulingPolicy::PushStaged,
        task_distribution: TaskDistributionPolicy::RoundRobin,
        executor_timeout_seconds: SILENCE,
        expire_dead_executor_interval_seconds: LOOK,
        no_executors_grace_period_seconds: GRACE,
        finished_job_data_clean_up_interval_seconds: KEPT,
        finished_job_state_clean_up_interval_seconds: KEPT,
        grpc_server_max_decoding_message_size: MESSAGE,
        grpc_server_max_encoding_message_size: MESSAGE,
        grpc_client_max_message_size: MESSAGE,
        override_physical_codec: Some(Arc::new(Codec::new(Scans::forgetful()))),
        override_config_producer: Some(Arc::new(said::config)),
        override_session_builder: Some(Arc::new(said::session)),
        ..SchedulerConfig::default()
    };
    let failed = |error: ballista_core::error::BallistaError| ended(error.to_string());
    let cluster = BallistaCluster::new_from_config(&config)
        .await
        .map_err(failed)?;
    let scheduler =
        create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config))
            .await
            .map_err(failed)?;
    axum::serve(
        listener,
        routes(scheduler).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .await
    .map_err(|error| ended(error.to_string()))
}

/// Ballista's protocol, and what is told of the cluster. Of what Ballista offers beside it, nothing.
fn routes(scheduler: SchedulerServer<LogicalPlanNode, PhysicalPlanNode>) -> Router {
    let size = MESSAGE as usize;
    let spoken = SchedulerGrpcServer::new(scheduler.clone())
        .max_decoding_message_size(size)
        .max_encoding_message_size(size);
    let mut routes = RoutesBuilder::default();
    routes.add_service(spoken);
    let told = move || {
        let scheduler = scheduler.clone();
        async move { serde_json::to_string(&info(&scheduler).await).unwrap_or_default() }
    };
    routes
        .routes()
        .into_axum_router()
        .route(PATH, routing::get(told))
}

async fn info(scheduler: &SchedulerServer<LogicalPlanNode, PhysicalPlanNode>) -> Info {
    let executors = scheduler.state.executor_manager.get_executors_state().await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.unwrap_or_default();
    let is_alive = |seen: &Option<Duration>| {
        seen.is_some_and(|seen| now.saturating_sub(seen).as_secs() <= SILENCE)
    };
    let executors = executors.unwrap_or_default().into_iter();
    let executors: Vec<_> = executors.filter(|(_, seen, _)| is_alive(seen)).collect();
    Info {
        version: VERSION.to_owned(),
        executors: executors.len(),
        slots: executors
            .iter()
            .map(|(executor, ..)| executor.specification.vcores as usize)
            .sum(),
    }
}
