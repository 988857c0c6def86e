//! Daily rollups of a run: what its rows come to per day and per everything that does not multiply the rows.
//!
//! A rollup's rows have the columns of line items, so that it can stand in for them: dimensions hold what all rows of a
//! group hold, amounts the exact sum of the group's, and the time of usage the beginning of its day.

mod dimensions;
mod grouping;
mod sums;

use std::sync::{Mutex, MutexGuard, PoisonError};

use curtail_store::{ColumnType, Grain, ReportKind, Table};

use self::{
    grouping::{Grouping, Groups},
    sums::Sums,
};
use super::{
    column::NO_TIME,
    order::{MICROSECONDS_PER_DAY, SortColumns, Sorted},
    registry::Registry,
    tally::MadeRollup,
    texts::number_of,
};
use crate::IngestError;

/// A rollup with more than one row for so many line items is not worth having.
const WORTH: usize = 3;

/// What the rollups of a period are made of, once its first run has shown it.
#[derive(Debug, Default)]
pub(super) struct Rollups {
    chosen: Mutex<Option<Vec<Chosen>>>,
}

/// One rollup of a period.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    grain: Grain,
    /// Columns of the registry that it groups by.
    dimensions: Vec<usize>,
    /// Columns of the registry that it sums up.
    measures: Vec<usize>,
}

/// A rollup of one run.
#[derive(Debug)]
pub(super) struct Rollup {
    pub(super) grain: Grain,
    /// Columns of the registry that it groups by.
    pub(super) dimensions: Vec<usize>,
    /// For each of its rows, a line item of the run that has its dimensions.
    pub(super) examples: Vec<u32>,
    /// How many line items each row stands for.
    pub(super) counts: Vec<i64>,
    /// Sums of columns of the registry, in units of 10⁻¹⁸.
    pub(super) sums: Vec<(usize, Vec<i128>)>,
    /// The column of the registry that holds the start of usage, and each row's day.
    pub(super) days: (usize, Vec<i64>),
}

impl Rollups {
    /// What the rollups of a run are made of: what those of the first run were, so that a rollup has all of a period's rows.
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
            let days = days(rows, start);
            let candidates = Grain::ALL.into_iter().filter_map(|grain| {
                let dimensions = dimensions::choose(grain, rows, &days, kind, registry)?;
                Some(Chosen {
                    grain,
                    dimensions,
                    measures: measures(registry),
                })
            });
            candidates.collect()
        };
        self.lock().get_or_insert_with(choose).clone()
    }

    /// The rollups that every run of the period had.
    pub(super) fn made(&self, registry: &Registry) -> Vec<MadeRollup> {
        let names = |columns: &[usize]| {
            let name = |&column: &usize| registry.column(column).name;
            columns.iter().map(name).collect()
        };
        let made = |chosen: Chosen| MadeRollup {
            grain: chosen.grain,
            dimensions: names(&chosen.dimensions),
            measures: names(&chosen.measures),
        };
        let chosen = self.lock().clone().unwrap_or_default();
        chosen.into_iter().map(made).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Chosen>>> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rollups of a run. Works on the rayon pool that it is called from.
pub(super) fn roll_up(
    chosen: Vec<Chosen>,
    rows: &Sorted<'_>,
    kind: ReportKind,
    registry: &Registry,
) -> Result<Vec<Rollup>, IngestError> {
    let Some(start) = registry.find(SortColumns::of(kind).start) else {
        return Ok(Vec::new());
    };
    let days = days(rows, start);
    let count = rows.order.len();
    let mut rollups: Vec<(Chosen, Groups, Sums)> = Vec::new();
    // From the finest on: a coarser one whose dimensions are among those of a finer one is made of its groups.
    for chosen in chosen.into_iter().rev() {
        let mut grouping = Grouping::default();
        grouping.by_times(&days);
        grouping.by_columns(&chosen.dimensions, rows);
        let finer = rollups.iter().find(|(finer, ..)| {
            let of_finer = |dimension: &usize| finer.dimensions.contains(dimension);
            chosen.dimensions.iter().all(of_finer)
        });
        let groups = match finer {
            Some((_, finer, _)) => grouping.groups(finer.firsts.iter().copied()),
            None => grouping.groups(0..number_of(count)),
        };
        let sums = match finer {
            Some((_, _, sums)) => sums.of(&groups),
            None => Sums::of_rows(rows, &groups, &chosen.measures),
        };
        let sums = sums.map_err(|column| IngestError::SumOverflow {
            object: "a rollup".to_owned(),
            column: registry.column(column).name,
        })?;
        rollups.push((chosen, groups, sums));
    }
    rollups.reverse();
    let rollup = |(chosen, groups, sums): (Chosen, Groups, Sums)| Rollup {
        grain: chosen.grain,
        examples: (groups.firsts.iter())
            .map(|&place| rows.order[place as usize])
            .collect(),
        days: (
            start,
            (groups.firsts.iter())
                .map(|&place| days[place as usize])
                .collect(),
        ),
        dimensions: chosen.dimensions,
        counts: sums.counts,
        sums: sums.columns,
    };
    Ok(rollups.into_iter().map(rollup).collect())
}

/// The columns of amounts that there are.
fn measures(registry: &Registry) -> Vec<usize> {
    let all = registry.all().into_iter().enumerate();
    let measures = all
        .filter(|(_, column)| column.column_type == ColumnType::Amount && is_measure(&column.name));
    measures.map(|(column, _)| column).collect()
}

/// The beginning of each row's day.
fn days(rows: &Sorted<'_>, start: usize) -> Vec<i64> {
    let starts = rows.run.times(start);
    let day = |&row: &u32| match starts.get(row as usize) {
        Some(&micros) if micros != NO_TIME => micros - micros.rem_euclid(MICROSECONDS_PER_DAY),
        _ => NO_TIME,
    };
    rows.order.iter().map(day).collect()
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
