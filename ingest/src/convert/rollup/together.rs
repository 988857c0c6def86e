//! Rollups of runs that wait for those of later runs, to become one file.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use curtail_store::RollupName;

use super::pieces::Piece;

/// The rollups of a period that are held in memory as long as all of them are small.
#[derive(Debug, Default)]
pub(in crate::convert) struct Together {
    /// Bytes that they may take.
    most: u64,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    pieces: BTreeMap<RollupName, Vec<Piece>>,
    /// Those that turned out to be too large.
    given_up: BTreeSet<RollupName>,
}

impl Together {
    /// None so far; those that take more than so many bytes are not held.
    pub(in crate::convert) fn new(most: u64) -> Self {
        Self {
            most,
            held: Mutex::default(),
        }
    }

    /// Whether a rollup is too large to be held.
    pub(in crate::convert) fn is_given_up(&self, name: &RollupName) -> bool {
        self.lock().given_up.contains(name)
    }

    /// Holds a run's piece of a rollup; gives what cannot be held any longer.
    pub(in crate::convert) fn hold(
        &self,
        name: &RollupName,
        piece: Piece,
    ) -> Vec<(RollupName, Vec<Piece>)> {
        let mut held = self.lock();
        if held.given_up.contains(name) {
            return vec![(name.clone(), vec![piece])];
        }
        held.pieces.entry(name.clone()).or_default().push(piece);
        let mut out = Vec::new();
        while held.bytes() > self.most
            && let Some(largest) = held.largest()
            && let Some(pieces) = held.pieces.remove(&largest)
        {
            held.given_up.insert(largest.clone());
            out.push((largest, pieces));
        }
        out
    }

    /// All that is still held.
    pub(in crate::convert) fn rest(&self) -> Vec<(RollupName, Vec<Piece>)> {
        let mut held = self.lock();
        std::mem::take(&mut held.pieces).into_iter().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // Every change is complete before anything can panic.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn bytes(&self) -> u64 {
        self.pieces.values().map(|pieces| bytes(pieces)).sum()
    }

    fn largest(&self) -> Option<RollupName> {
        let by_size = self.pieces.iter().max_by_key(|(_, pieces)| bytes(pieces));
        by_size.map(|(name, _)| name.clone())
    }
}

fn bytes(pieces: &[Piece]) -> u64 {
    pieces.iter().map(Piece::footprint).sum()
}
