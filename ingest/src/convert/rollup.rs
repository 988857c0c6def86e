//! Daily rollups of a run: what its rows come to per day and per everything that does not multiply the rows.
//!
//! A rollup's rows have the columns of line items, so that it can stand in for them: dimensions hold what all rows of a
//! group hold, amounts the exact sum of the group's, and the time of usage the beginning of its day.

mod dimensions;
mod grouping;

use std::sync::{Mutex, MutexGuard, PoisonError};

use curtail_store::{ColumnType, Grain, ReportKind, Table};
use rayon::prelude::*;

use self::grouping::{Grouping, Groups, Rows};
use super::{
    amounts::NO_AMOUNT,
    column::NO_TIME,
    order::{MICROSECONDS_PER_DAY, SortColumns},
    registry::Registry,
    run::Run,
    tally::MadeRollup,
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
struct Chosen {
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
    /// The rollups of a run, whose rows come in `order`; those that are worth having. Works on the rayon pool that it is
    /// called from.
    pub(super) fn of(
        &self,
        run: &Run,
        order: &[u32],
        kind: ReportKind,
        registry: &Registry,
    ) -> Result<Vec<Rollup>, IngestError> {
        let Some(start) = registry.find(SortColumns::of(kind).start) else {
            return Ok(Vec::new());
        };
        let rows = Rows::new(run, order);
        let days = days(run, order, start);
        let known = self.lock().clone();
        let candidates = known.clone().unwrap_or_else(|| {
            let choose = |grain| Chosen {
                grain,
                dimensions: dimensions::choose(grain, run, order, &days, kind, registry),
                measures: measures(registry),
            };
            Grain::ALL.into_par_iter().map(choose).collect()
        });
        let group = |chosen: Chosen| {
            let mut grouping = Grouping::new(order.len());
            grouping.by_times(&days);
            rows.group_by(&chosen.dimensions, &mut grouping);
            (chosen, grouping.finish())
        };
        let mut grouped: Vec<(Chosen, Groups)> = candidates.into_par_iter().map(group).collect();
        if known.is_none() {
            grouped.retain(|(_, groups)| groups.firsts.len() <= order.len() / WORTH);
            *self.lock() = Some(grouped.iter().map(|(chosen, _)| chosen.clone()).collect());
        }
        let Some((first, _)) = grouped.first() else {
            return Ok(Vec::new());
        };
        let sums = first
            .measures
            .par_iter()
            .filter(|column| run.has_values(**column));
        let sums = sums.map(|&column| {
            let mut units = Vec::new();
            run.amounts(column, order, &mut units);
            let sums = grouped.iter().map(|(_, groups)| sum(&units, groups));
            let overflow = || IngestError::SumOverflow {
                object: "a rollup".to_owned(),
                column: registry.column(column).name,
            };
            let sums: Option<Vec<_>> = sums.collect();
            Ok((column, sums.ok_or_else(overflow)?))
        });
        let sums: Vec<(usize, Vec<Vec<i128>>)> = sums.collect::<Result<_, IngestError>>()?;
        let rollups = grouped
            .into_iter()
            .enumerate()
            .map(|(at, (chosen, groups))| {
                let own = |(column, sums): &(usize, Vec<Vec<i128>>)| (*column, sums[at].clone());
                let sums = sums.iter().map(own).collect();
                rollup(chosen, &groups, order, (start, &days), sums)
            });
        Ok(rollups.collect())
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

/// The columns of amounts that there are.
fn measures(registry: &Registry) -> Vec<usize> {
    let all = registry.all().into_iter().enumerate();
    let measures = all
        .filter(|(_, column)| column.column_type == ColumnType::Amount && is_measure(&column.name));
    measures.map(|(column, _)| column).collect()
}

fn rollup(
    chosen: Chosen,
    groups: &Groups,
    order: &[u32],
    (start, days): (usize, &[i64]),
    sums: Vec<(usize, Vec<i128>)>,
) -> Rollup {
    let mut counts = vec![0; groups.firsts.len()];
    for &group in &groups.of_rows {
        counts[group as usize] += 1;
    }
    let firsts = groups.firsts.iter().map(|&first| first as usize);
    Rollup {
        grain: chosen.grain,
        examples: firsts.clone().map(|first| order[first]).collect(),
        days: (start, firsts.map(|first| days[first]).collect()),
        dimensions: chosen.dimensions,
        counts,
        sums,
    }
}

/// The sum of each group, [`NO_AMOUNT`] where none of its rows has an amount; `None` if a sum does not fit.
fn sum(units: &[i128], groups: &Groups) -> Option<Vec<i128>> {
    let mut sums = vec![NO_AMOUNT; groups.firsts.len()];
    for (&units, &group) in units.iter().zip(&groups.of_rows) {
        if units != NO_AMOUNT {
            let sum = &mut sums[group as usize];
            *sum = if *sum == NO_AMOUNT {
                units
            } else {
                sum.checked_add(units)?
            };
        }
    }
    Some(sums)
}

/// The beginning of each row's day.
fn days(run: &Run, order: &[u32], start: usize) -> Vec<i64> {
    let starts = run.times(start);
    let day = |&row: &u32| match starts.get(row as usize) {
        Some(&micros) if micros != NO_TIME => micros - micros.rem_euclid(MICROSECONDS_PER_DAY),
        _ => NO_TIME,
    };
    order.iter().map(day).collect()
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
