//! Small deliveries: Parquet files with a few columns, and the receipts that fit them.

use std::{collections::BTreeMap, sync::Arc};

use arrow::{
    array::{
        ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
    },
    datatypes::{Field, Schema},
};
use bytes::Bytes;
use chrono::{DateTime, TimeZone, Utc};
use curtail_store::{
    BillingPeriod, Column, ColumnChanges, ColumnType, ManifestRef, Money, ROW_COUNT, Receipt,
    ReportKind, ReportName, Rounded, SourceFile, Store, StoreError, Table, TableSchema,
};
use object_store::memory::InMemory;
use parquet::arrow::ArrowWriter;

/// A store in memory.
pub(crate) fn in_memory() -> Store {
    Store::remote(
        "memory:///some/prefix".parse().unwrap(),
        Arc::new(InMemory::new()),
    )
    .unwrap()
}

pub(crate) fn name(text: &str) -> ReportName {
    text.parse().unwrap()
}

pub(crate) fn period(text: &str) -> BillingPeriod {
    text.parse().unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// One row: account, unblended cost, extra column.
pub(crate) type Row = (&'static str, Option<Money>, Option<&'static str>);

pub(crate) const START: i64 = 1_790_812_800_000_000; // 2026-10-01T00:00:00Z

/// A Parquet file of `rows`, with the text column `extra` if it is given.
pub(crate) fn parquet(rows: &[Row], extra: Option<&Column>) -> Bytes {
    let mut columns: Vec<(Field, ArrayRef)> = Vec::new();
    let mut push = |name: &str, column_type: ColumnType, array: ArrayRef| {
        columns.push((Field::new(name, column_type.arrow(), true), array));
    };
    let text = |values: Vec<Option<&str>>| Arc::new(StringArray::from(values)) as ArrayRef;
    push(
        "source",
        ColumnType::Text,
        text(rows.iter().map(|_| Some("legacy-cur")).collect()),
    );
    push(
        "line_item_usage_account_id",
        ColumnType::Text,
        text(rows.iter().map(|row| Some(row.0)).collect()),
    );
    let times = (0..)
        .map(|hour| START + hour * 3_600_000_000)
        .take(rows.len());
    let times = TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC");
    push(
        "line_item_usage_start_date",
        ColumnType::Timestamp,
        Arc::new(times),
    );
    let costs: Decimal128Array = rows.iter().map(|row| row.1.map(Money::units)).collect();
    let costs = costs.with_precision_and_scale(38, 18).unwrap();
    push(
        "line_item_unblended_cost",
        ColumnType::Amount,
        Arc::new(costs),
    );
    if let Some(extra) = extra {
        push(
            &extra.name,
            extra.column_type,
            text(rows.iter().map(|row| row.2).collect()),
        );
    }
    let (fields, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    write(&RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap())
}

pub(crate) fn write(batch: &RecordBatch) -> Bytes {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes.into()
}

/// The receipt of a delivery that sums to `rows` and `sums`.
pub(crate) fn receipt_of(
    kind: ReportKind,
    report: &ReportName,
    period: BillingPeriod,
    rows: u64,
    sums: &[(&str, Money)],
) -> Receipt {
    let sums: BTreeMap<_, _> = sums
        .iter()
        .map(|&(column, sum)| (column.to_owned(), sum))
        .collect();
    let file = SourceFile {
        key: "r/1.csv.gz".into(),
        etag: Some("\"e\"".into()),
        size: 10,
        decoded_size: 100,
        rows,
        sums: sums.clone(),
    };
    Receipt {
        format: 1,
        report: report.clone(),
        kind,
        report_id: "id".into(),
        billing_period: period,
        location: "s3://bucket/prefix".into(),
        manifest: ManifestRef {
            key: "r/manifest.json".into(),
            etag: None,
            size: 3,
            modified: None,
        },
        assembly_id: "assembly".into(),
        files: vec![file],
        rows,
        sums,
        rounded: Rounded::default(),
        usage_start: Some(time(START)),
        usage_end: None,
        payer_accounts: vec!["111111111111".into()],
        currencies: vec!["USD".into()],
        invoiced_rows: 0,
        columns: ColumnChanges::default(),
        anomalies: BTreeMap::new(),
        ingested_at: time(START),
        hours: Vec::new(),
        accounts: Vec::new(),
        tagged: BTreeMap::new(),
        stored: Vec::new(),
        rollups: Vec::new(),
        forgone: Vec::new(),
        milliseconds: 1,
        writer: "test".into(),
    }
}

/// A rollup of one row.
pub(crate) fn rollup(count: i64, cost: Money) -> Bytes {
    let costs = Decimal128Array::from_iter_values([cost.units()]);
    let costs = costs.with_precision_and_scale(38, 18).unwrap();
    let batch = RecordBatch::try_from_iter([
        ("line_item_unblended_cost", Arc::new(costs) as ArrayRef),
        (ROW_COUNT, Arc::new(Int64Array::from_iter_values([count]))),
    ]);
    let batch = batch.unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes.into()
}

pub(crate) fn time(microseconds: i64) -> DateTime<Utc> {
    Utc.timestamp_micros(microseconds).unwrap()
}

/// The receipt that fits `rows`.
pub(crate) fn receipt(report: &ReportName, period: BillingPeriod, rows: &[Row]) -> Receipt {
    let costs: Vec<_> = rows.iter().filter_map(|row| row.1).collect();
    let sum = (!costs.is_empty()).then(|| ("line_item_unblended_cost", costs.into_iter().sum()));
    receipt_of(
        ReportKind::LegacyCur,
        report,
        period,
        rows.len() as u64,
        sum.as_slice(),
    )
}

/// Replaces the period by `rows`, in as many files as there are rows.
pub(crate) async fn replace(
    store: &Store,
    report: &ReportName,
    period: BillingPeriod,
    rows: &[Row],
    extra: Option<&Column>,
) -> Result<u64, StoreError> {
    let replacement = store.replace(Table::LineItems, report, period).await?;
    let mut files = Vec::new();
    for row in rows {
        files.push(replacement.write(parquet(&[*row], extra)).await?);
    }
    let schema = TableSchema::new(extra.cloned().into_iter().collect());
    replacement
        .commit(files, &schema, &receipt(report, period, rows))
        .await
}

/// Rows of several costs, all of one account.
pub(crate) fn rows(costs: &[&str]) -> Vec<Row> {
    costs
        .iter()
        .map(|cost| ("111111111111", Some(money(cost)), Some("x")))
        .collect()
}

/// An undocumented text column.
pub(crate) fn extra(name: &str, source_name: &str) -> Column {
    Column {
        name: name.into(),
        column_type: ColumnType::Text,
        source_names: vec![source_name.into()],
    }
}

/// What a reader finds, summed from the files: rows and unblended cost of each billing period of each report.
pub(crate) async fn read(store: &Store) -> BTreeMap<(String, String), (u64, Money)> {
    let snapshot = store.snapshot().await.unwrap();
    let table = snapshot.table(Table::LineItems).unwrap();
    let mut found = BTreeMap::new();
    for version in &table.periods {
        let (report, period) = (&version.receipt.report, version.receipt.billing_period);
        let files = table
            .files
            .iter()
            .filter(|file| file.report == *report && file.billing_period == period);
        let sums = curtail_store::sums(
            store,
            files
                .clone()
                .map(|file| (file.path.clone(), file.size))
                .collect(),
        )
        .await
        .unwrap();
        assert_eq!(sums.rows, version.receipt.rows);
        assert_eq!(sums.rows, files.map(|file| file.rows).sum::<u64>());
        assert_eq!(sums.sums, version.receipt.sums);
        let cost = sums
            .sums
            .get("line_item_unblended_cost")
            .copied()
            .unwrap_or_default();
        found.insert((report.to_string(), period.to_string()), (sums.rows, cost));
    }
    found
}
