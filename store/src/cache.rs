//! A local cache of data files, for stores that are far away.
//!
//! A data file never changes after it was written and no name is used twice, so what was read of one once is good for ever. It is kept in
//! *blocks* of the file, each a file of its own with a hash over what is in it: a block is written beside its place and moved there, so
//! that other processes see it whole or not at all, and one that is damaged all the same is as good as none and fetched again. The Delta
//! log, views and markers change, and are never kept.
//!
//! The blocks lie in [`SETS`] folders by their hashes, and each of these has its part of the size that all may take. What is written to one
//! makes room in it first, by deleting what was used longest ago. So the bound holds for any number of processes that know nothing of each
//! other, and no process ever has to look through the whole cache.
//!
//! Where the folder cannot be written, what is in it is still read, and the rest comes from the store.

mod block;
mod blocks;
mod flight;
mod objects;
mod window;

use std::{path::Path, sync::Arc};

use object_store::ObjectStore;

use self::{blocks::Blocks, flight::Flights, objects::Cached};
use crate::reading::Reading;

/// The folders that blocks are spread over.
const SETS: u64 = 256;

/// A folder of this machine in which data files are kept that were read, in part or whole.
#[derive(Clone, Debug)]
pub struct ReadCache {
    blocks: Arc<Blocks>,
    flights: Arc<Flights>,
}

impl ReadCache {
    /// The least size that makes sense, in bytes: one block in each of its folders.
    pub const LEAST: u64 = SETS * block::LARGEST;

    /// In `folder`, which may be shared with other processes and need not exist, with files of at most `size` bytes in all (at least
    /// [`Self::LEAST`]).
    pub fn new(folder: &Path, size: u64) -> Self {
        Self {
            blocks: Arc::new(Blocks::new(folder, size)),
            flights: Arc::default(),
        }
    }

    /// The objects of the store at `location`, of which data files are read by way of the cache.
    pub(crate) fn over(
        &self,
        location: &str,
        objects: Arc<dyn ObjectStore>,
    ) -> Arc<dyn ObjectStore> {
        let cached = Cached::new(self.clone(), location, Arc::clone(&objects));
        Arc::new(Reading::new(cached, objects))
    }
}
