//! Linked accounts. The first is the payer.

use crate::hash::{below, mix2};

/// An account.
#[derive(Debug)]
pub(crate) struct Account {
    /// Twelve digits; some begin with zeros.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Values of the cost categories.
    pub(crate) cost_center: &'static str,
    pub(crate) environment: &'static str,
}

pub(crate) const COST_CATEGORIES: [&str; 2] = ["Cost Center", "Environment"];

const CENTERS: [&str; 6] = [
    "Shared Services",
    "Product, EMEA",
    "Product, \"Americas\"",
    "R&D",
    "",
    "Données",
];
const ENVIRONMENTS: [&str; 4] = ["Production", "Non-production", "Sandbox", ""];

pub(crate) fn accounts(seed: u64, count: u32) -> Vec<Account> {
    (0..u64::from(count))
        .map(|index| {
            let hash = mix2(seed, index);
            // The position stands in the id, so that no two are equal.
            let id = match index % 7 {
                0 => 11_122_000_000 + index * 7919,
                3 => 7_000_000 + index,
                _ => 100_000_000_000 + below(hash, 8_999_999) * 100_000 + index,
            };
            Account {
                id: format!("{id:012}"),
                name: match index {
                    0 => "Acme, Inc. (management)".to_owned(),
                    _ => format!(
                        "acme-{}-{index:03}",
                        ["prod", "dev", "data", "sandbox"][(hash % 4) as usize]
                    ),
                },
                cost_center: CENTERS[(hash >> 8) as usize % CENTERS.len()],
                environment: ENVIRONMENTS[(hash >> 16) as usize % ENVIRONMENTS.len()],
            }
        })
        .collect()
}
