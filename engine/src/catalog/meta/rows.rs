//! The rows of the tables in `meta`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use curtail_store::{
    ColumnType, Money, PeriodVersion, ReportKind, Table, TableSchema, TableSnapshot,
};
use datafusion::{
    arrow::{
        array::{
            ArrayRef, Decimal128Array, Decimal128Builder, ListBuilder, MapBuilder, MapFieldNames,
            RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray, UInt64Array,
        },
        datatypes::{DataType, TimeUnit},
    },
    error::Result,
};

use crate::ConnectionInfo;

/// One row per version of a billing period: what its receipt says in all.
pub(super) fn periods(versions: &[&PeriodVersion]) -> Result<RecordBatch> {
    let receipts = || versions.iter().map(|version| &version.receipt);
    batch(vec![
        (
            "report",
            text(receipts().map(|receipt| Some(receipt.report.to_string()))),
        ),
        (
            "source",
            text(receipts().map(|receipt| Some(receipt.kind.to_string()))),
        ),
        (
            "billing_period",
            text(receipts().map(|receipt| Some(receipt.billing_period.to_string()))),
        ),
        (
            "table_name",
            text(receipts().map(|receipt| Some(receipt.kind.table().name()))),
        ),
        (
            "version",
            numbers(versions.iter().map(|version| version.version)),
        ),
        (
            "assembly_id",
            text(receipts().map(|receipt| Some(&receipt.assembly_id))),
        ),
        (
            "report_id",
            text(receipts().map(|receipt| Some(&receipt.report_id))),
        ),
        (
            "location",
            text(receipts().map(|receipt| Some(&receipt.location))),
        ),
        (
            "manifest",
            text(receipts().map(|receipt| Some(&receipt.manifest.key))),
        ),
        (
            "source_files",
            numbers(receipts().map(|receipt| receipt.files.len() as u64)),
        ),
        (
            "source_bytes",
            numbers(receipts().map(|receipt| receipt.files.iter().map(|file| file.size).sum())),
        ),
        (
            "decoded_bytes",
            numbers(
                receipts().map(|receipt| receipt.files.iter().map(|file| file.decoded_size).sum()),
            ),
        ),
        ("rows", numbers(receipts().map(|receipt| receipt.rows))),
        (
            "unblended_cost",
            amounts(receipts().map(|receipt| receipt.sums.get(billed(receipt.kind)).copied())),
        ),
        (
            "currencies",
            lists(receipts().map(|receipt| receipt.currencies.as_slice())),
        ),
        (
            "payer_accounts",
            lists(receipts().map(|receipt| receipt.payer_accounts.as_slice())),
        ),
        (
            "usage_start",
            times(receipts().map(|receipt| receipt.usage_start)),
        ),
        (
            "usage_end",
            times(receipts().map(|receipt| receipt.usage_end)),
        ),
        (
            "invoiced_rows",
            numbers(receipts().map(|receipt| receipt.invoiced_rows)),
        ),
        (
            "rounded_values",
            numbers(receipts().map(|receipt| receipt.rounded.values)),
        ),
        (
            "ingested_at",
            times(receipts().map(|receipt| Some(receipt.ingested_at))),
        ),
        (
            "milliseconds",
            numbers(receipts().map(|receipt| receipt.milliseconds)),
        ),
        (
            "writer",
            text(receipts().map(|receipt| Some(&receipt.writer))),
        ),
    ])
}

/// One row per data file of the snapshot.
pub(super) fn files(tables: &[&TableSnapshot]) -> Result<RecordBatch> {
    let files = || {
        tables
            .iter()
            .flat_map(|table| table.files.iter().map(move |file| (table, file)))
    };
    batch(vec![
        (
            "table_name",
            text(files().map(|(table, _)| Some(table.table.name()))),
        ),
        (
            "report",
            text(files().map(|(_, file)| Some(file.report.to_string()))),
        ),
        (
            "billing_period",
            text(files().map(|(_, file)| Some(file.billing_period.to_string()))),
        ),
        ("path", text(files().map(|(_, file)| Some(&file.path)))),
        ("bytes", numbers(files().map(|(_, file)| file.size))),
        ("rows", numbers(files().map(|(_, file)| file.rows))),
    ])
}

/// One row per source file of each current billing period.
pub(super) fn receipts(versions: &[&PeriodVersion]) -> Result<RecordBatch> {
    let files = || {
        versions.iter().flat_map(|version| {
            version
                .receipt
                .files
                .iter()
                .map(move |file| (*version, file))
        })
    };
    let sums = files().map(|(_, file)| {
        file.sums
            .iter()
            .map(|(column, sum)| (column.as_str(), *sum))
            .collect()
    });
    batch(vec![
        (
            "report",
            text(files().map(|(version, _)| Some(version.receipt.report.to_string()))),
        ),
        (
            "billing_period",
            text(files().map(|(version, _)| Some(version.receipt.billing_period.to_string()))),
        ),
        (
            "version",
            numbers(files().map(|(version, _)| version.version)),
        ),
        ("key", text(files().map(|(_, file)| Some(&file.key)))),
        ("etag", text(files().map(|(_, file)| file.etag.as_ref()))),
        ("bytes", numbers(files().map(|(_, file)| file.size))),
        (
            "decoded_bytes",
            numbers(files().map(|(_, file)| file.decoded_size)),
        ),
        ("rows", numbers(files().map(|(_, file)| file.rows))),
        ("sums", amount_maps(sums)?),
    ])
}

