//! The replacement of one part of a side table.

use std::collections::HashMap;

use arrow::{array::RecordBatch, error::ArrowError};
use bytes::Bytes;
use chrono::Utc;
use deltalake_core::{
    kernel::{Action, Metadata},
    protocol::{DeltaOperation, SaveMode},
};
use object_store::ObjectStoreExt;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};
use serde_json::Value;

use super::{Side, load};
use crate::{
    BillingPeriod, DataFile, Fetched, LinkedAccount, ProvisionalCost, SidePart, SideReceipt,
    SideTable, SideVersion, StoreError, StoredFile, check, hash,
    log::{
        Store, actions,
        attempts::{Attempt, Target},
        commits,
        land::{Change, land},
        write,
    },
    paths, side, stats, sums,
};

impl Store {
    /// Makes `rows` the whole of what Cost Explorer told of `period` of the payer account `payer` (12 digits), in one commit.
    /// No rows are an answer too: a month without cost.
    ///
    /// Tries again when another writer replaces other parts meanwhile; [`StoreError::PartConflict`] if it was the same one.
    /// Rows that do not add up or are of another month are refused ([`StoreError::Column`]).
    pub async fn replace_provisional(
        &self,
        payer: &str,
        period: BillingPeriod,
        rows: &[ProvisionalCost],
        fetched: &Fetched,
    ) -> Result<SideVersion, StoreError> {
        let part = SidePart {
            table: SideTable::CostExplorer,
            payer_account_id: account(payer)?,
            billing_period: Some(period),
        };
        let receipt = SideReceipt::empty(part, fetched).of_costs(rows)?;
        let batch = side::costs_batch(rows, fetched);
        let base = load(self, SideTable::CostExplorer, None).await?;
        self.replace_part(base, receipt, batch).await
    }

    /// Takes in what is told of the accounts of an organisation now, whose payer account is `payer` (12 digits). Accounts that
    /// are told no more keep what was known of them: their costs are still there.
    ///
    /// `None` if nothing is new, and nothing was written; having seen the same accounts again is news after a day. The rest as
    /// [`Self::replace_provisional`].
    pub async fn update_accounts(
        &self,
        payer: &str,
        told: &[LinkedAccount],
        fetched: &Fetched,
    ) -> Result<Option<SideVersion>, StoreError> {
        let base = load(self, SideTable::Accounts, None).await?;
        let mut files = base.as_ref().map_or(Ok(Vec::new()), |base| {
            base.snapshot().map(|snapshot| snapshot.files)
        })?;
        files.retain(|file| file.part.payer_account_id == payer);
        let known = self.read_accounts(&files).await?;
        let known = known.into_iter().map(|(_, account)| account).collect();
        match side::merged(known, told) {
            Some(accounts) => {
                let written = self.write_accounts(base, payer, &accounts, fetched).await;
                written.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Makes `accounts` all that is known of the organisation of the payer account `payer` (12 digits), in one commit; the rest
    /// as [`Self::replace_provisional`].
    pub async fn replace_accounts(
        &self,
        payer: &str,
        accounts: &[LinkedAccount],
        fetched: &Fetched,
    ) -> Result<SideVersion, StoreError> {
        let base = load(self, SideTable::Accounts, None).await?;
        self.write_accounts(base, payer, accounts, fetched).await
    }

    async fn write_accounts(
        &self,
        base: Option<Side>,
        payer: &str,
        accounts: &[LinkedAccount],
        fetched: &Fetched,
    ) -> Result<SideVersion, StoreError> {
        for linked in accounts {
            account(&linked.account_id)?;
        }
        let part = SidePart {
            table: SideTable::Accounts,
            payer_account_id: account(payer)?,
            billing_period: None,
        };
        let receipt = SideReceipt {
            rows: accounts.len() as u64,
            ..SideReceipt::empty(part, fetched)
        };
        let batch = side::accounts_batch(accounts);
        self.replace_part(base, receipt, batch).await
    }

    /// Replaces a part of `base`, which is the table as it was when it was decided what to replace it with.
    async fn replace_part(
        &self,
        base: Option<Side>,
        receipt: SideReceipt,
        batch: Result<RecordBatch, ArrowError>,
    ) -> Result<SideVersion, StoreError> {
        let encoded = batch.map_err(ParquetError::from).and_then(|batch| {
            let rows = batch.num_rows();
            (rows > 0).then(|| encode(&batch)).transpose()
        });
        let bytes = encoded.map_err(|error| {
            StoreError::Damaged(format!("{} cannot be written: {error}", receipt.part))
        })?;
        self.sweep().await?;
        let since = base.as_ref().map_or(0, |base| base.version() + 1);
        let attempt = Attempt::begin(self, Target::Part(receipt.part.clone()), since).await?;
        let replacement = Replacement {
            store: self,
            base,
            attempt,
        };
        replacement.run(receipt, bytes).await
    }
}

/// A replacement under way.
struct Replacement<'a> {
    store: &'a Store,
    base: Option<Side>,
    attempt: Attempt,
}

impl Replacement<'_> {
    async fn run(
        self,
        mut receipt: SideReceipt,
        bytes: Option<Bytes>,
    ) -> Result<SideVersion, StoreError> {
        let mut files = Vec::new();
        if let Some(bytes) = bytes {
            let folder = paths::side_folder(&receipt.part);
            let path = paths::new_file(&folder, &self.attempt.id, 0);
            match self.write(path.clone(), bytes, &receipt).await {
                Ok(file) => files.push(file),
                Err(error) => return self.give_up(Some(&path), error).await,
            }
        }
        receipt.stored = files.iter().map(|file| file.file.clone()).collect();
        let plan = Plan {
            id: self.attempt.id.to_string(),
            files: &files,
            receipt: &receipt,
        };
        match land(self.store, &plan, self.base.as_ref()).await {
            Ok(version) => {
                self.attempt.end().await;
                Ok(SideVersion { version, receipt })
            }
            Err(error @ StoreError::PartConflict(_)) => {
                let path = files.first().map(|file| file.file.path.as_str());
                self.give_up(path, error).await
            }
            // The commit may have happened for all this process knows: the file stays, and the next run looks into the log.
            Err(error) => Err(error),
        }
    }

    /// Writes the part's file, invisible until the commit, and looks whether what is in it now is what the receipt says.
    async fn write(
        &self,
        path: String,
        bytes: Bytes,
        receipt: &SideReceipt,
    ) -> Result<DataFile, StoreError> {
        let stats = stats::of_file(receipt.part.table.statistics(), &bytes);
        let stats = stats.map_err(|error| sums::unreadable(&path, error))?;
        let file = StoredFile {
            size: bytes.len() as u64,
            rows: stats.rows,
            sha256: hash::sha256(&bytes),
            path,
        };
        let written = write::put(self.store.objects(), &paths::object(&file.path), bytes).await;
        written.map_err(|source| StoreError::Object {
            action: "cannot write",
            path: file.path.clone(),
            source,
        })?;
        let found = sums::read(self.store.clone(), file.path.clone(), file.size).await?;
        check::equal("the data file", &found.sums, &receipt.sums()?)?;
        if !self.attempt.is_marked().await {
            return Err(StoreError::PartOverdue(receipt.part.clone()));
        }
        Ok(DataFile {
            file,
            stats: stats.delta,
            tagged: stats.tagged,
        })
    }

    /// Deletes the file, as far as possible; if it stays it is invisible, and the next run deletes it.
    async fn give_up(
        self,
        path: Option<&str>,
        error: StoreError,
    ) -> Result<SideVersion, StoreError> {
        if let Some(path) = path {
            match self.store.objects().delete(&paths::object(path)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(_) => return Err(error),
            }
        }
        self.attempt.end().await;
        Err(error)
    }
}

/// What one commit is to do.
struct Plan<'a> {
    /// Identifies the commit.
    id: String,
    files: &'a [DataFile],
    receipt: &'a SideReceipt,
}

