//! The rows of a statement as they come, within its limits.
//!
//! The work is done where the engine's threads are, away from those that talk to clients: however busy the engine is, a statement is
//! stopped in time.

use std::{
    fmt,
    future::pending,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use curtail_engine::Answer;
use futures::{Stream, StreamExt, stream, stream::BoxStream};
use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
    task::AbortHandle,
    time::{Instant, sleep_until},
};

use crate::{Metrics, Outcome, Protocol, ServeError, admission::Permit, service::Phase};

/// Batches that are computed while one is being sent.
const BATCHES_AHEAD: usize = 2;

/// The rows of an answer, as they come. Dropping them stops the work.
pub struct Rows {
    schema: SchemaRef,
    notes: Vec<String>,
    deadline: Option<Instant>,
    batches: BoxStream<'static, Result<RecordBatch, ServeError>>,
}

impl Rows {
    /// The rows of `answer`, which are computed on the threads of `engine`.
    pub(crate) fn of(answer: Answer, permit: Permit, run: Run, engine: &Handle) -> Self {
        Self {
            schema: answer.schema(),
            notes: answer.notes().to_vec(),
            deadline: run.stop.deadline.map(|(at, _)| at),
            batches: taken(answer, permit, run, engine),
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

/// A task that ends when nobody waits for it.
struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whoever takes the batches.
struct Taking {
    batches: mpsc::Receiver<Result<RecordBatch, ServeError>>,
    complete: Arc<AtomicBool>,
    rows: u64,
    run: Run,
    _task: Task,
}

/// The batches up to the end, or to the first error.
fn taken(
    answer: Answer,
    permit: Permit,
    run: Run,
    engine: &Handle,
) -> BoxStream<'static, Result<RecordBatch, ServeError>> {
    let (sender, batches) = mpsc::channel(BATCHES_AHEAD);
    let complete = Arc::new(AtomicBool::new(false));
    let work = Work {
        answer,
        metrics: Arc::clone(&run.metrics),
        _permit: permit,
    };
    work.metrics.begun();
    let task = work.run(sender, run.stop.clone(), Arc::clone(&complete));
    let taking = Taking {
        batches,
        complete,
        rows: 0,
        run,
        _task: Task(engine.spawn(task).abort_handle()),
    };
    stream::unfold(Some(taking), |taking| async {
        let mut taking = taking?;
        match taking.next().await {
            Some(Ok(batch)) => Some((Ok(batch), Some(taking))),
            Some(Err(error)) => {
                taking.run.outcome = Outcome::of(&error);
                Some((Err(error), None))
            }
            None => {
                taking.run.outcome = Outcome::Done;
                None
            }
        }
    })
    .boxed()
}

impl Taking {
    async fn next(&mut self) -> Option<Result<RecordBatch, ServeError>> {
        let batch = tokio::select! {
            biased;
            error = self.run.stop.stopped() => return Some(Err(error)),
            batch = self.batches.recv() => batch,
        };
        let batch = match batch {
            Some(Ok(batch)) => batch,
            Some(Err(error)) => return Some(Err(error)),
            None if self.complete.load(Ordering::Acquire) => return None,
            None => return Some(Err(ServeError::Broken)),
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

/// A statement at work, which holds its place until it has really stopped.
struct Work {
    answer: Answer,
    metrics: Arc<Metrics>,
    _permit: Permit,
}

impl Work {
    async fn run(
        self,
        sender: mpsc::Sender<Result<RecordBatch, ServeError>>,
        mut stop: Stop,
        complete: Arc<AtomicBool>,
    ) {
        let mut batches = match self.answer.batches() {
            Ok(batches) => batches,
            Err(error) => {
                // Nobody hears of it who has gone away.
                let _ = sender.send(Err(error.into())).await;
                return;
            }
        };
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(ServeError::from);
            let failed = batch.is_err();
            // Whoever does not take rows in time must not keep others waiting.
            let sent = tokio::select! {
                biased;
                sent = sender.send(batch) => sent.is_ok(),
                error = stop.stopped() => {
                    drop(batches);
                    drop(self);
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            };
            if failed || !sent {
                return;
            }
        }
        drop(batches);
        drop(self);
        complete.store(true, Ordering::Release);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let answer = &self.answer;
        self.metrics.scanned(answer.stats(), answer.reads_rollups());
        self.metrics.over();
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
            counts: true,
        }
    }

    /// It is not counted after all.
    pub(crate) fn forget(mut self) {
        self.counts = false;
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.counts {
            let took = self.begun.elapsed();
            self.metrics.ended(self.protocol, self.outcome, took);
        }
    }
}

/// What may stop a statement.
#[derive(Clone, Debug)]
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
