//! The way into a store: data files first, then one Delta commit that makes them visible.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use object_store::ObjectStoreExt;
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    Store,
    actions::Plan,
    amendment::{Amend, Amendment},
    attempts::{Attempt, Target},
    land::land,
    table::Loaded,
    write::put,
};
use crate::{
    BillingPeriod, PeriodVersion, Receipt, ReportName, Rollup, RollupName, StoreError, StoredFile,
    Table, TableSchema, check, hash, paths, stats,
    sums::{self, Contents},
};

/// Files that are read back at the same time.
const READERS: usize = 2;

/// A data file that was written and awaits its commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// What was written, and where.
    pub file: StoredFile,
    /// Smallest and largest value and number of NULLs per column, as Delta writes them in `stats` (JSON object).
    pub stats: String,
    /// Rows that have a value, by column of tags.
    pub tagged: BTreeMap<String, u64>,
}

/// The replacement of one billing period of one report: files are written one by one, then committed together. Or that of
/// its rollups alone.
///
/// Dropped without a commit, it leaves files that no reader sees and that the next replacement deletes, as after the death of
/// the process; [`Self::abandon`] deletes them at once.
#[derive(Debug)]
pub struct Replacement {
    store: Store,
    table: Table,
    report: ReportName,
    period: BillingPeriod,
    base: Option<Loaded>,
    schema: TableSchema,
    previous: Option<PeriodVersion>,
    attempt: Attempt,
    /// Files written so far.
    written: AtomicU32,
    /// Whether a file may be there whose writing failed.
    unsure: AtomicBool,
    /// Those of the files written so far: most have the same.
    schemas: Arc<Mutex<Vec<SchemaRef>>>,
    /// Each reader takes memory: files that were written meanwhile wait.
    readers: Arc<Semaphore>,
    /// Files being read back, begun as soon as each was written.
    reading: Mutex<JoinSet<Result<Contents, StoreError>>>,
}

impl Replacement {
    pub(super) async fn begin(
        store: Store,
        table: Table,
        report: ReportName,
        period: BillingPeriod,
        base: Option<Loaded>,
    ) -> Result<Self, StoreError> {
        let (schema, previous) = match &base {
            Some(base) => (
                base.schema.clone(),
                base.period(&store, &report, period).await?,
            ),
            None => (TableSchema::documented(table), None),
        };
        let since = base.as_ref().map_or(0, |base| base.version() + 1);
        let target = Target::Period {
            table,
            report: report.clone(),
            billing_period: period,
        };
        let attempt = Attempt::begin(&store, target, since).await?;
        Ok(Self {
            store,
            table,
            report,
            period,
            base,
            schema,
            previous,
            attempt,
            written: AtomicU32::new(0),
            unsure: AtomicBool::new(false),
            schemas: Arc::default(),
            readers: Arc::new(Semaphore::new(READERS)),
            reading: Mutex::default(),
        })
    }

    /// The columns that the table has now (the documented ones, if it does not exist yet).
    pub fn schema(&self) -> &TableSchema {
        &self.schema
    }

    /// The report whose billing period is replaced.
    pub fn report(&self) -> &ReportName {
        &self.report
    }

    /// The version that is going to be replaced.
    pub fn previous(&self) -> Option<&PeriodVersion> {
        self.previous.as_ref()
    }

    /// Writes one Parquet file below the period's folder, invisible until the commit. `bytes` is the whole file; rows and
    /// statistics are taken from its footer.
    pub async fn write(&self, bytes: Bytes) -> Result<DataFile, StoreError> {
        let path = self.new_path(&paths::data_folder(self.table, &self.report, self.period));
        let stats = stats::of_file(stats::columns(self.table), &bytes).map_err(|error| {
            StoreError::Damaged(format!(
                "`{path}`, about to be written, is no Parquet file: {error}"
            ))
        })?;
        Ok(DataFile {
            file: self.put(path, bytes, stats.rows).await?,
            stats: stats.delta,
            tagged: stats.tagged,
        })
    }

    /// Writes one Parquet file of a rollup. What it means stands in the receipt, by which readers find it.
    pub async fn write_rollup(
        &self,
        name: &RollupName,
        bytes: Bytes,
        rows: u64,
    ) -> Result<StoredFile, StoreError> {
        let folder = paths::rollup_folder(self.table, name, &self.report, self.period);
        self.put(self.new_path(&folder), bytes, rows).await
    }

