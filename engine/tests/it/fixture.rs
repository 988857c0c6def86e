//! Small stores, written row by row as text.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, Decimal128Array, MapBuilder, MapFieldNames, RecordBatch,
        StringArray, StringBuilder, TimestampMicrosecondArray,
    },
    datatypes::{DataType, Schema},
    util::display::{ArrayFormatter, FormatOptions},
};
use chrono::{DateTime, Utc};
use curtail_engine::{Answer, Engine, EngineOptions, Params};
use curtail_store::{
    BillingPeriod, Column, ColumnChanges, ColumnType, ManifestRef, Money, Receipt, ReportKind,
    ReportName, Rounded, SourceFile, Store, TableSchema,
};
use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};
use tempfile::TempDir;

/// A row: columns and their values as text; columns that are not named are NULL. Times are RFC 3339, maps are `key=value,…`.
pub(crate) type Row<'a> = Vec<(&'a str, &'a str)>;

/// A store in a temporary folder.
pub(crate) struct Fixture {
    folder: TempDir,
    pub(crate) store: Store,
    /// How data files are written.
    pub(crate) written: WriterProperties,
}

impl Fixture {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::local(&folder.path().join("store")).unwrap();
        Self {
            folder,
            store,
            written: WriterProperties::default(),
        }
    }

    /// Commits `rows` as the billing period of a report.
    pub(crate) async fn add(
        &self,
        report: &str,
        kind: ReportKind,
        period: &str,
        rows: &[Row<'_>],
    ) -> &Self {
        self.add_with(report, kind, period, rows, |_| {}).await
    }

    /// The same, with a receipt that is changed before the commit.
    pub(crate) async fn add_with(
        &self,
        report: &str,
        kind: ReportKind,
        period: &str,
        rows: &[Row<'_>],
        change: impl FnOnce(&mut Receipt),
    ) -> &Self {
        assert!(self.folder.path().exists());
        let report: ReportName = report.parse().unwrap();
        let period: BillingPeriod = period.parse().unwrap();
        let replacement = self
            .store
            .replace(kind.table(), &report, period)
            .await
            .unwrap();
        let schema = widened(replacement.schema(), kind, rows);
        let (files, sums) = if rows.is_empty() {
            (Vec::new(), BTreeMap::new())
        } else {
            let batch = batch(&schema, kind, rows);
            let file = replacement
                .write(self.parquet(&batch).into())
                .await
                .unwrap();
            (vec![file], sums(&batch))
        };
        let mut receipt = receipt(report, kind, period, rows, sums);
        change(&mut receipt);
        replacement.commit(files, &schema, &receipt).await.unwrap();
        self
    }

    fn parquet(&self, batch: &RecordBatch) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = Some(self.written.clone());
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), written).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        bytes
    }

    pub(crate) async fn engine(&self) -> Engine {
        self.engine_that(true).await
    }

    /// An engine in which line items may be merged or not.
    pub(crate) async fn engine_that(&self, merging: bool) -> Engine {
        self.engine_with(true, merging).await
    }

    /// An engine in which rollups may be read or not, and line items merged.
    pub(crate) async fn engine_with(&self, rollups: bool, merging: bool) -> Engine {
        let options = Self::options(rollups, merging);
        Engine::open(&self.store, &options).await.unwrap()
    }

    pub(crate) fn options(rollups: bool, merging: bool) -> EngineOptions {
        EngineOptions {
            memory_limit: 1 << 28,
            allocated: None,
            threads: 2,
            rollups,
            merging,
            kept: 64 << 20,
        }
    }
}

/// A usage row of a line item report, with what the tests rarely care about.
pub(crate) fn usage<'a>(more: &[(&'a str, &'a str)]) -> Row<'a> {
    let mut row = vec![
        ("bill_payer_account_id", "011122223333"),
        ("line_item_usage_account_id", "000000000007"),
        ("line_item_line_item_type", "Usage"),
        ("line_item_usage_start_date", "2026-10-05T10:00:00Z"),
        ("line_item_usage_end_date", "2026-10-05T11:00:00Z"),
        ("line_item_product_code", "AmazonEC2"),
        ("line_item_usage_type", "BoxUsage:m5.large"),
        ("line_item_currency_code", "USD"),
    ];
    row.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    row.extend(more);
    row.retain(|(_, value)| !value.is_empty());
    row
}

