//! The tables that are kept beside reports, each loaded at one version.

mod replace;
mod versions;

use std::collections::HashMap;

use deltalake_core::kernel::{EagerSnapshot, LogicalFileView};
use futures::TryStreamExt;
use parquet::arrow::{
    ParquetRecordBatchStreamBuilder,
    arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions},
};

use super::{Store, commits, land::Base, table};
use crate::{
    LinkedAccount, SideFile, SidePart, SideSnapshot, SideTable, SideVersion, Snapshot, StoreError,
    paths, side, sums,
};

pub(super) use versions::{all, at, at_version};

/// A side table at one version.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) table: SideTable,
    pub(super) delta: EagerSnapshot,
    /// The current version of each part, in their order.
    pub(super) parts: Vec<SideVersion>,
}

impl Base for Side {
    fn log(&self) -> &EagerSnapshot {
        &self.delta
    }
}

/// `table` at `version` (or its newest one), if it was ever written.
pub(super) async fn load(
    store: &Store,
    table: SideTable,
    version: Option<u64>,
) -> Result<Option<Side>, StoreError> {
    let name = table.name();
    let Some(delta) = table::log(store, name, version).await? else {
        return Ok(None);
    };
    let parts = commits::parts(store, name, delta.version()).await?;
    Ok(Some(Side {
        table,
        delta,
        parts,
    }))
}

impl Side {
    pub(super) fn version(&self) -> u64 {
        self.delta.version()
    }

    /// The current version of a part.
    pub(super) fn part(&self, part: &SidePart) -> Option<&SideVersion> {
        self.parts
            .iter()
            .find(|version| version.receipt.part == *part)
    }

    /// The files that make up a part.
    pub(super) fn files_of(&self, part: &SidePart) -> Vec<LogicalFileView> {
        let belongs = |file: &LogicalFileView| is_of(&file.partition_values_map(), part);
        self.delta.log_data().iter().filter(belongs).collect()
    }

    /// The table as readers see it.
    pub(super) fn snapshot(&self) -> Result<SideSnapshot, StoreError> {
        let mut files = Vec::new();
        for file in self.delta.log_data().iter() {
            files.push(self.file(&file)?);
        }
        files.sort_by(|a, b| (&a.part, &a.path).cmp(&(&b.part, &b.path)));
        Ok(SideSnapshot {
            table: self.table,
            version: self.version(),
            files,
            parts: self.parts.clone(),
        })
    }

    fn file(&self, file: &LogicalFileView) -> Result<SideFile, StoreError> {
        let path = paths::in_store(self.table.name(), &file.path());
        let damaged = |what: &str| {
            StoreError::Damaged(format!("the log does not tell the {what} of `{path}`"))
        };
        let values = file.partition_values_map();
        let mut parts = self.parts.iter().map(|version| &version.receipt.part);
        let part = parts.find(|part| is_of(&values, part));
        let part =
            part.ok_or_else(|| StoreError::Damaged(format!("`{path}` belongs to no receipt")))?;
        let rows = file.num_records().and_then(|rows| rows.try_into().ok());
        Ok(SideFile {
            size: file.size().try_into().map_err(|_| damaged("size"))?,
            rows: rows.ok_or_else(|| damaged("number of rows"))?,
            part: part.clone(),
            path,
        })
    }
}

fn is_of(values: &HashMap<String, Option<String>>, part: &SidePart) -> bool {
    let wanted = part.values();
    wanted.iter().all(|(column, wanted)| {
        let value = values.get(*column).and_then(Option::as_deref);
        value == Some(wanted.as_str())
    })
}

impl Store {
    /// Reads the linked accounts of `snapshot`, a version of this store: by payer account, in the order in which they were told.
    pub async fn accounts(
        &self,
        snapshot: &Snapshot,
    ) -> Result<Vec<(String, LinkedAccount)>, StoreError> {
        let side = snapshot.side(SideTable::Accounts);
        let files = side.map_or(&[][..], |side| &side.files);
        self.read_accounts(files).await
    }

    async fn read_accounts(
        &self,
        files: &[SideFile],
    ) -> Result<Vec<(String, LinkedAccount)>, StoreError> {
        let mut found = Vec::new();
        for file in files {
            let unreadable = |error| sums::unreadable(&file.path, error);
            let objects = self.objects_to_read();
            let mut reader = sums::ObjectFile::new(objects, &file.path, file.size);
            // What counts is the Parquet types: text is plain text, whatever its writer noted.
            let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
            let metadata = ArrowReaderMetadata::load_async(&mut reader, options);
            let metadata = metadata.await.map_err(unreadable)?;
            let batches = ParquetRecordBatchStreamBuilder::new_with_metadata(reader, metadata);
            let mut batches = batches.build().map_err(unreadable)?;
            while let Some(batch) = batches.try_next().await.map_err(unreadable)? {
                let accounts = side::read_accounts(&batch).ok_or_else(|| {
                    StoreError::Damaged(format!("`{}` is no list of accounts", file.path))
                })?;
                let payer = &file.part.payer_account_id;
                found.extend(accounts.into_iter().map(|account| (payer.clone(), account)));
            }
        }
        Ok(found)
    }
}