    fn new_path(&self, folder: &str) -> String {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        paths::new_file(folder, &self.attempt.id, number)
    }

    async fn put(&self, path: String, bytes: Bytes, rows: u64) -> Result<StoredFile, StoreError> {
        let file = StoredFile {
            size: bytes.len() as u64,
            rows,
            sha256: hash::sha256(&bytes),
            path,
        };
        let written = put(self.store.objects(), &paths::object(&file.path), bytes).await;
        if let Err(source) = written {
            // It may have arrived all the same, and nobody else knows of it.
            let deleted = self.store.objects.delete(&paths::object(&file.path)).await;
            self.unsure.fetch_or(deleted.is_err(), Ordering::Relaxed);
            return Err(StoreError::Object {
                action: "cannot write",
                path: file.path,
                source,
            });
        }
        self.read_back(&file.path, file.size);
        Ok(file)
    }

    /// Begins to read back a file that was written.
    fn read_back(&self, path: &str, size: u64) {
        let read = sums::read(self.store.clone(), path.to_owned(), size);
        let (schemas, readers) = (Arc::clone(&self.schemas), Arc::clone(&self.readers));
        self.lock().spawn(async move {
            // It is never closed.
            let _permit = readers.acquire_owned().await;
            let mut contents = read.await?;
            contents.share(&schemas);
            Ok(contents)
        });
    }

    fn lock(&self) -> MutexGuard<'_, JoinSet<Result<Contents, StoreError>>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in these files (path and size): as it was read back after they were written, unless they have changed since.
    async fn contents(&self, files: Vec<(String, u64)>) -> Result<Vec<Contents>, StoreError> {
        let mut reading = std::mem::take(&mut *self.lock());
        let mut read = Vec::new();
        while let Some(contents) = reading.join_next().await {
            // What could not be read is read again, and the error told then.
            read.extend(contents.ok().and_then(Result::ok));
        }
        let (mut current, mut again) = (Vec::new(), Vec::new());
        for (path, size) in files {
            match read.iter().find(|contents| contents.path == path) {
                Some(contents) if contents.is_current(&self.store).await => {
                    current.push(contents.clone());
                }
                _ => again.push((path, size)),
            }
        }
        current.extend(sums::read_all(&self.store, again).await?);
        Ok(current)
    }

    /// Makes `files` the whole content of the billing period, in one Delta commit that carries `receipt`, and gives the
    /// table those columns of `schema` that it lacks. Refuses when rows or sums of the written files, read back, differ from the receipt's.
    ///
    /// Returns the version of the table. Retries when another writer committed to other periods meanwhile;
    /// [`StoreError::Conflict`] if it was the same one. Of a refused commit, the files are deleted.
    pub async fn commit(
        self,
        files: Vec<DataFile>,
        schema: &TableSchema,
        receipt: &Receipt,
    ) -> Result<u64, StoreError> {
        let mut tagged = BTreeMap::new();
        for (column, rows) in files.iter().flat_map(|file| &file.tagged) {
            *tagged.entry(column.clone()).or_default() += rows;
        }
        let receipt = Receipt {
            tagged,
            stored: files.iter().map(|file| file.file.clone()).collect(),
            ..receipt.clone()
        };
        let (result, certain) = match self.check(&files, schema, &receipt).await {
            Ok(()) => {
                let result = self.checked_commit(&files, schema, &receipt).await;
                let refused = matches!(
                    result,
                    Err(StoreError::Column { .. } | StoreError::Conflict { .. })
                );
                (result, refused)
            }
            Err(error) => (Err(error), true),
        };
        match result {
            Ok(_) => self.attempt.end().await,
            Err(_) if certain => {
                let rollups = receipt.rollups.iter().flat_map(|rollup| &rollup.files);
                self.abandon(files, rollups.cloned().collect()).await;
            }
            // The commit may have happened for all this process knows: the files stay, and the next run looks into the log.
            Err(_) => {}
        }
        result
    }

