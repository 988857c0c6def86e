//! Whether the store can be read, and what is served of it.

use std::time::Duration;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use curtail_engine::Engine;
use curtail_store::{BillingPeriod, Receipt};

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
    /// When the hour ends in which the latest usage starts. Fees may be for a year: when they end tells nothing.
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
        last_usage: last_usage(&version.receipt),
        ingested_at: version.receipt.ingested_at,
    });
    periods.collect()
}

/// When the hour ends in which the latest usage starts. Receipts of early versions know no hours.
fn last_usage(receipt: &Receipt) -> Option<DateTime<Utc>> {
    let Some((_, hour)) = receipt.hours.last() else {
        return receipt.usage_end.map(|end| end.min(receipt.ingested_at));
    };
    let start = receipt.billing_period.start().and_time(NaiveTime::MIN);
    let hours = TimeDelta::try_hours(i64::from(*hour) + 1)?;
    start.and_utc().checked_add_signed(hours)
}
