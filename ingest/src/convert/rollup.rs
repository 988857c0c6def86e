//! Rollups of a run: what its rows come to per day and per everything that does not multiply the rows, and whatever else was
//! asked for.
//!
//! A rollup's rows have the columns of line items, so that it can stand in for them: dimensions hold what all rows of a
//! group hold, amounts the exact sum of the group's, and the time of usage the beginning of its hour, day or month.

mod dimensions;
mod grouping;
mod sums;
mod times;

use std::sync::{Mutex, MutexGuard, PoisonError};

use curtail_store::{BuiltIn, ColumnType, Definition, Grain, ReportKind, RollupName, Table};

use self::{
    grouping::{Grouping, Groups},
    sums::Sums,
    times::times,
};
use super::{
    order::{SortColumns, Sorted},
    registry::Registry,
    tally::MadeRollup,
    texts::number_of,
};
use crate::IngestError;

/// A rollup with more than one row for so many line items is not worth having.
const WORTH: usize = 3;

/// Which rollups are to be made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Of those that are built in, where they are worth having.
    pub(crate) built_in: Vec<BuiltIn>,
    /// Of others.
    pub(crate) defined: Vec<Definition>,
}

/// What the rollups of a period are made of.
#[derive(Debug, Default)]
pub(super) struct Rollups {
    wanted: Wanted,
    /// The built-in ones, once the first run has shown it.
    chosen: Mutex<Option<Vec<Chosen>>>,
}

/// One rollup of a period.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    name: RollupName,
    per: Grain,
    /// Columns of the registry that it groups by.
    dimensions: Vec<usize>,
    /// Columns of the registry that it sums up.
    measures: Vec<usize>,
}

/// A rollup of one run.
#[derive(Debug)]
pub(super) struct Rollup<'a> {
    pub(super) name: &'a RollupName,
    /// Columns of the registry that it groups by.
    pub(super) dimensions: &'a [usize],
    /// For each of its rows, a line item of the run that has its dimensions.
    pub(super) examples: Vec<u32>,
    /// How many line items each row stands for.
    pub(super) counts: &'a [i64],
    /// Sums of columns of the registry, in units of 10⁻¹⁸.
    pub(super) sums: &'a [(usize, Vec<i128>)],
    /// The column of the registry that holds the start of usage, and the beginning of each row's hour, day or month.
    pub(super) times: Option<(usize, Vec<i64>)>,
}

impl Wanted {
    /// Whether none is.
    pub(crate) fn is_empty(&self) -> bool {
        self.built_in.is_empty() && self.defined.is_empty()
    }
}

impl Rollups {
    pub(super) fn new(wanted: Wanted) -> Self {
        Self {
            wanted,
            chosen: Mutex::default(),
        }
    }

    /// What the rollups of a run are made of, those first that others may be made of. The built-in ones are what those of the
    /// first run were, so that a rollup has all of a period's rows.
    ///
    /// Not to be called on a pool's thread, which might wait here for itself.
    pub(super) fn decide(
        &self,
        rows: &Sorted<'_>,
        kind: ReportKind,
        registry: &Registry,
    ) -> Vec<Chosen> {
        let choose = || {
            let Some(start) = registry.find(SortColumns::of(kind).start) else {
                return Vec::new();
            };
            let days = times(rows, start, Grain::Day);
            let candidates = self.wanted.built_in.iter().filter_map(|&built_in| {
                let dimensions = dimensions::choose(built_in, rows, &days, kind, registry)?;
                Some(Chosen {
                    name: built_in.name(),
                    per: Grain::Day,
                    dimensions,
                    measures: measures(registry),
                })
            });
            candidates.collect()
        };
        let built_in = self.lock().get_or_insert_with(choose).clone();
        // A column that nobody knows yet is NULL in all rows so far.
        let columns = |names: &[String]| {
            let known = names.iter().filter_map(|name| registry.find(name));
            let mut known: Vec<usize> = known.collect();
            known.sort_unstable();
            known
        };
        let defined = self.wanted.defined.iter().map(|defined| Chosen {
            name: defined.name.clone(),
            per: defined.per,
            dimensions: columns(&defined.dimensions),
            measures: columns(&defined.measures),
        });
        // The one with resources is the finer one.
        built_in.into_iter().rev().chain(defined).collect()
    }

