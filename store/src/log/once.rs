//! Objects of which each file of a log is read once.
//!
//! Whoever opens a table reads its last commits several times: for the table's schema, for its files, for what counts and for receipts. In an
//! object store each of these is a request, so while a snapshot is opened what was read is at hand.

use std::{
    collections::HashMap,
    fmt,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use object_store::{
    Attributes, CopyOptions, GetOptions, GetRange, GetResult, GetResultPayload, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result, path::Path,
};
use tokio::sync::OnceCell;

use crate::paths;

/// An object as it was read.
type Whole = OnceCell<(ObjectMeta, Bytes)>;

/// The objects of a store, for as long as it takes to open it.
#[derive(Debug)]
pub(super) struct ReadOnce {
    inner: Arc<dyn ObjectStore>,
    read: Mutex<HashMap<Path, Arc<Whole>>>,
}

impl ReadOnce {
    pub(super) fn new(inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            inner,
            read: Mutex::default(),
        }
    }

    async fn whole(&self, path: &Path) -> Result<(ObjectMeta, Bytes)> {
        let cell = {
            let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(read.entry(path.clone()).or_default())
        };
        let fetch = async || {
            let found = self.inner.get_opts(path, GetOptions::default()).await?;
            let meta = found.meta.clone();
            Ok((meta, found.bytes().await?))
        };
        cell.get_or_try_init(fetch).await.cloned()
    }
}

/// Whether the answer is some bytes of an object, whatever they are.
fn is_plain(options: &GetOptions) -> bool {
    options.if_match.is_none()
        && options.if_none_match.is_none()
        && options.if_modified_since.is_none()
        && options.if_unmodified_since.is_none()
        && options.version.is_none()
        && !options.head
}

/// The bytes of an object of this size that are asked for; `None` if it has no such.
fn within(range: Option<&GetRange>, size: u64) -> Option<Range<u64>> {
    let range = match range {
        None => return Some(0..size),
        Some(GetRange::Bounded(range)) => range.start..range.end.min(size),
        Some(GetRange::Offset(start)) => *start..size,
        Some(GetRange::Suffix(length)) => size.saturating_sub(*length)..size,
    };
    (range.start < range.end).then_some(range)
}

impl fmt::Display for ReadOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for ReadOnce {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        self.inner.put_opts(location, payload, opts).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        if !is_plain(&options) || !paths::is_commit_or_checkpoint(location.as_ref()) {
            return self.inner.get_opts(location, options).await;
        }
        let (meta, bytes) = self.whole(location).await?;
        let Some(range) = within(options.range.as_ref(), meta.size) else {
            return self.inner.get_opts(location, options).await;
        };
        let place = |place: u64| {
            usize::try_from(place)
                .unwrap_or(usize::MAX)
                .min(bytes.len())
        };
        let bytes = bytes.slice(place(range.start)..place(range.end));
        Ok(GetResult {
            payload: GetResultPayload::Stream(stream::once(async { Ok(bytes) }).boxed()),
            meta,
            range,
            attributes: Attributes::new(),
        })
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
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
        self.inner.copy_opts(from, to, options).await
    }
}
