//! Which columns a rollup is grouped by.
//!
//! The rule: beside the day, the columns of [`super::base`], and for the finer rollup the resource. Then every other column
//! of text or time, in the table's order, that does not multiply the rows: with it, a sample has at most a twentieth more
//! groups than without, or the rollup is still so small that it does not matter.

use curtail_store::{BuiltIn, ColumnType, ReportKind, Table};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{
    WORTH, base,
    grouping::{classes_of_column, classes_of_times},
};
use crate::convert::{order::Sorted, registry::Registry, texts::number_of};

/// Rows of the run, neighbours in its order, that a sample is made of, and how many such stretches it has.
const STRETCH: usize = 1024;
const STRETCHES: usize = 8;

/// Line items per row of the rollup from which on one more column does not matter.
fn plenty(rollup: BuiltIn) -> usize {
    match rollup {
        BuiltIn::Daily => 64,
        BuiltIn::DailyResources => 24,
    }
}

/// Columns whose values belong to one row, or to an hour.
const NEVER: [&str; 5] = [
    "identity_line_item_id",
    "identity_time_interval",
    "line_item_usage_end_date",
    "chargeperiodend",
    "source",
];

fn resource(kind: ReportKind) -> &'static str {
    match kind.table() {
        Table::LineItems => "line_item_resource_id",
        Table::Focus => "resourceid",
    }
}

fn start(kind: ReportKind) -> &'static str {
    match kind.table() {
        Table::LineItems => "line_item_usage_start_date",
        Table::Focus => "chargeperiodstart",
    }
}

/// Chooses by a sample of the run's rows; the columns come in the registry's order. `None` if the rollup would not be worth
/// having.
pub(super) fn choose(
    rollup: BuiltIn,
    rows: &Sorted<'_>,
    days: &[i64],
    kind: ReportKind,
    registry: &Registry,
) -> Option<Vec<usize>> {
    let sample = sample(rows.order.len());
    let days: Vec<i64> = sample.iter().map(|&place| days[place as usize]).collect();
    let mut partition = Partition::whole(sample.len()).by(&classes_of_times(&days));
    let mut dimensions: Vec<usize> = Vec::new();
    let with_resource = (rollup == BuiltIn::DailyResources).then(|| resource(kind));
    for name in base(kind).iter().copied().chain(with_resource) {
        if let Some(column) = registry.find(name) {
            dimensions.push(column);
            partition = partition.by(&classes_of_column(column, rows, &sample));
        }
    }
    for (column, described) in registry.all().iter().enumerate() {
        let name = described.name.as_str();
        let text = matches!(
            described.column_type,
            ColumnType::Text | ColumnType::Timestamp
        );
        let never = NEVER.contains(&name) || name == resource(kind) || name == start(kind);
        if !text || never || dimensions.contains(&column) {
            continue;
        }
        // Later runs may have values in what is empty here, and queries may name it.
        if !rows.run.has_values(column) {
            if registry.is_seen(column) {
                dimensions.push(column);
            }
            continue;
        }
        let classes = classes_of_column(column, rows, &sample);
        if classes.iter().all(|&class| class == classes[0]) {
            dimensions.push(column);
            continue;
        }
        let with = partition.by(&classes);
        if with.groups <= partition.groups + partition.groups / 20
            || with.groups <= sample.len() / plenty(rollup)
        {
            dimensions.push(column);
            partition = with;
        }
    }
    dimensions.sort_unstable();
    (partition.groups <= sample.len() / WORTH).then_some(dimensions)
}

/// Rows in groups.
struct Partition {
    of_rows: Vec<u32>,
    groups: usize,
}

impl Partition {
    fn whole(rows: usize) -> Self {
        Self {
            of_rows: vec![0; rows],
            groups: 1,
        }
    }

    /// The same, with rows of different classes in different groups.
    fn by(&self, classes: &[u32]) -> Self {
        let mut groups = FxHashMap::with_capacity_and_hasher(self.groups, FxBuildHasher);
        let group = |pair| {
            let next = number_of(groups.len());
            *groups.entry(pair).or_insert(next)
        };
        let pairs = self.of_rows.iter().zip(classes);
        let of_rows = pairs.map(|(&group, &class)| (group, class)).map(group);
        Self {
            of_rows: of_rows.collect(),
            groups: groups.len(),
        }
    }
}

/// The places of some of so many rows.
fn sample(rows: usize) -> Vec<u32> {
    let apart = (rows / STRETCHES).max(STRETCH);
    let starts = (0..rows).step_by(apart);
    let places = starts.flat_map(|start| start..(start + STRETCH).min(rows));
    places.map(number_of).collect()
}
