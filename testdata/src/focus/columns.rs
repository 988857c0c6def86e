//! The columns of FOCUS 1.0 and 1.2.

use super::FocusRow;
use crate::FocusVersion;
use crate::catalogue::REGIONS;
use crate::columns::{Cell, Scene, Type};
use crate::truth::region;
use crate::world::CommitmentKind;

/// In which versions a column exists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Since {
    V1_0,
    V1_2,
    /// Only in 1.0.
    Gone,
}

use Since::{Gone, V1_0, V1_2};

const COLUMNS: &[(&str, Type, Since)] = &[
    ("AvailabilityZone", Type::Text, V1_0),
    ("BilledCost", Type::Amount, V1_0),
    ("BillingAccountId", Type::Text, V1_0),
    ("BillingAccountName", Type::Text, V1_0),
    ("BillingAccountType", Type::Text, V1_2),
    ("BillingCurrency", Type::Text, V1_0),
    ("BillingPeriodEnd", Type::Time, V1_0),
    ("BillingPeriodStart", Type::Time, V1_0),
    ("CapacityReservationId", Type::Text, V1_2),
    ("CapacityReservationStatus", Type::Text, V1_2),
    ("ChargeCategory", Type::Text, V1_0),
    ("ChargeClass", Type::Text, V1_0),
    ("ChargeDescription", Type::Text, V1_0),
    ("ChargeFrequency", Type::Text, V1_0),
    ("ChargePeriodEnd", Type::Time, V1_0),
    ("ChargePeriodStart", Type::Time, V1_0),
    ("CommitmentDiscountCategory", Type::Text, V1_0),
    ("CommitmentDiscountId", Type::Text, V1_0),
    ("CommitmentDiscountName", Type::Text, V1_0),
    ("CommitmentDiscountQuantity", Type::Amount, V1_2),
    ("CommitmentDiscountStatus", Type::Text, V1_0),
    ("CommitmentDiscountType", Type::Text, V1_0),
    ("CommitmentDiscountUnit", Type::Text, V1_2),
    ("ConsumedQuantity", Type::Amount, V1_0),
    ("ConsumedUnit", Type::Text, V1_0),
    ("ContractedCost", Type::Amount, V1_0),
    ("ContractedUnitPrice", Type::Amount, V1_0),
    ("EffectiveCost", Type::Amount, V1_0),
    ("InvoiceId", Type::Text, V1_2),
    ("InvoiceIssuerName", Type::Text, V1_0),
    ("ListCost", Type::Amount, V1_0),
    ("ListUnitPrice", Type::Amount, V1_0),
    ("PricingCategory", Type::Text, V1_0),
    ("PricingCurrency", Type::Text, V1_2),
    ("PricingCurrencyContractedUnitPrice", Type::Amount, V1_2),
    ("PricingCurrencyEffectiveCost", Type::Amount, V1_2),
    ("PricingCurrencyListUnitPrice", Type::Amount, V1_2),
    ("PricingQuantity", Type::Amount, V1_0),
    ("PricingUnit", Type::Text, V1_0),
    ("ProviderName", Type::Text, V1_0),
    ("PublisherName", Type::Text, V1_0),
    ("RegionId", Type::Text, V1_0),
    ("RegionName", Type::Text, V1_0),
    ("ResourceId", Type::Text, V1_0),
    ("ResourceName", Type::Text, V1_0),
    ("ResourceType", Type::Text, V1_0),
    ("ServiceCategory", Type::Text, V1_0),
    ("ServiceName", Type::Text, V1_0),
    ("ServiceSubcategory", Type::Text, V1_2),
    ("SkuId", Type::Text, V1_0),
    ("SkuMeter", Type::Text, V1_2),
    ("SkuPriceDetails", Type::TextMap, V1_2),
    ("SkuPriceId", Type::Text, V1_0),
    ("SubAccountId", Type::Text, V1_0),
    ("SubAccountName", Type::Text, V1_0),
    ("SubAccountType", Type::Text, V1_2),
    ("Tags", Type::TextMap, V1_0),
    ("x_CostCategories", Type::TextMap, Gone),
    ("x_Discounts", Type::AmountMap, V1_0),
    ("x_Operation", Type::Text, V1_0),
    ("x_ServiceCode", Type::Text, V1_0),
    ("x_UsageType", Type::Text, Gone),
];

/// Names and types of a version's columns.
pub(crate) fn focus_columns(version: FocusVersion) -> Vec<(&'static str, Type)> {
    COLUMNS
        .iter()
        .filter(|&&(_, _, since)| match version {
            FocusVersion::V1_0 => since != V1_2,
            FocusVersion::V1_2 => since != Gone,
        })
        .map(|&(name, kind, _)| (name, kind))
        .collect()
}

