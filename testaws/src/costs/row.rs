//! What something cost on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::amount::{Amount, Sum};

/// The metrics that Cost Explorer has.
pub(super) const METRICS: [&str; 7] = [
    "AmortizedCost",
    "BlendedCost",
    "NetAmortizedCost",
    "NetUnblendedCost",
    "NormalizedUsageAmount",
    "UnblendedCost",
    "UsageQuantity",
];

/// What something cost on a day. Metrics that are not given are zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostRow {
    day: String,
    account: String,
    service: String,
    region: String,
    record_type: String,
    usage_type: String,
    tags: BTreeMap<String, String>,
    metrics: Vec<(String, String)>,
    told: Vec<(String, String)>,
}

impl CostRow {
    /// The usage of a service in an account on a day (`2026-10-03`), in us-east-1.
    pub fn new(day: &str, account: &str, service: &str) -> Self {
        Self {
            day: day.to_owned(),
            account: account.to_owned(),
            service: service.to_owned(),
            region: "us-east-1".to_owned(),
            record_type: "Usage".to_owned(),
            usage_type: "Usage".to_owned(),
            ..Self::default()
        }
    }

    /// In another region, `NoRegion` for what has none.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// Of another type, such as `Tax`, `Credit` or `SavingsPlanCoveredUsage`.
    #[must_use]
    pub fn record_type(mut self, record_type: &str) -> Self {
        record_type.clone_into(&mut self.record_type);
        self
    }

    /// Of a type of usage, such as `BoxUsage:t3.micro`.
    #[must_use]
    pub fn usage_type(mut self, usage_type: &str) -> Self {
        usage_type.clone_into(&mut self.usage_type);
        self
    }

    /// With a tag.
    #[must_use]
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// With a metric, such as `UnblendedCost`: a decimal number of at most 18 places, in dollars if it is a cost.
    #[must_use]
    pub fn metric(mut self, name: &str, amount: &str) -> Self {
        self.metrics.push((name.to_owned(), amount.to_owned()));
        self
    }

    /// With a metric that is told in these very words, whatever else is in its group: `1E-7`, or what is no amount at all.
    #[must_use]
    pub fn told(mut self, name: &str, text: &str) -> Self {
        self.told.push((name.to_owned(), text.to_owned()));
        self
    }

    /// With the same amount in all five cost metrics.
    #[must_use]
    pub fn cost(mut self, amount: &str) -> Self {
        for name in METRICS.iter().filter(|name| name.ends_with("Cost")) {
            self = self.metric(name, amount);
        }
        self
    }
}

/// A row that was found good.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) day: NaiveDate,
    pub(crate) account: String,
    pub(super) service: String,
    pub(super) region: String,
    pub(super) record_type: String,
    pub(super) usage_type: String,
    pub(super) tags: BTreeMap<String, String>,
    metrics: BTreeMap<String, Sum>,
}

impl Row {
    /// The row, or what is wrong with it.
    pub(crate) fn new(row: &CostRow) -> Result<Self, String> {
        let mut metrics = BTreeMap::new();
        for (name, amount) in &row.metrics {
            let known = METRICS.contains(&name.as_str());
            let parsed = amount.parse().ok().filter(|_| known);
            let parsed: Amount = parsed.ok_or_else(|| format!("{name} {amount}"))?;
            metrics.insert(name.clone(), Sum::from(parsed));
        }
        for (name, text) in &row.told {
            if !METRICS.contains(&name.as_str()) {
                return Err(format!("{name} {text}"));
            }
            metrics.insert(name.clone(), Sum::Told(text.clone()));
        }
        Ok(Self {
            day: row.day.parse().map_err(|_| row.day.clone())?,
            account: row.account.clone(),
            service: row.service.clone(),
            region: row.region.clone(),
            record_type: row.record_type.clone(),
            usage_type: row.usage_type.clone(),
            tags: row.tags.clone(),
            metrics,
        })
    }

    /// The value of a dimension, None for those that this server does not know.
    pub(super) fn dimension(&self, key: &str) -> Option<&str> {
        Some(match key {
            "LINKED_ACCOUNT" => &self.account,
            "SERVICE" => &self.service,
            "REGION" => &self.region,
            "RECORD_TYPE" => &self.record_type,
            "USAGE_TYPE" => &self.usage_type,
            _ => return None,
        })
    }

    pub(super) fn metric(&self, name: &str) -> Sum {
        self.metrics.get(name).cloned().unwrap_or_default()
    }
}

/// Whether this server knows a dimension.
pub(super) fn is_dimension(key: &str) -> bool {
    [
        "LINKED_ACCOUNT",
        "SERVICE",
        "REGION",
        "RECORD_TYPE",
        "USAGE_TYPE",
    ]
    .contains(&key)
}
