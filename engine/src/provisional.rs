//! Provisional costs: what Cost Explorer told of days that no report covers yet.

mod asked;
mod comparison;
mod coverage;
mod found;
mod lacking;

use curtail_store::{SideReceipt, Snapshot};

pub(crate) use asked::Told;
pub use comparison::ProvisionalComparison;
pub(crate) use coverage::Coverage;
pub use found::provisional_note;
pub(crate) use found::summary;
pub use lacking::ProvisionalScope;

/// What the column `report` of provisional costs begins with; the payer account follows.
pub(crate) const REPORT: &str = "cost-explorer:";

/// The receipts of the provisional costs that are told: those with a day that no report covers whole.
pub(crate) fn visible<'a>(
    snapshot: &'a Snapshot,
    coverage: &'a Coverage,
) -> impl Iterator<Item = &'a SideReceipt> {
    let receipts = snapshot.provisional().map(|version| &version.receipt);
    receipts.filter(|receipt| receipt.rows > 0 && !coverage.is_whole(receipt))
}

/// The name under which provisional costs stand in the column `report`.
pub(crate) fn report_name(receipt: &SideReceipt) -> String {
    format!("{REPORT}{}", receipt.part.payer_account_id)
}
