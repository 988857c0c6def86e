//! Bytes of report files to sorted Parquet files with exact sums.
//!
//! ```text
//! blocks (inflate, masks; on a thread) ─► records ─► plan, rows (columns, bundles) ─► run ─► order ─► encode ─► FileSink
//! ```
//!
//! Text is cut into blocks of whole records, which any number of parsers take from. They take records in a batch at a time
//! and column by column: text becomes a number in its column's dictionary, amounts and times become integers, and
//! neighbouring fields that repeat together become the number of a bundle. Rows gather in runs of bounded size; a full run
//! is sorted and written as one file, its columns encoded in parallel. Files of a period that are decoded one after
//! another share a run.

mod amount;
mod amounts;
mod blocks;
mod bundles;
mod column;
mod csv;
mod encode;
mod file;
mod inflate;
mod instant;
mod map;
mod masks;
mod name;
mod order;
mod parquet;
mod plan;
mod records;
mod registry;
mod rollup;
mod run;
mod shred;
mod slots;
pub mod stages;
mod tally;
mod texts;

use std::{
    collections::BTreeSet,
    fmt,
    io::{self, Read},
    panic,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use ::parquet::{errors::ParquetError, file::reader::ChunkReader};
use bytes::Bytes;
use curtail_store::{BillingPeriod, BuiltIn, ReportKind, RollupName, TableSchema};

pub use self::amount::amount;
use self::{
    encode::Encoder,
    file::FileState,
    order::Sorted,
    plan::Plan,
    registry::{Binding, Registry, Source, Unbound},
    rollup::{Piece, Rollup, Rollups, Together, Whole},
    run::Run,
    slots::Slots,
    tally::Totals,
};
pub(crate) use self::{
    rollup::Wanted,
    tally::{FileTally, MadeRollup, PeriodTally},
};
use crate::{IngestError, Progress};

/// Tenths of a parser's share of the memory that its run may take; the rest is for what sorting and encoding it takes.
const RUN_TENTHS: u64 = 4;

/// No run is smaller, whatever the memory allowed.
const MIN_RUN: u64 = 8 << 20;

/// Share of the memory that rollups of runs may take while they wait for each other, and the most that they take of any. In the
/// end, when the memory is theirs alone, putting them together takes several times as much.
const WAITING: u64 = 16;
const MOST_WAITING: u64 = 192 << 20;

/// How a CSV file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// gzip, of one or several members.
    Gzip,
    /// A ZIP archive of one member.
    Zip,
    /// Not at all.
    Plain,
}

/// The key or path of an object, for errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectName(pub(crate) Arc<str>);

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a conversion may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Bytes of memory, for all files decoded and encoded at the same time.
    pub(crate) memory: u64,
    /// Threads that encode.
    pub(crate) threads: usize,
    /// Files that are decoded at the same time; others wait.
    pub(crate) files: usize,
}

/// Takes the finished files.
pub(crate) trait FileSink: Send + Sync {
    /// Keeps one Parquet file, of line items or of a rollup. Called from several threads, and blocks.
    fn put(&self, parquet: Bytes, rows: u64, rollup: Option<RollupName>)
    -> Result<(), IngestError>;
}

/// A Parquet file that is ready.
struct Encoded {
    parquet: Bytes,
    rows: u64,
    /// What rollup it belongs to, if it holds no line items.
    rollup: Option<RollupName>,
}

/// One billing period of one report on its way into the store.
///
/// An error voids the whole period: files share runs, so the rows of one file cannot be taken back.
pub(crate) struct Conversion {
    kind: ReportKind,
    period: BillingPeriod,
    registry: Registry,
    sink: Arc<dyn FileSink>,
    progress: Arc<dyn Progress>,
    pool: Result<rayon::ThreadPool, String>,
    /// Bytes at which a run is full.
    capacity: u64,
    /// Files that may be decoded at the same time.
    slots: Slots,
    /// Parsers of each of them, if it is a CSV file.
    parsers: usize,
    /// Bytes of the longest record of a CSV file.
    longest_record: usize,
    /// Columns before which stretches of fields end, since they seldom repeat as a whole.
    cuts: Mutex<BTreeSet<usize>>,
    encoder: Encoder,
    rollups: Rollups,
    together: Together,
    /// Whether the files are those of a store, of which rollups are made and nothing else.
    stored: bool,
    /// Runs that have room for more rows.
    runs: Mutex<Vec<Run>>,
    totals: Mutex<Totals>,
    /// Rows handed to the sink.
    written: AtomicU64,
}

