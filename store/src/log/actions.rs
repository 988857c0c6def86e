//! The actions of one commit.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use deltalake_core::{
    DeltaTableError,
    kernel::{Action, Add, Metadata, MetadataExt, Protocol, new_metadata},
    protocol::{DeltaOperation, SaveMode},
};
use serde_json::{Value, json};

use super::{
    DataFile,
    commits::{self, Tips},
    seals,
    table::Loaded,
};
use crate::{
    BillingPeriod, Receipt, ReportName, StoreError, Table, TableSchema,
    paths::{self, BILLING_PERIOD, REPORT},
    stats,
};

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

impl Plan<'_> {
    /// The operation as other Delta readers show it: a part of the table was overwritten.
    pub(super) fn operation(&self) -> DeltaOperation {
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

    /// The actions of the commit that follows `base`.
    pub(super) fn actions(&self, base: Option<&Loaded>) -> Result<Vec<Action>, StoreError> {
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
        for file in self.files {
            actions.push(Action::Add(self.add(file, now)?));
        }
        // Delta asks for commitInfo to be the first action.
        let info = self.commit_info(base, now, &actions)?;
        actions.insert(0, info);
        Ok(actions)
    }

    fn commit_info(
        &self,
        base: Option<&Loaded>,
        now: DateTime<Utc>,
        actions: &[Action],
    ) -> Result<Action, StoreError> {
        let mut tips = base.map_or_else(Tips::new, |base| base.tips.clone());
        let version = base.map_or(0, |base| base.version() + 1);
        tips.insert((self.report.clone(), self.period), version);
        let mut info = self.operation().get_commit_info();
        info.timestamp = Some(now.timestamp_millis());
        info.read_version = base.map(Loaded::version);
        info.is_blind_append = Some(false);
        info.engine_info = Some(concat!("curtail ", env!("CARGO_PKG_VERSION")).to_owned());
        info.info = commits::info(self.id, &tips, self.receipt)?;
        let seal = seals::of_actions(actions, &info.info)?;
        info.info.insert("curtail.actions".to_owned(), seal.into());
        let metrics = json!({
            "numFiles": self.files.len().to_string(),
            "numOutputRows": self.receipt.rows.to_string(),
            "numOutputBytes": self.files.iter().map(|file| file.file.size).sum::<u64>().to_string(),
        });
        info.info.insert("operationMetrics".to_owned(), metrics);
        Ok(Action::CommitInfo(info))
    }

    fn new_table(&self) -> Result<Metadata, StoreError> {
        let schema = TableSchema::documented(self.table)
            .union(self.schema)?
            .delta()?;
        let configuration = [
            ("delta.checkpointInterval", "10"),
            // Receipts stand in the log, and earlier versions of a bill stay readable until curtail drops them.
            ("delta.enableExpiredLogCleanup", "false"),
            ("delta.logRetentionDuration", "interval 36500 days"),
            ("delta.deletedFileRetentionDuration", "interval 36500 days"),
            (
                "delta.dataSkippingStatsColumns",
                &stats::columns(self.table).join(","),
            ),
        ];
        new_metadata(&schema, [REPORT, BILLING_PERIOD], configuration)
            .map_err(|error| self.unwritable(error.into()))
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

    fn add(&self, data: &DataFile, now: DateTime<Utc>) -> Result<Add, StoreError> {
        let file = &data.file;
        let foreign = || {
            StoreError::Damaged(format!(
                "`{}` is no path of `{}`",
                file.path,
                self.table.name()
            ))
        };
        Ok(Add {
            path: paths::in_table(self.table, &file.path)
                .ok_or_else(foreign)?
                .to_owned(),
            partition_values: HashMap::from([
                (REPORT.to_owned(), Some(self.report.to_string())),
                (BILLING_PERIOD.to_owned(), Some(self.period.to_string())),
            ]),
            size: file.size.try_into().map_err(|_| foreign())?,
            modification_time: now.timestamp_millis(),
            data_change: true,
            stats: Some(data.stats.clone()),
            ..Add::default()
        })
    }

    fn unwritable(&self, source: DeltaTableError) -> StoreError {
        StoreError::Log {
            action: "cannot write",
            table: self.table.name(),
            source: Box::new(source),
        }
    }
}

/// The oldest protocol that has all that the tables need, so that every Delta reader opens them.
fn protocol() -> Result<Protocol, StoreError> {
    let protocol: Value = json!({ "minReaderVersion": 1, "minWriterVersion": 2 });
    serde_json::from_value(protocol)
        .map_err(|error| StoreError::Damaged(format!("no Delta protocol: {error}")))
}
