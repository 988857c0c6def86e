//! Which months Cost Explorer is to be asked for.

use std::{collections::BTreeSet, ops::RangeInclusive};

use chrono::{DateTime, TimeDelta, Utc};
use curtail_store::{BillingPeriod, Receipt, SideReceipt, Snapshot};

use crate::Dimension;

/// How long an answer that is not final is good for: Cost Explorer is refreshed up to three times a day.
const GOOD_FOR: TimeDelta = TimeDelta::hours(12);

/// What Cost Explorer may be asked for by a connection.
#[derive(Clone, Debug)]
pub struct ProvisionalScope {
    /// The account that is asked.
    pub payer_account_id: String,
    /// What costs are to be told apart by beside account and service.
    pub by: Option<Dimension>,
    /// How many months, the current one included.
    pub months: u8,
    /// Only these billing periods; all if empty.
    pub periods: Vec<RangeInclusive<BillingPeriod>>,
    /// Whether months are asked for again whose answer is still good.
    pub again: bool,
    /// The time.
    pub now: DateTime<Utc>,
}

impl ProvisionalScope {
    /// The months that neither a report nor an answer that is still good covers, in one run whose only gaps are months of reports:
    /// one question is cheaper than several. `snapshot` is what the store has, if it has anything.
    pub fn lacking(&self, snapshot: Option<&Snapshot>) -> Vec<BillingPeriod> {
        let reports = snapshot.into_iter().flat_map(Snapshot::periods);
        let reported = reports
            .map(|version| &version.receipt)
            .filter(|receipt| covers(receipt, &self.payer_account_id))
            .map(|receipt| receipt.billing_period)
            .collect();
        let wanted = |month: BillingPeriod| {
            let asked =
                self.periods.is_empty() || self.periods.iter().any(|range| range.contains(&month));
            let mut answers = snapshot.into_iter().flat_map(Snapshot::provisional);
            let has_good = answers.any(|version| self.is_good(&version.receipt, month));
            asked && (self.again || !has_good)
        };
        self.run(wanted, &reported)
    }

    /// Whether `receipt` is of an answer that says of `month` what is asked for, and not too long ago.
    fn is_good(&self, receipt: &SideReceipt, month: BillingPeriod) -> bool {
        receipt.part.payer_account_id == self.payer_account_id
            && receipt.part.billing_period == Some(month)
            && tells(receipt, self.by.as_ref())
            && (receipt.is_final() || self.now - receipt.fetched_at < GOOD_FOR)
    }

    /// Of the latest months, from the first that is wanted to the last, those that are not reported. What lies between is asked for
    /// again, wanted or not: the question costs the same.
    fn run(
        &self,
        wanted: impl Fn(BillingPeriod) -> bool,
        reported: &BTreeSet<BillingPeriod>,
    ) -> Vec<BillingPeriod> {
        let latest = Some(BillingPeriod::of(self.now));
        let latest = std::iter::successors(latest, |month| Some(month.previous()));
        let mut months: Vec<_> = latest.take(self.months.into()).collect();
        months.reverse();
        let lacks = |month: &BillingPeriod| wanted(*month) && !reported.contains(month);
        let first = months.iter().position(lacks);
        let last = months.iter().rposition(lacks);
        match first.zip(last) {
            Some((first, last)) => {
                let months = months[first..=last].iter().copied();
                months.filter(|month| !reported.contains(month)).collect()
            }
            None => Vec::new(),
        }
    }
}

/// Whether a report has the costs that this account would be asked for: its own, and if it pays for others, theirs too.
fn covers(receipt: &Receipt, account: &str) -> bool {
    let has = |accounts: &[String]| accounts.iter().any(|known| known == account);
    // Receipts of early versions list no accounts.
    has(&receipt.accounts) || (receipt.accounts.is_empty() && has(&receipt.payer_accounts))
}

/// Whether an answer tells costs apart by what is asked for now.
fn tells(receipt: &SideReceipt, by: Option<&Dimension>) -> bool {
    receipt.rows == 0
        || match by {
            None => true,
            Some(Dimension::Column(column)) => receipt.dimensions.iter().any(|name| name == column),
            Some(Dimension::Tag(key)) => receipt.tag_key.as_ref() == Some(key),
            Some(Dimension::Hour | Dimension::Category(_)) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> BillingPeriod {
        text.parse().unwrap()
    }

    fn scope(day: &str, months: u8) -> ProvisionalScope {
        ProvisionalScope {
            payer_account_id: "011122223333".to_owned(),
            by: None,
            months,
            periods: Vec::new(),
            again: false,
            now: format!("{day}T12:00:00Z").parse().unwrap(),
        }
    }

    fn told(day: &str, months: u8, good: &[&str], reported: &[&str]) -> Vec<String> {
        let wanted = |month: BillingPeriod| !good.contains(&month.to_string().as_str());
        let reported = reported.iter().map(|month| period(month)).collect();
        let months = scope(day, months).run(wanted, &reported);
        months.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn months_are_counted_over_the_year() {
        assert_eq!(
            told("2027-01-01", 3, &[], &[]),
            ["2026-11", "2026-12", "2027-01"]
        );
        assert_eq!(told("2026-12-31", 1, &[], &[]), ["2026-12"]);
        assert_eq!(told("2026-11-21", 13, &[], &[])[0], "2025-11");
    }

    #[test]
    fn one_question_spans_what_lies_between() {
        assert_eq!(
            told("2026-11-21", 4, &["2026-09"], &[]),
            ["2026-08", "2026-09", "2026-10", "2026-11"]
        );
        assert_eq!(
            told("2026-11-21", 4, &["2026-08", "2026-11"], &["2026-09"]),
            ["2026-10"]
        );
        assert_eq!(
            told("2026-11-21", 4, &[], &["2026-09"]),
            ["2026-08", "2026-10", "2026-11"]
        );
        assert_eq!(told("2026-11-21", 2, &[], &["2026-10", "2026-11"]), [""; 0]);
    }
}
