//! What the service counts.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use curtail_engine::ScanStats;

use crate::ServeError;

/// The upper bounds of the histogram's buckets, in milliseconds; what takes longer counts in the sum and the number only.
pub const BUCKETS: [u64; 14] = [
    1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 60_000, 120_000, 300_000, 600_000,
];

/// How clients ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `PostgreSQL`'s wire protocol.
    Postgres,
    /// Arrow Flight SQL.
    Flight,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Flight];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Flight => "flight",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a statement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Its last row was sent.
    Done,
    /// It was wrong, or could not be answered.
    Failed,
    /// Its client stopped it, or went away.
    Cancelled,
    /// It took too long.
    TimedOut,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Done, Self::Failed, Self::Cancelled, Self::TimedOut];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
        }
    }

    /// How a statement ended that ended with this error.
    pub(crate) fn of(error: &ServeError) -> Self {
        match error {
            ServeError::Timeout(_) => Self::TimedOut,
            ServeError::Cancelled | ServeError::Stopping => Self::Cancelled,
            _ => Self::Failed,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Everything that is counted, since the service was started.
#[derive(Debug, Default)]
pub struct Metrics {
    queries: [[Times; Outcome::ALL.len()]; Protocol::ALL.len()],
    connections: [AtomicU64; Protocol::ALL.len()],
    refused_logins: [AtomicU64; Protocol::ALL.len()],
    running: AtomicU64,
    rows: AtomicU64,
    bytes_scanned: AtomicU64,
    rollup_hits: AtomicU64,
    failed_looks: AtomicU64,
}

#[derive(Debug, Default)]
struct Times {
    buckets: [AtomicU64; BUCKETS.len()],
    count: AtomicU64,
    microseconds: AtomicU64,
}

/// What was counted, at one time.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Statements that ended, by protocol and outcome.
    pub queries: Vec<Counts>,
    /// Connections that are open, by protocol.
    pub connections: Vec<(Protocol, u64)>,
    /// Logins that were refused, by protocol.
    pub refused_logins: Vec<(Protocol, u64)>,
    /// Statements that run.
    pub running: u64,
    /// Rows that were sent.
    pub rows: u64,
    /// Bytes that were read from the store.
    pub bytes_scanned: u64,
    /// Statements that were answered from rollups.
    pub rollup_hits: u64,
    /// How often it could not be told whether the store has a newer version.
    pub failed_looks: u64,
}

/// The statements of a protocol that ended in one way.
#[derive(Clone, Debug)]
pub struct Counts {
    /// The protocol.
    pub protocol: Protocol,
    /// How they ended.
    pub outcome: Outcome,
    /// How long they took, from their arrival to their last row.
    pub latency: Histogram,
}

/// How many took how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// For each of [`BUCKETS`], how many took no longer.
    pub cumulative: [u64; BUCKETS.len()],
    /// How many there are.
    pub count: u64,
    /// What they took together.
    pub sum: Duration,
}

impl Metrics {
    /// What was counted so far.
    pub fn snapshot(&self) -> Snapshot {
        let of = |counts: &[AtomicU64; Protocol::ALL.len()]| {
            let counts = counts.iter().map(|count| count.load(Ordering::Relaxed));
            Protocol::ALL.into_iter().zip(counts).collect()
        };
        let queries = Protocol::ALL.into_iter().flat_map(|protocol| {
            Outcome::ALL.into_iter().map(move |outcome| Counts {
                protocol,
                outcome,
                latency: self.times(protocol, outcome).histogram(),
            })
        });
        Snapshot {
            queries: queries.collect(),
            connections: of(&self.connections),
            refused_logins: of(&self.refused_logins),
            running: self.running.load(Ordering::Relaxed),
            rows: self.rows.load(Ordering::Relaxed),
            bytes_scanned: self.bytes_scanned.load(Ordering::Relaxed),
            rollup_hits: self.rollup_hits.load(Ordering::Relaxed),
            failed_looks: self.failed_looks.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn begun(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn over(&self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn ended(&self, protocol: Protocol, outcome: Outcome, took: Duration) {
        self.times(protocol, outcome).add(took);
    }

    pub(crate) fn sent(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
    }

    pub(crate) fn scanned(&self, stats: ScanStats, from_rollups: bool) {
        let bytes = stats.bytes_scanned;
        self.bytes_scanned.fetch_add(bytes, Ordering::Relaxed);
        let hits = u64::from(from_rollups);
        self.rollup_hits.fetch_add(hits, Ordering::Relaxed);
    }

    pub(crate) fn look_failed(&self) {
        self.failed_looks.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn login_refused(&self, protocol: Protocol) {
        self.refused_logins[protocol as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connected(&self, protocol: Protocol) {
        self.connections[protocol as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn disconnected(&self, protocol: Protocol) {
        self.connections[protocol as usize].fetch_sub(1, Ordering::Relaxed);
    }

    /// All connections that are open.
    pub(crate) fn connections(&self) -> u64 {
        let counts = self.connections.iter();
        counts.map(|count| count.load(Ordering::Relaxed)).sum()
    }

    fn times(&self, protocol: Protocol, outcome: Outcome) -> &Times {
        &self.queries[protocol as usize][outcome as usize]
    }
}

impl Times {
    fn add(&self, took: Duration) {
        let milliseconds = took.as_secs_f64() * 1000.0;
        let bucket = BUCKETS.iter().position(|bound| {
            #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
            let bound = *bound as f64;
            milliseconds <= bound
        });
        if let Some(bucket) = bucket {
            self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(microseconds, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn histogram(&self) -> Histogram {
        let mut below = 0;
        let cumulative = self.buckets.each_ref().map(|bucket| {
            below += bucket.load(Ordering::Relaxed);
            below
        });
        Histogram {
            cumulative,
            // A statement that ends meanwhile must not make the last bucket larger than the whole.
            count: self.count.load(Ordering::Relaxed).max(below),
            sum: Duration::from_micros(self.microseconds.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_counts_what_took_no_longer() {
        let metrics = Metrics::default();
        for milliseconds in [1, 2, 3, 700_000] {
            let took = Duration::from_millis(milliseconds);
            metrics.ended(Protocol::Flight, Outcome::Done, took);
        }
        let all = metrics.snapshot().queries;
        let is = |counts: &&Counts| {
            (counts.protocol, counts.outcome) == (Protocol::Flight, Outcome::Done)
        };
        let found = &all.iter().find(is).unwrap().latency;
        assert_eq!(found.cumulative[..3], [1, 3, 3]);
        assert_eq!((found.cumulative[13], found.count), (3, 4));
        assert_eq!(found.sum, Duration::from_millis(700_006));
        assert_eq!(
            all.iter().map(|counts| counts.latency.count).sum::<u64>(),
            4
        );
    }
}
