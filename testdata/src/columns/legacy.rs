//! The columns of legacy reports, in the order of the headers that AWS writes.

use super::{Column, Field, Type, athena_name};
use crate::catalogue::ATTRIBUTES;
use crate::world::{COST_CATEGORIES, World};

/// When a column exists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// With discounts.
    Net,
    /// With split cost allocation.
    Split,
    /// With both.
    SplitNet,
}

use When::{Always, Net, Split, SplitNet};

const BEFORE_PRODUCT: &[(&str, Field, When)] = &[
    ("identity/LineItemId", Field::LineItemId, Always),
    ("identity/TimeInterval", Field::TimeInterval, Always),
    ("bill/InvoiceId", Field::InvoiceId, Always),
    ("bill/InvoicingEntity", Field::InvoicingEntity, Always),
    ("bill/BillingEntity", Field::BillingEntity, Always),
    ("bill/BillType", Field::BillType, Always),
    ("bill/PayerAccountId", Field::PayerAccountId, Always),
    ("bill/BillingPeriodStartDate", Field::PeriodStart, Always),
    ("bill/BillingPeriodEndDate", Field::PeriodEnd, Always),
    ("lineItem/UsageAccountId", Field::UsageAccountId, Always),
    ("lineItem/LineItemType", Field::LineItemType, Always),
    ("lineItem/UsageStartDate", Field::UsageStart, Always),
    ("lineItem/UsageEndDate", Field::UsageEnd, Always),
    ("lineItem/ProductCode", Field::ProductCode, Always),
    ("lineItem/UsageType", Field::UsageType, Always),
    ("lineItem/Operation", Field::Operation, Always),
    ("lineItem/AvailabilityZone", Field::Zone, Always),
    ("lineItem/ResourceId", Field::ResourceId, Always),
    ("lineItem/UsageAmount", Field::UsageAmount, Always),
    ("lineItem/NormalizationFactor", Field::Factor, Always),
    (
        "lineItem/NormalizedUsageAmount",
        Field::NormalizedUsage,
        Always,
    ),
    ("lineItem/CurrencyCode", Field::Currency, Always),
    ("lineItem/UnblendedRate", Field::UnblendedRate, Always),
    ("lineItem/UnblendedCost", Field::UnblendedCost, Always),
    ("lineItem/BlendedRate", Field::BlendedRate, Always),
    ("lineItem/BlendedCost", Field::BlendedCost, Always),
    ("lineItem/LineItemDescription", Field::Description, Always),
    ("lineItem/TaxType", Field::TaxType, Always),
    ("lineItem/LegalEntity", Field::LegalEntity, Always),
    ("lineItem/NetUnblendedRate", Field::NetRate, Net),
    ("lineItem/NetUnblendedCost", Field::NetCost, Net),
];

