//! The actions of one commit.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use deltalake_core::{
    DeltaTableError,
    kernel::{
        Action, Add, EagerSnapshot, Metadata, MetadataExt, Protocol, StructType, new_metadata,
    },
    protocol::{DeltaOperation, SaveMode},
};
use serde_json::{Value, json};

use super::{
    DataFile, Store,
    commits::{self, Tip, Tips},
    land::{Base, Change},
    seals,
    table::{self, Loaded},
};
use crate::{
    BillingPeriod, Receipt, ReportName, StoreError, Table, TableSchema,
    paths::{self, BILLING_PERIOD, REPORT},
    stats,
};

impl Base for Loaded {
    fn log(&self) -> &EagerSnapshot {
        &self.delta
    }
}

/// What one commit is to do, apart from the version of the table that it does it to.
pub(super) struct Plan<'a> {
    pub(super) table: Table,
    pub(super) report: &'a ReportName,
    pub(super) period: BillingPeriod,
    pub(super) files: &'a [DataFile],
    pub(super) schema: &'a TableSchema,
    pub(super) receipt: &'a Receipt,
    /// Identifies the commit.
    pub(super) id: &'a str,
}

impl Change for Plan<'_> {
    type Base = Loaded;

    fn table(&self) -> &'static str {
        self.table.name()
    }

    fn id(&self) -> &str {
        self.id
    }

    /// A part of the table was overwritten.
    fn operation(&self) -> DeltaOperation {
        let report = self.report.as_str().replace('\'', "''");
        DeltaOperation::Write {
            mode: SaveMode::Overwrite,
            partition_by: Some(vec![REPORT.to_owned(), BILLING_PERIOD.to_owned()]),
            predicate: Some(format!(
                "{REPORT} = '{report}' AND {BILLING_PERIOD} = '{}'",
                self.period
            )),
        }
    }

    fn actions(&self, base: Option<&Loaded>) -> Result<Vec<Action>, StoreError> {
        let now = Utc::now();
        let mut actions = Vec::new();
        match base {
            None => {
                actions.push(Action::Protocol(protocol()?));
                actions.push(Action::Metadata(self.new_table()?));
            }
            Some(base) => actions.extend(self.widened(base)?.map(Action::Metadata)),
        }
        let replaced = base
            .map(|base| base.files_of(self.report, self.period))
            .unwrap_or_default();
        actions.extend(
            replaced
                .iter()
                .map(|file| Action::Remove(file.remove_action(true))),
        );
        let period = self.period.to_string();
        let partition = [(REPORT, self.report.as_str()), (BILLING_PERIOD, &period)];
        for file in self.files {
            let add = add(self.table.name(), file, &partition, now)?;
            actions.push(Action::Add(add));
        }
        // Delta asks for commitInfo to be the first action.
        let info = self.commit_info(base, now, &actions)?;
        actions.insert(0, info);
        Ok(actions)
    }

    fn tip(&self, base: Option<&Loaded>) -> Option<u64> {
        base.and_then(|base| base.tip(self.report, self.period))
    }

    fn conflict(&self) -> StoreError {
        let (report, period) = (self.report.clone(), self.period);
        StoreError::Conflict { report, period }
    }

    async fn newest(&self, store: &Store) -> Result<Option<Loaded>, StoreError> {
        table::load(store, self.table, None).await
    }
}

impl Plan<'_> {
    fn commit_info(
        &self,
        base: Option<&Loaded>,
        now: DateTime<Utc>,
        actions: &[Action],
    ) -> Result<Action, StoreError> {
        let mut tips = base.map_or_else(Tips::new, |base| base.tips.clone());
        let version = base.map_or(0, |base| base.version() + 1);
        tips.insert((self.report.clone(), self.period), Tip::new(version));
        let fields = commits::info(self.id, &tips, self.receipt)?;
        info(&self.operation(), base, now, fields, actions)
    }

    fn new_table(&self) -> Result<Metadata, StoreError> {
        let schema = TableSchema::documented(self.table)
            .union(self.schema)?
            .delta()?;
        let statistics = stats::columns(self.table);
        new_table(&schema, &[REPORT, BILLING_PERIOD], statistics)
            .map_err(|error| self.unwritable(error))
    }

    /// The table's metadata with the columns that it lacks, if it lacks any.
    fn widened(&self, base: &Loaded) -> Result<Option<Metadata>, StoreError> {
        let schema = base.schema.union(self.schema)?.delta()?;
        if schema == *base.delta.schema() {
            return Ok(None);
        }
        let widened = base.delta.metadata().clone().with_schema(&schema);
        widened
            .map(Some)
            .map_err(|error| self.unwritable(error.into()))
    }

    fn unwritable(&self, source: DeltaTableError) -> StoreError {
        StoreError::Log {
            action: "cannot write",
            table: self.table.name(),
            source: Box::new(source),
        }
    }
}

