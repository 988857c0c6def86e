//! Which amounts rollups sum up, and what they tell beside their sums.

use curtail_store::{Beside, BuiltIn, ColumnType, ReportKind, Table};

use crate::convert::registry::Registry;

/// The columns of amounts that there are.
pub(super) fn measures(registry: &Registry) -> Vec<usize> {
    let all = registry.all().into_iter().enumerate();
    let measures = all
        .filter(|(_, column)| column.column_type == ColumnType::Amount && is_measure(&column.name));
    measures.map(|(column, _)| column).collect()
}

/// The amounts whose extremes a rollup tells: what things cost. With resources they would take room, and merging line items is
/// fast where so many rows are asked for.
pub(super) fn extremes(
    built_in: BuiltIn,
    measures: &[usize],
    kind: ReportKind,
    registry: &Registry,
) -> Vec<usize> {
    let costs: &[_] = match (built_in, kind.table()) {
        (BuiltIn::DailyResources, _) => &[],
        (BuiltIn::Daily | BuiltIn::DailyServices, Table::LineItems) => &[
            "line_item_unblended_cost",
            "line_item_net_unblended_cost",
            "line_item_blended_cost",
            "line_item_usage_amount",
            "pricing_public_on_demand_cost",
            "reservation_effective_cost",
            "savings_plan_savings_plan_effective_cost",
        ],
        (BuiltIn::Daily | BuiltIn::DailyServices, Table::Focus) => &[
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
pub(super) fn beside(measures: &[String], extremes: &[String]) -> Vec<String> {
    let nulls = measures.iter().map(|name| Beside::Nulls.column(name));
    let extremes = extremes
        .iter()
        .flat_map(|name| [Beside::Least, Beside::Most].map(|beside| beside.column(name)));
    nulls.chain(extremes).collect()
}

/// Does it make sense to add these amounts up?
fn is_measure(name: &str) -> bool {
    !["_rate", "_factor", "_ratio", "unitprice"]
        .iter()
        .any(|ending| name.ends_with(ending))
}
