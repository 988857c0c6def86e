//! Rows on their way to a client.

use std::{sync::Arc, time::Duration};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use arrow_flight::{FlightData, encode::FlightDataEncoderBuilder, error::FlightError};
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream, stream::BoxStream};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep_until},
};
use tonic::Status;

use super::{columns, running::Fetching, status};
use crate::{Client, Rows, ServeError};

/// What a fetch answers with.
pub(super) type Data = BoxStream<'static, Result<FlightData, Status>>;

/// Batches that are computed while one is being sent. When the client does not read, no more are.
const AHEAD: usize = 2;
/// What a statement without a limit of its own may wait for a client that does not read.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The rows of a statement, which `schema` was told for.
pub(super) fn rows(
    rows: Rows,
    schema: &SchemaRef,
    client: Arc<Client>,
    fetching: Fetching,
    begun: Instant,
) -> Data {
    let notes = notes(&rows);
    let limit = client.timeout();
    let deadline = begun
        .checked_add(limit.unwrap_or(PATIENCE))
        .unwrap_or(begun);
    let (send, receive) = mpsc::channel(AHEAD);
    let mut work = JoinSet::new();
    let sent = Arc::clone(schema);
    // In a task of its own, so that rows are computed while others are sent.
    work.spawn(async move {
        let mut rows = rows;
        let handed_on = async {
            while let Some(batch) = rows.next().await {
                let batch = batch.map_err(|error| status::of(&error))?;
                let batch = columns::rows(&batch, &sent).map_err(status::defect)?;
                if send.send(batch).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        let stopped = tokio::select! {
            biased;
            () = fetching.stopped() => ServeError::Cancelled,
            done = handed_on => return done,
            // The rows look at the time themselves, but not while nobody takes them.
            () = sleep_until(deadline) => ServeError::Timeout(limit.unwrap_or(PATIENCE)),
        };
        // Whoever holds the client could cancel what it runs, so it has to outlive that.
        drop((rows, client));
        Err(status::of(&stopped))
    });
    encoded(schema, notes, batches(receive, work))
}

/// Rows that are there already.
pub(super) fn batch(batch: RecordBatch) -> Data {
    let schema = batch.schema();
    encoded(&schema, Bytes::new(), stream::iter([Ok(batch)]))
}

/// What `work` hands on. Its end is looked at: rows that are missing at the end must not go unnoticed.
fn batches(
    receive: mpsc::Receiver<RecordBatch>,
    work: JoinSet<Result<(), Status>>,
) -> impl Stream<Item = Result<RecordBatch, FlightError>> + Send + 'static {
    stream::unfold((receive, work), |(mut receive, mut work)| async move {
        if let Some(batch) = receive.recv().await {
            return Some((Ok(batch), (receive, work)));
        }
        let failure = match work.join_next().await? {
            Ok(Ok(())) => return None,
            Ok(Err(status)) => status,
            Err(defect) => status::defect(defect),
        };
        Some((Err(FlightError::Tonic(Box::new(failure))), (receive, work)))
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
