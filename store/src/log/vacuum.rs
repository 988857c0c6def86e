//! Dropping versions that nobody needs any more.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::Utc;
use deltalake_core::{
    kernel::{Action, EagerSnapshot},
    protocol::DeltaOperation,
};

use super::{
    Store, attempts, commits,
    side::Side,
    table::{self, Loaded},
    write::{self, Failure},
};
use crate::{
    BillingPeriod, PeriodVersion, ReportName, SidePart, Standing, StoreError, StoredFile, paths,
};

/// How often the announcement is tried when other commits come first.
const ATTEMPTS: usize = 20;

/// What a vacuum did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vacuumed {
    /// The versions that were dropped.
    pub versions: Vec<Dropped>,
    /// Rollups that versions which stay have no longer.
    pub rollups: Vec<Dropped>,
    /// The versions of what is kept beside reports that were dropped.
    pub parts: Vec<DroppedPart>,
    /// Files deleted beside theirs, which processes that died had left.
    pub orphans: u64,
}

/// A version that was dropped, or rollups of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The report.
    pub report: ReportName,
    /// The billing period.
    pub billing_period: BillingPeriod,
    /// The version of the table.
    pub version: u64,
    /// Files: of a version, with those of its rollups.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

/// A version of a part of a side table that was dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedPart {
    /// The part.
    pub part: SidePart,
    /// The version of the table.
    pub version: u64,
    /// Its files.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Store {
    /// Drops all but the newest `keep` versions of every billing period and of every part of a side table (at least the current
    /// one stays), and what processes that died have left. Receipts stay in the log. A dry run only tells.
    ///
    /// A query that reads a version which is being dropped fails.
    pub async fn vacuum(&self, keep: usize, dry_run: bool) -> Result<Vacuumed, StoreError> {
        let mut vacuumed = Vacuumed::default();
        if !dry_run {
            vacuumed.orphans = self.sweep().await?;
        }
        let newest = self.newest().await?;
        for side in &newest.sides {
            let dropped = self.vacuum_side(side, keep, dry_run).await?;
            vacuumed.parts.extend(dropped);
        }
        for table in newest.tables {
            let history = self.history_of(&table).await?;
            let old = superfluous(&history, keep);
            let dropped = old
                .iter()
                .map(|version| Dropped::of(version, files_of(version)));
            vacuumed.versions.extend(dropped);
            let numbers: Vec<_> = old.iter().map(|version| version.version).collect();
            if !numbers.is_empty() && !dry_run {
                // First: nobody may take up a version whose files are going away, however this process ends.
                self.announce(table.table.name(), &table.delta, &numbers)
                    .await?;
            }
            let gone = history.iter().filter(|version| {
                version.standing == Standing::Dropped || numbers.contains(&version.version)
            });
            let gone: Vec<_> = gone.collect();
            if !dry_run {
                let files = gone.iter().flat_map(|version| files_of(version));
                let files = files.map(|file| file.path.as_str()).collect();
                self.delete_files(&files, folders_of(gone.iter().copied()))
                    .await?;
            }
            let stale = self.stale_rollups(&table, &history).await?;
            for (version, files) in stale {
                if !gone.iter().any(|gone| gone.version == version.version) {
                    let dropped = Dropped::of(&version, files.iter());
                    vacuumed.rollups.push(dropped);
                }
                if !dry_run {
                    for file in files {
                        attempts::delete(self, &file.path).await?;
                    }
                }
            }
        }
        Ok(vacuumed)
    }

    /// The files of rollups that versions had and have no longer, as far as they are there, by version: nobody takes them up,
    /// since every reader takes the newest rollups of a version.
    async fn stale_rollups(
        &self,
        table: &Loaded,
        history: &[PeriodVersion],
    ) -> Result<Vec<(PeriodVersion, Vec<StoredFile>)>, StoreError> {
        let name = table.table.name();
        let said = commits::said(self, name, 0, table.version()).await?;
        let mut stale = Vec::new();
        for committed in commits::all(self, name, table.version()).await? {
            let later = said.amendments.iter();
            let later = later.filter(|it| it.version == committed.version);
            let later: Vec<_> = later.collect();
            let newest = history.iter().find(|it| it.version == committed.version);
            let (Some(newest), false) = (newest, later.is_empty()) else {
                continue;
            };
            let mut had = committed.clone();
            let receipt = Arc::make_mut(&mut had.receipt);
            receipt.stored.clear();
            let rollups = later.iter().flat_map(|it| it.rollups.iter().cloned());
            receipt.rollups.extend(rollups);
            let mut there = BTreeSet::new();
            for folder in folders_of([&had]) {
                there.extend(attempts::files_in(self, &folder).await?);
            }
            let kept: BTreeSet<_> = files_of(newest).map(|file| &file.path).collect();
            let mut files: Vec<_> = files_of(&had)
                .filter(|file| !kept.contains(&file.path) && there.contains(&file.path))
                .cloned()
                .collect();
            files.sort_by(|a, b| a.path.cmp(&b.path));
            files.dedup();
            if !files.is_empty() {
                stale.push((newest.clone(), files));
            }
        }
        Ok(stale)
    }

    async fn vacuum_side(
        &self,
        side: &Side,
        keep: usize,
        dry_run: bool,
    ) -> Result<Vec<DroppedPart>, StoreError> {
        let name = side.table.name();
        let history = self.side_history(side).await?;
        let before = commits::dropped(self, name, 0, side.version()).await?;
        let mut kept: BTreeMap<&SidePart, usize> = BTreeMap::new();
        let mut old = Vec::new();
        for version in history.iter().rev() {
            let kept = kept.entry(&version.receipt.part).or_default();
            if before.contains(&version.version) {
                continue;
            }
            // The newest one of each part is its current one.
            if *kept >= keep.max(1) {
                old.push(version);
            } else {
                *kept += 1;
            }
        }
        old.reverse();
        let numbers: Vec<_> = old.iter().map(|version| version.version).collect();
        if !dry_run {
            if !numbers.is_empty() {
                self.announce(name, &side.delta, &numbers).await?;
            }
            let gone: Vec<_> = history
                .iter()
                .filter(|version| {
                    before.contains(&version.version) || numbers.contains(&version.version)
                })
                .map(|version| &version.receipt)
                .collect();
            let files = gone.iter().flat_map(|receipt| &receipt.stored);
            let files = files.map(|file| file.path.as_str()).collect();
            let folders = gone.iter().map(|receipt| paths::side_folder(&receipt.part));
            self.delete_files(&files, folders.collect()).await?;
        }
        let dropped = old.into_iter().map(|version| DroppedPart {
            part: version.receipt.part.clone(),
            version: version.version,
            files: version.receipt.stored.len() as u64,
            bytes: version.receipt.stored.iter().map(|file| file.size).sum(),
        });
        Ok(dropped.collect())
    }

    /// Commits that the files of these versions are going away, after `newest` of the table called `table`.
    async fn announce(
        &self,
        table: &'static str,
        newest: &EagerSnapshot,
        versions: &[u64],
    ) -> Result<(), StoreError> {
        let operation = DeltaOperation::VacuumStart {
            retention_check_enabled: false,
            specified_retention_millis: None,
            default_retention_millis: 0,
        };
        let mut newer = None;
        for _ in 0..ATTEMPTS {
            let base = newer.as_ref().unwrap_or(newest);
            let mut info = operation.get_commit_info();
            info.timestamp = Some(Utc::now().timestamp_millis());
            info.read_version = Some(base.version());
            info.engine_info = Some(concat!("curtail ", env!("CARGO_PKG_VERSION")).to_owned());
            info.info = commits::dropping(versions).into_iter().collect();
            let actions = vec![Action::CommitInfo(info)];
            match write::commit(self, table, Some(base), actions, operation.clone()).await {
                Ok(_) => return Ok(()),
                Err(Failure::Outrun) => {}
                Err(Failure::Log(source)) => {
                    return Err(StoreError::Log {
                        action: "cannot write",
                        table,
                        source: Box::new(source),
                    });
                }
            }
            let newest = table::log(self, table, None).await?;
            newer = Some(newest.ok_or_else(|| StoreError::Absent(self.url().to_string()))?);
        }
        Err(StoreError::Damaged(format!(
            "no commit could be added to `{table}` in {ATTEMPTS} attempts"
        )))
    }

    /// Deletes those of `files` that are still in `folders`.
    async fn delete_files(
        &self,
        files: &BTreeSet<&str>,
        folders: BTreeSet<String>,
    ) -> Result<(), StoreError> {
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

impl Dropped {
    fn of<'a>(version: &PeriodVersion, files: impl Iterator<Item = &'a StoredFile>) -> Self {
        let sizes: Vec<u64> = files.map(|file| file.size).collect();
        Self {
            report: version.receipt.report.clone(),
            billing_period: version.receipt.billing_period,
            version: version.version,
            files: sizes.len() as u64,
            bytes: sizes.iter().sum(),
        }
    }
}

/// The folders that files of these versions and their rollups lie in.
fn folders_of<'a>(versions: impl IntoIterator<Item = &'a PeriodVersion>) -> BTreeSet<String> {
    let folders = versions.into_iter().flat_map(|version| {
        let receipt = &version.receipt;
        let names = receipt.rollups.iter().map(|rollup| &rollup.name);
        paths::folders(
            receipt.kind.table(),
            &receipt.report,
            receipt.billing_period,
            names,
        )
    });
    folders.collect()
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
