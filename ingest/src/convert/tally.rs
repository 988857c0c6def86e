//! What a billing period adds up to.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveTime, Utc};
use curtail_store::{
    Anomaly, BillingPeriod, Grain, Money, Partly, ReportKind, RollupName, Rounded, Table,
    TableSchema,
};

use super::{
    amount::Rounding,
    column::NO_TIME,
    registry::Registry,
    rollup::Rollups,
    run::Run,
    texts::{NULL, Texts},
};

/// Line item types that AWS documents.
const LINE_ITEM_TYPES: [&str; 18] = [
    "Usage",
    "DiscountedUsage",
    "RIFee",
    "Fee",
    "SavingsPlanUpfrontFee",
    "SavingsPlanRecurringFee",
    "SavingsPlanCoveredUsage",
    "SavingsPlanNegation",
    "BundledDiscount",
    "EdpDiscount",
    "PrivateRateDiscount",
    "RiVolumeDiscount",
    "SppDiscount",
    "Discount",
    "Credit",
    "Refund",
    "Tax",
    "FlatRateSubscription",
];

/// What one file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileTally {
    /// Its rows.
    pub(crate) rows: u64,
    /// Its size after decompression, in bytes; for Parquet, its size.
    pub(crate) decoded_size: u64,
    /// Exact sum of each amount column that has a value.
    pub(crate) sums: BTreeMap<String, Money>,
}

/// What all files of a billing period hold.
#[derive(Clone, Debug)]
pub(crate) struct PeriodTally {
    /// The table's columns, and new ones behind.
    pub(crate) schema: TableSchema,
    /// Columns that the files have.
    pub(crate) seen: Vec<String>,
    /// Those that AWS does not document.
    pub(crate) unknown: Vec<String>,
    /// Source names that share a column.
    pub(crate) collisions: BTreeMap<String, Vec<String>>,
    /// Rows of all files.
    pub(crate) rows: u64,
    /// Exact sum of each amount column that has a value.
    pub(crate) sums: BTreeMap<String, Money>,
    /// What rounding did.
    pub(crate) rounded: Rounded,
    /// Start of the earliest usage.
    pub(crate) usage_start: Option<DateTime<Utc>>,
    /// End of the latest usage.
    pub(crate) usage_end: Option<DateTime<Utc>>,
    /// Accounts that pay.
    pub(crate) payer_accounts: Vec<String>,
    /// Currencies.
    pub(crate) currencies: Vec<String>,
    /// Linked accounts that have line items.
    pub(crate) accounts: Vec<String>,
    /// Hours of the billing period in which usage starts, as ranges from the first to the last.
    pub(crate) hours: Vec<(u32, u32)>,
    /// Rows that carry an invoice id.
    pub(crate) invoiced_rows: u64,
    /// What was odd.
    pub(crate) anomalies: BTreeMap<Anomaly, u64>,
    /// The rollups that were made.
    pub(crate) rollups: Vec<MadeRollup>,
    /// Built-in ones that were wanted, and are not worth having.
    pub(crate) forgone: Vec<RollupName>,
}

/// A rollup whose files were handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MadeRollup {
    pub(crate) name: RollupName,
    pub(crate) per: Grain,
    /// Columns that it groups by.
    pub(crate) dimensions: Vec<String>,
    /// Those that it tells of some line items only.
    pub(crate) partly: Vec<Partly>,
    /// Columns that it sums up.
    pub(crate) measures: Vec<String>,
    /// Columns in which it tells more than sums of them.
    pub(crate) beside: Vec<String>,
    /// What it was asked for as, unless it is built in.
    pub(crate) definition: Option<String>,
}

/// Sums up a period, file by file and run by run.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) rows: u64,
    pub(super) sums: BTreeMap<String, Money>,
    pub(super) rounding: Rounding,
    pub(super) anomalies: BTreeMap<Anomaly, u64>,
    usage_start: Option<i64>,
    usage_end: Option<i64>,
    payer_accounts: BTreeSet<String>,
    currencies: BTreeSet<String>,
    accounts: BTreeSet<String>,
    /// For each hour of the billing period, whether usage starts in it.
    hours: Vec<bool>,
    invoiced_rows: u64,
}

/// The columns that totals are taken from.
struct Names {
    start: &'static str,
    end: &'static str,
    payer: &'static str,
    currency: &'static str,
    account: &'static str,
    invoice: &'static str,
}

impl Names {
    fn of(kind: ReportKind) -> Self {
        match kind.table() {
            Table::LineItems => Self {
                start: "line_item_usage_start_date",
                end: "line_item_usage_end_date",
                payer: "bill_payer_account_id",
                currency: "line_item_currency_code",
                account: "line_item_usage_account_id",
                invoice: "bill_invoice_id",
            },
            Table::Focus => Self {
                start: "chargeperiodstart",
                end: "chargeperiodend",
                payer: "billingaccountid",
                currency: "billingcurrency",
                account: "subaccountid",
                invoice: "invoiceid",
            },
        }
    }
}

