//! Rows on their way to a client.

use std::sync::Arc;

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use arrow_flight::{FlightData, encode::FlightDataEncoderBuilder, error::FlightError};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream, stream::BoxStream};
use tokio::{sync::mpsc, task::JoinSet};
use tonic::Status;

use super::{columns, running::Fetching, status};
use crate::{Client, Rows, ServeError};

/// What a fetch answers with.
pub(super) type Data = BoxStream<'static, Result<FlightData, Status>>;

/// Batches that are computed while one is being sent. When the client does not read, no more are.
const AHEAD: usize = 2;

/// The rows of a statement, which `schema` was told for.
pub(super) fn rows(
    rows: Rows,
    schema: &SchemaRef,
    client: Arc<Client>,
    fetching: Fetching,
) -> Data {
    let notes = notes(&rows);
    let (send, receive) = mpsc::channel(AHEAD);
    let sent = Arc::clone(schema);
    let mut work = JoinSet::new();
    // In a task of its own, so that rows are computed while others are sent.
    let working = work.spawn(async move {
        // Whoever holds the client could cancel what it runs, so it has to outlive that.
        let _client = client;
        let mut rows = rows;
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(|error| status::of(&error))?;
            let batch = columns::rows(&batch, &sent).map_err(status::defect)?;
            if send.send(batch).await.is_err() {
                break;
            }
        }
        Ok(())
    });
    // And so that they can be cancelled even while nobody takes them.
    let mut watch = JoinSet::new();
    watch.spawn(async move {
        fetching.stopped().await;
        working.abort();
    });
    let fetch = Fetch {
        receive,
        work,
        watch,
    };
    encoded(schema, notes, batches(fetch))
}

/// Rows that are there already.
pub(super) fn batch(batch: RecordBatch) -> Data {
    let schema = batch.schema();
    encoded(&schema, Bytes::new(), stream::iter([Ok(batch)]))
}

/// Rows as they are handed on. Dropping it stops the work.
struct Fetch {
    receive: mpsc::Receiver<RecordBatch>,
    work: JoinSet<Result<(), Status>>,
    /// Ends when the work is to stop.
    watch: JoinSet<()>,
}

impl Fetch {
    async fn next(&mut self) -> Option<Result<RecordBatch, Status>> {
        tokio::select! {
            biased;
            Some(_) = self.watch.join_next() => Some(Err(status::of(&ServeError::Cancelled))),
            batch = self.receive.recv() => match batch {
                Some(batch) => Some(Ok(batch)),
                None => self.end().await,
            },
        }
    }

    /// How it ended: rows that are missing at the end must not go unnoticed.
    async fn end(&mut self) -> Option<Result<RecordBatch, Status>> {
        match self.work.join_next().await? {
            Ok(Ok(())) => None,
            Ok(Err(failure)) => Some(Err(failure)),
            Err(stopped) if stopped.is_cancelled() => Some(Err(status::of(&ServeError::Cancelled))),
            Err(defect) => Some(Err(status::defect(defect))),
        }
    }
}

/// The rows up to the end, or to the first error.
fn batches(fetch: Fetch) -> impl Stream<Item = Result<RecordBatch, FlightError>> + Send + 'static {
    stream::unfold(Some(fetch), |fetch| async move {
        let mut fetch = fetch?;
        match fetch.next().await? {
            Ok(batch) => Some((Ok(batch), Some(fetch))),
            Err(failure) => Some((Err(FlightError::Tonic(Box::new(failure))), None)),
        }
    })
}

fn encoded(
    schema: &SchemaRef,
    metadata: Bytes,
    batches: impl Stream<Item = Result<RecordBatch, FlightError>> + Send + 'static,
) -> Data {
    FlightDataEncoderBuilder::new()
        .with_schema(Arc::clone(schema))
        .with_metadata(metadata)
        .build(batches)
        .map_err(status::of_stream)
        .boxed()
}

/// What one should know about the answer, beside its columns.
fn notes(rows: &Rows) -> Bytes {
    if rows.notes().is_empty() {
        return Bytes::new();
    }
    Bytes::from(serde_json::json!({ "notes": rows.notes() }).to_string())
}
