//! Bytes of a file: several ranges under way at once, in order, and all of them of one version of the object.

use std::{
    io::{self, Write},
    sync::Arc,
};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use object_store::{GetOptions, ObjectMeta, ObjectStore};
use tokio::sync::mpsc;

use crate::{IngestError, Progress, Source, failure::classify};

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Bytes per request.
    pub(crate) part: u64,
    /// Requests under way at once, per file.
    pub(crate) ahead: usize,
}

impl Plan {
    /// Parts that were fetched and wait for their decoder, besides those under way.
    pub(crate) const QUEUED: usize = 2;

    /// A plan by which `files` files being read at once take no more than `memory` bytes.
    pub(crate) fn within(memory: u64, files: usize) -> Self {
        const LARGEST: u64 = 8 << 20;
        const SMALLEST: u64 = 64 << 10;
        let ahead = 4;
        let parts = (ahead + Self::QUEUED + 1) as u64 * files.max(1) as u64;
        Self {
            part: (memory / parts).clamp(SMALLEST, LARGEST),
            ahead,
        }
    }
}

/// One file to be read.
#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    pub(crate) source: Source,
    pub(crate) meta: ObjectMeta,
    pub(crate) plan: Plan,
    pub(crate) progress: Arc<dyn Progress>,
}

impl Fetch {
    /// A reader of the file for a thread that may block, and what has to run for it to get anything.
    pub(crate) fn pipe(self) -> (Parts, impl Future<Output = Result<(), IngestError>> + Send) {
        let (sender, receiver) = mpsc::channel(Plan::QUEUED);
        let parts = Parts {
            receiver,
            current: Bytes::new(),
            left: self.meta.size,
        };
        let pump = async move {
            let mut parts = std::pin::pin!(self.parts());
            while let Some(part) = parts.try_next().await? {
                // A decoder that has gone away has its own reason, and tells it.
                if sender.send(part).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        (parts, pump)
    }

    /// The whole file.
    pub(crate) async fn whole(self) -> Result<Bytes, IngestError> {
        let size = usize::try_from(self.meta.size).unwrap_or_default();
        let mut whole = BytesMut::with_capacity(size);
        let mut parts = std::pin::pin!(self.parts());
        while let Some(part) = parts.try_next().await? {
            whole.extend_from_slice(&part);
        }
        Ok(whole.freeze())
    }

    /// The whole file in a temporary one, for what does not fit into memory.
    pub(crate) async fn spilled(self) -> Result<std::fs::File, IngestError> {
        let failed = |error: io::Error| IngestError::Spill {
            object: self.source.display(self.meta.location.as_ref()),
            why: error.to_string(),
        };
        // Has no name, so that nothing is left of it however the process ends.
        let file = Arc::new(tempfile::tempfile().map_err(failed)?);
        let mut parts = std::pin::pin!(self.parts());
        while let Some(part) = parts.try_next().await? {
            let file = Arc::clone(&file);
            let written = tokio::task::spawn_blocking(move || (&*file).write_all(&part)).await;
            written
                .map_err(io::Error::other)
                .and_then(|written| written)
                .map_err(failed)?;
        }
        Arc::into_inner(file).ok_or_else(|| {
            IngestError::Internal("a temporary file is still being written".to_owned())
        })
    }

    fn parts(&self) -> impl Stream<Item = Result<Bytes, IngestError>> + Send {
        let Self {
            meta,
            plan: Plan { part, ahead },
            ..
        } = self;
        let (size, part) = (meta.size, *part);
        stream::iter(
            (0..size.div_ceil(part))
                .map(move |index| (index * part, (index + 1).saturating_mul(part).min(size))),
        )
        .map(move |(start, end)| self.part(start, end))
        .buffered(*ahead)
    }

    /// One range, of the very version that was found before.
    async fn part(&self, start: u64, end: u64) -> Result<Bytes, IngestError> {
        let key = self.meta.location.as_ref();
        let failed = |error: object_store::Error| match error {
            object_store::Error::NotFound { .. } => self.changed(),
            error => classify(&self.source, key, &error),
        };
        let options = GetOptions {
            if_match: self.meta.e_tag.clone(),
            range: Some((start..end).into()),
            ..GetOptions::default()
        };
        let result = self
            .source
            .objects
            .get_opts(&self.meta.location, options)
            .await
            .map_err(failed)?;
        // Not every server heeds `If-Match`.
        if !same_version(&self.meta, &result.meta) {
            return Err(self.changed());
        }
        let bytes = result.bytes().await.map_err(failed)?;
        if bytes.len() as u64 != end - start {
            let why = format!(
                "asked for {} bytes at {start}, got {}",
                end - start,
                bytes.len()
            );
            return Err(IngestError::Read {
                key: self.source.display(key),
                why,
            });
        }
        self.progress.bytes(end - start);
        Ok(bytes)
    }

    fn changed(&self) -> IngestError {
        IngestError::Changed {
            key: self.source.display(self.meta.location.as_ref()),
        }
    }
}

/// Whether two descriptions are of the same version of an object, as far as its store tells.
pub(crate) fn same_version(before: &ObjectMeta, now: &ObjectMeta) -> bool {
    let tags = before
        .e_tag
        .as_ref()
        .zip(now.e_tag.as_ref())
        .map(|(before, now)| before == now);
    before.size == now.size && tags.unwrap_or(before.last_modified == now.last_modified)
}

/// The bytes of a file as they arrive, for a thread that may block.
///
/// When they stop arriving before the end (because fetching failed, or the ingest was given up), reading fails: what is
/// missing is never taken for the end of the file.
#[derive(Debug)]
pub(crate) struct Parts {
    receiver: mpsc::Receiver<Bytes>,
    current: Bytes,
    left: u64,
}

impl io::Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.left == 0 {
            return Ok(0);
        }
        while self.current.is_empty() {
            self.current = self
                .receiver
                .blocking_recv()
                .ok_or_else(|| io::Error::other("reading was given up"))?;
        }
        let taken = self.current.split_to(buffer.len().min(self.current.len()));
        buffer[..taken.len()].copy_from_slice(&taken);
        self.left = self.left.saturating_sub(taken.len() as u64);
        Ok(taken.len())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek};

