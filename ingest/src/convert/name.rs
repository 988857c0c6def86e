//! Names of columns: from the spellings of reports to those of Athena, which the store uses.

use curtail_store::TableSchema;
use rustc_hash::{FxHashMap, FxHashSet};

/// The name that Athena (and AWS's own Parquet files) give the column `header`, which is `category/Name` or already such a name.
///
/// Source: AWS, "Running Amazon Athena queries", column names (steps 1 to 5).
pub(super) fn athena(header: &str) -> String {
    let mut name = String::with_capacity(header.len() + 16);
    for c in header.chars() {
        if c.is_ascii_uppercase() {
            separate(&mut name);
            name.push(c.to_ascii_lowercase());
        } else if c.is_ascii_alphanumeric() {
            name.push(c);
        } else {
            separate(&mut name);
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

/// Ends a word, unless none has begun.
fn separate(name: &mut String) {
    if !name.is_empty() && !name.ends_with('_') {
        name.push('_');
    }
}

/// Documented names of a table, found from the spellings that tools give them.
#[derive(Debug)]
pub(super) struct Documented {
    /// Names without their underscores, and with each documented name's tail `_a_r_n` also as `_arn`.
    squashed: FxHashMap<String, String>,
    names: FxHashSet<String>,
}

impl Documented {
    /// The documented columns of `schema`.
    pub(super) fn new(schema: &TableSchema) -> Self {
        let mut squashed = FxHashMap::default();
        let mut names = FxHashSet::default();
        for column in schema.columns() {
            names.insert(column.name.clone());
            squashed
                .entry(squash(&column.name))
                .or_insert_with(|| column.name.clone());
        }
        Self { squashed, names }
    }

    /// Is this exactly a documented name?
    pub(super) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The documented name that `mapped` is another spelling of (other case, other underscores: `..._arn`,
    /// `lineitem_unblendedcost`), or `mapped` itself. Tags and cost categories are the user's names and taken as they are.
    pub(super) fn resolve(&self, mapped: String) -> String {
        let users = ["resource_tags_", "cost_category_", "tags_"]
            .iter()
            .any(|family| mapped.starts_with(family));
        if users || self.contains(&mapped) {
            return mapped;
        }
        self.squashed
            .get(&squash(&mapped))
            .cloned()
            .unwrap_or(mapped)
    }
}

fn squash(name: &str) -> String {
    name.chars().filter(|&c| c != '_').collect()
}

#[cfg(test)]
mod tests {
    use curtail_store::Table;

    use super::*;

    #[test]
    fn headers_map_as_aws_documents() {
        for (header, name) in [
            ("lineItem/UnblendedCost", "line_item_unblended_cost"),
            ("resourceTags/user:Name", "resource_tags_user_name"),
            ("resourceTags/aws:createdBy", "resource_tags_aws_created_by"),
            (
                "savingsPlan/SavingsPlanARN",
                "savings_plan_savings_plan_a_r_n",
            ),
            (
                "reservation/ReservationARN",
                "reservation_reservation_a_r_n",
            ),
            ("product/maxIopsvolume", "product_max_iopsvolume"),
            ("product/ProductName", "product_product_name"),
            ("product/intelAvx2Available", "product_intel_avx2_available"),
            ("product/usagetype", "product_usagetype"),
            ("pricing/RateId", "pricing_rate_id"),
            (
                "pricing/publicOnDemandCost",
                "pricing_public_on_demand_cost",
            ),
            ("costCategory/Cost Center", "cost_category_cost_center"),
            (
                "resourceTags/user:cost-center",
                "resource_tags_user_cost_center",
            ),
            (
                "resourceTags/user:Cost Center",
                "resource_tags_user_cost_center",
            ),
            (
                "resourceTags/user:costCenter",
                "resource_tags_user_cost_center",
            ),
            (
                "resourceTags/user:k8s.io/role",
                "resource_tags_user_k8s_io_role",
            ),
            ("resourceTags/user:ENV", "resource_tags_user_e_n_v"),
            ("resourceTags/user:_x_", "resource_tags_user_x"),
            ("resourceTags/user:名前", "resource_tags_user"),
            ("discount/RIVolumeDiscount", "discount_r_i_volume_discount"),
            (
                "splitLineItem/ParentResourceId",
                "split_line_item_parent_resource_id",
            ),
            (
                "reservation/NetUnusedAmortizedUpfrontFeeForBillingPeriod",
                "reservation_net_unused_amortized_upfront_fee_for_billing_period",
            ),
        ] {
            assert_eq!(athena(header), name, "{header}");
        }
    }

    #[test]
    fn a_mapped_name_maps_to_itself() {
        for column in TableSchema::documented(Table::LineItems).columns() {
            assert_eq!(athena(&column.name), column.name);
        }
    }

    #[test]
    fn other_spellings_of_documented_columns_are_known() {
        let documented = Documented::new(&TableSchema::documented(Table::LineItems));
        for (header, name) in [
            (
                "savingsPlan/SavingsPlanArn",
                "savings_plan_savings_plan_a_r_n",
            ),
            (
                "reservation_reservation_arn",
                "reservation_reservation_a_r_n",
            ),
            ("lineitem/unblendedcost", "line_item_unblended_cost"),
            ("LINEITEM_USAGESTARTDATE", "line_item_usage_start_date"),
            ("product/clockspeed", "product_clockspeed"),
            ("product/clockSpeed", "product_clock_speed"),
            ("resourceTags/user:Team", "resource_tags_user_team"),
            ("product/neverSeenBefore", "product_never_seen_before"),
        ] {
            assert_eq!(documented.resolve(athena(header)), name, "{header}");
        }
    }
}
