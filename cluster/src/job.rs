//! A part of a plan, computed by a cluster.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ballista_core::{
    serde::protobuf::{
        CancelJobParams, CleanJobDataParams, ExecuteQueryParams, GetJobStatusResult, KeyValuePair,
        PartitionLocation, execute_query_params::Query, job_status::Status,
        scheduler_grpc_client::SchedulerGrpcClient,
    },
    version::insert_version_header,
};
use datafusion::error::DataFusionError;
use tokio::{runtime::Handle, sync::OnceCell, time::Instant};
use tonic::{Request, transport::Channel};
use tracing::debug;
use uuid::Uuid;

use crate::{
    ClusterError, MESSAGE,
    failure::{self, Failure},
    info,
};

/// Whether there is still anybody to compute is asked so often.
const LOOK: Duration = Duration::from_secs(2);
/// When nobody is left, one may come for so long.
const GRACE: Duration = Duration::from_secs(20);

/// What a cluster is to compute.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) scheduler: Arc<Scheduler>,
    /// The plan, as bytes.
    pub(crate) plan: Vec<u8>,
    pub(crate) settings: Vec<KeyValuePair>,
    /// Partitions that it has.
    pub(crate) partitions: usize,
    /// The run that counts.
    run: Mutex<Arc<Run>>,
}

/// A promise of what is computed once, or of why it could not be.
pub(crate) type Run = OnceCell<Result<Job, Arc<DataFusionError>>>;

/// The way to a scheduler.
#[derive(Debug)]
pub(crate) struct Scheduler {
    pub(crate) url: String,
    pub(crate) channel: Channel,
    /// Tells whoever asks from others.
    pub(crate) session: String,
}

/// What was computed, on executors, until it is dropped.
#[derive(Debug)]
pub(crate) struct Job {
    _held: Held,
    /// Where each partition is.
    pub(crate) locations: BTreeMap<usize, PartitionLocation>,
}

impl Scheduler {
    fn client(&self) -> SchedulerGrpcClient<Channel> {
        let size = MESSAGE as usize;
        SchedulerGrpcClient::new(self.channel.clone())
            .max_decoding_message_size(size)
            .max_encoding_message_size(size)
    }
}

impl Work {
    pub(crate) fn new(
        scheduler: Arc<Scheduler>,
        plan: Vec<u8>,
        settings: Vec<KeyValuePair>,
        partitions: usize,
    ) -> Self {
        Self {
            scheduler,
            plan,
            settings,
            partitions,
            run: Mutex::default(),
        }
    }

    /// Where the scheduler is.
    pub(crate) fn url(&self) -> &str {
        &self.scheduler.url
    }

