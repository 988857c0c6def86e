//! Objects of which data files are read by way of a cache.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
    sync::Arc,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use object_store::{
    CopyOptions, GetOptions, GetRange, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    path::Path,
};

use super::{
    ReadCache,
    block::{BYTES, Block, object_name},
    window::{TOGETHER, Window},
};
use crate::paths;

/// Requests for one reader at the same time.
const PARALLEL: usize = 8;

/// The objects of a store.
#[derive(Debug)]
pub(super) struct Cached {
    cache: ReadCache,
    location: String,
    inner: Arc<dyn ObjectStore>,
}

/// Blocks by number.
type Found = BTreeMap<u64, Block>;

impl Cached {
    pub(super) fn new(cache: ReadCache, location: &str, inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            cache,
            location: location.to_owned(),
            inner,
        }
    }

    /// The blocks of an object that `ranges` lie in, from the cache or else from the store; none where they lie beyond its end.
    async fn found(&self, path: &Path, ranges: &[Range<u64>]) -> Result<Found> {
        let numbers = ranges.iter().filter(|range| !range.is_empty());
        let numbers = numbers.flat_map(|range| range.start / BYTES..=(range.end - 1) / BYTES);
        let numbers: BTreeSet<u64> = numbers.collect();
        let numbers: Vec<u64> = numbers.into_iter().collect();
        let runs = numbers.chunk_by(|number, next| number + 1 == *next);
        let windows = runs.flat_map(|run| run.chunks(TOGETHER));
        let object: Arc<str> = object_name(&self.location, path).into();
        let windows = windows.map(|numbers| {
            let window = Window {
                cache: self.cache.clone(),
                inner: Arc::clone(&self.inner),
                path: path.clone(),
                object: Arc::clone(&object),
            };
            window.looked_for(numbers.to_vec())
        });
        let windows: Vec<_> = windows.collect();
        let windows = stream::iter(windows).buffer_unordered(PARALLEL);
        let found: Vec<Vec<(u64, Block)>> = windows.try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// The bytes of a range that lie in these blocks; `None` if not all do.
fn cut(found: &Found, range: &Range<u64>) -> Option<Bytes> {
    if range.is_empty() {
        return Some(Bytes::new());
    }
    let part = |number: u64| {
        let start = number * BYTES;
        let bytes = &found.get(&number)?.bytes;
        let from = usize::try_from(range.start.saturating_sub(start)).ok()?;
        let to = usize::try_from(range.end - start).ok()?.min(bytes.len());
        (from < to).then(|| bytes.slice(from..to))
    };
    let (first, last) = (range.start / BYTES, (range.end - 1) / BYTES);
    let bytes = if first == last {
        part(first)?
    } else {
        let mut bytes = BytesMut::new();
        for number in first..=last {
            bytes.extend_from_slice(&part(number)?);
        }
        bytes.freeze()
    };
    (bytes.len() as u64 == range.end - range.start).then_some(bytes)
}

/// The range that is asked for, if a cache may answer.
fn range_of(path: &Path, options: &GetOptions) -> Option<Range<u64>> {
    let plain = options.if_match.is_none()
        && options.if_none_match.is_none()
        && options.if_modified_since.is_none()
        && options.if_unmodified_since.is_none()
        && options.version.is_none()
        && !options.head;
    match &options.range {
        Some(GetRange::Bounded(range))
            if plain && !range.is_empty() && paths::is_data_file(path.as_ref()) =>
        {
            Some(range.clone())
        }
        _ => None,
    }
}

impl fmt::Display for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with a read cache", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Cached {
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
        let Some(mut range) = range_of(location, &options) else {
            return self.inner.get_opts(location, options).await;
        };
        let found = self.found(location, std::slice::from_ref(&range)).await?;
        let object = found.values().next().map(|block| block.object.clone());
        let read = object.and_then(|object| {
            range.end = range.end.min(object.size);
            let bytes = (range.start < range.end).then(|| cut(&found, &range))??;
            Some((object, bytes))
        });
        // A range that the object does not have: the store says so itself.
        let Some((object, bytes)) = read else {
            return self.inner.get_opts(location, options).await;
        };
        Ok(GetResult {
            payload: GetResultPayload::Stream(stream::once(async { Ok(bytes) }).boxed()),
            meta: object.meta(location),
            range,
            attributes: object_store::Attributes::new(),
        })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        if !paths::is_data_file(location.as_ref()) {
            return self.inner.get_ranges(location, ranges).await;
        }
        let found = self.found(location, ranges).await?;
        let read: Option<Vec<_>> = ranges.iter().map(|range| cut(&found, range)).collect();
        match read {
            Some(read) => Ok(read),
            None => self.inner.get_ranges(location, ranges).await,
        }
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
