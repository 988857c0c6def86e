//! From CSV headers to Athena's names, cur-format 1.4 steps 1 to 5.

/// `lineItem/UnblendedCost` to `line_item_unblended_cost`.
pub(crate) fn athena_name(header: &str) -> String {
    let mut name = String::with_capacity(header.len() + 8);
    for character in header.chars() {
        let separator = !character.is_ascii_alphanumeric();
        if (separator || character.is_ascii_uppercase()) && !name.is_empty() && !name.ends_with('_')
        {
            name.push('_');
        }
        if !separator {
            name.push(character.to_ascii_lowercase());
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_steps() {
        for (header, name) in [
            ("lineItem/UnblendedCost", "line_item_unblended_cost"),
            ("resourceTags/aws:createdBy", "resource_tags_aws_created_by"),
            (
                "savingsPlan/SavingsPlanARN",
                "savings_plan_savings_plan_a_r_n",
            ),
            ("product/maxIopsvolume", "product_max_iopsvolume"),
            ("costCategory/Cost Center", "cost_category_cost_center"),
            (
                "resourceTags/user:Cost Center",
                "resource_tags_user_cost_center",
            ),
            (
                "resourceTags/user:cost-center",
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
        ] {
            assert_eq!(athena_name(header), name);
        }
    }
}