impl Conversion {
    /// Begins a period whose rows go to a table that has the columns of `table` so far.
    pub(crate) fn new(
        kind: ReportKind,
        period: BillingPeriod,
        table: &TableSchema,
        settings: Settings,
        sink: Arc<dyn FileSink>,
        progress: Arc<dyn Progress>,
    ) -> Self {
        let threads = settings.threads.max(1);
        let files = settings.files.clamp(1, threads);
        let parsers = threads.div_ceil(files);
        let blocks = blocks::footprint(parsers) * files as u64;
        let waiting = (settings.memory / WAITING).min(MOST_WAITING);
        let each = settings.memory.saturating_sub(blocks + waiting) / (files * parsers) as u64;
        let capacity = each / 10 * RUN_TENTHS;
        let longest_record = blocks::longest_record(settings.memory / 2 / files as u64, parsers);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|at| format!("encode-{at}"))
            .build();
        Self {
            kind,
            period,
            registry: Registry::new(kind, table),
            sink,
            progress,
            pool: pool.map_err(|error| error.to_string()),
            capacity: capacity.max(MIN_RUN),
            slots: Slots::new(files),
            parsers,
            longest_record,
            cuts: Mutex::default(),
            encoder: Encoder::default(),
            rollups: Rollups::new(Wanted {
                built_in: BuiltIn::ALL.to_vec(),
                defined: Vec::new(),
            }),
            together: Together::new(waiting),
            stored: false,
            runs: Mutex::default(),
            totals: Mutex::default(),
            written: AtomicU64::new(0),
        }
    }

    /// The same with these rollups.
    pub(crate) fn with_rollups(mut self, wanted: Wanted) -> Self {
        self.rollups = Rollups::new(wanted);
        self
    }

    /// The same for files of a store, whose report had the columns `seen`: only their rollups are handed over.
    pub(crate) fn of_stored(mut self, seen: &[String]) -> Self {
        self.registry.see(seen);
        self.stored = true;
        self
    }

    /// Decodes one CSV file, whose bytes as stored `input` yields. Blocks; may be called from several threads.
    pub(crate) fn csv(
        &self,
        object: &ObjectName,
        compression: Compression,
        input: Box<dyn Read + Send>,
    ) -> Result<FileTally, IngestError> {
        let _slot = self.slots.take();
        csv::decode(self, object, compression, input, self.parsers)
    }

    /// Decodes one Parquet file. Blocks; may be called from several threads.
    pub(crate) fn parquet<R: ChunkReader + 'static>(
        &self,
        object: &ObjectName,
        input: R,
    ) -> Result<FileTally, IngestError> {
        let _slot = self.slots.take();
        parquet::decode(self, object, input)
    }

    /// Writes what is left and adds up.
    pub(crate) fn finish(self) -> Result<PeriodTally, IngestError> {
        self.write_rest()?;
        for (name, pieces) in self.together.rest() {
            let file = self.pool()?.install(|| self.put_together(&name, pieces))?;
            self.hand_over(vec![file])?;
        }
        let totals =
            std::mem::take(&mut *self.totals.lock().unwrap_or_else(PoisonError::into_inner));
        let written = self.written.load(Ordering::Relaxed);
        if written != totals.rows {
            return Err(IngestError::Internal(format!(
                "{} rows were read, but {written} written",
                totals.rows
            )));
        }
        Ok(totals.finish(&self.registry, &self.rollups))
    }

    /// Writes the runs that are not full.
    fn write_rest(&self) -> Result<(), IngestError> {
        let runs = std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner));
        // Files that were decoded at the same time left a run each; small ones become one.
        let mut left: Vec<Run> = Vec::new();
        for run in runs {
            match left.last_mut() {
                Some(last) if last.has_room_for(&run) => last.append(run),
                _ => left.push(run),
            }
        }
        // All at once, now that nothing else needs memory: so one can be sorted while another is written.
        thread::scope(|scope| {
            let writing: Vec<_> = left
                .into_iter()
                .map(|run| {
                    scope.spawn(move || {
                        let files = self.encode(&run)?;
                        drop(run);
                        self.hand_over(files)
                    })
                })
                .collect();
            writing.into_iter().try_for_each(|written| {
                written
                    .join()
                    .unwrap_or_else(|panicked| panic::resume_unwind(panicked))
            })
        })
    }

    fn bind(&self, object: &ObjectName, sources: &[Source]) -> Result<Binding, IngestError> {
        if self.stored {
            return Ok(self.registry.bind_stored(sources));
        }
        self.registry
            .bind(sources)
            .map_err(|unbound| match unbound {
                Unbound::Missing(column) => IngestError::MissingColumn {
                    object: object.to_string(),
                    column: column.to_owned(),
                },
                Unbound::TooMany => IngestError::too_many_columns(object),
            })
    }

    /// A run that has room.
    fn take_run(&self) -> Run {
        let idle = self
            .runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.unwrap_or_else(|| Run::new(self.capacity))
    }

    /// Leaves a run to the next file.
    fn put_run(&self, mut run: Run) -> Result<(), IngestError> {
        if run.is_full() {
            self.write_full(&mut run)?;
        }
        self.runs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(run);
        Ok(())
    }

    /// Writes a full run, and empties it.
    fn write_full(&self, run: &mut Run) -> Result<(), IngestError> {
        let files = self.encode(run)?;
        run.clear();
        self.hand_over(files)
    }

    /// What is to be done with each field of a file of `width` fields.
    fn plan(&self, binding: &Binding, width: usize) -> Plan {
        let cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        Plan::new(binding, width, &self.registry, &cuts)
    }

    /// Ends stretches before `columns` in all plans to come.
    fn cut(&self, columns: &[usize]) {
        let mut cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        cuts.extend(columns);
    }

    /// Sorts, rolls up and encodes a run: its line items, and its rollups.
    fn encode(&self, run: &Run) -> Result<Vec<Encoded>, IngestError> {
        if run.rows == 0 {
            return Ok(Vec::new());
        }
        let pool = self.pool()?;
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        totals.observe(run, self.kind, self.period, &self.registry);
        drop(totals);
        let keep = registry::required(self.kind);
        let (kind, registry) = (self.kind, &self.registry);
        let order = pool.install(|| order::order(run, kind, registry));
        let sorted = pool.install(|| Sorted::new(run, &order));
        let mut files = Vec::new();
        if self.stored {
            self.written.fetch_add(run.rows as u64, Ordering::Relaxed);
        } else {
            let parquet = pool.install(|| self.encoder.encode(&sorted, kind, registry, &keep));
            files.push(Encoded {
                parquet: parquet.map_err(unencodable)?,
                rows: run.rows as u64,
                rollup: None,
            });
        }
        let chosen = self.rollups.decide(&sorted, kind, registry);
        pool.install(|| {
            rollup::roll_up(chosen, &sorted, kind, registry, |rollup, chosen| {
                if self.together.is_given_up(rollup.name) {
                    files.push(self.encode_rollup(run, rollup)?);
                    return Ok(());
                }
                let piece = Piece::of(rollup, chosen, run);
                for (name, pieces) in self.together.hold(rollup.name, piece) {
                    for piece in pieces {
                        files.push(self.put_together(&name, vec![piece])?);
                    }
                }
                Ok(())
            })
        })?;
        Ok(files)
    }

    /// Rollups of runs as one file. Works on the rayon pool that it is called from.
    fn put_together(&self, name: &RollupName, pieces: Vec<Piece>) -> Result<Encoded, IngestError> {
        let whole = Whole::of(pieces, self.kind, &self.registry)?;
        let (run, rollup) = whole.rollup(name);
        self.encode_rollup(run, &rollup)
    }

    fn encode_rollup(&self, run: &Run, rollup: &Rollup<'_>) -> Result<Encoded, IngestError> {
        let parquet = self.encoder.rollup(run, rollup, self.kind, &self.registry);
        Ok(Encoded {
            parquet: parquet.map_err(unencodable)?,
            rows: rollup.examples.len() as u64,
            rollup: Some(rollup.name.clone()),
        })
    }

    fn pool(&self) -> Result<&rayon::ThreadPool, IngestError> {
        let pool = self.pool.as_ref();
        pool.map_err(|why| IngestError::Internal(format!("cannot start threads: {why}")))
    }

    /// Hands over the files of a run.
    fn hand_over(&self, files: Vec<Encoded>) -> Result<(), IngestError> {
        for file in files {
            if file.rollup.is_none() {
                self.written.fetch_add(file.rows, Ordering::Relaxed);
            }
            self.sink.put(file.parquet, file.rows, file.rollup)?;
        }
        Ok(())
    }

    /// Adds a file to the period.
    fn close_file(&self, object: &ObjectName, state: FileState) -> Result<FileTally, IngestError> {
        let rounding = state.rounding;
        let anomalies = state.anomalies.clone();
        let tally = state.tally(self);
        let mut totals = self.totals.lock().unwrap_or_else(PoisonError::into_inner);
        totals.rows += tally.rows;
        totals.rounding.merge(rounding);
        for (anomaly, times) in anomalies {
            totals.note(anomaly, times);
        }
        for (column, &sum) in &tally.sums {
            let total = totals.sums.entry(column.clone()).or_default();
            *total = total
                .checked_add(sum)
                .ok_or_else(|| IngestError::SumOverflow {
                    object: object.to_string(),
                    column: column.clone(),
                })?;
        }
        Ok(tally)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a mapper of errors")]
fn unencodable(error: ParquetError) -> IngestError {
    IngestError::Internal(format!("cannot encode Parquet: {error}"))
}

impl IngestError {
    /// The error for an object with more columns than a table may have.
    fn too_many_columns(object: &ObjectName) -> Self {
        Self::TooManyColumns {
            object: object.to_string(),
            columns: registry::MAX_COLUMNS,
            bytes: registry::MAX_NAMES,
        }
    }

    /// The error for a failed read of an object's text.
    fn from_read(object: &ObjectName, error: io::Error) -> Self {
        let object = object.to_string();
        if let Some(count) = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<inflate::MemberCount>())
        {
            return Self::ZipMembers {
                object,
                members: count.members,
            };
        }
        // The fetcher's own error comes through the reader.
        let error = match error.downcast::<Self>() {
            Ok(error) => return error,
            Err(error) => error,
        };
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated {
                object,
                detail: "it ends before its compressed data does".to_owned(),
            },
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Truncated {
                object,
                detail: error.to_string(),
            },
            _ => Self::Read {
                key: object,
                why: error.to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