const AFTER_PRODUCT: &[(&str, Field, When)] = &[
    ("pricing/LeaseContractLength", Field::LeaseLength, Always),
    ("pricing/OfferingClass", Field::OfferingClass, Always),
    ("pricing/PurchaseOption", Field::PurchaseOption, Always),
    ("pricing/RateCode", Field::RateCode, Always),
    ("pricing/RateId", Field::RateId, Always),
    ("pricing/currency", Field::Currency, Always),
    ("pricing/publicOnDemandCost", Field::PublicCost, Always),
    ("pricing/publicOnDemandRate", Field::PublicRate, Always),
    ("pricing/term", Field::Term, Always),
    ("pricing/unit", Field::Unit, Always),
    (
        "reservation/AmortizedUpfrontCostForUsage",
        Field::RiAmortizedForUsage,
        Always,
    ),
    (
        "reservation/AmortizedUpfrontFeeForBillingPeriod",
        Field::RiAmortizedForPeriod,
        Always,
    ),
    (
        "reservation/AvailabilityZone",
        Field::Empty(Type::Text),
        Always,
    ),
    ("reservation/EffectiveCost", Field::RiEffective, Always),
    ("reservation/EndTime", Field::RiEnd, Always),
    (
        "reservation/ModificationStatus",
        Field::RiModification,
        Always,
    ),
    (
        "reservation/NetAmortizedUpfrontCostForUsage",
        Field::RiNetAmortizedForUsage,
        Net,
    ),
    (
        "reservation/NetAmortizedUpfrontFeeForBillingPeriod",
        Field::RiNetAmortizedForPeriod,
        Net,
    ),
    ("reservation/NetEffectiveCost", Field::RiNetEffective, Net),
    (
        "reservation/NetRecurringFeeForUsage",
        Field::RiNetRecurringForUsage,
        Net,
    ),
    (
        "reservation/NetUnusedAmortizedUpfrontFeeForBillingPeriod",
        Field::RiNetUnusedAmortized,
        Net,
    ),
    (
        "reservation/NetUnusedRecurringFee",
        Field::RiNetUnusedRecurring,
        Net,
    ),
    ("reservation/NetUpfrontValue", Field::RiNetUpfrontValue, Net),
    (
        "reservation/NormalizedUnitsPerReservation",
        Field::RiNormalizedUnits,
        Always,
    ),
    ("reservation/NumberOfReservations", Field::RiNumber, Always),
    (
        "reservation/RecurringFeeForUsage",
        Field::RiRecurringForUsage,
        Always,
    ),
    ("reservation/ReservationARN", Field::RiArn, Always),
    ("reservation/StartTime", Field::RiStart, Always),
    ("reservation/SubscriptionId", Field::RiSubscription, Always),
    (
        "reservation/TotalReservedNormalizedUnits",
        Field::RiTotalNormalizedUnits,
        Always,
    ),
    (
        "reservation/TotalReservedUnits",
        Field::RiTotalUnits,
        Always,
    ),
    ("reservation/UnitsPerReservation", Field::RiUnitsPer, Always),
    (
        "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod",
        Field::RiUnusedAmortized,
        Always,
    ),
    (
        "reservation/UnusedNormalizedUnitQuantity",
        Field::RiUnusedNormalized,
        Always,
    ),
    (
        "reservation/UnusedQuantity",
        Field::RiUnusedQuantity,
        Always,
    ),
    (
        "reservation/UnusedRecurringFee",
        Field::RiUnusedRecurring,
        Always,
    ),
    ("reservation/UpfrontValue", Field::RiUpfrontValue, Always),
    (
        "savingsPlan/AmortizedUpfrontCommitmentForBillingPeriod",
        Field::SpAmortizedUpfront,
        Always,
    ),
    ("savingsPlan/EndTime", Field::SpEnd, Always),
    ("savingsPlan/InstanceTypeFamily", Field::SpFamily, Always),
    (
        "savingsPlan/NetAmortizedUpfrontCommitmentForBillingPeriod",
        Field::SpNetAmortizedUpfront,
        Net,
    ),
    (
        "savingsPlan/NetRecurringCommitmentForBillingPeriod",
        Field::SpNetRecurring,
        Net,
    ),
    (
        "savingsPlan/NetSavingsPlanEffectiveCost",
        Field::SpNetEffective,
        Net,
    ),
    ("savingsPlan/OfferingType", Field::SpOffering, Always),
    ("savingsPlan/PaymentOption", Field::SpPayment, Always),
    ("savingsPlan/PurchaseTerm", Field::SpTerm, Always),
    (
        "savingsPlan/RecurringCommitmentForBillingPeriod",
        Field::SpRecurring,
        Always,
    ),
    ("savingsPlan/Region", Field::SpRegion, Always),
    ("savingsPlan/SavingsPlanARN", Field::SpArn, Always),
    (
        "savingsPlan/SavingsPlanEffectiveCost",
        Field::SpEffective,
        Always,
    ),
    ("savingsPlan/SavingsPlanRate", Field::SpRate, Always),
    ("savingsPlan/StartTime", Field::SpStart, Always),
    ("savingsPlan/TotalCommitmentToDate", Field::SpTotal, Always),
    ("savingsPlan/UsedCommitment", Field::SpUsed, Always),
    ("discount/EdpDiscount", Field::EdpDiscount, Net),
    ("discount/TotalDiscount", Field::TotalDiscount, Net),
    ("splitLineItem/ActualUsage", Field::SplitActual, Split),
    ("splitLineItem/NetSplitCost", Field::SplitNetCost, SplitNet),
    (
        "splitLineItem/NetUnusedCost",
        Field::SplitNetUnused,
        SplitNet,
    ),
    ("splitLineItem/ParentResourceId", Field::SplitParent, Split),
    (
        "splitLineItem/PublicOnDemandSplitCost",
        Field::SplitPublic,
        Split,
    ),
    (
        "splitLineItem/PublicOnDemandUnusedCost",
        Field::SplitPublicUnused,
        Split,
    ),
    ("splitLineItem/ReservedUsage", Field::SplitReserved, Split),
    ("splitLineItem/SplitCost", Field::SplitCost, Split),
    ("splitLineItem/SplitUsage", Field::SplitUsage, Split),
    ("splitLineItem/SplitUsageRatio", Field::SplitRatio, Split),
    ("splitLineItem/UnusedCost", Field::SplitUnused, Split),
];

