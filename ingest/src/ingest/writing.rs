//! The bridge from encoders, which block, to the store, which is asynchronous.

use bytes::Bytes;
use curtail_store::{DataFile, Replacement, RollupName, StoreError, StoredFile};
use futures::{StreamExt, stream::FuturesUnordered};
use tokio::sync::{mpsc, oneshot};

use crate::{IngestError, convert::FileSink};

/// A Parquet file on its way into the store.
#[derive(Debug)]
pub(super) struct Request {
    parquet: Bytes,
    rows: u64,
    /// What rollup it belongs to, if it holds no line items.
    rollup: Option<RollupName>,
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
    fn put(
        &self,
        parquet: Bytes,
        rows: u64,
        rollup: Option<RollupName>,
    ) -> Result<(), IngestError> {
        // The receiver goes away only together with the ingest, which by then has ended.
        let given_up = || IngestError::Internal("the ingest was given up".to_owned());
        let (reply, written) = oneshot::channel();
        self.0
            .blocking_send(Request {
                parquet,
                rows,
                rollup,
                reply,
            })
            .map_err(|_| given_up())?;
        written.blocking_recv().map_err(|_| given_up())?
    }
}

/// Writes what is requested for as long as `work` goes on, and gives its result.
pub(super) async fn serve<T>(
    replacement: &Replacement,
    written: &mut Written,
    mut requests: mpsc::Receiver<Request>,
    work: impl Future<Output = T>,
) -> T {
    let mut work = std::pin::pin!(work);
    let mut writing = FuturesUnordered::new();
    loop {
        tokio::select! {
            result = &mut work => return result,
            Some(request) = requests.recv() => writing.push(write(replacement, request)),
            Some((file, reply)) = writing.next(), if !writing.is_empty() => {
                let answer = match file {
                    Ok(file) => written.keep(file),
                    Err(error) => Err(error.into()),
                };
                // Whoever asked may be gone by now.
                let _ = reply.send(answer);
            }
        }
    }
}

/// What was written so far.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) files: Vec<DataFile>,
    pub(super) rollups: Vec<(RollupName, StoredFile)>,
}

enum File {
    Data(DataFile, u64),
    Rollup(RollupName, StoredFile),
}

impl Written {
    fn keep(&mut self, file: File) -> Result<(), IngestError> {
        match file {
            File::Data(file, rows) => {
                let written = &file.file;
                let fits = written.rows == rows;
                let complaint = format!(
                    "wrote {} of {rows} rows to `{}`",
                    written.rows, written.path
                );
                self.files.push(file);
                if !fits {
                    return Err(IngestError::Internal(complaint));
                }
            }
            File::Rollup(name, file) => self.rollups.push((name, file)),
        }
        Ok(())
    }

    pub(super) fn into_parts(self) -> (Vec<DataFile>, Vec<StoredFile>) {
        let rollups = self.rollups.into_iter().map(|(_, file)| file);
        (self.files, rollups.collect())
    }
}

type Reply = oneshot::Sender<Result<(), IngestError>>;

async fn write(replacement: &Replacement, request: Request) -> (Result<File, StoreError>, Reply) {
    let Request {
        parquet,
        rows,
        rollup,
        reply,
    } = request;
    let file = match rollup {
        None => {
            let file = replacement.write(parquet).await;
            file.map(|file| File::Data(file, rows))
        }
        Some(name) => {
            let file = replacement.write_rollup(&name, parquet, rows).await;
            file.map(|file| File::Rollup(name, file))
        }
    };
    (file, reply)
}