impl Change for Plan<'_> {
    type Base = Side;

    fn table(&self) -> &'static str {
        self.receipt.part.table.name()
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn operation(&self) -> DeltaOperation {
        let values = self.receipt.part.values();
        let columns = values.iter().map(|(column, _)| (*column).to_owned());
        let conditions: Vec<_> = values
            .iter()
            .map(|(column, value)| format!("{column} = '{value}'"))
            .collect();
        DeltaOperation::Write {
            mode: SaveMode::Overwrite,
            partition_by: Some(columns.collect()),
            predicate: Some(conditions.join(" AND ")),
        }
    }

    fn actions(&self, base: Option<&Side>) -> Result<Vec<Action>, StoreError> {
        let now = Utc::now();
        let part = &self.receipt.part;
        let mut actions = Vec::new();
        if base.is_none() {
            actions.push(Action::Protocol(actions::protocol()?));
            actions.push(Action::Metadata(self.new_table()?));
        }
        let replaced = base.map(|base| base.files_of(part)).unwrap_or_default();
        let removed = replaced.iter().map(|file| file.remove_action(true));
        actions.extend(removed.map(Action::Remove));
        let values = part.values();
        let values: Vec<_> = values
            .iter()
            .map(|(column, value)| (*column, value.as_str()))
            .collect();
        for file in self.files {
            let add = actions::add(part.table.name(), file, &values, now)?;
            actions.push(Action::Add(add));
        }
        // Delta asks for commitInfo to be the first action.
        let fields = self.fields(base)?;
        let info = actions::info(&self.operation(), base, now, fields, &actions)?;
        actions.insert(0, info);
        Ok(actions)
    }

    fn tip(&self, base: Option<&Side>) -> Option<u64> {
        let version = base.and_then(|base| base.part(&self.receipt.part));
        version.map(|version| version.version)
    }

    fn conflict(&self) -> StoreError {
        StoreError::PartConflict(self.receipt.part.clone())
    }

    async fn newest(&self, store: &Store) -> Result<Option<Side>, StoreError> {
        load(store, self.receipt.part.table, None).await
    }
}

impl Plan<'_> {
    /// What the commitInfo says of ours.
    fn fields(&self, base: Option<&Side>) -> Result<HashMap<String, Value>, StoreError> {
        let part = &self.receipt.part;
        let others = base.map(|base| base.parts.as_slice()).unwrap_or_default();
        let others = others.iter().filter(|other| other.receipt.part != *part);
        let this = SideVersion {
            version: base.map_or(0, |base| base.version() + 1),
            receipt: self.receipt.clone(),
        };
        let parts: Vec<_> = others.cloned().chain([this]).collect();
        commits::side_info(&self.id, &parts, self.receipt)
    }

    fn new_table(&self) -> Result<Metadata, StoreError> {
        let table = self.receipt.part.table;
        let schema = table.delta()?;
        let metadata = actions::new_table(&schema, table.partitioned_by(), table.statistics());
        metadata.map_err(|source| StoreError::Log {
            action: "cannot write",
            table: table.name(),
            source: Box::new(source),
        })
    }
}

/// An account id, if it is one: folders are called by it.
fn account(id: &str) -> Result<String, StoreError> {
    let fits = id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| id.to_owned())
        .ok_or_else(|| StoreError::Column {
            column: "account_id".to_owned(),
            why: format!("is `{id}`: an account id has 12 digits"),
        })
}

fn encode(batch: &RecordBatch) -> Result<Bytes, ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by(concat!("curtail ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(bytes.into())
}
