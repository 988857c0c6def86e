//! Versions of a store: the newest, earlier ones, and all that there were.

use std::{collections::BTreeSet, fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use futures::future::{join, join_all};

use super::{
    Store,
    commits::{self, Said},
    side::{self, Side},
    table::{self, Loaded},
};
use crate::{
    BillingPeriod, PeriodVersion, ReportName, SideSnapshot, Snapshot, Standing, StoreError, Table,
    TableSnapshot,
};

/// An earlier state of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// Each table of reports as it was at this version, or at its newest one if it has fewer; what is kept beside them as it was
    /// when the last of that was committed.
    Version(u64),
    /// What was committed at this time or before.
    Time(DateTime<Utc>),
}

/// Text that is neither a version nor a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is neither a version (a number), nor a day (2026-10-05), nor a time (2026-10-05T12:00:00Z)"
)]
pub struct ParseAsOfError(String);

impl FromStr for AsOf {
    type Err = ParseAsOfError;

    /// A number, a time as in RFC 3339, or a day, which stands for its end in UTC.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(version) = text.parse() {
            return Ok(Self::Version(version));
        }
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::Time(time.to_utc()));
        }
        let next_day = text
            .parse::<NaiveDate>()
            .ok()
            .and_then(|day| day.succ_opt());
        let end = next_day.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        end.map(|end| Self::Time(end - chrono::Duration::microseconds(1)))
            .ok_or_else(|| ParseAsOfError(text.to_owned()))
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "{version}"),
            Self::Time(time) => write!(f, "as of {}", time.format("%Y-%m-%d %H:%M:%S UTC")),
        }
    }
}

impl Store {
    /// The newest version of every table. A store without any table is [`StoreError::Absent`].
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let store = self.reading_logs_once();
        let newest = store.newest().await?;
        let tables = newest.tables.iter().map(|table| table.snapshot(&store));
        let tables = every(tables).await?;
        let sides: Result<_, _> = newest.sides.iter().map(Side::snapshot).collect();
        Ok(Snapshot::new(tables, sides?))
    }

    /// Every table as it was. [`StoreError::NoVersion`] if there was none yet, or if files of that version were dropped since.
    pub async fn snapshot_at(&self, as_of: AsOf) -> Result<Snapshot, StoreError> {
        let newest = self.newest().await?;
        let mut tables = Vec::new();
        for table in &newest.tables {
            let version = match as_of {
                AsOf::Version(version) => Some(version.min(table.version())),
                AsOf::Time(time) => self.version_at(table, time).await?,
            };
            let Some(version) = version else { continue };
            let then = table::load(self, table.table, Some(version)).await?;
            let then = then.ok_or_else(|| {
                StoreError::Damaged(format!("`{}` has no version {version}", table.table.name()))
            })?;
            let said = self.still_there(as_of, &then, table.version()).await?;
            let mut then = then.snapshot(self).await?;
            // Files of the rollups that it had then may be gone by now.
            then.periods
                .iter_mut()
                .for_each(|version| said.amend(version));
            tables.push(then);
        }
        let sides = self.sides_at(as_of, &newest, &tables).await?;
        let newest = newest.newest();
        let none = |why: String| StoreError::NoVersion {
            asked: as_of.to_string(),
            why,
        };
        match as_of {
            AsOf::Version(version) if version > newest => {
                Err(none(format!("its newest one is {newest}")))
            }
            _ if tables.is_empty() && sides.is_empty() => {
                Err(none("nothing had been ingested yet".to_owned()))
            }
            _ => Ok(Snapshot::new(tables, sides)),
        }
    }

    /// The side tables beside `tables`, which are as they were. A version is one of reports: an earlier one has beside it what
    /// there was when it was committed. Only in a store without reports it is one of the side tables themselves.
    async fn sides_at(
        &self,
        as_of: AsOf,
        newest: &Newest,
        tables: &[TableSnapshot],
    ) -> Result<Vec<SideSnapshot>, StoreError> {
        let earlier = tables.iter().any(|table| {
            let mut known = newest.tables.iter();
            known.any(|known| known.table == table.table && known.version() != table.version)
        });
        let mut sides = Vec::new();
        for side in &newest.sides {
            let then = match as_of {
                AsOf::Time(time) => side::at(self, side, time, as_of).await?,
                AsOf::Version(version) if newest.tables.is_empty() => {
                    let version = version.min(side.version());
                    side::at_version(self, side, version, as_of).await?
                }
                AsOf::Version(_) if earlier => {
                    let periods = tables.iter().flat_map(|table| &table.periods);
                    let committed = periods.map(|period| period.receipt.ingested_at).max();
                    let Some(time) = committed else { continue };
                    side::at(self, side, time, as_of).await?
                }
                AsOf::Version(_) => {
                    sides.push(side.snapshot()?);
                    continue;
                }
            };
            sides.extend(then.map(|side| side.snapshot()).transpose()?);
        }
        Ok(sides)
    }

    /// One version of one billing period, and nothing else.
    pub async fn snapshot_of(&self, version: &PeriodVersion) -> Result<Snapshot, StoreError> {
        let receipt = &version.receipt;
        if version.standing == Standing::Dropped {
            let (report, period) = (&receipt.report, receipt.billing_period);
            return Err(was_dropped(
                version.version,
                version.version,
                report,
                period,
            ));
        }
        let table = receipt.kind.table();
        let loaded = table::load(self, table, Some(version.version)).await?;
        let loaded = loaded.ok_or_else(|| StoreError::Absent(self.url().to_string()))?;
        let files = loaded.files()?.into_iter();
        let own = files.filter(|file| {
            file.report == receipt.report && file.billing_period == receipt.billing_period
        });
        let table = TableSnapshot {
            table,
            version: version.version,
            schema: loaded.schema.clone(),
            files: own.collect(),
            periods: vec![version.clone()],
        };
        Ok(Snapshot::new(vec![table], Vec::new()))
    }

    /// The last version of a table that was committed by `time`.
    async fn version_at(
        &self,
        table: &Loaded,
        time: DateTime<Utc>,
    ) -> Result<Option<u64>, StoreError> {
        let versions = commits::all(self, table.table.name(), table.version()).await?;
        let by_then = versions
            .iter()
            .rev()
            .find(|version| version.receipt.ingested_at <= time);
        Ok(by_then.map(|version| version.version))
    }

    /// No version that `then` consists of may have been dropped since. Gives what later commits say.
    async fn still_there(
        &self,
        as_of: AsOf,
        then: &Loaded,
        newest: u64,
    ) -> Result<Said, StoreError> {
        let said = commits::said(self, then.table.name(), then.version() + 1, newest).await?;
        let gone = then
            .tips
            .iter()
            .find(|(_, tip)| said.dropped.contains(&tip.version));
        match gone {
            None => Ok(said),
            Some(((report, period), tip)) => Err(was_dropped(as_of, tip.version, report, *period)),
        }
    }

    /// Every committed version of every billing period, oldest first (by time of ingestion across tables).
    pub async fn history(&self) -> Result<Vec<PeriodVersion>, StoreError> {
        let mut history = Vec::new();
        for table in self.newest().await?.tables {
            history.extend(self.history_of(&table).await?);
        }
        // Within a table the order of commits stands, whatever the clocks of the machines that made them said.
        history.sort_by_key(|version| version.receipt.ingested_at);
        for table in Table::ALL {
            restore_order(&mut history, table);
        }
        Ok(history)
    }

    /// Every version of one table, in the order of commits.
    pub(super) async fn history_of(
        &self,
        table: &Loaded,
    ) -> Result<Vec<PeriodVersion>, StoreError> {
        let said = commits::said(self, table.table.name(), 0, table.version()).await?;
        let current: BTreeSet<u64> = table.tips.values().map(|tip| tip.version).collect();
        let mut versions = commits::all(self, table.table.name(), table.version()).await?;
        for version in &mut versions {
            said.amend(version);
            version.standing = if current.contains(&version.version) {
                Standing::Current
            } else if said.dropped.contains(&version.version) {
                Standing::Dropped
            } else {
                Standing::Superseded
            };
        }
        Ok(versions)
    }

    /// The tables that exist.
    pub(super) async fn newest(&self) -> Result<Newest, StoreError> {
        let tables = every(Table::ALL.map(|table| table::load(self, table, None)));
        let (tables, sides) = join(tables, side::all(self)).await;
        let tables: Vec<_> = tables?.into_iter().flatten().collect();
        let sides = sides?;
        if tables.is_empty() && sides.is_empty() {
            return Err(StoreError::Absent(self.url().to_string()));
        }
        Ok(Newest { tables, sides })
    }
}

