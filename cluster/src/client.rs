//! Whoever asks a cluster.

use std::{sync::Arc, time::Duration};

use ballista_core::serde::protobuf::KeyValuePair;
use curtail_engine::{Elsewhere, Scans};
use datafusion::{
    common::{
        config::ConfigOptions,
        tree_node::{Transformed, TransformedResult, TreeNode},
    },
    error::Result,
    execution::TaskContext,
    physical_optimizer::{
        PhysicalOptimizerRule, ensure_requirements::EnsureRequirements,
        output_requirements::OutputRequirements, sanity_checker::SanityCheckPlan,
    },
    physical_plan::{ExecutionPlan, displayable},
};
use tokio::time::Instant;
use tracing::debug;
use uuid::Uuid;

use crate::{
    ClusterError,
    codec::Codec,
    info,
    job::{Scheduler, Work},
    parts,
    remote::Remote,
    said,
};

/// The first executor may come for so long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whether it has come is asked so often.
const LOOK: Duration = Duration::from_millis(250);

/// What is asked of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct ClusterOptions {
    /// Parts that read less are computed here, in bytes.
    pub least: u64,
}

/// A cluster, as an engine sees it.
#[derive(Debug)]
pub struct Cluster {
    scheduler: Arc<Scheduler>,
    codec: Codec,
    slots: usize,
    least: u64,
}

impl Cluster {
    /// The cluster of the scheduler at `url`. An error if it has no executors, and none comes within seconds.
    pub async fn at(url: &str, options: ClusterOptions) -> Result<Self, ClusterError> {
        let url = info::url(url)?;
        let channel = info::connect(&url).await?;
        let since = Instant::now();
        let found = loop {
            let found = info::ask(&channel, &url).await?;
            if found.executors > 0 {
                break found;
            }
            if since.elapsed() > PATIENCE {
                return Err(ClusterError::NoExecutors { url });
            }
            tokio::time::sleep(LOOK).await;
        };
        Ok(Self {
            scheduler: Arc::new(Scheduler {
                url,
                channel,
                session: Uuid::new_v4().to_string(),
            }),
            codec: Codec::new(Scans::forgetful()),
            slots: found.slots.max(1),
            least: options.least,
        })
    }

    /// What stands for `part`, if it is one that comes out as it was sent.
    fn sent(
        &self,
        part: &Arc<dyn ExecutionPlan>,
        settings: &[KeyValuePair],
        context: &TaskContext,
    ) -> Option<Arc<dyn ExecutionPlan>> {
        let part = match fed(part) {
            Ok(part) => part,
            Err(why) => {
                debug!("computed here: {why}");
                return None;
            }
        };
        let part = &part;
        let bytes = match self.codec.encode(part) {
            Ok(bytes) => bytes,
            Err(why) => {
                debug!("computed here: {why}");
                return None;
            }
        };
        let shown =
            |plan: &Arc<dyn ExecutionPlan>| displayable(plan.as_ref()).indent(true).to_string();
        match self.codec.decode(&bytes, context) {
            Ok(again) if shown(&again) == shown(part) && again.schema() == part.schema() => {}
            Ok(again) => {
                debug!(
                    "computed here, for it is not what it was:\n{}\n{}",
                    shown(part),
                    shown(&again)
                );
                return None;
            }
            Err(why) => {
                debug!("computed here: {why}");
                return None;
            }
        }
        let partitions = part.properties().partitioning.partition_count();
        let scheduler = Arc::clone(&self.scheduler);
        let work = Work::new(scheduler, bytes, settings.to_vec(), partitions);
        Some(Arc::new(Remote::new(work, part)))
    }
}

/// The plan with scans that can be divided.
fn fed(plan: &Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    Arc::clone(plan)
        .transform_up(|plan| {
            Ok(match Scans::fed(plan.as_ref())? {
                Some(fed) => Transformed::yes(fed),
                None => Transformed::no(plan),
            })
        })
        .data()
}

impl Elsewhere for Cluster {
    fn partitions(&self) -> usize {
        self.slots
    }

    fn place(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        context: &TaskContext,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let config = context.session_config();
        let settings = said::settings(config);
        let placed = parts::replaced(&plan, self.least, &mut |part| {
            Ok(self.sent(part, &settings, context))
        })?;
        let Some(placed) = placed else {
            return Ok(plan);
        };
        let config = config.options();
        let placed = match SanityCheckPlan::new().optimize(Arc::clone(&placed), config) {
            Ok(placed) => Ok(placed),
            Err(_) => required(placed, config),
        };
        Ok(placed.unwrap_or_else(|why| {
            debug!("computed here: {why}");
            plan
        }))
    }
}

/// The plan with what operators require of their inputs, which they no longer have: rows that a cluster divides by their values have to
/// be divided again for those here that count on it. The order of the answer stays.
fn required(
    plan: Arc<dyn ExecutionPlan>,
    config: &ConfigOptions,
) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = OutputRequirements::new_add_mode().optimize(plan, config)?;
    let plan = EnsureRequirements::new().optimize(plan, config)?;
    let plan = OutputRequirements::new_remove_mode().optimize(plan, config)?;
    SanityCheckPlan::new().optimize(plan, config)
}