/// The rows of an answer as CSV, without a header; NULL is empty.
pub(crate) async fn rows(engine: &Engine, sql: &str) -> Vec<String> {
    csv(&engine
        .sql(sql, &Params::new())
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}")))
    .await
}

/// The rows of an answer as CSV, without a header; NULL is empty, amounts have no trailing zeros.
pub(crate) async fn csv(answer: &Answer) -> Vec<String> {
    lines(&answer.collect().await.unwrap())
}

/// Rows as CSV, without a header; NULL is empty, amounts have no trailing zeros.
pub(crate) fn lines(batches: &[RecordBatch]) -> Vec<String> {
    batches
        .iter()
        .flat_map(|batch| {
            (0..batch.num_rows())
                .map(|row| line(batch, row))
                .collect::<Vec<_>>()
        })
        .collect()
}

pub(crate) fn header(answer: &Answer) -> String {
    let schema = answer.schema();
    schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .collect::<Vec<_>>()
        .join(",")
}

fn line(batch: &RecordBatch, row: usize) -> String {
    let options = FormatOptions::default();
    let cell = |column: &ArrayRef| match column.data_type() {
        _ if column.is_null(row) => String::new(),
        DataType::Decimal128(_, 18) => Money::from_units(
            column
                .as_primitive::<arrow::datatypes::Decimal128Type>()
                .value(row),
        )
        .to_string(),
        _ => ArrayFormatter::try_new(column, &options)
            .unwrap()
            .value(row)
            .to_string(),
    };
    batch
        .columns()
        .iter()
        .map(cell)
        .collect::<Vec<_>>()
        .join(",")
}

fn widened(schema: &TableSchema, kind: ReportKind, rows: &[Row<'_>]) -> TableSchema {
    let mut columns = schema.columns().to_vec();
    let names: BTreeSet<_> = rows.iter().flatten().map(|(name, _)| *name).collect();
    for name in names {
        if schema.column(name).is_none() {
            let tag = name
                .strip_prefix("resource_tags_user_")
                .map(|key| format!("resourceTags/user:{key}"));
            let source_names = vec![tag.unwrap_or_else(|| name.to_owned())];
            columns.push(Column {
                name: name.to_owned(),
                column_type: ColumnType::Text,
                source_names,
            });
        }
    }
    let _ = kind;
    TableSchema::new(columns)
}

/// Only the columns that the rows name, and `source`.
fn batch(schema: &TableSchema, kind: ReportKind, rows: &[Row<'_>]) -> RecordBatch {
    let named = |name: &str| rows.iter().flatten().any(|(other, _)| *other == name);
    let columns: Vec<_> = schema
        .columns()
        .iter()
        .filter(|column| named(&column.name) || column.name == "source")
        .collect();
    let arrays = columns.iter().map(|column| {
        let values: Vec<Option<&str>> = rows
            .iter()
            .map(|row| match column.name.as_str() {
                "source" => Some(kind.as_str()),
                name => row
                    .iter()
                    .find(|(other, _)| *other == name)
                    .map(|(_, value)| *value),
            })
            .collect();
        array(column.column_type, &values)
    });
    let fields: Vec<_> = columns.iter().map(|column| column.field()).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays.collect()).unwrap()
}

fn array(column_type: ColumnType, values: &[Option<&str>]) -> ArrayRef {
    match column_type {
        ColumnType::Text => Arc::new(values.iter().collect::<StringArray>()),
        ColumnType::Amount => {
            let units = values
                .iter()
                .map(|value| value.map(|text| text.parse::<Money>().unwrap().units()));
            Arc::new(
                units
                    .collect::<Decimal128Array>()
                    .with_data_type(column_type.arrow()),
            )
        }
        ColumnType::Timestamp => {
            let times = values
                .iter()
                .map(|value| value.map(|text| time(text).timestamp_micros()));
            Arc::new(
                times
                    .collect::<TimestampMicrosecondArray>()
                    .with_timezone("UTC"),
            )
        }
        ColumnType::TextMap => {
            let names = MapFieldNames {
                entry: "key_value".into(),
                key: "key".into(),
                value: "value".into(),
            };
            let mut builder =
                MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new());
            for value in values {
                for entry in value.iter().flat_map(|text| text.split(',')) {
                    let (key, value) = entry.split_once('=').unwrap();
                    builder.keys().append_value(key);
                    builder.values().append_value(value);
                }
                builder.append(value.is_some()).unwrap();
            }
            Arc::new(builder.finish())
        }
        ColumnType::AmountMap => panic!("no test needs one"),
    }
}

