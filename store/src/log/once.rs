//! Objects of which each file of a log is read once.
//!
//! Whoever opens a table reads its last commits several times: for the table's schema, for its files, for what counts and for receipts. In an
//! object store each of these is a request, so while a snapshot is opened what was read is at hand.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use object_store::{GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, Result, path::Path};
use tokio::sync::OnceCell;

use crate::{
    paths,
    reading::{Reading, Reads, answer, is_plain},
};

/// An object as it was read.
type Whole = OnceCell<(ObjectMeta, Bytes)>;

/// The objects of a store, for as long as it takes to open it.
#[derive(Debug)]
struct ReadOnce {
    inner: Arc<dyn ObjectStore>,
    read: Mutex<HashMap<Path, Arc<Whole>>>,
}

/// The same objects, of which each file of a log is read once.
pub(super) fn objects(inner: Arc<dyn ObjectStore>) -> Arc<dyn ObjectStore> {
    let once = ReadOnce {
        inner: Arc::clone(&inner),
        read: Mutex::default(),
    };
    Arc::new(Reading::new(once, inner))
}

impl ReadOnce {
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

/// These bytes of an object.
fn cut(bytes: &Bytes, range: &Range<u64>) -> Bytes {
    let place = |place: u64| {
        usize::try_from(place)
            .unwrap_or(usize::MAX)
            .min(bytes.len())
    };
    bytes.slice(place(range.start)..place(range.end))
}

#[async_trait]
impl Reads for ReadOnce {
    async fn read(&self, location: &Path, options: &GetOptions) -> Result<Option<GetResult>> {
        if !is_plain(options) || !paths::is_commit_or_checkpoint(location.as_ref()) {
            return Ok(None);
        }
        let (meta, bytes) = self.whole(location).await?;
        let range = within(options.range.as_ref(), meta.size);
        Ok(range.map(|range| answer(cut(&bytes, &range), meta, range)))
    }

    async fn read_ranges(
        &self,
        location: &Path,
        ranges: &[Range<u64>],
    ) -> Result<Option<Vec<Bytes>>> {
        if !paths::is_commit_or_checkpoint(location.as_ref()) {
            return Ok(None);
        }
        let (meta, bytes) = self.whole(location).await?;
        let found = ranges.iter().map(|range| {
            let within = within(Some(&GetRange::Bounded(range.clone())), meta.size)?;
            Some(cut(&bytes, &within))
        });
        Ok(found.collect())
    }
}