    use object_store::{ObjectStoreExt, memory::InMemory, path::Path};

    use super::*;
    use crate::Silent;

    async fn fetch(content: &[u8], part: u64) -> (Arc<InMemory>, Fetch) {
        let objects = Arc::new(InMemory::new());
        let path = Path::from("a/file");
        objects.put(&path, content.to_vec().into()).await.unwrap();
        let meta = objects.head(&path).await.unwrap();
        let shared: Arc<dyn ObjectStore> = Arc::<InMemory>::clone(&objects);
        let source = Source::bucket(shared, "b", "a").unwrap();
        (
            objects,
            Fetch {
                source,
                meta,
                plan: Plan { part, ahead: 3 },
                progress: Arc::new(Silent),
            },
        )
    }

    async fn through_pipe(fetch: Fetch) -> (io::Result<Vec<u8>>, Result<(), IngestError>) {
        let (mut parts, pump) = fetch.pipe();
        let reading = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            parts.read_to_end(&mut bytes).map(|_| bytes)
        });
        let pumped = pump.await;
        (reading.await.unwrap(), pumped)
    }

    #[tokio::test]
    async fn parts_arrive_whole_and_in_order() {
        let content: Vec<u8> = (0..100_003_u32).map(|n| (n * 31 % 251) as u8).collect();
        for part in [1_000, 99_999, 100_003, 1 << 20] {
            let (_, fetch) = fetch(&content, part).await;
            assert_eq!(fetch.clone().whole().await.unwrap(), content);
            let mut spilled = fetch.clone().spilled().await.unwrap();
            let mut bytes = Vec::new();
            spilled.rewind().unwrap();
            spilled.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, content);
            let (read, pumped) = through_pipe(fetch).await;
            assert_eq!(read.unwrap(), content);
            pumped.unwrap();
        }
    }

    #[tokio::test]
    async fn an_empty_file_is_read_without_a_request() {
        let (objects, fetch) = fetch(b"", 10).await;
        objects.delete(&fetch.meta.location).await.unwrap();
        assert_eq!(through_pipe(fetch).await.0.unwrap(), b"");
    }

    #[tokio::test]
    async fn another_version_is_never_read() {
        let (objects, fetch) = fetch(&[1; 5_000], 1_000).await;
        objects
            .put(&fetch.meta.location, vec![2; 5_000].into())
            .await
            .unwrap();
        let (read, pumped) = through_pipe(fetch.clone()).await;
        assert!(
            read.is_err(),
            "a failed fetch must not look like the end of the file"
        );
        assert!(
            matches!(pumped, Err(IngestError::Changed { .. })),
            "{pumped:?}"
        );
        objects.delete(&fetch.meta.location).await.unwrap();
        assert!(matches!(
            fetch.whole().await,
            Err(IngestError::Changed { .. })
        ));
    }

    #[test]
    fn buffers_fit_the_memory() {
        assert_eq!(Plan::within(1 << 40, 8).part, 8 << 20);
        for (memory, files) in [(64_u64 << 20, 2_usize), (100 << 20, 8), (16 << 20, 4)] {
            let plan = Plan::within(memory, files);
            let held = plan.part * (plan.ahead + Plan::QUEUED + 1) as u64 * files as u64;
            assert!(held <= memory, "{held} of {memory}");
        }
    }
}