fn sums(batch: &RecordBatch) -> BTreeMap<String, Money> {
    let schema = batch.schema();
    let amounts = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .filter(|(field, _)| field.data_type() == &ColumnType::Amount.arrow());
    let sums = amounts
        .filter(|(_, column)| column.null_count() < column.len())
        .map(|(field, column)| {
            let values = column.as_primitive::<arrow::datatypes::Decimal128Type>();
            (
                field.name().clone(),
                values.iter().flatten().map(Money::from_units).sum(),
            )
        });
    sums.collect()
}

fn receipt(
    report: ReportName,
    kind: ReportKind,
    period: BillingPeriod,
    rows: &[Row<'_>],
    sums: BTreeMap<String, Money>,
) -> Receipt {
    let distinct = |columns: [&str; 2]| -> Vec<String> {
        let values = rows
            .iter()
            .flatten()
            .filter(|(name, _)| columns.contains(name))
            .map(|(_, value)| (*value).to_owned());
        values.collect::<BTreeSet<_>>().into_iter().collect()
    };
    let times = |columns: [&str; 2]| {
        rows.iter()
            .flatten()
            .filter(move |(name, _)| columns.contains(name))
            .map(|(_, value)| time(value))
            .collect::<Vec<_>>()
    };
    let count = rows.len() as u64;
    Receipt {
        format: 1,
        report,
        kind,
        report_id: "0f".repeat(32),
        billing_period: period,
        location: "s3://bucket/prefix".to_owned(),
        manifest: ManifestRef {
            key: "prefix/Manifest.json".to_owned(),
            etag: Some("\"e\"".to_owned()),
            size: 100,
            modified: None,
        },
        assembly_id: "20261105T061233Z".to_owned(),
        files: vec![SourceFile {
            key: "prefix/1.csv.gz".to_owned(),
            etag: None,
            size: 10,
            decoded_size: 100,
            rows: count,
            sums: sums.clone(),
        }],
        rows: count,
        sums,
        rounded: Rounded::default(),
        usage_start: times(["line_item_usage_start_date", "chargeperiodstart"])
            .into_iter()
            .min(),
        usage_end: times(["line_item_usage_end_date", "chargeperiodend"])
            .into_iter()
            .max(),
        payer_accounts: distinct(["bill_payer_account_id", "billingaccountid"]),
        currencies: distinct(["line_item_currency_code", "billingcurrency"]),
        invoiced_rows: 0,
        columns: ColumnChanges::default(),
        anomalies: BTreeMap::new(),
        ingested_at: time("2026-11-05T07:00:00Z"),
        hours: Vec::new(),
        accounts: Vec::new(),
        tagged: BTreeMap::new(),
        stored: Vec::new(),
        rollups: Vec::new(),
        forgone: Vec::new(),
        milliseconds: 5,
        writer: "test".to_owned(),
    }
}

/// A small generator of numbers, the same in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // SplitMix64 (public domain, Sebastiano Vigna).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap()
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
