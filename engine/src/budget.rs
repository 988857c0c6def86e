//! The memory that a query may take.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use datafusion::{
    common::resources_datafusion_err,
    error::Result,
    execution::memory_pool::{
        FairSpillPool, MemoryConsumer, MemoryLimit, MemoryPool, MemoryReservation,
        TrackConsumersPool,
    },
};

use crate::EngineOptions;

/// How many of the largest consumers of memory an error names.
const CONSUMERS_NAMED: NonZeroUsize = NonZeroUsize::new(3).expect("three is not zero");

/// A pool that is shared fairly among operators that can spill. Scans, decoded columns and some accumulators are not accounted
/// for by anybody: so operators get no more either once the process has allocated all that it may.
#[derive(Debug)]
pub(crate) struct Budget {
    pool: TrackConsumersPool<FairSpillPool>,
    limit: usize,
    allocated: Option<fn() -> u64>,
}

impl Budget {
    pub(crate) fn new(options: &EngineOptions) -> Self {
        let limit = usize::try_from(options.memory_limit).unwrap_or(usize::MAX);
        Self {
            pool: TrackConsumersPool::new(FairSpillPool::new(limit), CONSUMERS_NAMED),
            limit,
            allocated: options.allocated,
        }
    }
}

impl MemoryPool for Budget {
    fn name(&self) -> &'static str {
        "budget"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.pool.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.pool.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.pool.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.pool.shrink(reservation, shrink);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        if let Some(allocated) = self.allocated {
            let allocated = usize::try_from(allocated()).unwrap_or(usize::MAX);
            if allocated.saturating_add(additional) > self.limit {
                return Err(resources_datafusion_err!(
                    "{} more bytes for {}, when {} of {} bytes are in use",
                    additional,
                    reservation.consumer().name(),
                    allocated,
                    self.limit
                ));
            }
        }
        self.pool.try_grow(reservation, additional)
    }

    fn reserved(&self) -> usize {
        self.pool.reserved()
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.limit)
    }
}

impl std::fmt::Display for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "budget of {} bytes", self.limit)
    }
}

/// A part of another pool, of which its users take no more.
#[derive(Debug)]
pub(crate) struct Share {
    pool: Arc<dyn MemoryPool>,
    limit: usize,
    used: AtomicUsize,
}

impl Share {
    pub(crate) fn of(pool: Arc<dyn MemoryPool>, limit: u64) -> Self {
        Self {
            pool,
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            used: AtomicUsize::new(0),
        }
    }
}

impl MemoryPool for Share {
    fn name(&self) -> &'static str {
        "share"
    }

    fn register(&self, consumer: &MemoryConsumer) {
        self.pool.register(consumer);
    }

    fn unregister(&self, consumer: &MemoryConsumer) {
        self.pool.unregister(consumer);
    }

    fn grow(&self, reservation: &MemoryReservation, additional: usize) {
        self.used.fetch_add(additional, Ordering::Relaxed);
        self.pool.grow(reservation, additional);
    }

    fn shrink(&self, reservation: &MemoryReservation, shrink: usize) {
        self.pool.shrink(reservation, shrink);
        self.used.fetch_sub(shrink, Ordering::Relaxed);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let used = self.used.fetch_add(additional, Ordering::Relaxed);
        let taken = if used.saturating_add(additional) > self.limit {
            Err(resources_datafusion_err!(
                "{} more bytes for {}, when {} of the user's {} bytes are in use",
                additional,
                reservation.consumer().name(),
                used,
                self.limit
            ))
        } else {
            self.pool.try_grow(reservation, additional)
        };
        if taken.is_err() {
            self.used.fetch_sub(additional, Ordering::Relaxed);
        }
        taken
    }

    fn reserved(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.limit)
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes of a {}", self.limit, self.pool)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use datafusion::error::DataFusionError;

    use super::*;

    #[test]
    fn what_nobody_accounts_for_counts_too() {
        static ALLOCATED: AtomicU64 = AtomicU64::new(0);
        let budget = |allocated| {
            let options = EngineOptions {
                memory_limit: 1000,
                allocated,
                threads: 1,
                rollups: true,
                merging: true,
                kept: 64 << 20,
            };
            Arc::new(Budget::new(&options)) as Arc<dyn MemoryPool>
        };
        let reserve = |pool: &Arc<dyn MemoryPool>, bytes| {
            let reservation = MemoryConsumer::new("sort").register(pool);
            reservation.try_grow(bytes)
        };
        let pool = budget(Some(|| ALLOCATED.load(Ordering::Relaxed)));
        assert!(reserve(&pool, 900).is_ok());
        ALLOCATED.store(200, Ordering::Relaxed);
        let refused = reserve(&pool, 900).unwrap_err();
        assert!(
            matches!(&refused, DataFusionError::ResourcesExhausted(why) if why.starts_with(
                "900 more bytes for sort, when 200 of 1000 bytes are in use"
            )),
            "{refused}"
        );
        assert!(reserve(&pool, 700).is_ok());
        assert!(reserve(&budget(None), 900).is_ok());
        assert!(reserve(&budget(None), 1100).is_err());
    }

    #[test]
    fn a_share_ends_before_the_whole() {
        let options = EngineOptions {
            memory_limit: 1000,
            allocated: None,
            threads: 1,
            rollups: true,
            merging: true,
            kept: 64 << 20,
        };
        let whole = Arc::new(Budget::new(&options)) as Arc<dyn MemoryPool>;
        let share = Arc::new(Share::of(Arc::clone(&whole), 300)) as Arc<dyn MemoryPool>;
        let one = MemoryConsumer::new("sort").register(&share);
        assert!(one.try_grow(200).is_ok());
        assert!(one.try_grow(200).is_err());
        assert_eq!((share.reserved(), whole.reserved()), (200, 200));
        let other = MemoryConsumer::new("sort").register(&whole);
        assert!(other.try_grow(700).is_ok());
        drop(one);
        assert_eq!((share.reserved(), whole.reserved()), (0, 700));
    }
}