/// One row per column of the tables.
pub(super) fn columns(tables: &[(Table, TableSchema)]) -> Result<RecordBatch> {
    let columns = || {
        tables
            .iter()
            .flat_map(|(table, schema)| schema.columns().iter().map(move |column| (table, column)))
    };
    let documented: Vec<_> = tables
        .iter()
        .map(|(table, _)| (*table, TableSchema::documented(*table)))
        .collect();
    let is_documented = |table: Table, name: &str| {
        documented
            .iter()
            .any(|(other, schema)| *other == table && schema.column(name).is_some())
    };
    let kind = |column_type| match column_type {
        ColumnType::Text => "text",
        ColumnType::Amount => "amount",
        ColumnType::Timestamp => "timestamp",
        ColumnType::TextMap => "map of text",
        ColumnType::AmountMap => "map of amounts",
    };
    let origin = |table: Table, name: &str| {
        if is_documented(table, name) {
            "documented"
        } else {
            "report"
        }
    };
    batch(vec![
        (
            "table_name",
            text(columns().map(|(table, _)| Some(table.name()))),
        ),
        (
            "column_name",
            text(columns().map(|(_, column)| Some(&column.name))),
        ),
        (
            "kind",
            text(columns().map(|(_, column)| Some(kind(column.column_type)))),
        ),
        (
            "origin",
            text(columns().map(|(table, column)| Some(origin(*table, &column.name)))),
        ),
        (
            "source_names",
            lists(columns().map(|(_, column)| column.source_names.as_slice())),
        ),
    ])
}

/// One row per rollup of a current billing period.
pub(super) fn rollups(versions: &[&PeriodVersion]) -> Result<RecordBatch> {
    let all: Vec<_> = versions
        .iter()
        .flat_map(|version| version.receipt.rollups.iter().map(move |it| (version, it)))
        .collect();
    let receipts = || all.iter().map(|(version, _)| &version.receipt);
    batch(vec![
        (
            "report",
            text(receipts().map(|receipt| Some(receipt.report.to_string()))),
        ),
        (
            "billing_period",
            text(receipts().map(|receipt| Some(receipt.billing_period.to_string()))),
        ),
        (
            "name",
            text(all.iter().map(|(_, rollup)| Some(rollup.name.as_str()))),
        ),
        (
            "version",
            numbers(all.iter().map(|(version, _)| version.version)),
        ),
        ("rows", numbers(all.iter().map(|(_, rollup)| rollup.rows()))),
        (
            "bytes",
            numbers(all.iter().map(|(_, rollup)| rollup.bytes())),
        ),
        (
            "line_items",
            numbers(receipts().map(|receipt| receipt.rows)),
        ),
        (
            "dimensions",
            lists(all.iter().map(|(_, rollup)| rollup.dimensions.as_slice())),
        ),
        (
            "measures",
            lists(all.iter().map(|(_, rollup)| rollup.measures.as_slice())),
        ),
        (
            "per",
            text(all.iter().map(|(_, rollup)| Some(rollup.per.as_str()))),
        ),
        (
            "definition",
            text(all.iter().map(|(_, rollup)| rollup.definition.as_ref())),
        ),
    ])
}

/// One row per connection, as it is configured now.
pub(super) fn connections(connections: &[ConnectionInfo]) -> Result<RecordBatch> {
    let column = |value: fn(&ConnectionInfo) -> Option<&str>| text(connections.iter().map(value));
    batch(vec![
        ("name", column(|it| Some(&it.name))),
        ("account_id", column(|it| Some(&it.account_id))),
        ("kind", column(|it| Some(&it.kind))),
        ("role", column(|it| it.role.as_deref())),
        ("region", column(|it| it.region.as_deref())),
        (
            "reports",
            lists(connections.iter().map(|it| it.reports.as_slice())),
        ),
    ])
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    Ok(RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )?)
}

fn text<T: AsRef<str>>(values: impl Iterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

fn numbers(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(values.map(Some).collect::<UInt64Array>())
}

fn amounts(values: impl Iterator<Item = Option<Money>>) -> ArrayRef {
    let array: Decimal128Array = values.map(|value| value.map(Money::units)).collect();
    Arc::new(array.with_data_type(ColumnType::Amount.arrow()))
}

fn times(values: impl Iterator<Item = Option<DateTime<Utc>>>) -> ArrayRef {
    let array: TimestampMicrosecondArray = values
        .map(|time| time.map(|time| time.timestamp_micros()))
        .collect();
    debug_assert_eq!(
        ColumnType::Timestamp.arrow(),
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
    );
    Arc::new(array.with_timezone("UTC"))
}

fn lists<'a>(values: impl Iterator<Item = &'a [String]>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in values {
        builder.append_value(list.iter().map(Some));
    }
    Arc::new(builder.finish())
}

fn amount_maps<'a>(values: impl Iterator<Item = Vec<(&'a str, Money)>>) -> Result<ArrayRef> {
    let names = MapFieldNames {
        entry: "key_value".to_owned(),
        key: "key".to_owned(),
        value: "value".to_owned(),
    };
    let amounts = Decimal128Builder::new().with_data_type(ColumnType::Amount.arrow());
    let mut builder = MapBuilder::new(Some(names), StringBuilder::new(), amounts);
    for map in values {
        for (key, amount) in map {
            builder.keys().append_value(key);
            builder.values().append_value(amount.units());
        }
        builder.append(true)?;
    }
    Ok(Arc::new(builder.finish()))
}

/// The column of the bill's own total.
fn billed(kind: ReportKind) -> &'static str {
    match kind.table() {
        Table::LineItems => "line_item_unblended_cost",
        Table::Focus => "billedcost",
    }
}
