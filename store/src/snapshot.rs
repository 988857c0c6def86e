//! One version of a store, as a reader sees it.

use std::sync::Arc;

use crate::{
    BillingPeriod, Receipt, ReportName, Rollup, RollupName, SideSnapshot, SideTable, SideVersion,
    Table, TableSchema,
};

/// A consistent view of every table of a store, at one version each.
#[derive(Clone, Debug)]
pub struct Snapshot {
    tables: Vec<TableSnapshot>,
    sides: Vec<SideSnapshot>,
}

impl Snapshot {
    pub(crate) fn new(tables: Vec<TableSnapshot>, sides: Vec<SideSnapshot>) -> Self {
        Self { tables, sides }
    }

    /// The table, if anything was ever committed to it.
    pub fn table(&self, table: Table) -> Option<&TableSnapshot> {
        self.tables.iter().find(|snapshot| snapshot.table == table)
    }

    /// The same with the rollups of a name in place of line items; `None` if not every billing period has one.
    ///
    /// The rows are as [`crate::Rollup`] tells: what the rollup has no column for reads as NULL.
    pub fn rolled_up(&self, name: &RollupName) -> Option<Self> {
        let table = |table: &TableSnapshot| {
            let mut files = Vec::new();
            for version in &table.periods {
                let receipt = &version.receipt;
                let rollup = receipt.rollups.iter().find(|rollup| rollup.name == *name)?;
                files.extend(rollup.files.iter().map(|file| FileEntry {
                    path: file.path.clone(),
                    size: file.size,
                    rows: file.rows,
                    report: receipt.report.clone(),
                    billing_period: receipt.billing_period,
                }));
            }
            Some(TableSnapshot {
                files,
                ..table.clone()
            })
        };
        let tables: Option<Vec<_>> = self.tables.iter().map(table).collect();
        let sides = self.sides.clone();
        tables.map(|tables| Self::new(tables, sides))
    }

    /// The same with those rollups only that are `kept`.
    #[must_use]
    pub fn with_rollups(mut self, kept: impl Fn(&Rollup) -> bool) -> Self {
        let periods = self.tables.iter_mut().flat_map(|table| &mut table.periods);
        for version in periods {
            Arc::make_mut(&mut version.receipt).rollups.retain(&kept);
        }
        self
    }

    /// The table that is kept beside reports, if anything was ever committed to it.
    pub fn side(&self, table: SideTable) -> Option<&SideSnapshot> {
        self.sides.iter().find(|side| side.table == table)
    }

    /// What Cost Explorer told: the current version of every payer account's billing periods, by account and period. Told by
    /// the log alone.
    pub fn provisional(&self) -> impl Iterator<Item = &SideVersion> {
        let costs = self.side(SideTable::CostExplorer);
        costs.into_iter().flat_map(|side| &side.parts)
    }

    /// The current version of every billing period of every report, by report and period.
    pub fn periods(&self) -> impl Iterator<Item = &PeriodVersion> {
        self.tables.iter().flat_map(|table| &table.periods)
    }
}

/// One table at one version.
#[derive(Clone, Debug)]
pub struct TableSnapshot {
    /// Which table.
    pub table: Table,
    /// The version of the Delta table.
    pub version: u64,
    /// Its columns, without the partition columns.
    pub schema: TableSchema,
    /// Its data files.
    pub files: Vec<FileEntry>,
    /// The current version of each billing period, by report and period.
    pub periods: Vec<PeriodVersion>,
}

/// One data file of a table.
#[derive(Clone, Debug)]
pub struct FileEntry {
    /// Path within the store, not percent-encoded: `object_store::path::Path::parse` takes it.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// The report that it belongs to.
    pub report: ReportName,
    /// The billing period that it belongs to.
    pub billing_period: BillingPeriod,
}

/// One committed version of a billing period of a report.
#[derive(Clone, Debug)]
pub struct PeriodVersion {
    /// The version of the Delta table that committed it.
    pub version: u64,
    /// What went into it.
    pub receipt: Arc<Receipt>,
    /// Whether it is still the one that counts.
    pub standing: Standing,
}

/// Whether a version of a billing period still counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is what readers of its snapshot see.
    Current,
    /// A later version replaced it; it can still be read.
    Superseded,
    /// Its files were deleted; its receipt remains.
    Dropped,
}

impl Standing {
    /// The standing in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Superseded => "superseded",
            Self::Dropped => "dropped",
        }
    }
}