impl Totals {
    /// Adds what stands in the columns of a run.
    pub(super) fn observe(
        &mut self,
        run: &Run,
        kind: ReportKind,
        period: BillingPeriod,
        registry: &Registry,
    ) {
        let names = Names::of(kind);
        let text = |name| registry.find(name).and_then(|number| run.text(number));
        let numbers = |name| {
            let number = registry.find(name);
            number.map(|number| run.numbers(number)).unwrap_or_default()
        };
        let times = |name| {
            let number = registry.find(name);
            number.map(|number| run.times(number)).unwrap_or_default()
        };
        let first = micros(period.start());
        let behind = micros(period.end());
        let mut outside = 0;
        self.hours.resize(hour(behind - first), false);
        for &start in times(names.start).iter().filter(|&&start| start != NO_TIME) {
            if start < first || start >= behind {
                outside += 1;
            } else {
                self.hours[hour(start - first)] = true;
            }
            self.usage_start = Some(self.usage_start.map_or(start, |before| before.min(start)));
        }
        self.note(Anomaly::UsageOutsidePeriod, outside);
        let latest = times(names.end)
            .iter()
            .copied()
            .filter(|&end| end != NO_TIME)
            .max();
        self.usage_end = self.usage_end.max(latest);
        for (name, distinct) in [
            (names.payer, &mut self.payer_accounts),
            (names.currency, &mut self.currencies),
            (names.account, &mut self.accounts),
        ] {
            let texts = text(name).map(|column| column.texts().iter());
            distinct.extend(
                texts
                    .into_iter()
                    .flatten()
                    .map(|text| String::from_utf8_lossy(text).into_owned()),
            );
        }
        let invoices = numbers(names.invoice);
        self.invoiced_rows += invoices.iter().filter(|&&number| number != NULL).count() as u64;
        if let Some(types) = text("line_item_line_item_type") {
            let unknown = unknown_types(types.texts());
            if unknown.contains(&true) {
                let rows = numbers("line_item_line_item_type")
                    .iter()
                    .filter(|&&number| unknown[number as usize])
                    .count();
                self.note(Anomaly::UnknownLineItemType, rows as u64);
            }
        }
    }

    /// Adds what was odd.
    pub(super) fn note(&mut self, anomaly: Anomaly, times: u64) {
        if times > 0 {
            *self.anomalies.entry(anomaly).or_default() += times;
        }
    }

    /// Closes the period.
    pub(super) fn finish(self, registry: &Registry, rollups: &Rollups) -> PeriodTally {
        let columns = registry.outcome();
        PeriodTally {
            schema: columns.schema,
            seen: columns.seen,
            unknown: columns.unknown,
            collisions: columns.collisions,
            rows: self.rows,
            sums: self.sums,
            rounded: self.rounding.rounded(),
            usage_start: self.usage_start.and_then(DateTime::from_timestamp_micros),
            usage_end: self.usage_end.and_then(DateTime::from_timestamp_micros),
            payer_accounts: self.payer_accounts.into_iter().collect(),
            currencies: self.currencies.into_iter().collect(),
            accounts: self.accounts.into_iter().collect(),
            hours: ranges(&self.hours),
            invoiced_rows: self.invoiced_rows,
            anomalies: self.anomalies,
            rollups: rollups.made(registry),
            forgone: rollups.forgone(),
        }
    }
}

/// For each number of a text (and NULL), whether it is a type that nobody documented.
fn unknown_types(types: &Texts) -> Vec<bool> {
    let unknown = |text: &[u8]| !LINE_ITEM_TYPES.iter().any(|known| known.as_bytes() == text);
    std::iter::once(false)
        .chain(types.iter().map(unknown))
        .collect()
}

/// The number of whole hours in so many microseconds.
fn hour(micros: i64) -> usize {
    usize::try_from(micros / 3_600_000_000).unwrap_or_default()
}

/// Where the stretches of `true` begin and end.
fn ranges(flags: &[bool]) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for (place, _) in (0..).zip(flags).filter(|(_, flag)| **flag) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == place => *last = place,
            _ => ranges.push((place, place)),
        }
    }
    ranges
}

fn micros(day: chrono::NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_micros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_told_by_their_ends() {
        assert_eq!(ranges(&[]), []);
        assert_eq!(ranges(&[false, false]), []);
        assert_eq!(ranges(&[true, true, false, true]), [(0, 1), (3, 3)]);
    }
}