/// The cell of the column called `name`.
pub(crate) fn focus_cell<'a>(scene: &'a Scene<'_>, name: &str, charge: &FocusRow<'a>) -> Cell<'a> {
    let row = charge.row;
    let sku = row.sku;
    let world = scene.world;
    let account = &world.accounts[row.account as usize];
    let payer = &world.accounts[world.payer as usize];
    let commitment = row.commitment;
    let is_plan =
        commitment.is_some_and(|commitment| commitment.kind == CommitmentKind::SavingsPlan);
    let of_commitment = |text: &'a str| {
        if commitment.is_some() {
            Cell::text(text)
        } else {
            Cell::Null
        }
    };
    let place = region(row).map(|region| &REGIONS[usize::from(region)]);
    let usage = charge.category == "Usage";
    match name {
        "AvailabilityZone" => Cell::text(if sku.zoned { &row.resource.zone } else { "" }),
        "BilledCost" => Cell::Amount(charge.billed),
        "BillingAccountId" => Cell::Text(&payer.id),
        "BillingAccountName" => Cell::Text(&payer.name),
        "BillingAccountType" => Cell::Text("BillingAccount"),
        "BillingCurrency" | "PricingCurrency" => Cell::Text("USD"),
        "BillingPeriodEnd" => Cell::Time(scene.end()),
        "BillingPeriodStart" => Cell::Time(scene.start()),
        "ChargeCategory" => Cell::Text(charge.category),
        "ChargeClass" => Cell::text(charge.class),
        "ChargeDescription" => Cell::text(&sku.description),
        "ChargeFrequency" => Cell::Text(charge.frequency),
        "ChargePeriodEnd" => Cell::Time(row.end),
        "ChargePeriodStart" => Cell::Time(row.start),
        "CommitmentDiscountCategory" => of_commitment(if is_plan { "Spend" } else { "Usage" }),
        "CommitmentDiscountId" => {
            commitment.map_or(Cell::Null, |commitment| Cell::Text(&commitment.arn))
        }
        "CommitmentDiscountType" => of_commitment(if is_plan {
            "Savings Plan"
        } else {
            "Reserved Instance"
        }),
        "CommitmentDiscountStatus" => Cell::text(charge.status),
        "CommitmentDiscountQuantity" if commitment.is_some() => Cell::amount(charge.quantity),
        "CommitmentDiscountUnit" => of_commitment(if is_plan { "USD" } else { "Hrs" }),
        "ConsumedQuantity" if usage => Cell::amount(charge.quantity),
        "ConsumedUnit" if usage => Cell::text(sku.unit),
        "ContractedCost" => Cell::Amount(charge.contracted),
        "EffectiveCost" | "PricingCurrencyEffectiveCost" => Cell::Amount(charge.effective),
        "InvoiceId" => Cell::text(scene.invoice()),
        "InvoiceIssuerName" | "PublisherName" => Cell::Text(sku.legal_entity),
        "ProviderName" => Cell::Text("AWS"),
        "ListCost" => Cell::Amount(charge.list),
        "ContractedUnitPrice"
        | "ListUnitPrice"
        | "PricingCurrencyContractedUnitPrice"
        | "PricingCurrencyListUnitPrice"
            if sku.rate_units > 0 =>
        {
            Cell::Amount(crate::amount::Amount::new(sku.rate_units, 10))
        }
        "PricingCategory" => Cell::text(charge.pricing),
        "PricingQuantity" => Cell::amount(charge.quantity),
        "PricingUnit" => Cell::text(sku.unit),
        "RegionId" => place.map_or(Cell::Null, |place| Cell::Text(place.code)),
        "RegionName" => place.map_or(Cell::Null, |place| Cell::Text(place.location)),
        "ResourceId" => Cell::text(&row.resource.id),
        "ResourceName" => Cell::text(row.resource.id.rsplit('/').next().unwrap_or("")),
        "ResourceType" if !row.resource.id.is_empty() => Cell::text(sku.family),
        "ServiceCategory" => Cell::Text(sku.category),
        "ServiceName" => Cell::text(world.names.text(sku.focus_service)),
        "SkuId" => Cell::text(&sku.code),
        "SkuMeter" | "x_UsageType" => Cell::text(&sku.usage_type),
        "SkuPriceId" => Cell::text(&sku.rate_code),
        "SkuPriceDetails" => Cell::TextMap(if sku.family.is_empty() {
            Vec::new()
        } else {
            vec![("ProductFamily", sku.family)]
        }),
        "SubAccountId" => Cell::Text(&account.id),
        "SubAccountName" => Cell::Text(&account.name),
        "SubAccountType" => Cell::Text("LinkedAccount"),
        "Tags" => Cell::TextMap(scene.focus_tags(row)),
        "x_CostCategories" => Cell::TextMap(scene.categories(row)),
        "x_Discounts" => Cell::AmountMap(Vec::new()),
        "x_Operation" => Cell::text(&sku.operation),
        "x_ServiceCode" => Cell::text(&sku.product_code),
        _ => Cell::Null,
    }
}
