//! The metrics of a line item, by the definitions of cur-format 4.2 and 4.4.

use super::sums::Metrics;
use crate::catalogue::{Charge, Place};
use crate::rows::{Extra, Row};
use crate::world::CommitmentKind;

/// What a written row counts as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    /// Charge type or FOCUS category.
    pub(crate) charge: &'static str,
    /// Service by `Names`.
    pub(crate) service: u32,
    /// Index into `REGIONS`, or `None` for global.
    pub(crate) region: Option<u8>,
    pub(crate) metrics: Metrics,
}

/// The region a row shows: its region columns, else its zone's, else none.
pub(crate) fn region(row: &Row<'_>) -> Option<u8> {
    match row.sku.place {
        Place::Both | Place::RegionOnly => row.sku.region,
        Place::ZoneOnly | Place::Global => {
            (row.sku.zoned && !row.resource.zone.is_empty()).then_some(row.resource.region)
        }
    }
}

/// A line item of a legacy report or CUR 2.0.
pub(crate) fn line_item(row: &Row<'_>, has_net: bool) -> Facts {
    let charge = row.sku.charge;
    let costs = &row.costs;
    let gross = costs.unblended.units();
    let net_or_gross = costs.net.map_or(gross, super::super::amount::Amount::units);
    let dropped =
        has_net && charge.in_net_costs() && costs.net.is_none_or(|net| net.mantissa() == 0);
    let net = if dropped { 0 } else { net_or_gross };

    let (amortized, net_amortized, true_up, upfront) = match (charge, row.extra) {
        (Charge::SavingsPlanCoveredUsage, Extra::Covered { effective, net }) => {
            (effective.units(), net.unwrap_or(effective).units(), 0, 0)
        }
        (
            Charge::SavingsPlanRecurringFee,
            Extra::Recurring {
                total,
                used,
                upfront,
                ..
            },
        ) => {
            let unused = total.units() - used.units();
            (unused, unused, -upfront.units(), 0)
        }
        (Charge::SavingsPlanNegation, _) => (0, 0, 0, 0),
        (Charge::SavingsPlanUpfrontFee, _) => (0, 0, 0, gross),
        (
            Charge::DiscountedUsage,
            Extra::Discounted {
                effective,
                net_percent,
                ..
            },
        ) => {
            let net = net_percent.map_or(effective, |percent| effective.percent(percent));
            (effective.units(), net.units(), 0, 0)
        }
        (Charge::RiFee, Extra::RiFee(fee)) => {
            let net = |amount: crate::amount::Amount| {
                fee.net_percent
                    .map_or(amount, |percent| amount.percent(percent))
                    .units()
            };
            (
                fee.unused_upfront.units() + fee.unused_recurring.units(),
                net(fee.unused_upfront) + net(fee.unused_recurring),
                -fee.upfront.units(),
                0,
            )
        }
        (Charge::Fee, _)
            if row
                .commitment
                .is_some_and(|commitment| commitment.kind == CommitmentKind::Reserved) =>
        {
            (0, 0, 0, gross)
        }
        (Charge::Refund, _) if is_plan_refund(row) => (0, 0, 0, 0),
        _ => (gross, net, 0, 0),
    };
    Facts {
        charge: charge.as_str(),
        service: row.sku.service,
        region: region(row),
        metrics: Metrics::new(
            [gross, amortized, net, net_amortized, true_up, upfront],
            [
                costs.blended.map(super::super::amount::Amount::units),
                costs
                    .public
                    .filter(|_| charge != Charge::SavingsPlanNegation)
                    .map(super::super::amount::Amount::units),
                charge.has_quantity().then(|| costs.usage.units()),
            ],
        ),
    }
}

fn is_plan_refund(row: &Row<'_>) -> bool {
    row.sku.product_code == "ComputeSavingsPlans"
        && row
            .sku
            .description
            .starts_with("Refund for one-time fee for Savings Plan ID")
}
