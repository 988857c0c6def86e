//! The columns of CUR 2.0: a fixed list, with maps for what is open.

use super::{Column, Field, Type};
use crate::catalogue::{ATTRIBUTES, Attribute};
use crate::world::World;

/// A column of the query.
enum Source {
    Field(Field),
    /// A product attribute that has a column of its own.
    Product(&'static str),
}

use Source::{Field as Is, Product};

const COLUMNS: &[(&str, Source)] = &[
    ("bill_bill_type", Is(Field::BillType)),
    ("bill_billing_entity", Is(Field::BillingEntity)),
    ("bill_billing_period_end_date", Is(Field::PeriodEnd)),
    ("bill_billing_period_start_date", Is(Field::PeriodStart)),
    ("bill_invoice_id", Is(Field::InvoiceId)),
    ("bill_invoicing_entity", Is(Field::InvoicingEntity)),
    ("bill_payer_account_id", Is(Field::PayerAccountId)),
    ("bill_payer_account_name", Is(Field::PayerAccountName)),
    ("cost_category", Is(Field::CostCategoryMap)),
    ("discount", Is(Field::DiscountMap)),
    ("discount_bundled_discount", Is(Field::BundledDiscount)),
    ("discount_total_discount", Is(Field::TotalDiscount)),
    ("identity_line_item_id", Is(Field::LineItemId)),
    ("identity_time_interval", Is(Field::TimeInterval)),
    ("line_item_availability_zone", Is(Field::Zone)),
    ("line_item_blended_cost", Is(Field::BlendedCost)),
    ("line_item_blended_rate", Is(Field::BlendedRate)),
    ("line_item_currency_code", Is(Field::Currency)),
    ("line_item_legal_entity", Is(Field::LegalEntity)),
    ("line_item_line_item_description", Is(Field::Description)),
    ("line_item_line_item_type", Is(Field::LineItemType)),
    ("line_item_net_unblended_cost", Is(Field::NetCost)),
    ("line_item_net_unblended_rate", Is(Field::NetRate)),
    ("line_item_normalization_factor", Is(Field::Factor)),
    (
        "line_item_normalized_usage_amount",
        Is(Field::NormalizedUsage),
    ),
    ("line_item_operation", Is(Field::Operation)),
    ("line_item_product_code", Is(Field::ProductCode)),
    ("line_item_resource_id", Is(Field::ResourceId)),
    ("line_item_tax_type", Is(Field::TaxType)),
    ("line_item_unblended_cost", Is(Field::UnblendedCost)),
    ("line_item_unblended_rate", Is(Field::UnblendedRate)),
    ("line_item_usage_account_id", Is(Field::UsageAccountId)),
    ("line_item_usage_account_name", Is(Field::UsageAccountName)),
    ("line_item_usage_amount", Is(Field::UsageAmount)),
    ("line_item_usage_end_date", Is(Field::UsageEnd)),
    ("line_item_usage_start_date", Is(Field::UsageStart)),
    ("line_item_usage_type", Is(Field::UsageType)),
    ("pricing_currency", Is(Field::Currency)),
    ("pricing_lease_contract_length", Is(Field::LeaseLength)),
    ("pricing_offering_class", Is(Field::OfferingClass)),
    ("pricing_public_on_demand_cost", Is(Field::PublicCost)),
    ("pricing_public_on_demand_rate", Is(Field::PublicRate)),
    ("pricing_purchase_option", Is(Field::PurchaseOption)),
    ("pricing_rate_code", Is(Field::RateCode)),
    ("pricing_rate_id", Is(Field::RateId)),
    ("pricing_term", Is(Field::Term)),
    ("pricing_unit", Is(Field::Unit)),
    ("product", Is(Field::ProductMap)),
    ("product_comment", Product("comments")),
    ("product_fee_code", Product("feeCode")),
    ("product_fee_description", Product("feeDescription")),
    ("product_from_location", Product("fromLocation")),
    ("product_from_location_type", Product("fromLocationType")),
    ("product_from_region_code", Product("fromRegionCode")),
    ("product_instance_family", Product("instanceFamily")),
    ("product_instance_type", Product("instanceType")),
    ("product_instancesku", Is(Field::Empty(Type::Text))),
    ("product_location", Product("location")),
    ("product_location_type", Product("locationType")),
    ("product_operation", Product("operation")),
    ("product_pricing_unit", Is(Field::ProductPricingUnit)),
    ("product_product_family", Product("productFamily")),
    ("product_region_code", Product("regionCode")),
    ("product_servicecode", Product("servicecode")),
    ("product_sku", Product("sku")),
    ("product_to_location", Product("toLocation")),
    ("product_to_location_type", Product("toLocationType")),
    ("product_to_region_code", Product("toRegionCode")),
    ("product_usagetype", Product("usagetype")),
    (
        "reservation_amortized_upfront_cost_for_usage",
        Is(Field::RiAmortizedForUsage),
    ),
    (
        "reservation_amortized_upfront_fee_for_billing_period",
        Is(Field::RiAmortizedForPeriod),
    ),
    (
        "reservation_availability_zone",
        Is(Field::Empty(Type::Text)),
    ),
    ("reservation_effective_cost", Is(Field::RiEffective)),
    ("reservation_end_time", Is(Field::RiEnd)),
    ("reservation_modification_status", Is(Field::RiModification)),
    (
        "reservation_net_amortized_upfront_cost_for_usage",
        Is(Field::RiNetAmortizedForUsage),
    ),
    (
        "reservation_net_amortized_upfront_fee_for_billing_period",
        Is(Field::RiNetAmortizedForPeriod),
    ),
    ("reservation_net_effective_cost", Is(Field::RiNetEffective)),
    (
        "reservation_net_recurring_fee_for_usage",
        Is(Field::RiNetRecurringForUsage),
    ),
    (
        "reservation_net_unused_amortized_upfront_fee_for_billing_period",
        Is(Field::RiNetUnusedAmortized),
    ),
    (
        "reservation_net_unused_recurring_fee",
        Is(Field::RiNetUnusedRecurring),
    ),
    (
        "reservation_net_upfront_value",
        Is(Field::RiNetUpfrontValue),
    ),
    (
        "reservation_normalized_units_per_reservation",
        Is(Field::RiNormalizedUnits),
    ),
    ("reservation_number_of_reservations", Is(Field::RiNumber)),
    (
        "reservation_recurring_fee_for_usage",
        Is(Field::RiRecurringForUsage),
    ),
    ("reservation_reservation_a_r_n", Is(Field::RiArn)),
    ("reservation_start_time", Is(Field::RiStart)),
    ("reservation_subscription_id", Is(Field::RiSubscription)),
    (
        "reservation_total_reserved_normalized_units",
        Is(Field::RiTotalNormalizedUnits),
    ),
    ("reservation_total_reserved_units", Is(Field::RiTotalUnits)),
    ("reservation_units_per_reservation", Is(Field::RiUnitsPer)),
    (
        "reservation_unused_amortized_upfront_fee_for_billing_period",
        Is(Field::RiUnusedAmortized),
    ),
    (
        "reservation_unused_normalized_unit_quantity",
        Is(Field::RiUnusedNormalized),
    ),
    ("reservation_unused_quantity", Is(Field::RiUnusedQuantity)),
    (
        "reservation_unused_recurring_fee",
        Is(Field::RiUnusedRecurring),
    ),
    ("reservation_upfront_value", Is(Field::RiUpfrontValue)),
    ("resource_tags", Is(Field::TagMap)),
    (
        "savings_plan_amortized_upfront_commitment_for_billing_period",
        Is(Field::SpAmortizedUpfront),
    ),
    ("savings_plan_end_time", Is(Field::SpEnd)),
    ("savings_plan_instance_type_family", Is(Field::SpFamily)),
    (
        "savings_plan_net_amortized_upfront_commitment_for_billing_period",
        Is(Field::SpNetAmortizedUpfront),
    ),
    (
        "savings_plan_net_recurring_commitment_for_billing_period",
        Is(Field::SpNetRecurring),
    ),
    (
        "savings_plan_net_savings_plan_effective_cost",
        Is(Field::SpNetEffective),
    ),
    ("savings_plan_offering_type", Is(Field::SpOffering)),
    ("savings_plan_payment_option", Is(Field::SpPayment)),
    ("savings_plan_purchase_term", Is(Field::SpTerm)),
    (
        "savings_plan_recurring_commitment_for_billing_period",
        Is(Field::SpRecurring),
    ),
    ("savings_plan_region", Is(Field::SpRegion)),
    ("savings_plan_savings_plan_a_r_n", Is(Field::SpArn)),
    (
        "savings_plan_savings_plan_effective_cost",
        Is(Field::SpEffective),
    ),
    ("savings_plan_savings_plan_rate", Is(Field::SpRate)),
    ("savings_plan_start_time", Is(Field::SpStart)),
    ("savings_plan_total_commitment_to_date", Is(Field::SpTotal)),
    ("savings_plan_used_commitment", Is(Field::SpUsed)),
    ("split_line_item_actual_usage", Is(Field::SplitActual)),
    ("split_line_item_net_split_cost", Is(Field::SplitNetCost)),
    ("split_line_item_net_unused_cost", Is(Field::SplitNetUnused)),
    ("split_line_item_parent_resource_id", Is(Field::SplitParent)),
    (
        "split_line_item_public_on_demand_split_cost",
        Is(Field::SplitPublic),
    ),
    (
        "split_line_item_public_on_demand_unused_cost",
        Is(Field::SplitPublicUnused),
    ),
    ("split_line_item_reserved_usage", Is(Field::SplitReserved)),
    ("split_line_item_split_cost", Is(Field::SplitCost)),
    ("split_line_item_split_usage", Is(Field::SplitUsage)),
    ("split_line_item_split_usage_ratio", Is(Field::SplitRatio)),
    ("split_line_item_unused_cost", Is(Field::SplitUnused)),
];

/// The columns: the default query, with split cost allocation if the organisation has it.
pub(crate) fn cur2_columns(world: &World) -> Vec<Column> {
    COLUMNS
        .iter()
        .filter(|(name, _)| world.split || !name.starts_with("split_line_item_"))
        .map(|(name, source)| {
            let field = match source {
                Is(field) => *field,
                Product(attribute) => Field::Product(index(attribute)),
            };
            Column {
                header: (*name).to_owned(),
                name: (*name).to_owned(),
                field,
            }
        })
        .collect()
}

fn index(attribute: &str) -> Attribute {
    ATTRIBUTES
        .iter()
        .position(|&name| name == attribute)
        .expect("attribute names are in the table")
}

/// Whether a product attribute has a column of its own instead of an entry in the map.
pub(super) fn is_flat(attribute: Attribute) -> bool {
    COLUMNS
        .iter()
        .any(|(_, source)| matches!(source, Product(name) if *name == ATTRIBUTES[attribute]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    #[test]
    fn the_widest_query_without_principals() {
        assert_eq!(
            cur2_columns(&World::new(&Options::default()).unwrap()).len(),
            125
        );
    }
}
