//! Some blocks of an object that follow each other.

use std::sync::Arc;

use object_store::{Error, GetOptions, GetRange, ObjectStore, Result, path::Path};
use tokio::{
    sync::OwnedMutexGuard,
    task::{JoinSet, spawn_blocking},
};

use super::{
    ReadCache,
    block::{BYTES, Block, Known},
};

/// So many at most are fetched by one request.
pub(super) const TOGETHER: usize = 16;

/// Where blocks are read from.
pub(super) struct Window {
    pub(super) cache: ReadCache,
    pub(super) inner: Arc<dyn ObjectStore>,
    pub(super) path: Path,
    /// The object's name in the cache.
    pub(super) object: Arc<str>,
}

/// A block that is asked for, and the turn to look for it.
struct Place {
    number: u64,
    turn: OwnedMutexGuard<Option<Block>>,
}

impl Window {
    /// The blocks of these numbers, which follow each other, but for those beyond the object's end.
    ///
    /// They are looked for in a task of its own: who waits for a turn must not wait for somebody who has it and is not asked to go on.
    /// The task ends with the future.
    pub(super) async fn looked_for(self, numbers: Vec<u64>) -> Result<Vec<(u64, Block)>> {
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { self.blocks(&numbers).await });
        match tasks.join_next().await {
            Some(found) => found.map_err(failed)?,
            None => Ok(Vec::new()),
        }
    }

    async fn blocks(&self, numbers: &[u64]) -> Result<Vec<(u64, Block)>> {
        let mut places = Vec::with_capacity(numbers.len());
        for &number in numbers {
            let turn = self.cache.flights.turn(&self.object, number).await;
            places.push(Place { number, turn });
        }
        let mut places = self.kept(places).await?;
        let known = places.iter().find_map(|place| place.turn.as_ref());
        let known = known.map(|block| block.object.clone());
        if let Some(known) = &known {
            places.retain(|place| known.bytes_of(place.number) > 0);
        }
        let missing = |place: &Place| place.turn.is_none();
        let mut whole = true;
        for run in places.chunk_by_mut(|one, other| missing(one) == missing(other)) {
            if missing(&run[0]) {
                let object = self.fetch(run).await?;
                whole &= known.as_ref().is_none_or(|known| *known == object);
            }
        }
        if !whole {
            // It changed, which a data file never should: what is kept of it is no good.
            self.fetch(&mut places).await?;
        }
        let found = places.into_iter();
        let found = found.filter_map(|place| Some((place.number, place.turn.clone()?)));
        Ok(found.collect())
    }

    /// Looks for those in the cache that nobody has found meanwhile.
    async fn kept(&self, mut places: Vec<Place>) -> Result<Vec<Place>> {
        if places.iter().all(|place| place.turn.is_some()) {
            return Ok(places);
        }
        let (blocks, object) = (Arc::clone(&self.cache.blocks), Arc::clone(&self.object));
        let looking = spawn_blocking(move || {
            for place in &mut places {
                if place.turn.is_none() {
                    *place.turn = blocks.get(&object, place.number);
                }
            }
            places
        });
        looking.await.map_err(failed)
    }

    /// Fetches these blocks by one request, and keeps them.
    async fn fetch(&self, places: &mut [Place]) -> Result<Known> {
        let (first, last) = (places[0].number, places[places.len() - 1].number);
        let range = first * BYTES..(last + 1) * BYTES;
        let options = GetOptions {
            range: Some(GetRange::Bounded(range.clone())),
            ..GetOptions::default()
        };
        let answer = self.inner.get_opts(&self.path, options).await?;
        let object = Known::of(&answer.meta);
        let end = range.end.min(object.size);
        let bytes = answer.bytes().await?;
        if bytes.len() as u64 != end.saturating_sub(range.start) {
            return Err(failed(format!(
                "`{}` has {} bytes where {} were asked for",
                self.path,
                bytes.len(),
                end.saturating_sub(range.start)
            )));
        }
        let mut rest = bytes;
        let mut kept = Vec::with_capacity(places.len());
        for place in places {
            let length = usize::try_from(object.bytes_of(place.number)).map_err(failed)?;
            let bytes = rest.split_to(length);
            let block = (length > 0).then(|| Block {
                object: object.clone(),
                bytes,
            });
            kept.extend(block.clone().map(|block| (place.number, block)));
            *place.turn = block;
        }
        let (blocks, name) = (Arc::clone(&self.cache.blocks), Arc::clone(&self.object));
        let keeping = spawn_blocking(move || {
            for (number, block) in &kept {
                blocks.put(&name, *number, block);
            }
        });
        keeping.await.map_err(failed)?;
        Ok(object)
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Generic {
        store: "read cache",
        source: error.into(),
    }
}
