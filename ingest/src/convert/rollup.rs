//! Rollups of a run: what its rows come to per day and per everything that does not multiply the rows, and whatever else was
//! asked for.
//!
//! A rollup's rows have the columns of line items, so that it can stand in for them: dimensions hold what all rows of a
//! group hold, amounts the exact sum of the group's, and the time of usage the beginning of its hour, day or month.

mod dimensions;
mod grouping;
mod measures;
mod packed;
mod partly;
mod pieces;
mod services;
mod sums;
mod times;
mod together;
mod whole;

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
};

use curtail_store::{Beside, BuiltIn, Definition, Grain, ReportKind, RollupName};

use self::{
    grouping::{Grouping, Groups},
    measures::{beside, extremes, measures},
    partly::Partial,
    services::Services,
    sums::Sums,
    times::times,
};
pub(super) use self::{
    pieces::Piece,
    sums::{Summed, Told},
    together::Together,
    whole::Whole,
};
use super::{
    order::{SortColumns, Sorted},
    registry::Registry,
    tally::MadeRollup,
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
    /// Those that it groups by, and tells, on some line items only.
    partly: Vec<Partial>,
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
    /// Columns that it tells on some rows only, with the number of each row's text.
    pub(super) partly: Vec<(usize, Vec<u32>)>,
    /// For each of its rows, a line item of the run that has its dimensions.
    pub(super) examples: Vec<u32>,
    /// How many line items each row stands for.
    pub(super) counts: &'a [i64],
    /// Sums of columns of the registry.
    pub(super) sums: &'a [Summed],
    /// What there is to tell beside them, by column of the registry.
    pub(super) beside: Vec<(usize, Beside, Told)>,
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
        let choose = || self.choose(rows, kind, registry);
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
            partly: Vec::new(),
            measures: columns(&defined.measures),
            extremes: Vec::new(),
        });
        // They stand from the coarsest on.
        built_in.into_iter().rev().chain(defined).collect()
    }

    /// The built-in ones that are worth having, from the coarsest on.
    fn choose(&self, rows: &Sorted<'_>, kind: ReportKind, registry: &Registry) -> Vec<Chosen> {
        let Some(start) = registry.find(SortColumns::of(kind).start) else {
            return Vec::new();
        };
        let sample = dimensions::sample(rows, dimensions::STRETCHES);
        let sample = Sorted::of_few(rows.run, &sample);
        let days = times(&sample, start, Grain::Day);
        let choose = |resources| dimensions::choose(resources, &sample, &days, kind, registry);
        let daily = choose(false);
        let measures = measures(registry);
        let mut chosen = Vec::new();
        for &built_in in &self.wanted.built_in {
            let services = match built_in {
                BuiltIn::DailyServices => {
                    services::choose(daily.as_deref(), rows, start, kind, registry)
                }
                BuiltIn::Daily => daily.clone().map(Services::of),
                BuiltIn::DailyResources => choose(true).map(Services::of),
            };
            chosen.extend(services.map(|Services { dimensions, partly }| Chosen {
                name: built_in.name(),
                per: Grain::Day,
                dimensions,
                partly,
                extremes: extremes(built_in, &measures, kind, registry),
                measures: measures.clone(),
            }));
        }
        chosen
    }

    /// The rollups that every run of the period had.
    pub(super) fn made(&self, registry: &Registry) -> Vec<MadeRollup> {
        let names = |columns: &[usize]| {
            let name = |&column: &usize| registry.column(column).name;
            columns.iter().map(name).collect::<Vec<_>>()
        };
        let built_in = |chosen: Chosen| MadeRollup {
            dimensions: names(&chosen.dimensions),
            partly: (chosen.partly.iter())
                .map(|partial| partial.told(registry))
                .collect(),
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
            partly: Vec::new(),
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
    /// What its rows are made of: line items, or rows of another rollup.
    groups: Groups,
    examples: Vec<u32>,
    sums: Sums,
}

impl Finer {
    /// Whether groups of these groups are the groups of `coarser`.
    fn makes(&self, coarser: &Chosen) -> bool {
        let all = |these: &[usize]| {
            let mut these = these.iter();
            these.all(|column| self.chosen.dimensions.contains(column))
        };
        let partly: Vec<usize> = coarser.partly.iter().map(|it| it.column).collect();
        let measures = &self.chosen.measures;
        self.chosen.per <= coarser.per
            && all(&coarser.dimensions)
            && all(&partly)
            && (coarser.measures.iter()).all(|column| measures.contains(column))
    }
}

/// Makes the rollups of a run, and hands each over to `take` as soon as it is there: they may be large. Works on the rayon pool
/// that it is called from.
pub(super) fn roll_up(
    chosen: Vec<Chosen>,
    line_items: &Sorted<'_>,
    kind: ReportKind,
    registry: &Registry,
    mut take: impl FnMut(&Rollup<'_>, &Chosen) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    let Some(start) = registry.find(SortColumns::of(kind).start) else {
        return Ok(());
    };
    let mut finer: Vec<Finer> = Vec::new();
    for chosen in chosen {
        // A coarser one is made of the groups of a finer one: the one with the fewest, which came last.
        let source = finer.iter().rev().find(|finer| finer.makes(&chosen));
        let few = source.map(|finer| Sorted::new(line_items.run, &finer.examples));
        let rows = few.as_ref().unwrap_or(line_items);
        let times = times(rows, start, chosen.per);
        let mut grouping = Grouping::default();
        grouping.by_times(&times);
        grouping.by_columns(&chosen.dimensions, rows);
        for partial in &chosen.partly {
            grouping.by_classes(partial.numbers(rows));
        }
        let groups = grouping.groups(rows.order.len());
        let sums = match source {
            Some(finer) => finer.sums.of(&groups, &chosen.measures),
            None => Sums::of_rows(rows, &groups, &chosen.measures),
        };
        let mut sums = sums.map_err(|column| overflow(column, registry))?;
        if !sums.know(&chosen.extremes) {
            let of_line_items = match source {
                // The one with resources alone tells no extremes, and is always made of line items.
                Some(finer) => {
                    let group = |&finer: &u32| groups.of_rows[finer as usize];
                    Cow::Owned(finer.groups.of_rows.iter().map(group).collect())
                }
                None => Cow::Borrowed(&groups.of_rows),
            };
            sums.look(line_items, &of_line_items, &chosen.extremes);
        }
        let example = |&place: &u32| rows.order[place as usize];
        let examples: Vec<u32> = groups.firsts.iter().map(example).collect();
        let time = |&place: &u32| times[place as usize];
        let of_examples = Sorted::new(rows.run, &examples);
        let partly = |partial: &Partial| (partial.column, partial.numbers(&of_examples));
        let rollup = Rollup {
            name: &chosen.name,
            dimensions: &chosen.dimensions,
            partly: chosen.partly.iter().map(partly).collect(),
            counts: &sums.counts,
            sums: &sums.columns,
            beside: told_beside(&chosen.extremes, &sums),
            times: (chosen.per != Grain::Period)
                .then(|| (start, groups.firsts.iter().map(time).collect())),
            examples,
        };
        take(&rollup, &chosen)?;
        if chosen.name.is_built_in() {
            let examples = rollup.examples;
            finer.push(Finer {
                chosen,
                groups,
                examples,
                sums,
            });
        }
    }
    Ok(())
}

fn overflow(column: usize, registry: &Registry) -> IngestError {
    IngestError::SumOverflow {
        object: "a rollup".to_owned(),
        column: registry.column(column).name,
    }
}

/// What is to be told beside sums, where `extremes` of columns are wanted.
fn told_beside(extremes: &[usize], sums: &Sums) -> Vec<(usize, Beside, Told)> {
    let told = sums.columns.iter().flat_map(|summed| {
        let extremes = extremes.contains(&summed.column);
        let wanted = Beside::ALL.into_iter();
        let wanted = wanted.filter(move |beside| *beside == Beside::Nulls || extremes);
        wanted.filter_map(|beside| {
            let told = summed.told(beside, &sums.counts)?;
            Some((summed.column, beside, told))
        })
    });
    told.collect()
}
