//! Which days of provisional costs reports tell themselves.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use curtail_store::{BillingPeriod, LinkedAccount, Receipt, SideReceipt, Snapshot};

use crate::costs::quoted;

/// The days that reports cover, for each part of provisional costs.
///
/// A report covers a day in which usage of its starts, and all days before it in the billing period. It does so for the accounts
/// that have line items in it, and for all of a payer account if the payer itself is among them: a member account's own report
/// names the payer too, and tells nothing of other members. Rows without an account are covered by any report that names the
/// payer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    parts: Vec<Part>,
}

/// What reports cover of one part.
#[derive(Clone, Debug)]
struct Part {
    payer: String,
    period: BillingPeriod,
    /// The last day that reports cover for every account.
    all: Option<NaiveDate>,
    /// The last day that the provisional costs of the account that pays for this one tell.
    other: Option<NaiveDate>,
    /// The last day that is covered for rows without an account.
    nameless: Option<NaiveDate>,
    /// Accounts that are covered for longer than all are, by the last day.
    accounts: BTreeMap<NaiveDate, BTreeSet<String>>,
}

impl Coverage {
    /// Of the snapshot's provisional costs by its reports, and by each other: what a member account was asked for itself, the
    /// account that pays for it tells too. `linked` are accounts with those that pay for them.
    pub(crate) fn of(snapshot: &Snapshot, linked: &[(String, LinkedAccount)]) -> Self {
        let parts = snapshot.provisional().filter_map(|version| {
            let part = &version.receipt.part;
            let (payer, period) = (&part.payer_account_id, part.billing_period?);
            let reports = snapshot.periods().map(|version| version.receipt.as_ref());
            let reports = reports.filter(|receipt| receipt.billing_period == period);
            let pays = |other: &str| {
                let mut linked = linked.iter();
                other != payer
                    && linked.any(|(of, account)| of == other && account.account_id == *payer)
            };
            let others = snapshot.provisional().map(|version| &version.receipt);
            let others = others.filter(|other| {
                other.part.billing_period == Some(period) && pays(&other.part.payer_account_id)
            });
            let other = others.filter_map(|other| other.last_day).max();
            Part::of(payer, period, reports, other)
        });
        Self {
            parts: parts.collect(),
        }
    }

    fn part(&self, receipt: &SideReceipt) -> Option<&Part> {
        let (payer, period) = (&receipt.part.payer_account_id, receipt.part.billing_period);
        self.parts
            .iter()
            .find(|part| part.payer == *payer && Some(part.period) == period)
    }

    /// The last day of a part that is covered for every account.
    pub(super) fn all_until(&self, receipt: &SideReceipt) -> Option<NaiveDate> {
        let part = self.part(receipt)?;
        part.all.max(part.other)
    }

    /// Whether reports cover every row of a part.
    pub(crate) fn is_whole(&self, receipt: &SideReceipt) -> bool {
        receipt.last_day <= self.all_until(receipt)
    }

    /// The last day of a part that any report covers.
    pub(super) fn last_day(&self, receipt: &SideReceipt) -> Option<NaiveDate> {
        let part = self.part(receipt)?;
        let longest = part.accounts.keys().next_back().copied();
        [part.all, part.nameless, longest]
            .into_iter()
            .max()
            .flatten()
    }

    /// A condition that is true for the rows of `cost_explorer` that no report covers.
    pub(crate) fn condition(&self) -> String {
        let conditions: Vec<_> = self.parts.iter().map(Part::condition).collect();
        if conditions.is_empty() {
            "true".to_owned()
        } else {
            conditions.join("\n    AND ")
        }
    }
}

impl Part {
    /// `None` if no report covers any of it.
    fn of<'a>(
        payer: &str,
        period: BillingPeriod,
        reports: impl Iterator<Item = &'a Receipt>,
        other: Option<NaiveDate>,
    ) -> Option<Self> {
        let (mut all, mut nameless) = (None, None);
        let mut accounts: BTreeMap<&str, NaiveDate> = BTreeMap::new();
        for receipt in reports {
            let Some(day) = last_day(receipt) else {
                continue;
            };
            let names = |accounts: &[String]| accounts.iter().any(|account| account == payer);
            if names(&receipt.payer_accounts) {
                nameless = nameless.max(Some(day));
                // Receipts of early versions list no accounts.
                if receipt.accounts.is_empty() || names(&receipt.accounts) {
                    all = all.max(Some(day));
                }
            }
            for account in &receipt.accounts {
                let last = accounts.entry(account).or_insert(day);
                *last = day.max(*last);
            }
        }
        let mut by_day: BTreeMap<NaiveDate, BTreeSet<String>> = BTreeMap::new();
        for (account, day) in accounts {
            if Some(day) > all {
                by_day.entry(day).or_default().insert(account.to_owned());
            }
        }
        let covered = all.is_some() || nameless.is_some() || !by_day.is_empty() || other.is_some();
        covered.then(|| Self {
            payer: payer.to_owned(),
            period,
            all,
            other,
            nameless,
            accounts: by_day,
        })
    }

    /// A condition that is true for rows of other parts, and for those of this one that are not covered.
    fn condition(&self) -> String {
        let after = |day: NaiveDate| format!("usage_date > DATE '{day}'");
        let mut uncovered = Vec::new();
        uncovered.extend(self.all.max(self.other).map(after));
        let nameless = self.nameless.filter(|day| Some(*day) > self.all);
        uncovered.extend(nameless.map(|day| format!("(account_id IS NOT NULL OR {})", after(day))));
        uncovered.extend(self.accounts.iter().map(|(&day, accounts)| {
            let accounts: Vec<_> = accounts.iter().map(|account| quoted(account)).collect();
            let accounts = accounts.join(", ");
            let others = format!("account_id NOT IN ({accounts})");
            format!("(account_id IS NULL OR {others} OR {})", after(day))
        }));
        let (payer, period) = (quoted(&self.payer), self.period);
        format!(
            "(payer_account_id <> {payer} OR billing_period <> '{period}' OR ({}))",
            uncovered.join(" AND ")
        )
    }
}

/// The last day in which usage starts; `None` if none does.
fn last_day(receipt: &Receipt) -> Option<NaiveDate> {
    let period = receipt.billing_period;
    if let Some((_, hour)) = receipt.hours.last() {
        return period
            .start()
            .checked_add_days(Days::new(u64::from(hour / 24)));
    }
    // Receipts of early versions know no hours. Fees for a month end with it, long before that is over.
    let end = receipt.usage_end?.min(receipt.ingested_at);
    let last = end - chrono::Duration::microseconds(1);
    let day = last.date_naive().min(period.end() - Days::new(1));
    (day >= period.start()).then_some(day)
}