    /// The rollups that every run of the period had.
    pub(super) fn made(&self, registry: &Registry) -> Vec<MadeRollup> {
        let names = |columns: &[usize]| {
            let name = |&column: &usize| registry.column(column).name;
            columns.iter().map(name).collect()
        };
        let built_in = |chosen: Chosen| MadeRollup {
            dimensions: names(&chosen.dimensions),
            measures: names(&chosen.measures),
            name: chosen.name,
            per: chosen.per,
            definition: None,
        };
        let defined = |defined: &Definition| MadeRollup {
            name: defined.name.clone(),
            per: defined.per,
            dimensions: defined.dimensions.clone(),
            measures: defined.measures.clone(),
            definition: Some(defined.text.clone()),
        };
        let chosen = self.lock().clone().unwrap_or_default();
        let built_in = chosen.into_iter().map(built_in);
        built_in
            .chain(self.wanted.defined.iter().map(defined))
            .collect()
    }

    /// The built-in ones that were wanted, and are not worth having.
    pub(super) fn forgone(&self) -> Vec<RollupName> {
        let chosen = self.lock().clone().unwrap_or_default();
        let wanted = self.wanted.built_in.iter().map(|built_in| built_in.name());
        wanted
            .filter(|name| !chosen.iter().any(|chosen| chosen.name == *name))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Chosen>>> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A rollup from which coarser ones can be made.
struct Finer {
    chosen: Chosen,
    groups: Groups,
    sums: Sums,
}

impl Finer {
    /// Whether groups of these groups are the groups of `coarser`.
    fn makes(&self, coarser: &Chosen) -> bool {
        let all = |these: &[usize], of: &[usize]| these.iter().all(|column| of.contains(column));
        self.chosen.per <= coarser.per
            && all(&coarser.dimensions, &self.chosen.dimensions)
            && all(&coarser.measures, &self.chosen.measures)
    }
}

/// Makes the rollups of a run, and hands each over to `take` as soon as it is there: they may be large. Works on the rayon pool
/// that it is called from.
pub(super) fn roll_up(
    chosen: Vec<Chosen>,
    rows: &Sorted<'_>,
    kind: ReportKind,
    registry: &Registry,
    mut take: impl FnMut(&Rollup<'_>) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    let Some(start) = registry.find(SortColumns::of(kind).start) else {
        return Ok(());
    };
    let mut finer: Vec<Finer> = Vec::new();
    for chosen in chosen {
        let times = times(rows, start, chosen.per);
        let mut grouping = Grouping::default();
        grouping.by_times(&times);
        grouping.by_columns(&chosen.dimensions, rows);
        // A coarser one is made of the groups of a finer one: the one with the fewest, which came last.
        let source = finer.iter().rev().find(|finer| finer.makes(&chosen));
        let groups = match source {
            Some(finer) => grouping.groups(finer.groups.firsts.iter().copied()),
            None => grouping.groups(0..number_of(rows.order.len())),
        };
        let sums = match source {
            Some(finer) => finer.sums.of(&groups, &chosen.measures),
            None => Sums::of_rows(rows, &groups, &chosen.measures),
        };
        let sums = sums.map_err(|column| IngestError::SumOverflow {
            object: "a rollup".to_owned(),
            column: registry.column(column).name,
        })?;
        let of_groups = |values: &[i64]| {
            let value = |&place: &u32| values[place as usize];
            groups.firsts.iter().map(value).collect()
        };
        take(&Rollup {
            name: &chosen.name,
            dimensions: &chosen.dimensions,
            examples: (groups.firsts.iter())
                .map(|&place| rows.order[place as usize])
                .collect(),
            counts: &sums.counts,
            sums: &sums.columns,
            times: (chosen.per != Grain::Period).then(|| (start, of_groups(&times))),
        })?;
        if chosen.name.is_built_in() {
            finer.push(Finer {
                chosen,
                groups,
                sums,
            });
        }
    }
    Ok(())
}

/// The columns of amounts that there are.
fn measures(registry: &Registry) -> Vec<usize> {
    let all = registry.all().into_iter().enumerate();
    let measures = all
        .filter(|(_, column)| column.column_type == ColumnType::Amount && is_measure(&column.name));
    measures.map(|(column, _)| column).collect()
}

/// Does it make sense to add these amounts up?
fn is_measure(name: &str) -> bool {
    !["_rate", "_factor", "_ratio", "unitprice"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// The columns that every rollup is grouped by, if they have values.
fn base(kind: ReportKind) -> &'static [&'static str] {
    match kind.table() {
        Table::LineItems => &[
            "line_item_product_code",
            "line_item_usage_account_id",
            "line_item_line_item_type",
            "line_item_usage_type",
            "line_item_operation",
        ],
        Table::Focus => &["servicename", "subaccountid", "chargecategory", "skuid"],
    }
}