/// The metadata of a new table, whose log is going to hold bounds of the columns in `statistics`.
pub(super) fn new_table(
    schema: &StructType,
    partitioned_by: &[&str],
    statistics: &[&str],
) -> Result<Metadata, DeltaTableError> {
    let configuration = [
        ("delta.checkpointInterval", "10"),
        // Receipts stand in the log, and earlier versions of a bill stay readable until curtail drops them.
        ("delta.enableExpiredLogCleanup", "false"),
        ("delta.logRetentionDuration", "interval 36500 days"),
        ("delta.deletedFileRetentionDuration", "interval 36500 days"),
        ("delta.dataSkippingStatsColumns", &statistics.join(",")),
    ];
    Ok(new_metadata(schema, partitioned_by, configuration)?)
}

/// The action that makes a file of the table called `table` visible.
pub(super) fn add(
    table: &'static str,
    data: &DataFile,
    partition: &[(&str, &str)],
    now: DateTime<Utc>,
) -> Result<Add, StoreError> {
    let file = &data.file;
    let foreign = || StoreError::Damaged(format!("`{}` is no path of `{table}`", file.path));
    let value = |(column, value): &(&str, &str)| ((*column).to_owned(), Some((*value).to_owned()));
    Ok(Add {
        path: paths::in_table(table, &file.path)
            .ok_or_else(foreign)?
            .to_owned(),
        partition_values: partition.iter().map(value).collect(),
        size: file.size.try_into().map_err(|_| foreign())?,
        modification_time: now.timestamp_millis(),
        data_change: true,
        stats: Some(data.stats.clone()),
        ..Add::default()
    })
}

/// The commitInfo of a commit that does `actions` to `base`, with `fields` of ours, sealed.
pub(super) fn info(
    operation: &DeltaOperation,
    base: Option<&impl Base>,
    now: DateTime<Utc>,
    fields: HashMap<String, Value>,
    actions: &[Action],
) -> Result<Action, StoreError> {
    let mut info = operation.get_commit_info();
    info.timestamp = Some(now.timestamp_millis());
    info.read_version = base.map(|base| base.log().version());
    info.is_blind_append = Some(false);
    info.engine_info = Some(concat!("curtail ", env!("CARGO_PKG_VERSION")).to_owned());
    info.info = fields;
    let seal = seals::of_actions(actions, &info.info)?;
    info.info.insert("curtail.actions".to_owned(), seal.into());
    info.info
        .insert("operationMetrics".to_owned(), metrics(actions));
    Ok(Action::CommitInfo(info))
}

/// What other readers show of a commit: how much it wrote.
fn metrics(actions: &[Action]) -> Value {
    let added = || {
        actions.iter().filter_map(|action| match action {
            Action::Add(add) => Some(add),
            _ => None,
        })
    };
    let rows = |add: &Add| {
        let stats: Value = serde_json::from_str(add.stats.as_deref()?).ok()?;
        stats["numRecords"].as_u64()
    };
    json!({
        "numFiles": added().count().to_string(),
        "numOutputRows": added().filter_map(rows).sum::<u64>().to_string(),
        "numOutputBytes": added().map(|add| add.size).sum::<i64>().to_string(),
    })
}

/// The oldest protocol that has all that the tables need, so that every Delta reader opens them.
pub(super) fn protocol() -> Result<Protocol, StoreError> {
    let protocol: Value = json!({ "minReaderVersion": 1, "minWriterVersion": 2 });
    serde_json::from_value(protocol)
        .map_err(|error| StoreError::Damaged(format!("no Delta protocol: {error}")))
}
