//! Which columns the finer rollups are grouped by.
//!
//! The rule: beside the day, the columns of [`base`], and for the finer rollup the resource. Then every other column
//! of text or time, in the table's order, that does not multiply the rows: with it, a sample has at most a twentieth more
//! groups than without, or the rollup is still so small that it does not matter.

use curtail_store::{ColumnType, ReportKind, Table};
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{
    WORTH,
    grouping::{classes_of_column, classes_of_times},
};
use crate::convert::{order::Sorted, registry::Registry, texts::number_of};

/// Rows of the run, neighbours in its order, of which some make a sample.
const STRETCH: usize = 1024;

/// Stretches of the sample by which columns are chosen.
pub(super) const STRETCHES: usize = 8;

/// Line items per row of the rollup from which on one more column does not matter.
fn plenty(with_resources: bool) -> usize {
    if with_resources { 24 } else { 64 }
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

/// Chooses by a sample of a run's rows and their days; the columns come in the registry's order. `None` if the rollup would not
/// be worth having.
pub(super) fn choose(
    with_resources: bool,
    sample: &Sorted<'_>,
    days: &[i64],
    kind: ReportKind,
    registry: &Registry,
) -> Option<Vec<usize>> {
    let rows = sample.order.len();
    let mut partition = Partition::whole(rows).by(&classes_of_times(days));
    let mut dimensions: Vec<usize> = Vec::new();
    let resource_too = with_resources.then(|| resource(kind));
    for name in base(kind).iter().copied().chain(resource_too) {
        if let Some(column) = registry.find(name) {
            dimensions.push(column);
            partition = partition.by(&classes_of_column(column, sample));
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
        if !sample.run.has_values(column) {
            if registry.is_seen(column) {
                dimensions.push(column);
            }
            continue;
        }
        let classes = classes_of_column(column, sample);
        if classes.iter().all(|&class| class == classes[0]) {
            dimensions.push(column);
            continue;
        }
        let with = partition.by(&classes);
        if with.groups <= partition.groups + partition.groups / 20
            || with.groups <= rows / plenty(with_resources)
        {
            dimensions.push(column);
            partition = with;
        }
    }
    dimensions.sort_unstable();
    (partition.groups <= rows / WORTH).then_some(dimensions)
}

/// Rows in groups.
pub(super) struct Partition {
    of_rows: Vec<u32>,
    pub(super) groups: usize,
}

impl Partition {
    /// All of so many rows in one group.
    pub(super) fn whole(rows: usize) -> Self {
        Self {
            of_rows: vec![0; rows],
            groups: 1,
        }
    }

    /// The same, with rows of different classes in different groups.
    pub(super) fn by(&self, classes: &[u32]) -> Self {
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

/// Some rows of a run: so many stretches of neighbours.
pub(super) fn sample(rows: &Sorted<'_>, stretches: usize) -> Vec<u32> {
    let count = rows.order.len();
    let apart = (count / stretches).max(STRETCH);
    let starts = (0..count).step_by(apart);
    let sample = starts.flat_map(|start| &rows.order[start..(start + STRETCH).min(count)]);
    sample.copied().collect()
}