    /// The run that counts, which is a promise until it is done.
    pub(crate) fn run(&self) -> Arc<Run> {
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&run)
    }

    /// Has it computed anew, unless somebody has had that done already.
    pub(crate) fn again(&self, failed: &Arc<Run>) {
        let mut run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if Arc::ptr_eq(&run, failed) {
            *run = Arc::default();
        }
    }

    /// Has it computed and waits until that is done.
    pub(crate) async fn compute(&self) -> Result<Job, DataFusionError> {
        let scheduler = &self.scheduler;
        let mut request = Request::new(ExecuteQueryParams {
            query: Some(Query::PhysicalPlan(self.plan.clone())),
            settings: self.settings.clone(),
            session_id: scheduler.session.clone(),
            operation_id: Uuid::new_v4().to_string(),
        });
        insert_version_header(request.metadata_mut());
        let lost = |status: tonic::Status| ClusterError::Unreachable {
            url: scheduler.url.clone(),
            why: status.message().to_owned(),
        };
        let told = scheduler.client().execute_query_push(request).await;
        let mut told = told
            .map_err(|status| match status.code() {
                tonic::Code::InvalidArgument | tonic::Code::Internal => {
                    ClusterError::Failed(status.message().to_owned())
                }
                _ => lost(status),
            })?
            .into_inner();
        let mut held = None;
        let mut alone = None;
        let mut looks = tokio::time::interval_at(Instant::now() + LOOK, LOOK);
        loop {
            let message = tokio::select! {
                message = told.message() => message.map_err(lost)?,
                _ = looks.tick() => {
                    self.look(&mut alone).await?;
                    continue;
                }
            };
            let Some(GetJobStatusResult { status, .. }) = message else {
                let why = "it no longer tells how the work goes".to_owned();
                let url = scheduler.url.clone();
                return Err(ClusterError::Unreachable { url, why }.into());
            };
            let Some(status) = status else { continue };
            if held.is_none() && !status.job_id.is_empty() {
                held = Some(Held::new(Arc::clone(scheduler), status.job_id.clone()));
            }
            match status.status {
                Some(Status::Failed(failed)) => {
                    debug!(job = status.job_id, "failed: {}", failed.error);
                    return Err(match failure::of(&failed.error) {
                        Failure::OfValue(message) => DataFusionError::Execution(message),
                        Failure::NoExecutors => ClusterError::NoExecutors {
                            url: scheduler.url.clone(),
                        }
                        .into(),
                        Failure::Other(message) => ClusterError::Failed(message).into(),
                    });
                }
                Some(Status::Successful(done)) => {
                    let Some(mut held) = held.take() else {
                        let why = "a job without a name".to_owned();
                        return Err(ClusterError::Failed(why).into());
                    };
                    held.is_done = true;
                    return self.job(held, done.partition_location);
                }
                _ => {}
            }
        }
    }

    /// An error if there has been nobody to compute for too long.
    async fn look(&self, alone: &mut Option<Instant>) -> Result<(), ClusterError> {
        let found = info::ask(&self.scheduler.channel, &self.scheduler.url).await?;
        if found.executors > 0 {
            *alone = None;
            return Ok(());
        }
        if alone.get_or_insert_with(Instant::now).elapsed() < GRACE {
            return Ok(());
        }
        Err(ClusterError::NoExecutors {
            url: self.scheduler.url.clone(),
        })
    }

    /// What was computed, each partition once: of one that had to be computed again, where it is now.
    fn job(&self, held: Held, found: Vec<PartitionLocation>) -> Result<Job, DataFusionError> {
        let mut locations = BTreeMap::new();
        for location in found {
            let Some(partition) = &location.partition_id else {
                return Err(ClusterError::Failed("a partition without a number".to_owned()).into());
            };
            let partition = partition.partition_id as usize;
            locations.insert(partition, location);
        }
        if let Some(missing) = (0..self.partitions).find(|part| !locations.contains_key(part)) {
            let why = format!("partition {missing} is missing");
            return Err(ClusterError::Lost(why).into());
        }
        if locations.len() > self.partitions {
            let why = format!(
                "there are {} partitions instead of {}",
                locations.len(),
                self.partitions
            );
            return Err(ClusterError::Failed(why).into());
        }
        Ok(Job {
            _held: held,
            locations,
        })
    }
}

/// A job, whose work ends and whose results go when it is dropped.
#[derive(Debug)]
struct Held {
    scheduler: Arc<Scheduler>,
    job: String,
    is_done: bool,
}

impl Held {
    fn new(scheduler: Arc<Scheduler>, job: String) -> Self {
        Self {
            scheduler,
            job,
            is_done: false,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Without a runtime the process is about to end; what it leaves is cleaned up in time.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let mut client = self.scheduler.client();
        let (job_id, is_done) = (self.job.clone(), self.is_done);
        runtime.spawn(async move {
            let ended = if is_done {
                let params = CleanJobDataParams {
                    job_id: job_id.clone(),
                    remove_stage_ids: Vec::new(),
                };
                client.clean_job_data(params).await.map(|_| ())
            } else {
                let job_id = job_id.clone();
                let params = CancelJobParams { job_id };
                client.cancel_job(params).await.map(|_| ())
            };
            if let Err(status) = ended {
                debug!(job = job_id, "not cleaned up: {}", status.message());
            }
        });
    }
}
