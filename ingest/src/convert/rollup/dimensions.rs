//! Which columns a rollup is grouped by.
//!
//! The rule: beside the day, the columns of [`super::base`], and for the finer rollup the resource. Then every other column
//! of text or time, in the table's order, that does not multiply the rows: with it, a sample has at most a twentieth more
//! groups than without, or the rollup is still so small that it does not matter.

use curtail_store::{ColumnType, Grain, ReportKind, Table};

use super::{Grouping, base};
use crate::convert::{registry::Registry, run::Run};

/// Rows of the run, neighbours in its order, that a sample is made of, and how many such stretches it has.
const STRETCH: usize = 8 * 1024;
const STRETCHES: usize = 8;

/// Line items per row of the rollup from which on one more column does not matter.
fn plenty(grain: Grain) -> usize {
    match grain {
        Grain::Daily => 64,
        Grain::DailyResources => 24,
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

/// Chooses by a sample of the run's rows; the columns come in the registry's order.
pub(super) fn choose(
    grain: Grain,
    run: &Run,
    order: &[u32],
    days: &[i64],
    kind: ReportKind,
    registry: &Registry,
) -> Vec<usize> {
    let (rows, days) = sample(order, days);
    let all = registry.all();
    let mut dimensions: Vec<usize> = Vec::new();
    let mut grouping = Grouping::new(rows.len());
    grouping.by_times(&days);
    let with_resource = (grain == Grain::DailyResources).then(|| resource(kind));
    for name in base(kind).iter().copied().chain(with_resource) {
        if let Some(column) = registry.find(name) {
            dimensions.push(column);
            grouping.by_column(run, column, &rows);
        }
    }
    let mut groups = grouping.count();
    for (column, described) in all.iter().enumerate() {
        let name = described.name.as_str();
        let text = matches!(
            described.column_type,
            ColumnType::Text | ColumnType::Timestamp
        );
        let never = NEVER.contains(&name) || name == resource(kind) || name == start(kind);
        if !text || never || dimensions.contains(&column) || !run.has_values(column) {
            continue;
        }
        let mut with = grouping.clone();
        with.by_column(run, column, &rows);
        let count = with.count();
        if count <= groups + groups / 20 || count <= rows.len() / plenty(grain) {
            dimensions.push(column);
            (grouping, groups) = (with, count);
        }
    }
    dimensions.sort_unstable();
    dimensions
}

/// Some of the rows, and their days.
fn sample(order: &[u32], days: &[i64]) -> (Vec<u32>, Vec<i64>) {
    let apart = (order.len() / STRETCHES).max(STRETCH);
    let starts = (0..order.len()).step_by(apart);
    let stretches = starts.map(|start| start..(start + STRETCH).min(order.len()));
    let of = stretches.flat_map(|stretch| stretch.map(|at| (order[at], days[at])));
    of.unzip()
}
