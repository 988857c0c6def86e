//! From line items to charges.
//!
//! A negation and what it takes back vanish together: covered usage is billed at nothing. A commitment's fee is a
//! purchase without effective cost, and what of it is unused a charge of its own. So billed cost sums to unblended
//! cost and effective cost to amortised cost.

use crate::amount::Amount;
use crate::catalogue::Charge;
use crate::rows::Row;
use crate::truth::{Facts, Metrics, line_item, region};

/// A charge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FocusRow<'a> {
    pub(crate) row: &'a Row<'a>,
    pub(crate) category: &'static str,
    pub(crate) class: &'static str,
    pub(crate) frequency: &'static str,
    pub(crate) pricing: &'static str,
    /// `Used` or `Unused`, for charges of a commitment's usage.
    pub(crate) status: &'static str,
    pub(crate) billed: Amount,
    pub(crate) effective: Amount,
    pub(crate) list: Amount,
    pub(crate) contracted: Amount,
    pub(crate) quantity: Option<Amount>,
}

/// The charges of a line item: none, one or two.
pub(crate) fn convert<'a>(row: &'a Row<'a>) -> [Option<FocusRow<'a>>; 2] {
    let charge = row.sku.charge;
    let cost = row.costs.unblended;
    let amortized = Amount::from_units(line_item(row, false).metrics.values[1], 15);
    let list = row.costs.public.unwrap_or(cost);
    let base = FocusRow {
        row,
        category: "Usage",
        class: "",
        frequency: "Usage-Based",
        pricing: if row.sku.usage_type.contains("Spot") {
            "Dynamic"
        } else {
            "Standard"
        },
        status: "",
        billed: cost,
        effective: amortized,
        list,
        contracted: cost,
        quantity: Some(row.costs.usage),
    };
    let purchase = FocusRow {
        category: "Purchase",
        frequency: "Recurring",
        pricing: "",
        effective: Amount::ZERO,
        quantity: None,
        ..base
    };
    match charge {
        Charge::SavingsPlanNegation => [None, None],
        Charge::SavingsPlanCoveredUsage | Charge::DiscountedUsage => {
            let billed = Amount::ZERO;
            [
                Some(FocusRow {
                    pricing: "Committed",
                    status: "Used",
                    billed,
                    contracted: list,
                    ..base
                }),
                None,
            ]
        }
        Charge::SavingsPlanRecurringFee | Charge::RiFee => {
            let unused = FocusRow {
                pricing: "Committed",
                status: "Unused",
                billed: Amount::ZERO,
                list: Amount::ZERO,
                contracted: Amount::ZERO,
                quantity: None,
                ..base
            };
            [
                Some(purchase),
                (amortized.mantissa() != 0).then_some(unused),
            ]
        }
        Charge::SavingsPlanUpfrontFee => [
            Some(FocusRow {
                frequency: "One-Time",
                ..purchase
            }),
            None,
        ],
        Charge::Fee => [
            Some(FocusRow {
                frequency: "One-Time",
                effective: amortized,
                ..purchase
            }),
            None,
        ],
        Charge::Usage | Charge::FlatRateSubscription => [Some(base), None],
        other => {
            let category = match other {
                Charge::Tax => "Tax",
                Charge::Credit => "Credit",
                _ => "Adjustment",
            };
            let class = if other == Charge::Refund {
                "Correction"
            } else {
                ""
            };
            [
                Some(FocusRow {
                    category,
                    class,
                    frequency: "One-Time",
                    pricing: "",
                    quantity: None,
                    ..base
                }),
                None,
            ]
        }
    }
}

impl FocusRow<'_> {
    /// What the charge counts as.
    pub(crate) fn facts(&self) -> Facts {
        let (billed, effective) = (self.billed.units(), self.effective.units());
        Facts {
            charge: self.category,
            service: self.row.sku.focus_service,
            region: region(self.row),
            metrics: Metrics::new(
                [billed, effective, billed, effective, 0, 0],
                [
                    None,
                    Some(self.list.units()),
                    self.quantity
                        .filter(|_| self.category == "Usage")
                        .map(Amount::units),
                ],
            ),
        }
    }
}