    /// Makes `rollups` all those of the version that is there, of which nothing else changes, in a commit of their own;
    /// `forgone` are built-in ones that are not worth having. Refuses when rows or sums of the files written, read back,
    /// differ from those of the version's receipt.
    ///
    /// Returns the version of the table. [`StoreError::Conflict`] if another writer replaced the billing period or its rollups
    /// meanwhile. Of a refused commit, the files are deleted.
    pub async fn amend(
        self,
        rollups: Vec<Rollup>,
        forgone: Vec<RollupName>,
    ) -> Result<u64, StoreError> {
        let written = rollups.iter().flat_map(|rollup| &rollup.files);
        let written = written.filter(|file| paths::is_of_attempt(&file.path, &self.attempt.id));
        let written: Vec<_> = written.cloned().collect();
        let (result, certain) = match self.check_rollups(&rollups, &written).await {
            Ok(version) => {
                let subject = (self.report.clone(), self.period);
                let amendment = Amendment::new(subject, version, rollups, forgone);
                let plan = Amend {
                    table: self.table,
                    amendment: &amendment,
                    id: &self.attempt.id.to_string(),
                };
                let result = land(&self.store, &plan, self.base.as_ref()).await;
                let refused = matches!(result, Err(StoreError::Conflict { .. }));
                (result, refused)
            }
            Err(error) => (Err(error), true),
        };
        match result {
            Ok(_) => self.attempt.end().await,
            Err(_) if certain => self.abandon(Vec::new(), written).await,
            // As in `commit`.
            Err(_) => {}
        }
        result
    }

    /// Whether the rollups that were written are what the receipt of the version says, which is told.
    async fn check_rollups(
        &self,
        rollups: &[Rollup],
        written: &[StoredFile],
    ) -> Result<u64, StoreError> {
        let Some(version) = &self.previous else {
            return Err(StoreError::Receipt(
                "there is no version to make rollups of".to_owned(),
            ));
        };
        let files = written.iter().map(|file| (file.path.clone(), file.size));
        let found = self.contents(files.collect()).await?;
        for rollup in rollups {
            if rollup.files.iter().any(|file| written.contains(file)) {
                check::rollup(rollup, &version.receipt, &found)?;
            }
        }
        self.still_marked().await?;
        Ok(version.version)
    }

    /// Gives up and deletes `files` and those of `rollups`, as far as possible; what stays is invisible.
    pub async fn abandon(self, files: Vec<DataFile>, rollups: Vec<StoredFile>) {
        for file in files.into_iter().map(|file| file.file).chain(rollups) {
            let path = &file.path;
            if let Err(error) = self.store.objects.delete(&paths::object(path)).await {
                // A store that is out of reach is not waited for once per file.
                tracing::info!(path, %error, "abandoned data files stay, invisible to readers, until a later run");
                return;
            }
        }
        if !self.unsure.into_inner() {
            self.attempt.end().await;
        }
    }

    /// Whether the files, as they are now, are what the receipt says.
    async fn check(
        &self,
        files: &[DataFile],
        schema: &TableSchema,
        receipt: &Receipt,
    ) -> Result<(), StoreError> {
        check::subject(self.table, &self.report, self.period, receipt)?;
        let rollups = receipt.rollups.iter().flat_map(|rollup| &rollup.files);
        let rollups = rollups.map(|file| (file.path.clone(), file.size));
        let all = files
            .iter()
            .map(|file| (file.file.path.clone(), file.file.size));
        let found = self.contents(all.chain(rollups).collect()).await?;
        check::contents(files, &self.schema.union(schema)?, receipt, &found)?;
        self.still_marked().await
    }

    /// Whether no other process took this one for dead.
    async fn still_marked(&self) -> Result<(), StoreError> {
        if self.attempt.is_marked().await {
            return Ok(());
        }
        let (report, period) = (self.report.clone(), self.period);
        Err(StoreError::Overdue { report, period })
    }

    async fn checked_commit(
        &self,
        files: &[DataFile],
        schema: &TableSchema,
        receipt: &Receipt,
    ) -> Result<u64, StoreError> {
        let plan = Plan {
            table: self.table,
            report: &self.report,
            period: self.period,
            files,
            schema,
            receipt,
            id: &self.attempt.id.to_string(),
        };
        land(&self.store, &plan, self.base.as_ref()).await
    }
}
