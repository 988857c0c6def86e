//! All files of a delivery through the decoder, several at once.

use std::sync::Arc;

use curtail_store::{BillingPeriod, ReportKind, SourceFile, TableSchema};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    IngestError, Options, Progress, Source,
    convert::{
        Compression, Conversion, FileSink, FileTally, ObjectName, PeriodTally, Settings, Wanted,
    },
    fetch::{Fetch, Plan},
    format::Format,
    locate::Located,
};

/// What is to be read, and how.
pub(super) struct Reading<'a> {
    pub(super) source: &'a Source,
    pub(super) kind: ReportKind,
    pub(super) period: BillingPeriod,
    /// The compression that the manifest states.
    pub(super) compression: Option<String>,
    pub(super) options: &'a Options,
    pub(super) files: Vec<Located>,
    pub(super) rollups: Wanted,
    /// The columns that the report has, if the files are those of a store, of which only rollups are made.
    pub(super) stored: Option<&'a [String]>,
    pub(super) progress: Arc<dyn Progress>,
}

/// How the memory allowed is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shares {
    /// Bytes on their way from the source.
    fetching: u64,
    /// Parquet files, which are held whole.
    whole: u64,
    /// Decoders and encoders.
    conversion: u64,
}

impl Shares {
    fn of(memory: u64, parquet: bool) -> Self {
        let fetching = memory / 8;
        let whole = if parquet { memory / 4 } else { 0 };
        Self {
            fetching,
            whole,
            conversion: memory - fetching - whole,
        }
    }
}

/// What every file's task needs.
#[derive(Clone)]
struct Shared {
    source: Source,
    plan: Plan,
    /// One permit per KiB of `Shares::whole`; larger files go through a temporary file.
    whole: Arc<Semaphore>,
    permits: u32,
    compression: Option<String>,
    conversion: Arc<Conversion>,
    progress: Arc<dyn Progress>,
}

impl Reading<'_> {
    /// Reads all files, hands their rows to `sink` (for a table of `schema`), and tells what was in them, in the order given.
    pub(super) async fn run(
        self,
        schema: &TableSchema,
        sink: Arc<dyn FileSink>,
    ) -> Result<(Vec<SourceFile>, PeriodTally), IngestError> {
        let Self {
            source,
            kind,
            period,
            compression,
            options,
            files,
            rollups,
            stored,
            progress,
        } = self;
        let parquet = files
            .iter()
            .any(|file| Format::of(&file.named, compression.as_deref()) == Format::Parquet);
        let threads = options.threads.max(1);
        let at_once = threads.min(files.len()).max(1);
        let shares = Shares::of(options.memory, parquet);
        let settings = Settings {
            memory: shares.conversion,
            threads,
            files: at_once,
        };
        let conversion =
            Conversion::new(kind, period, schema, settings, sink, Arc::clone(&progress))
                .with_rollups(rollups);
        let conversion = match stored {
            Some(seen) => conversion.of_stored(seen),
            None => conversion,
        };
        let permits = u32::try_from(shares.whole >> 10).unwrap_or(u32::MAX).max(1);
        let shared = Shared {
            source: source.clone(),
            plan: Plan::within(shares.fetching, at_once),
            whole: Arc::new(Semaphore::new(permits as usize)),
            permits,
            compression,
            conversion: Arc::new(conversion),
            progress,
        };
        work(shared, files, at_once).await
    }
}

async fn work(
    shared: Shared,
    files: Vec<Located>,
    at_once: usize,
) -> Result<(Vec<SourceFile>, PeriodTally), IngestError> {
    let mut done: Vec<Option<SourceFile>> = vec![None; files.len()];
    let mut waiting = files.into_iter().enumerate();
    // Dropped on an error, the set ends the tasks; their decoders then find no more bytes.
    let mut tasks = JoinSet::new();
    loop {
        while tasks.len() < at_once
            && let Some((index, file)) = waiting.next()
        {
            let shared = shared.clone();
            tasks.spawn(async move { shared.file(file).await.map(|file| (index, file)) });
        }
        let Some(ended) = tasks.join_next().await else {
            break;
        };
        let (index, file) = ended.map_err(|error| defect(&error))??;
        done[index] = Some(file);
    }
    let conversion = Arc::into_inner(shared.conversion)
        .ok_or_else(|| IngestError::Internal("a decoder outlived its file".to_owned()))?;
    let tally = tokio::task::spawn_blocking(move || conversion.finish())
        .await
        .map_err(|error| defect(&error))??;
    Ok((done.into_iter().flatten().collect(), tally))
}

impl Shared {
    async fn file(self, file: Located) -> Result<SourceFile, IngestError> {
        let fetch = Fetch {
            source: self.source.clone(),
            meta: file.meta.clone(),
            plan: self.plan,
            progress: Arc::clone(&self.progress),
        };
        let object = ObjectName(self.source.display(file.meta.location.as_ref()).into());
        let conversion = self.conversion;
        let compression = match Format::of(&file.named, self.compression.as_deref()) {
            Format::Parquet => None,
            Format::Gzip => Some(Compression::Gzip),
            Format::Zip => Some(Compression::Zip),
            Format::Plain => Some(Compression::Plain),
        };
        let tally = if let Some(compression) = compression {
            let (parts, pump) = fetch.pipe();
            let decoding = tokio::task::spawn_blocking(move || {
                conversion.csv(&object, compression, Box::new(parts))
            });
            // Why bytes stopped coming explains more than that they did.
            let pumped = pump.await;
            let decoded = decoding.await.map_err(|error| defect(&error))?;
            pumped?;
            decoded?
        } else {
            let kib = u32::try_from(file.meta.size.div_ceil(1 << 10)).unwrap_or(u32::MAX);
            let decoding = if kib > self.permits {
                let spilled = fetch.spilled().await?;
                tokio::task::spawn_blocking(move || conversion.parquet(&object, spilled))
            } else {
                let permit = Arc::clone(&self.whole).acquire_many_owned(kib).await;
                let permit = permit
                    .map_err(|_| IngestError::Internal("the semaphore was closed".to_owned()))?;
                let bytes = fetch.whole().await?;
                tokio::task::spawn_blocking(move || {
                    let tally = conversion.parquet(&object, bytes);
                    drop(permit);
                    tally
                })
            };
            decoding.await.map_err(|error| defect(&error))??
        };
        self.progress.file_done();
        Ok(described(&self.source, file, tally))
    }
}

fn described(source: &Source, file: Located, tally: FileTally) -> SourceFile {
    SourceFile {
        key: source.within(&file.meta.location),
        etag: file.meta.e_tag,
        size: file.meta.size,
        decoded_size: tally.decoded_size,
        rows: tally.rows,
        sums: tally.sums,
    }
}

fn defect(error: &tokio::task::JoinError) -> IngestError {
    IngestError::Internal(format!("a task ended unexpectedly: {error}"))
}
