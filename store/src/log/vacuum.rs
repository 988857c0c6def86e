//! Dropping versions that nobody needs any more.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Utc;
use deltalake_core::{kernel::Action, protocol::DeltaOperation};

use super::{
    Store, attempts, commits,
    table::{self, Loaded},
    write::{self, Failure},
};
use crate::{BillingPeriod, PeriodVersion, ReportName, Standing, StoreError, StoredFile, paths};

/// How often the announcement is tried when other commits come first.
const ATTEMPTS: usize = 20;

/// What a vacuum did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vacuumed {
    /// The versions that were dropped.
    pub versions: Vec<Dropped>,
    /// Files deleted beside theirs, which processes that died had left.
    pub orphans: u64,
}

/// A version that was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The report.
    pub report: ReportName,
    /// The billing period.
    pub billing_period: BillingPeriod,
    /// The version of the table.
    pub version: u64,
    /// Its files, with those of its rollups.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Store {
    /// Drops all but the newest `keep` versions of every billing period (at least the current one stays), and what processes
    /// that died have left. Receipts stay in the log. A dry run only tells.
    ///
    /// A query that reads a version which is being dropped fails.
    pub async fn vacuum(&self, keep: usize, dry_run: bool) -> Result<Vacuumed, StoreError> {
        let mut vacuumed = Vacuumed::default();
        if !dry_run {
            vacuumed.orphans = self.sweep().await?;
        }
        for table in self.newest().await? {
            let history = self.history_of(&table).await?;
            let old = superfluous(&history, keep);
            let dropped = old.iter().map(|version| Dropped {
                report: version.receipt.report.clone(),
                billing_period: version.receipt.billing_period,
                version: version.version,
                files: files_of(version).count() as u64,
                bytes: files_of(version).map(|file| file.size).sum(),
            });
            vacuumed.versions.extend(dropped);
            if dry_run {
                continue;
            }
            let numbers: Vec<_> = old.iter().map(|version| version.version).collect();
            if !numbers.is_empty() {
                // First: nobody may take up a version whose files are going away, however this process ends.
                self.announce(table, &numbers).await?;
            }
            let gone = history.iter().filter(|version| {
                version.standing == Standing::Dropped || numbers.contains(&version.version)
            });
            self.delete_files(&gone.collect::<Vec<_>>()).await?;
        }
        Ok(vacuumed)
    }

    async fn announce(&self, table: Loaded, versions: &[u64]) -> Result<(), StoreError> {
        let operation = DeltaOperation::VacuumStart {
            retention_check_enabled: false,
            specified_retention_millis: None,
            default_retention_millis: 0,
        };
        let name = table.table.name();
        let mut base = table;
        for _ in 0..ATTEMPTS {
            let mut info = operation.get_commit_info();
            info.timestamp = Some(Utc::now().timestamp_millis());
            info.read_version = Some(base.version());
            info.engine_info = Some(concat!("curtail ", env!("CARGO_PKG_VERSION")).to_owned());
            info.info = commits::dropping(versions).into_iter().collect();
            let actions = vec![Action::CommitInfo(info)];
            match write::commit(self, name, Some(&base.delta), actions, operation.clone()).await {
                Ok(_) => return Ok(()),
                Err(Failure::Outrun) => {}
                Err(Failure::Log(source)) => return Err(unwritten(name, source)),
            }
            let newest = table::load(self, base.table, None).await?;
            base = newest.ok_or_else(|| StoreError::Absent(self.url().to_string()))?;
        }
        Err(StoreError::Damaged(format!(
            "no commit could be added to `{}` in {ATTEMPTS} attempts",
            name
        )))
    }

    async fn delete_files(&self, versions: &[&PeriodVersion]) -> Result<(), StoreError> {
        let files: BTreeSet<&str> = versions
            .iter()
            .flat_map(|version| files_of(version))
            .map(|file| file.path.as_str())
            .collect();
        let folders: BTreeSet<_> = versions
            .iter()
            .map(|version| &version.receipt)
            .flat_map(|receipt| {
                let table = receipt.kind.table();
                paths::folders(table, &receipt.report, receipt.billing_period)
            })
            .collect();
        for folder in folders {
            for path in attempts::files_in(self, &folder).await? {
                if files.contains(path.as_str()) {
                    attempts::delete(self, &path).await?;
                }
            }
        }
        Ok(())
    }
}

/// The versions that are not among the newest `keep` of their billing period.
fn superfluous(history: &[PeriodVersion], keep: usize) -> Vec<PeriodVersion> {
    let mut kept: BTreeMap<(&ReportName, BillingPeriod), usize> = BTreeMap::new();
    let mut old = Vec::new();
    for version in history.iter().rev() {
        let receipt = &version.receipt;
        let kept = kept
            .entry((&receipt.report, receipt.billing_period))
            .or_default();
        match version.standing {
            Standing::Dropped => {}
            Standing::Superseded if *kept >= keep => old.push(version.clone()),
            _ => *kept += 1,
        }
    }
    old.reverse();
    old
}

fn files_of(version: &PeriodVersion) -> impl Iterator<Item = &StoredFile> {
    let receipt = &version.receipt;
    let rollups = receipt.rollups.iter().flat_map(|rollup| &rollup.files);
    receipt.stored.iter().chain(rollups)
}

fn unwritten(table: &'static str, source: deltalake_core::DeltaTableError) -> StoreError {
    StoreError::Log {
        action: "cannot write",
        table,
        source: Box::new(source),
    }
}
