//! Fetching what executors computed.

use std::{sync::Arc, time::Duration};

use ballista_core::{client::BallistaClient, serde::protobuf::PartitionLocation};
use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    error::DataFusionError,
    execution::SendableRecordBatchStream,
};
use futures::{StreamExt, stream, stream::BoxStream};
use tracing::debug;

use crate::{
    ClusterError, MESSAGE,
    job::{Job, Work},
};

/// What could not be fetched is computed anew so often.
const ATTEMPTS: u32 = 3;
/// A connection, or the first rows, take no longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// A read that failed is tried again so often, after some milliseconds.
const RETRIES: (u8, u64) = (2, 100);

type Batches = BoxStream<'static, Result<RecordBatch, DataFusionError>>;

/// One partition of what is computed elsewhere.
#[derive(Debug)]
pub(crate) struct Fetching {
    work: Arc<Work>,
    partition: usize,
    schema: SchemaRef,
}

impl Fetching {
    pub(crate) fn new(work: Arc<Work>, partition: usize, schema: SchemaRef) -> Self {
        Self {
            work,
            partition,
            schema,
        }
    }

    /// Its rows, once the first ones are there. If whoever has computed them is gone by then, they are computed anew: a partition has
    /// the same rows each time.
    pub(crate) async fn begun(self) -> Result<Batches, DataFusionError> {
        let mut attempt = 1;
        loop {
            let run = self.work.run();
            let compute = || async { self.work.compute().await.map_err(Arc::new) };
            let job = run.get_or_init(compute).await.as_ref();
            let job = job.map_err(|error| DataFusionError::Shared(Arc::clone(error)))?;
            match self.fetched(job).await {
                // The job is kept until all rows are there.
                Ok(batches) => {
                    let kept = stream::once(async move {
                        drop(run);
                        None
                    });
                    let all = batches.map(Some).chain(kept);
                    return Ok(all.filter_map(|batch| async move { batch }).boxed());
                }
                Err(why) if attempt < ATTEMPTS => {
                    debug!(partition = self.partition, "to be computed anew: {why}");
                    self.work.again(&run);
                    attempt += 1;
                }
                Err(why) => return Err(ClusterError::Lost(why).into()),
            }
        }
    }

    /// The rows that a job has computed, of which the first are there.
    async fn fetched(&self, job: &Job) -> Result<Batches, String> {
        let location = job.locations.get(&self.partition);
        let location = location.ok_or("the partition is missing")?;
        let expected = location.partition_stats.as_ref();
        let expected = expected.and_then(|told| u64::try_from(told.num_rows).ok());
        let opening = async {
            let mut batches = open(location).await?;
            let first = batches.next().await.transpose();
            let first = first.map_err(|error| error.to_string())?;
            Ok::<_, String>((first, batches))
        };
        let (first, rest) = match tokio::time::timeout(PATIENCE, opening).await {
            Ok(opened) => opened?,
            Err(_) => return Err("its executor does not answer".to_owned()),
        };
        let counted = Counted {
            batches: stream::iter(first.map(Ok)).chain(rest).boxed(),
            schema: Arc::clone(&self.schema),
            rows: 0,
            expected,
        };
        Ok(stream::unfold(Some(counted), |counted| async move {
            let mut counted = counted?;
            match counted.next().await {
                Ok(Some(batch)) => Some((Ok(batch), Some(counted))),
                Ok(None) => None,
                Err(error) => Some((Err(error.into()), None)),
            }
        })
        .boxed())
    }
}

/// Rows that are counted: none is lost on the way without a word.
struct Counted {
    batches: Batches,
    schema: SchemaRef,
    rows: u64,
    expected: Option<u64>,
}

impl Counted {
    async fn next(&mut self) -> Result<Option<RecordBatch>, ClusterError> {
        let lost = |why: String| ClusterError::Lost(why);
        if let Some(batch) = self.batches.next().await {
            let batch = batch.map_err(|error| lost(error.to_string()))?;
            self.rows += batch.num_rows() as u64;
            let batch = fitting(&batch, &self.schema).map_err(|error| lost(error.to_string()))?;
            return Ok(Some(batch));
        }
        match self.expected {
            Some(expected) if expected != self.rows => Err(lost(format!(
                "there are {} rows instead of {expected}",
                self.rows
            ))),
            _ => Ok(None),
        }
    }
}

/// The same rows with the metadata that is expected here.
fn fitting(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, DataFusionError> {
    use datafusion::arrow::array::RecordBatchOptions;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let columns = batch.columns().to_vec();
    let batch = RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?;
    Ok(batch)
}

async fn open(location: &PartitionLocation) -> Result<SendableRecordBatchStream, String> {
    let (Some(executor), Some(partition)) = (&location.executor_meta, &location.partition_id)
    else {
        return Err("nobody knows where it is".to_owned());
    };
    let port = u16::try_from(executor.port).map_err(|_| "its executor has no port".to_owned())?;
    let (retries, wait) = RETRIES;
    let size = MESSAGE as usize;
    let client =
        BallistaClient::try_new(&executor.host, port, size, false, None, retries, wait, 0, 0);
    let mut client = client.await.map_err(|error| error.to_string())?;
    client
        .fetch_partition(
            &executor.id,
            &partition.clone().into(),
            location.file_id,
            location.layout(),
            true,
        )
        .await
        .map_err(|error| error.to_string())
}
