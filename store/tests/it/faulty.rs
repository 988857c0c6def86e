//! An object store that fails as networks and dying processes do.

use std::{
    fmt,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, memory::InMemory,
    path::Path,
};

/// What happens to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not done, nor is anything after it: the process was killed.
    Killed,
    /// It is done, but the answer is an error.
    AnswerLost,
    /// It is done, the answer gets lost, and the repeated request finds the object there.
    Repeated,
}

/// A store in memory whose write number `countdown` (from 0) of an object whose path ends in `ending` goes wrong.
#[derive(Debug)]
pub(crate) struct Faulty {
    pub(crate) inner: Arc<InMemory>,
    pub(crate) countdown: AtomicI64,
    pub(crate) fault: Fault,
    pub(crate) ending: &'static str,
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

fn failure() -> Error {
    Error::Generic {
        store: "faulty",
        source: "connection reset".into(),
    }
}

impl Faulty {
    fn dead(&self) -> bool {
        self.fault == Fault::Killed && self.countdown.load(Ordering::SeqCst) < 0
    }

    fn alive(&self) -> Result<()> {
        if self.dead() { Err(failure()) } else { Ok(()) }
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        if !location.as_ref().ends_with(self.ending) {
            self.alive()?;
            return self.inner.put_opts(location, payload, options).await;
        }
        match (self.countdown.fetch_sub(1, Ordering::SeqCst), self.fault) {
            (1.., _) | (..0, Fault::AnswerLost | Fault::Repeated) => {
                self.inner.put_opts(location, payload, options).await
            }
            (_, Fault::Killed) => Err(failure()),
            (0, fault) => {
                self.inner.put_opts(location, payload, options).await?;
                Err(match fault {
                    Fault::Repeated => Error::AlreadyExists {
                        path: location.to_string(),
                        source: "412".into(),
                    },
                    _ => failure(),
                })
            }
        }
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.alive()?;
        self.inner.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.alive()?;
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.alive()?;
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        if self.dead() {
            return Box::pin(futures::stream::once(async { Err(failure()) }));
        }
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.alive()?;
        self.inner.copy_opts(from, to, options).await
    }
}
