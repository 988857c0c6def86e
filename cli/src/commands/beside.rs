//! What is kept beside reports, in rows that are otherwise of reports.

use curtail_store::{SidePart, SideTable};

use crate::rows::Cell;

/// What stands for the name of a report.
pub(super) fn beside(part: &SidePart) -> String {
    let what = match part.table {
        SideTable::CostExplorer => "cost-explorer",
        SideTable::Accounts => "accounts",
    };
    format!("{what}:{}", part.payer_account_id)
}

/// Its billing period, if it is of one.
pub(super) fn month(part: &SidePart) -> Cell {
    let period = part.billing_period.map(|period| period.to_string());
    period.map_or(Cell::Null, Cell::from)
}
