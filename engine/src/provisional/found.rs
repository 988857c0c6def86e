//! Which days are provisional, in words.

use chrono::{Days, NaiveDate};
use curtail_store::{BillingPeriod, LinkedAccount, SideReceipt, Snapshot};

use super::{Coverage, visible};

/// Columns of `costs` that only reports have, and what they are called in a note.
const NEVER: [&str; 4] = ["resource ids", "usage types", "operations", "hours"];

/// Columns of `costs` that provisional costs have if they were asked for.
const PERHAPS: [(&str, &str); 4] = [
    ("account_id", "accounts"),
    ("service", "services"),
    ("region", "regions"),
    ("charge_type", "charge types"),
];

/// Days of a month whose costs are provisional.
pub(super) struct Found<'a> {
    pub(super) receipt: &'a SideReceipt,
    first: NaiveDate,
    last: NaiveDate,
    /// Whether reports cover the beginning of the month.
    is_begun: bool,
}

impl<'a> Found<'a> {
    /// Those of `receipt` from `first` to `last`.
    pub(super) fn new(
        receipt: &'a SideReceipt,
        (first, last): (NaiveDate, NaiveDate),
        coverage: &Coverage,
    ) -> Self {
        Self {
            receipt,
            first,
            last,
            is_begun: coverage.all_until(receipt).is_some(),
        }
    }
}

impl Found<'_> {
    /// Whether it goes on where `before` ends, and knows the same.
    fn follows(&self, before: &Self) -> bool {
        let (this, that) = (&self.receipt.part, &before.receipt.part);
        this.payer_account_id == that.payer_account_id
            && this.billing_period == that.billing_period.map(BillingPeriod::next)
            && !self.is_begun
            && self.missing() == before.missing()
    }

    /// What is not known of these days.
    fn missing(&self) -> Vec<&'static str> {
        let known = &self.receipt.dimensions;
        let perhaps = PERHAPS.iter();
        let missing = perhaps.filter(|(column, _)| !known.iter().any(|known| known == column));
        let missing = missing.map(|(_, name)| *name);
        NEVER.into_iter().chain(missing).collect()
    }
}

/// Which days are provisional, and what is not known of them. Months that follow each other are one range.
pub(super) fn note(found: &[Found<'_>]) -> String {
    let ranges = found.chunk_by(|before, found| found.follows(before));
    let ranges: Vec<_> = ranges.map(range).collect();
    format!(
        "provisional costs from Cost Explorer, until a report covers them: {}",
        ranges.join("; ")
    )
}

/// Months that follow each other.
fn range(months: &[Found<'_>]) -> String {
    let (Some(first), Some(last)) = (months.first(), months.last()) else {
        return String::new();
    };
    let days = from_to(&first.first.to_string(), &last.last.to_string());
    let receipts = || months.iter().map(|month| month.receipt);
    let times = || receipts().map(|receipt| receipt.fetched_at);
    let minute =
        |time: chrono::DateTime<chrono::Utc>| time.format("%Y-%m-%d %H:%M UTC").to_string();
    let fetched = from_to(
        &times().min().map(minute).unwrap_or_default(),
        &times().max().map(minute).unwrap_or_default(),
    );
    let estimates = receipts().filter(|receipt| receipt.estimated).count();
    let estimated = match estimates {
        0 => "",
        some if some < months.len() => ", partly estimated",
        _ => ", estimated",
    };
    format!(
        "{days} of payer account {} (fetched {fetched}{estimated}; without {})",
        first.receipt.part.payer_account_id,
        first.missing().join(", ")
    )
}

fn from_to(first: &str, last: &str) -> String {
    if first == last {
        first.to_owned()
    } else {
        format!("{first} to {last}")
    }
}

/// What there is to say of the provisional costs of `snapshot`, told by receipts alone: nothing where reports cover all of them.
pub(crate) fn summary(snapshot: &Snapshot, coverage: &Coverage) -> Option<String> {
    let found: Vec<_> = visible(snapshot, coverage)
        .filter_map(|receipt| {
            let covered = coverage.all_until(receipt);
            let behind = covered.and_then(|day| day.checked_add_days(Days::new(1)));
            let first = receipt.first_day.max(behind)?;
            Some(Found::new(receipt, (first, receipt.last_day?), coverage))
        })
        .collect();
    (!found.is_empty()).then(|| note(&found))
}

/// Which costs of `snapshot` are provisional, for people; `None` if reports cover all days. `accounts` are its linked accounts by
/// payer account.
pub fn provisional_note(
    snapshot: &Snapshot,
    accounts: &[(String, LinkedAccount)],
) -> Option<String> {
    summary(snapshot, &Coverage::of(snapshot, accounts))
}
