//! Which rollups could stand in for the line items of a scan.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use curtail_store::{Beside, Fact, Grain, ROW_COUNT, RollupName, Snapshot, StoredFile, Table};
use datafusion::{
    arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema},
    common::ScalarValue,
    error::Result,
};

use super::{Allowed, Constants, DataFiles, Entry, values};
use crate::rollups::Within;

/// The rollups of a table's billing periods.
#[derive(Debug)]
pub(super) struct Rolled {
    table: Table,
    /// The columns of the files.
    columns: Schema,
    constants: Constants,
    periods: Vec<Period>,
}

/// One billing period of one report.
#[derive(Debug)]
struct Period {
    /// Its line items.
    files: Vec<File>,
    rollups: Vec<Usable>,
    /// The constants of its files.
    values: Vec<ScalarValue>,
}

#[derive(Clone, Debug)]
struct File {
    path: String,
    size: u64,
    rows: u64,
}

/// A rollup, and the columns that mean in it what they mean in line items.
#[derive(Debug)]
struct Usable {
    name: RollupName,
    per: Grain,
    allowed: Allowed,
    /// Columns that it tells of some line items only: of those of which all of this is true.
    partly: BTreeMap<String, Vec<Fact>>,
    files: Vec<File>,
}

impl Rolled {
    pub(super) fn of(
        snapshot: &Snapshot,
        table: Table,
        columns: Schema,
        constants: Constants,
    ) -> Option<Arc<Self>> {
        let found = snapshot.table(table)?;
        let mut periods = Vec::new();
        for version in &found.periods {
            let receipt = &version.receipt;
            let mine = found.files.iter().filter(|file| {
                file.report == receipt.report && file.billing_period == receipt.billing_period
            });
            let mine: Vec<_> = mine.collect();
            let Some(first) = mine.first() else {
                continue;
            };
            let rollups = Allowed::every(receipt).map(Usable::of);
            periods.push(Period {
                values: values(snapshot, first, &constants),
                rollups: rollups.collect(),
                files: mine
                    .into_iter()
                    .map(|file| File {
                        path: file.path.clone(),
                        size: file.size,
                        rows: file.rows,
                    })
                    .collect(),
            });
        }
        periods
            .iter()
            .any(|period| !period.rollups.is_empty())
            .then(|| {
                Arc::new(Self {
                    table,
                    columns,
                    constants,
                    periods,
                })
            })
    }
}

impl File {
    fn of(stored: &StoredFile) -> Self {
        Self {
            path: stored.path.clone(),
            size: stored.size,
            rows: stored.rows,
        }
    }
}

impl Usable {
    fn of(allowed: Allowed) -> Self {
        let rollup = allowed.rollup();
        let partly = rollup.partly.iter();
        Self {
            name: rollup.name.clone(),
            per: rollup.per,
            partly: partly
                .map(|partly| (partly.column.clone(), partly.of.clone()))
                .collect(),
            files: rollup.files.iter().map(File::of).collect(),
            allowed,
        }
    }

    /// Whether it tells a column of all line items of which one of these is true.
    fn tells(&self, name: &String, within: &[Vec<Fact>]) -> bool {
        let partly = self.partly.get(name);
        let told = |of: &[Fact]| {
            within
                .iter()
                .all(|known| of.iter().all(|it| known.contains(it)))
        };
        self.allowed.has(name) || partly.is_some_and(|of| told(of))
    }
}

impl Period {
    /// The smallest rollup that has all of these columns, those that are looked at `within` some line items at least there, and
    /// times at least as fine as `grain`.
    fn rollup(&self, needed: &BTreeSet<String>, within: &Within, grain: Grain) -> Option<&Usable> {
        let usable = self.rollups.iter().filter(|rollup| {
            rollup.per <= grain
                && needed.iter().all(|name| rollup.allowed.has(name))
                && within.iter().all(|(name, at)| rollup.tells(name, at))
        });
        usable.min_by_key(|rollup| rollup.files.iter().map(|file| file.rows).sum::<u64>())
    }
}

impl DataFiles {
    /// Whether any billing period has rollups.
    pub(crate) fn has_rollups(&self) -> bool {
        self.rolled.is_some()
    }

    /// The stretches of time that rollups tell apart.
    pub(crate) fn grains(&self) -> BTreeSet<Grain> {
        let periods = self.rolled.iter().flat_map(|rolled| &rolled.periods);
        let rollups = periods.flat_map(|period| &period.rollups);
        rollups.map(|rollup| rollup.per).collect()
    }

    /// The same columns, and after those of the files what is needed beside them and [`ROW_COUNT`], NULL for line items, from
    /// rollups wherever there is one with all the columns that are needed, some of them `within` some line items only, and times
    /// at least as fine as `grain`. `None` if there is none anywhere.
    pub(crate) fn with_rollups_for(
        &self,
        needed: &BTreeSet<String>,
        within: &Within,
        grain: Grain,
    ) -> Result<Option<Self>> {
        let Some(rolled) = &self.rolled else {
            return Ok(None);
        };
        let needed = &self.and_guarded(needed);
        let mut entries = Vec::new();
        let mut names = BTreeSet::new();
        let mut rolled_up = 0;
        for period in &rolled.periods {
            let files = match period.rollup(needed, within, grain) {
                Some(rollup) => {
                    rolled_up += 1;
                    names.insert(rollup.name.as_str());
                    &rollup.files
                }
                None => &period.files,
            };
            entries.extend(files.iter().map(|file| Entry {
                path: &file.path,
                size: file.size,
                rows: file.rows,
                values: period.values.clone(),
            }));
        }
        if rolled_up == 0 {
            return Ok(None);
        }
        let fields = rolled.columns.fields().iter().cloned();
        let fields = fields.chain(besides(needed, &rolled.columns)?);
        let files = Self::build(
            &Schema::new(fields.collect::<Fields>()),
            rolled.constants.clone(),
            &entries,
        )?;
        let names: Vec<_> = names.into_iter().collect();
        let mut told = format!("rollup {} of {}", names.join(" and "), rolled.table.name());
        if rolled_up < rolled.periods.len() {
            let _ = write!(
                told,
                " in {rolled_up} of {} billing periods",
                rolled.periods.len()
            );
        }
        Ok(Some(Self {
            instead: Some(told),
            guard: self.guard.clone(),
            ..files
        }))
    }
}

/// What is needed beside the columns of files, and the number of line items.
pub(super) fn besides(needed: &BTreeSet<String>, columns: &Schema) -> Result<Vec<FieldRef>> {
    let mut fields = Vec::new();
    for name in needed {
        let data_type = match Beside::of(name) {
            None => continue,
            Some((Beside::Nulls, _)) => DataType::Int64,
            Some((_, amount)) => columns.field_with_name(amount)?.data_type().clone(),
        };
        fields.push(Arc::new(Field::new(name, data_type, true)));
    }
    fields.push(Arc::new(Field::new(ROW_COUNT, DataType::Int64, true)));
    Ok(fields)
}
