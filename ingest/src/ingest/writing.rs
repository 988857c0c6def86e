//! The bridge from encoders, which block, to the store, which is asynchronous.

use bytes::Bytes;
use curtail_store::{DataFile, Replacement};
use futures::{StreamExt, stream::FuturesUnordered};
use tokio::sync::{mpsc, oneshot};

use crate::{IngestError, convert::FileSink};

/// A Parquet file on its way into the store.
#[derive(Debug)]
pub(super) struct Request {
    parquet: Bytes,
    rows: u64,
    reply: oneshot::Sender<Result<(), IngestError>>,
}

/// Where encoders put their files; each waits until its file is written, so that no more files are held than there are
/// encoders.
#[derive(Debug)]
pub(super) struct Sink(mpsc::Sender<Request>);

/// The other end of a [`Sink`].
pub(super) fn channel() -> (Sink, mpsc::Receiver<Request>) {
    let (sender, receiver) = mpsc::channel(1);
    (Sink(sender), receiver)
}

impl FileSink for Sink {
    fn put(&self, parquet: Bytes, rows: u64) -> Result<(), IngestError> {
        // The receiver goes away only together with the ingest, which by then has ended.
        let given_up = || IngestError::Internal("the ingest was given up".to_owned());
        let (reply, written) = oneshot::channel();
        self.0
            .blocking_send(Request {
                parquet,
                rows,
                reply,
            })
            .map_err(|_| given_up())?;
        written.blocking_recv().map_err(|_| given_up())?
    }
}

/// Writes what is requested for as long as `work` goes on, and gives its result.
pub(super) async fn serve<T>(
    replacement: &Replacement,
    written: &mut Vec<DataFile>,
    mut requests: mpsc::Receiver<Request>,
    work: impl Future<Output = T>,
) -> T {
    let mut work = std::pin::pin!(work);
    let mut writing = FuturesUnordered::new();
    loop {
        tokio::select! {
            result = &mut work => return result,
            Some(request) = requests.recv() => writing.push(write(replacement, request)),
            Some((file, rows, reply)) = writing.next(), if !writing.is_empty() => {
                let answer = match file {
                    Ok(file) => {
                        let fits = file.rows == rows;
                        let complaint = format!("wrote {} of {rows} rows to `{}`", file.rows, file.path);
                        written.push(file);
                        if fits { Ok(()) } else { Err(IngestError::Internal(complaint)) }
                    }
                    Err(error) => Err(error.into()),
                };
                // Whoever asked may be gone by now.
                let _ = reply.send(answer);
            }
        }
    }
}

type Written = (
    Result<DataFile, curtail_store::StoreError>,
    u64,
    oneshot::Sender<Result<(), IngestError>>,
);

async fn write(replacement: &Replacement, request: Request) -> Written {
    let Request {
        parquet,
        rows,
        reply,
    } = request;
    (replacement.write(parquet).await, rows, reply)
}