/// The columns of the month of this index.
pub(crate) fn legacy_columns(world: &World, month: usize) -> Vec<Column> {
    let exists = |when| match when {
        Always => true,
        Net => world.discount.is_some(),
        Split => world.split,
        SplitNet => world.split && world.discount.is_some(),
    };
    let fixed = |table: &'static [(&'static str, Field, When)]| {
        table
            .iter()
            .filter(move |&&(_, _, when)| exists(when))
            .map(|&(header, field, _)| (header.to_owned(), field))
    };
    let mut list: Vec<(String, Field)> = fixed(BEFORE_PRODUCT).collect();
    list.extend(world.attributes_of(month).map(|attribute| {
        (
            format!("product/{}", ATTRIBUTES[attribute]),
            Field::Product(attribute),
        )
    }));
    list.extend(fixed(AFTER_PRODUCT));
    if world.categories {
        list.extend(COST_CATEGORIES.iter().enumerate().map(|(index, name)| {
            (
                format!("costCategory/{name}"),
                Field::CostCategory(index as u8),
            )
        }));
    }
    list.extend(
        (0..world.tags.len())
            .filter(|&tag| world.tag_exists(tag, month))
            .map(|tag| {
                (
                    format!("resourceTags/{}", world.tags[tag].key),
                    Field::Tag(tag as u16),
                )
            }),
    );
    list.into_iter()
        .map(|(header, field)| Column {
            name: athena_name(&header),
            header,
            field,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Profile};

    #[test]
    fn reports_are_as_wide_as_real_ones() {
        let width = |profile| {
            legacy_columns(
                &World::new(&Options {
                    profile,
                    ..Options::default()
                })
                .unwrap(),
                0,
            )
            .len()
        };
        assert!(
            (140..160).contains(&width(Profile::Small)),
            "{}",
            width(Profile::Small)
        );
        assert!(width(Profile::Medium) > 220);
    }

    #[test]
    fn columns_come_and_go() {
        let world = World::new(&Options::default()).unwrap();
        let headers = |month| {
            legacy_columns(&world, month)
                .into_iter()
                .map(|column| column.header)
                .collect::<Vec<_>>()
        };
        let (first, second) = (headers(0), headers(1));
        assert!(
            first.contains(&"resourceTags/user:owner".to_owned())
                && !second.contains(&"resourceTags/user:owner".to_owned())
        );
        assert!(
            !first.contains(&"resourceTags/user:project".to_owned())
                && second.contains(&"resourceTags/user:project".to_owned())
        );
        assert!(
            first.contains(&"product/group".to_owned())
                && !second.contains(&"product/group".to_owned())
        );
    }
}
