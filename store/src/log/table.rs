//! One table's Delta log, loaded at one version.

use std::sync::Arc;

use deltalake_core::{
    DeltaTableError,
    kernel::{EagerSnapshot, LogicalFileView},
    logstore::{LogStoreRef, StorageConfig, default_logstore},
};
use object_store::prefix::PrefixStore;
use url::Url;

use super::{
    Store,
    commits::{self, Tips},
};
use crate::{
    BillingPeriod, FileEntry, PeriodVersion, ReportName, StoreError, Table, TableSchema,
    TableSnapshot,
    paths::{self, BILLING_PERIOD, REPORT},
};

/// A table at one version.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) table: Table,
    pub(super) delta: EagerSnapshot,
    pub(super) schema: TableSchema,
    pub(super) tips: Tips,
}

/// The Delta log of the table called `table`, whether or not there is one yet.
///
/// Delta sees the store as a bucket of its own, of a kind whose listings come in no order, as those of S3's directory
/// buckets (`…--x-s3`) and of local folders do: so it sorts them, does not look for the folder by itself, and no
/// character of the store's real location can go wrong on the way through its URLs.
pub(super) fn log_store(store: &Store, table: &str) -> LogStoreRef {
    let url =
        Url::parse(&format!("store://unsorted--x-s3/{table}/")).expect("a table's name is plain");
    let prefixed = Arc::new(PrefixStore::new(Arc::clone(&store.objects), table));
    default_logstore(
        prefixed,
        Arc::clone(&store.objects),
        &url,
        &StorageConfig::default(),
    )
}

/// `table` at `version` (or its newest one), if it was ever written.
pub(super) async fn load(
    store: &Store,
    table: Table,
    version: Option<u64>,
) -> Result<Option<Loaded>, StoreError> {
    let Some(delta) = log(store, table.name(), version).await? else {
        return Ok(None);
    };
    let schema = TableSchema::of_delta(&delta.schema())?.with_documented(table);
    let tips = commits::tips(store, table.name(), delta.version()).await?;
    Ok(Some(Loaded {
        table,
        delta,
        schema,
        tips,
    }))
}

/// The log of the table called `table` at `version` (or its newest one), if it was ever written.
pub(super) async fn log(
    store: &Store,
    table: &'static str,
    version: Option<u64>,
) -> Result<Option<EagerSnapshot>, StoreError> {
    match EagerSnapshot::try_new(log_store(store, table).as_ref(), version).await {
        Ok(delta) => Ok(Some(delta)),
        Err(DeltaTableError::NotATable(_)) => Ok(None),
        Err(source) if is_unreachable(&source) => Err(StoreError::Log {
            action: "cannot read",
            table,
            source: Box::new(source),
        }),
        Err(source) => Err(StoreError::Damaged(format!(
            "the Delta log of `{table}` is unreadable: {source}"
        ))),
    }
}

/// Is it the object store that failed, and not what is in it?
fn is_unreachable(error: &DeltaTableError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<object_store::Error>() {
            return !matches!(error, object_store::Error::NotFound { .. });
        }
        cause = error.source();
    }
    // The kernel's own error has no source, only a text.
    let text = error.to_string();
    text.contains("Error interacting with object store")
}

impl Loaded {
    pub(super) fn version(&self) -> u64 {
        self.delta.version()
    }

    /// The files that make up one billing period of one report.
    pub(super) fn files_of(
        &self,
        report: &ReportName,
        period: BillingPeriod,
    ) -> Vec<LogicalFileView> {
        let period = period.to_string();
        let is = |value: Option<&Option<String>>, wanted: &str| {
            value.is_some_and(|value| value.as_deref() == Some(wanted))
        };
        let belongs = |file: &LogicalFileView| {
            let partition = file.partition_values_map();
            is(partition.get(REPORT), report.as_str()) && is(partition.get(BILLING_PERIOD), &period)
        };
        self.delta.log_data().iter().filter(belongs).collect()
    }

    /// The version that last replaced one billing period of one report.
    pub(super) fn tip(&self, report: &ReportName, period: BillingPeriod) -> Option<u64> {
        let tip = self.tips.get(&(report.clone(), period));
        tip.map(|tip| tip.version)
    }

    /// The receipt of that version.
    pub(super) async fn period(
        &self,
        store: &Store,
        report: &ReportName,
        period: BillingPeriod,
    ) -> Result<Option<PeriodVersion>, StoreError> {
        let key = (report.clone(), period);
        let tips: Tips = self
            .tips
            .get_key_value(&key)
            .map(|(key, &tip)| (key.clone(), tip))
            .into_iter()
            .collect();
        Ok(commits::receipts(store, self.table.name(), &tips)
            .await?
            .pop())
    }

    /// The table as readers see it.
    pub(super) async fn snapshot(&self, store: &Store) -> Result<TableSnapshot, StoreError> {
        let mut files = self.files()?;
        files.sort_by(|a, b| {
            (&a.report, a.billing_period, &a.path).cmp(&(&b.report, b.billing_period, &b.path))
        });
        let orphan = files
            .iter()
            .find(|file| self.tip(&file.report, file.billing_period).is_none());
        if let Some(file) = orphan {
            return Err(StoreError::Damaged(format!(
                "`{}` belongs to no receipt",
                file.path
            )));
        }
        Ok(TableSnapshot {
            table: self.table,
            version: self.version(),
            schema: self.schema.clone(),
            files,
            periods: commits::receipts(store, self.table.name(), &self.tips).await?,
        })
    }

    /// Its data files, as the log lists them.
    pub(super) fn files(&self) -> Result<Vec<FileEntry>, StoreError> {
        let listed = self.delta.log_data();
        let files = listed.iter();
        files.map(|file| self.file(&file)).collect()
    }

    fn file(&self, file: &LogicalFileView) -> Result<FileEntry, StoreError> {
        let path = paths::in_store(self.table.name(), &file.path());
        let damaged = |what: &str| {
            StoreError::Damaged(format!("the log does not tell the {what} of `{path}`"))
        };
        let partition = file.partition_values_map();
        let value = |column| {
            partition
                .get(column)
                .and_then(Option::as_deref)
                .unwrap_or_default()
        };
        Ok(FileEntry {
            size: file.size().try_into().map_err(|_| damaged("size"))?,
            rows: file
                .num_records()
                .and_then(|rows| rows.try_into().ok())
                .ok_or_else(|| damaged("number of rows"))?,
            report: value(REPORT).parse().map_err(|_| damaged("report"))?,
            billing_period: value(BILLING_PERIOD)
                .parse()
                .map_err(|_| damaged("billing period"))?,
            path,
        })
    }
}
