//! Reports that tell the same charges: one is chosen, never are two added up.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use curtail_store::{BillingPeriod, Receipt, ReportKind, Snapshot};

use super::sql::quoted;

/// What is left out because another report tells it: per report, billing periods, and the payer accounts in them.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeftOut {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    report: String,
    period: BillingPeriod,
    /// `None`: all of them.
    payers: Option<BTreeSet<String>>,
    /// The reports that tell it instead.
    instead: BTreeSet<String>,
}

impl LeftOut {
    /// What to leave out of `reports` (of all, if empty): wherever several of them cover the same payer account in the same
    /// billing period, CUR 2.0 goes before legacy CUR and that before FOCUS; then more rows; then the name that sorts first.
    pub(crate) fn of(snapshot: &Snapshot, reports: &[String]) -> Self {
        let asked = |receipt: &&Receipt| {
            reports.is_empty() || reports.iter().any(|name| name == receipt.report.as_str())
        };
        let receipts: Vec<_> = snapshot
            .periods()
            .map(|version| version.receipt.as_ref())
            .filter(asked)
            .collect();
        let mut best: BTreeMap<(BillingPeriod, &str), &Receipt> = BTreeMap::new();
        for receipt in &receipts {
            for payer in &receipt.payer_accounts {
                let chosen = best
                    .entry((receipt.billing_period, payer))
                    .or_insert(receipt);
                if rank(receipt) < rank(chosen) {
                    *chosen = receipt;
                }
            }
        }
        let entries = receipts.iter().filter_map(|receipt| {
            let chosen = |payer: &str| best[&(receipt.billing_period, payer)];
            let lost = receipt
                .payer_accounts
                .iter()
                .filter(|payer| chosen(payer).report != receipt.report);
            let lost: BTreeSet<_> = lost.cloned().collect();
            let instead = lost
                .iter()
                .map(|payer| chosen(payer).report.to_string())
                .collect();
            let all = lost.len() == receipt.payer_accounts.len();
            (!lost.is_empty()).then(|| Entry {
                report: receipt.report.to_string(),
                period: receipt.billing_period,
                payers: (!all).then_some(lost),
                instead,
            })
        });
        Self {
            entries: entries.collect(),
        }
    }

    /// Whether nothing is left out.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A condition that is true for the rows that are kept; `payer` is the column of the payer account.
    pub(crate) fn condition(&self, payer: &str) -> String {
        let mut whole: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut conditions = Vec::new();
        for entry in &self.entries {
            let period = quoted(&entry.period.to_string());
            match &entry.payers {
                None => whole.entry(&entry.report).or_default().push(period),
                Some(payers) => {
                    let payers: Vec<_> = payers.iter().map(|payer| quoted(payer)).collect();
                    conditions.push(format!(
                        "(report <> {} OR billing_period <> {period} OR {payer} IS NULL OR {payer} NOT IN ({}))",
                        quoted(&entry.report),
                        payers.join(", ")
                    ));
                }
            }
        }
        for (report, periods) in whole {
            conditions.push(format!(
                "NOT (report = {} AND billing_period IN ({}))",
                quoted(report),
                periods.join(", ")
            ));
        }
        if conditions.is_empty() {
            "true".to_owned()
        } else {
            conditions.join(" AND ")
        }
    }

    /// What was left out, for people.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.by_report(|report, instead, periods| {
            format!("report `{report}` is left out in {periods}: {instead} tells the same charges (choose with a report filter)")
        })
    }

    /// That nothing was left out and charges stand there more than once, for people.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.by_report(|report, instead, periods| {
            format!("`costs` has the same charges from report `{report}` and {instead} in {periods}: filter by `report` before adding up")
        })
    }

    fn by_report(&self, text: impl Fn(&str, &str, &str) -> String) -> Vec<String> {
        let mut groups: BTreeMap<(&str, String), Vec<BillingPeriod>> = BTreeMap::new();
        for entry in &self.entries {
            let instead: Vec<_> = entry
                .instead
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            groups
                .entry((&entry.report, instead.join(" or ")))
                .or_default()
                .push(entry.period);
        }
        let describe = |((report, instead), periods): ((&str, String), Vec<BillingPeriod>)| {
            let (first, last) = (periods.iter().min(), periods.iter().max());
            let periods = match (first, last) {
                (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
                (Some(first), _) => first.to_string(),
                _ => String::new(),
            };
            text(report, &instead, &periods)
        };
        groups.into_iter().map(describe).collect()
    }
}

/// The smaller, the rather chosen.
fn rank(receipt: &Receipt) -> (u8, Reverse<u64>, &str) {
    let kind = match receipt.kind {
        ReportKind::Cur2 => 0,
        ReportKind::LegacyCur => 1,
        ReportKind::Focus => 2,
    };
    (kind, Reverse(receipt.rows), receipt.report.as_str())
}