/// The newest version of every table that exists.
pub(super) struct Newest {
    pub(super) tables: Vec<Loaded>,
    pub(super) sides: Vec<Side>,
}

impl Newest {
    /// The largest version that can be asked for: that of reports, if there are any.
    fn newest(&self) -> u64 {
        let sides = self.sides.iter().map(Side::version).max();
        let tables = self.tables.iter().map(Loaded::version).max();
        tables.or(sides).unwrap_or_default()
    }

    /// The name and newest version of each table.
    pub(super) fn logs(&self) -> Vec<(&'static str, u64)> {
        let tables = self.tables.iter();
        let tables = tables.map(|table| (table.table.name(), table.version()));
        let sides = self.sides.iter();
        tables
            .chain(sides.map(|side| (side.table.name(), side.version())))
            .collect()
    }
}

fn was_dropped(
    asked: impl fmt::Display,
    version: u64,
    report: &ReportName,
    period: BillingPeriod,
) -> StoreError {
    StoreError::NoVersion {
        asked: asked.to_string(),
        why: format!("version {version}, of {period} of `{report}`, was dropped by `vacuum`"),
    }
}

/// Puts the versions of one table, which keep their places among those of other tables, in the order of its commits.
fn restore_order(history: &mut [PeriodVersion], table: Table) {
    let places: Vec<_> = (0..history.len())
        .filter(|&place| history[place].receipt.kind.table() == table)
        .collect();
    let mut versions: Vec<_> = places.iter().map(|&place| history[place].clone()).collect();
    versions.sort_by_key(|version| version.version);
    for (place, version) in places.into_iter().zip(versions) {
        history[place] = version;
    }
}

/// What all of `loads` come to, or the first error. Every one is waited for: reading a log blocks a thread, which must not
/// be left behind at work when another log cannot be read.
async fn every<T>(
    loads: impl IntoIterator<Item = impl Future<Output = Result<T, StoreError>>>,
) -> Result<Vec<T>, StoreError> {
    join_all(loads).await.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_days_and_times_are_told_apart() {
        let time = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        assert_eq!("17".parse(), Ok(AsOf::Version(17)));
        assert_eq!(
            "2026-10-05T14:00:00+02:00".parse(),
            Ok(AsOf::Time(time("2026-10-05T12:00:00Z")))
        );
        assert_eq!(
            "2026-10-05".parse(),
            Ok(AsOf::Time(time("2026-10-05T23:59:59.999999Z")))
        );
        for wrong in ["", "-1", "yesterday", "2026-13-01"] {
            assert!(wrong.parse::<AsOf>().is_err(), "{wrong}");
        }
    }
}
