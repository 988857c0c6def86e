//! Numbers for the names of services, so that sums are kept by number.

use std::collections::HashMap;

use crate::catalogue::SERVICES;

/// Every name a service can be shown under.
#[derive(Debug)]
pub(crate) struct Names {
    names: Vec<&'static str>,
    ids: HashMap<&'static str, u32>,
}

/// Product codes and names of fees, which are no services of the catalogue.
pub(crate) const FEES: [(&str, &str); 4] = [
    ("OCBPremiumSupport", "AWS Premium Support"),
    ("ComputeSavingsPlans", "Savings Plans for AWS Compute usage"),
    ("AmazonRegistrar", "Amazon Registrar"),
    ("CloudFrontPlans", "CloudFront Flat-Rate Plans"),
];

impl Names {
    pub(crate) fn new() -> Self {
        let mut names: Vec<&'static str> = SERVICES
            .iter()
            .flat_map(|service| [service.code, service.catalogue_code, service.name])
            .collect();
        names.extend(FEES.iter().flat_map(|&(code, name)| [code, name]));
        names.sort_unstable();
        names.dedup();
        let ids = names
            .iter()
            .enumerate()
            .map(|(index, &name)| (name, index as u32))
            .collect();
        Self { names, ids }
    }

    pub(crate) fn id(&self, name: &str) -> u32 {
        *self
            .ids
            .get(name)
            .expect("every service name is listed at the start")
    }

    pub(crate) fn text(&self, id: u32) -> &'static str {
        self.names[id as usize]
    }
}
