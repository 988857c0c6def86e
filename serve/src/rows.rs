//! The rows of a statement as they come, within its limits.

use std::{
    fmt,
    future::pending,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use curtail_engine::{Answer, Batches};
use futures::{Stream, StreamExt, stream, stream::BoxStream};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::{Metrics, Outcome, Protocol, ServeError, admission::Permit, service::Phase};

/// The rows of an answer, as they come. Dropping them stops the work.
pub struct Rows {
    schema: SchemaRef,
    notes: Vec<String>,
    deadline: Option<Instant>,
    batches: BoxStream<'static, Result<RecordBatch, ServeError>>,
}

impl Rows {
    /// The rows of `answer`, which `run` is over with.
    pub(crate) fn of(answer: Answer, batches: Batches, run: Run) -> Self {
        Self {
            schema: answer.schema(),
            notes: answer.notes().to_vec(),
            deadline: run.stop.deadline.map(|(at, _)| at),
            batches: limited(answer, batches, run),
        }
    }

    /// The columns.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// When the last row must have been taken.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// What one should know about the answer.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl Stream for Rows {
    type Item = Result<RecordBatch, ServeError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.batches.poll_next_unpin(context)
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

/// The batches up to the end, or to the first error.
fn limited(
    answer: Answer,
    batches: Batches,
    run: Run,
) -> BoxStream<'static, Result<RecordBatch, ServeError>> {
    let working = Working {
        batches: Some(batches),
        answer,
        rows: 0,
        run,
    };
    stream::unfold(Some(working), |working| async {
        let mut working = working?;
        match working.next().await {
            Some(Ok(batch)) => Some((Ok(batch), Some(working))),
            Some(Err(error)) => {
                working.run.outcome = Outcome::of(&error);
                Some((Err(error), None))
            }
            None => {
                working.run.outcome = Outcome::Done;
                None
            }
        }
    })
    .boxed()
}

/// A statement at work. Fields are dropped in their order: the work stops before its place is given to the next statement.
struct Working {
    batches: Option<Batches>,
    answer: Answer,
    rows: u64,
    run: Run,
}

impl Working {
    async fn next(&mut self) -> Option<Result<RecordBatch, ServeError>> {
        let batches = self.batches.as_mut()?;
        let batch = tokio::select! {
            biased;
            error = self.run.stop.stopped() => return Some(Err(error)),
            batch = batches.next() => batch?,
        };
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error.into())),
        };
        let rows = batch.num_rows() as u64;
        self.rows += rows;
        match self.run.most_rows {
            Some(most) if self.rows > most => return Some(Err(ServeError::TooManyRows(most))),
            _ => {}
        }
        self.run.metrics.sent(rows);
        Some(Ok(batch))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        // What stops is told before it is counted.
        self.batches = None;
        let answer = &self.answer;
        let metrics = &self.run.metrics;
        metrics.scanned(answer.stats(), answer.reads_rollups());
    }
}

/// A statement from its arrival to its end, which is counted when this is dropped.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) stop: Stop,
    pub(crate) most_rows: Option<u64>,
    pub(crate) outcome: Outcome,
    metrics: Arc<Metrics>,
    protocol: Protocol,
    begun: Instant,
    permit: Option<Permit>,
    counts: bool,
}

impl Run {
    pub(crate) fn new(
        stop: Stop,
        most_rows: Option<u64>,
        metrics: &Arc<Metrics>,
        protocol: Protocol,
    ) -> Self {
        Self {
            stop,
            most_rows,
            // Whoever drops it before its end has cancelled it.
            outcome: Outcome::Cancelled,
            metrics: Arc::clone(metrics),
            protocol,
            begun: Instant::now(),
            permit: None,
            counts: true,
        }
    }

    /// It is not counted after all.
    pub(crate) fn forget(mut self) {
        self.counts = false;
    }

    /// It waited, and runs from now on.
    pub(crate) fn admitted(&mut self, permit: Permit) {
        self.permit = Some(permit);
        self.metrics.begun();
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.permit.is_some() {
            self.metrics.over();
        }
        if self.counts {
            let took = self.begun.elapsed();
            self.metrics.ended(self.protocol, self.outcome, took);
        }
    }
}

/// What may stop a statement.
#[derive(Debug)]
pub(crate) struct Stop {
    /// When it has to be done, and after how long that is.
    pub(crate) deadline: Option<(Instant, Duration)>,
    /// Changes when the client wants it stopped.
    pub(crate) cancels: watch::Receiver<u64>,
    /// What the service does.
    pub(crate) phase: watch::Receiver<Phase>,
}

impl Stop {
    /// Returns when the statement has to stop, with the reason.
    pub(crate) async fn stopped(&mut self) -> ServeError {
        let deadline = self.deadline;
        let late = async {
            match deadline {
                Some((at, limit)) => {
                    sleep_until(at).await;
                    limit
                }
                None => pending().await,
            }
        };
        tokio::select! {
            // Whoever could cancel it has gone away.
            _ = self.cancels.changed() => ServeError::Cancelled,
            _ = self.phase.wait_for(|phase| *phase == Phase::Ending) => ServeError::Stopping,
            limit = late => ServeError::Timeout(limit),
        }
    }
}
