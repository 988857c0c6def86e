//! The cases of odd input that `docs/cases.md` lists, each made into a report that is ingested.

mod bombs;
mod columns;
mod delivery;
mod exports;
mod hostile;
mod list;
mod manifests;
mod paths;
mod values;

use curtail_ingest::{IngestError, Outcome, Source};
use curtail_store::{Anomaly, Receipt, Store, Table};

use crate::{
    failures::refused,
    support::{
        Bucket, TempStore, deliver, export_manifest, gzip, ingest_all, options, receipts, rows,
        store,
    },
};

const COST: &str = "line_item_unblended_cost";

/// One report in a store of its own.
struct Ingested {
    store: TempStore,
    outcome: Outcome,
    receipt: Receipt,
}

impl Ingested {
    /// From a source that holds one billing period of one report.
    async fn from(source: &Source) -> Self {
        let store = store();
        let (outcome, receipt) = again(source, &store.store).await;
        Self {
            store,
            outcome,
            receipt,
        }
    }

    /// From files of a legacy report.
    async fn files(files: &[(&str, Vec<u8>)]) -> Self {
        let bucket = Bucket::default();
        deliver(&bucket, "A", files).await;
        Self::from(&bucket.source("")).await
    }

    /// From the text of a legacy report's only file.
    async fn text(text: impl AsRef<[u8]>) -> Self {
        Self::files(&[("acme-1.csv.gz", gzip(&text))]).await
    }

    /// From the text of the only file of an export.
    async fn export(text: &str) -> Self {
        let bucket = Bucket::default();
        deliver_export(&bucket, text).await;
        Self::from(&bucket.source("")).await
    }

    async fn rows(&self, columns: &[&str]) -> Vec<String> {
        let table = self.receipt.kind.table();
        rows(&self.store.store, table, columns).await
    }

    /// Exact sum of a column of the receipt.
    fn sum(&self, column: &str) -> String {
        self.receipt.sums[column].to_string()
    }

    fn anomalies(&self) -> Vec<(Anomaly, u64)> {
        self.receipt.anomalies.clone().into_iter().collect()
    }
}

/// Ingests the only billing period of a source; what was done, and the receipt.
async fn again(source: &Source, store: &Store) -> (Outcome, Receipt) {
    let mut outcomes = ingest_all(source, store, &options()).await.unwrap();
    let mut receipts = receipts(store).await;
    assert_eq!((outcomes.len(), receipts.len()), (1, 1));
    (outcomes.remove(0), receipts.remove(0))
}

/// Why a legacy report of one file with this text is refused; the store is as it was.
async fn refusal(text: impl AsRef<[u8]>) -> IngestError {
    refused(&[("acme-1.csv.gz", gzip(&text))]).await
}

/// What people read of an error about the report's only file.
fn told(error: &IngestError) -> String {
    error.to_string().replace(
        "s3://bills/cur/acme/20240301-20240401/bad/acme-1.csv.gz",
        "FILE",
    )
}

/// A legacy report. Each row gives the fields of `columns`; those that costs need, and the currency, have usual values
/// unless they are among them.
fn report(columns: &[&str], rows: &[&[&str]]) -> String {
    let usual = [
        ("lineItem/UsageAccountId", "000000000007"),
        ("lineItem/LineItemType", "Usage"),
        ("lineItem/UsageStartDate", "2024-03-05T10:00:00Z"),
        ("lineItem/CurrencyCode", "USD"),
        ("lineItem/UnblendedCost", "0.1"),
    ];
    table(&usual, columns, rows)
}

/// A legacy report with these values of one column.
fn report_of(column: &str, values: &[impl AsRef<str>]) -> String {
    report(
        &[column],
        &one_each(values)
            .iter()
            .map(|row| &row[..])
            .collect::<Vec<_>>(),
    )
}

/// Rows of one field.
fn one_each(values: &[impl AsRef<str>]) -> Vec<[&str; 1]> {
    values.iter().map(|value| [value.as_ref()]).collect()
}

/// A CUR 2.0 export with these values of one column.
fn export_of(column: &str, values: &[impl AsRef<str>]) -> String {
    export(
        &[column],
        &one_each(values)
            .iter()
            .map(|row| &row[..])
            .collect::<Vec<_>>(),
    )
}

/// A CUR 2.0 export, as [`report`].
fn export(columns: &[&str], rows: &[&[&str]]) -> String {
    let usual = [
        ("line_item_usage_account_id", "000000000007"),
        ("line_item_line_item_type", "Usage"),
        ("line_item_usage_start_date", "2024-03-05T10:00:00.000Z"),
        ("line_item_currency_code", "USD"),
        ("line_item_unblended_cost", "0.1"),
    ];
    table(&usual, columns, rows)
}

fn table(usual: &[(&str, &str)], columns: &[&str], rows: &[&[&str]]) -> String {
    let usual: Vec<_> = usual
        .iter()
        .filter(|(name, _)| !columns.contains(name))
        .collect();
    let line = |usual: Vec<&str>, own: &[&str]| [&usual, own].concat().join(",") + "\n";
    let header = line(usual.iter().map(|(name, _)| *name).collect(), columns);
    rows.iter().fold(header, |text, row| {
        text + &line(usual.iter().map(|(_, value)| *value).collect(), row)
    })
}

/// Puts an export of one gzip CSV file into the bucket.
async fn deliver_export(bucket: &Bucket, text: &str) {
    let key = "exports/two/data/BILLING_PERIOD=2024-03/two-1.csv.gz";
    bucket.put(key, gzip(text)).await;
    let columns: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let manifest = export_manifest("E", &columns, &[&format!("s3://bills/{key}")]);
    let place = "exports/two/metadata/BILLING_PERIOD=2024-03/two-Manifest.json";
    bucket.put(place, manifest).await;
}

/// The line items of a store.
async fn line_items(store: &Store, columns: &[&str]) -> Vec<String> {
    rows(store, Table::LineItems, columns).await
}
