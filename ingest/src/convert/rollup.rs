//! Rollups of a run: what its rows come to per day and per everything that does not multiply the rows, and whatever else was
//! asked for.
//!
//! A rollup's rows have the columns of line items, so that it can stand in for them: dimensions hold what all rows of a
//! group hold, amounts the exact sum of the group's, and the time of usage the beginning of its hour, day or month.

mod dimensions;
mod grouping;
mod sums;
mod times;

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
};

use curtail_store::{
    Beside, BuiltIn, ColumnType, Definition, Grain, ReportKind, RollupName, Table,
};

pub(super) use self::sums::{Summed, Told};
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
    /// Those whose extremes it tells.
    extremes: Vec<usize>,
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
    /// Sums of columns of the registry.
    pub(super) sums: &'a [Summed],
    /// What there is to tell beside them, by the names of columns for it.
    pub(super) beside: Vec<(String, Told)>,
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
                let measures = measures(registry);
                Some(Chosen {
                    name: built_in.name(),
                    per: Grain::Day,
                    dimensions,
                    extremes: extremes(built_in, &measures, kind, registry),
                    measures,
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
            extremes: Vec::new(),
        });
        // The one with resources is the finer one.
        built_in.into_iter().rev().chain(defined).collect()
    }

    /// The rollups that every run of the period had.
    pub(super) fn made(&self, registry: &Registry) -> Vec<MadeRollup> {
        let names = |columns: &[usize]| {
            let name = |&column: &usize| registry.column(column).name;
            columns.iter().map(name).collect::<Vec<_>>()
        };
        let built_in = |chosen: Chosen| MadeRollup {
            dimensions: names(&chosen.dimensions),
            measures: names(&chosen.measures),
            beside: beside(&names(&chosen.measures), &names(&chosen.extremes)),
            name: chosen.name,
            per: chosen.per,
            definition: None,
        };
        let defined = |defined: &Definition| MadeRollup {
            name: defined.name.clone(),
            per: defined.per,
            dimensions: defined.dimensions.clone(),
            measures: defined.measures.clone(),
            beside: beside(&defined.measures, &[]),
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
        let mut sums = sums.map_err(|column| IngestError::SumOverflow {
            object: "a rollup".to_owned(),
            column: registry.column(column).name,
        })?;
        if !chosen.extremes.is_empty() {
            let of_rows = match source {
                // Of the two built-in ones only the coarser tells extremes, so the finer one was made of rows.
                Some(finer) => {
                    let group = |&finer: &u32| groups.of_rows[finer as usize];
                    Cow::Owned(finer.groups.of_rows.iter().map(group).collect())
                }
                None => Cow::Borrowed(&groups.of_rows),
            };
            sums.look(rows, &of_rows, &chosen.extremes);
        }
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
            beside: told_beside(&chosen, &sums, registry),
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

/// The amounts whose extremes a rollup tells: what things cost. With resources they would take room, and merging line items is
/// fast where so many rows are asked for.
fn extremes(
    built_in: BuiltIn,
    measures: &[usize],
    kind: ReportKind,
    registry: &Registry,
) -> Vec<usize> {
    let costs: &[_] = match (built_in, kind.table()) {
        (BuiltIn::DailyResources, _) => &[],
        (BuiltIn::Daily, Table::LineItems) => &[
            "line_item_unblended_cost",
            "line_item_net_unblended_cost",
            "line_item_blended_cost",
            "line_item_usage_amount",
            "pricing_public_on_demand_cost",
            "reservation_effective_cost",
            "savings_plan_savings_plan_effective_cost",
        ],
        (BuiltIn::Daily, Table::Focus) => &[
            "billedcost",
            "effectivecost",
            "listcost",
            "contractedcost",
            "consumedquantity",
        ],
    };
    let costs = costs.iter().filter_map(|name| registry.find(name));
    costs.filter(|column| measures.contains(column)).collect()
}

/// The columns in which a rollup tells more than sums of its measures.
fn beside(measures: &[String], extremes: &[String]) -> Vec<String> {
    let nulls = measures.iter().map(|name| Beside::Nulls.column(name));
    let extremes = extremes
        .iter()
        .flat_map(|name| [Beside::Least, Beside::Most].map(|beside| beside.column(name)));
    nulls.chain(extremes).collect()
}

/// What is to be told beside the sums of a run.
fn told_beside(chosen: &Chosen, sums: &Sums, registry: &Registry) -> Vec<(String, Told)> {
    let told = sums.columns.iter().flat_map(|summed| {
        let extremes = chosen.extremes.contains(&summed.column);
        let wanted = Beside::ALL.into_iter();
        let wanted = wanted.filter(move |beside| *beside == Beside::Nulls || extremes);
        wanted.filter_map(|beside| {
            let told = summed.told(beside, &sums.counts)?;
            Some((beside.column(&registry.column(summed.column).name), told))
        })
    });
    told.collect()
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
