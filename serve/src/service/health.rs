//! Whether the store can be read, and what is served of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use curtail_engine::Engine;
use curtail_store::BillingPeriod;

/// Whether the store can be read, and what is served of it.
#[derive(Clone, Debug)]
pub struct Health {
    /// Why the store could not be read when it was last looked at; the version before goes on being served.
    pub failure: Option<String>,
    /// How long ago the store was last looked at.
    pub looked: Duration,
    /// When the version that is served was opened.
    pub opened: DateTime<Utc>,
    /// Counts the versions that were opened.
    pub generation: u64,
    /// What the version holds.
    pub periods: Vec<PeriodHealth>,
}

/// A billing period of a report, as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodHealth {
    /// The report.
    pub report: String,
    /// The billing period.
    pub billing_period: BillingPeriod,
    /// The version of the table that committed it.
    pub version: u64,
    /// Line items.
    pub rows: u64,
    /// When the latest usage ends.
    pub last_usage: Option<DateTime<Utc>>,
    /// When it was committed.
    pub ingested_at: DateTime<Utc>,
}

/// The billing periods that an engine answers from.
pub(super) fn periods(engine: &Engine) -> Vec<PeriodHealth> {
    let periods = engine.snapshot().periods();
    let periods = periods.map(|version| PeriodHealth {
        report: version.receipt.report.to_string(),
        billing_period: version.receipt.billing_period,
        version: version.version,
        rows: version.receipt.rows,
        last_usage: version.receipt.usage_end,
        ingested_at: version.receipt.ingested_at,
    });
    periods.collect()
}
