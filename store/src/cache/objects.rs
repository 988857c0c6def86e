//! Objects of which data files are read by way of a cache.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, stream};
use object_store::{GetOptions, GetRange, GetResult, ObjectStore, Result, path::Path};

use super::{
    ReadCache,
    block::{BYTES, Block, object_name},
    window::{TOGETHER, Window},
};
use crate::{
    paths,
    reading::{Reads, answer, is_plain},
};

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
    match &options.range {
        Some(GetRange::Bounded(range))
            if is_plain(options) && !range.is_empty() && paths::is_data_file(path.as_ref()) =>
        {
            Some(range.clone())
        }
        _ => None,
    }
}

#[async_trait]
impl Reads for Cached {
    async fn read(&self, location: &Path, options: &GetOptions) -> Result<Option<GetResult>> {
        let Some(mut range) = range_of(location, options) else {
            return Ok(None);
        };
        let found = self.found(location, std::slice::from_ref(&range)).await?;
        let object = found.values().next().map(|block| block.object.clone());
        // A range that the object does not have: the store says so itself.
        Ok(object.and_then(|object| {
            range.end = range.end.min(object.size);
            let bytes = (range.start < range.end).then(|| cut(&found, &range))??;
            Some(answer(bytes, object.meta(location), range))
        }))
    }

    async fn read_ranges(
        &self,
        location: &Path,
        ranges: &[Range<u64>],
    ) -> Result<Option<Vec<Bytes>>> {
        if !paths::is_data_file(location.as_ref()) {
            return Ok(None);
        }
        let found = self.found(location, ranges).await?;
        Ok(ranges.iter().map(|range| cut(&found, range)).collect())
    }
}
