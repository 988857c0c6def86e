//! Columns of row groups that were read before.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::column::{Amounts, Dimension};
use crate::EngineOptions;

/// A column of a row group. Data files never change, so neither does what was read of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The file.
    pub(super) path: Arc<str>,
    /// Which of its row groups.
    pub(super) group: usize,
    /// The place of the column in the file.
    pub(super) leaf: usize,
    /// Whether its times were made days.
    pub(super) by_day: bool,
}

/// A column as it was read.
#[derive(Clone)]
pub(super) enum Column {
    Dimension(Arc<Dimension>),
    /// Nothing, if there are no amounts at all.
    Amounts(Option<Arc<Amounts>>),
}

impl Column {
    /// Bytes that it takes.
    fn size(&self) -> usize {
        match self {
            Self::Dimension(dimension) => {
                dimension.values.get_array_memory_size() + size_of_val(&*dimension.numbers)
            }
            Self::Amounts(None) => 0,
            Self::Amounts(Some(amounts)) => {
                size_of_val(&*amounts.numbers) + size_of_val(&*amounts.units)
            }
        }
    }
}

/// Columns of row groups, the ones used last, as far as memory for them goes.
pub(crate) struct Cache {
    /// Bytes that they may take.
    limit: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// With the time of their last use.
    columns: HashMap<Key, (Column, u64)>,
    bytes: usize,
    now: u64,
}

impl Cache {
    /// The one of an engine with these options.
    pub(crate) fn of(options: &EngineOptions) -> Self {
        Self::new(options.kept)
    }

    /// One of at most so many bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            held: Mutex::default(),
        }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Column> {
        let held = &mut *self.held();
        held.now += 1;
        let (column, used) = held.columns.get_mut(key)?;
        *used = held.now;
        Some(column.clone())
    }

    pub(super) fn put(&self, key: Key, column: Column) {
        let size = column.size();
        // One that pushes out half of the others is not worth it.
        if size > self.limit / 2 {
            return;
        }
        let held = &mut *self.held();
        if held.bytes + size > self.limit {
            held.halve();
        }
        held.now += 1;
        held.bytes += size;
        if let Some((before, _)) = held.columns.insert(key, (column, held.now)) {
            held.bytes -= before.size();
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // Whatever a panic interrupted, each column in it is whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Lets go of the half that was not used for longest.
    fn halve(&mut self) {
        let mut used: Vec<u64> = self.columns.values().map(|(_, used)| *used).collect();
        used.sort_unstable();
        let Some(&middle) = used.get(used.len() / 2) else {
            return;
        };
        self.columns.retain(|_, (_, used)| *used > middle);
        self.bytes = self.columns.values().map(|(column, _)| column.size()).sum();
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("limit", &self.limit)
            .field("bytes", &self.held().bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(group: usize) -> Key {
        Key {
            path: "file".into(),
            group,
            leaf: 0,
            by_day: false,
        }
    }

    fn amounts(rows: usize) -> Column {
        Column::Amounts(Some(Arc::new(Amounts {
            numbers: vec![0; rows],
            units: vec![0],
            nulls: false,
        })))
    }

    #[test]
    fn what_was_used_last_stays() {
        let cache = Cache::new(4 * (4 * 100 + 16));
        for group in 0..4 {
            cache.put(key(group), amounts(100));
        }
        assert!((0..4).all(|group| cache.get(&key(group)).is_some()));
        assert!(cache.get(&key(0)).is_some());
        cache.put(key(4), amounts(100));
        let there: Vec<_> = (0..5)
            .filter(|group| cache.get(&key(*group)).is_some())
            .collect();
        assert_eq!(there, [0, 4]);
    }

    #[test]
    fn memory_is_bounded() {
        let cache = Cache::new(1000);
        for group in 0..50 {
            cache.put(key(group), amounts(50));
            cache.put(key(group), amounts(50));
            assert!(cache.held().bytes <= 1000);
        }
        cache.put(key(50), amounts(1000));
        assert!(cache.get(&key(50)).is_none());
        assert!(cache.get(&key(49)).is_some());
    }
}
