//! The statistics that a commit carries for each data file: how many rows, and the bounds of the columns worth skipping
//! files by. They are taken from the Parquet footer; a bound that is not certain is left out.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat};
use parquet::{
    errors::ParquetError,
    file::{
        metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData},
        statistics::Statistics,
    },
};
use serde_json::{Map, Value};

use crate::Table;

/// Text longer than this has no upper bound in the log, and its lower one is cut.
const LONGEST_TEXT: usize = 32;

/// How columns of line items that hold tags begin.
const TAG_COLUMNS: &str = "resource_tags_";

/// Columns of `line_items` that have statistics in the log.
const LINE_ITEMS: &[&str] = &[
    "bill_invoice_id",
    "bill_payer_account_id",
    "line_item_usage_account_id",
    "line_item_line_item_type",
    "line_item_usage_start_date",
    "line_item_usage_end_date",
    "line_item_product_code",
    "line_item_usage_type",
    "product_region_code",
    "product_region",
];

/// Columns of `focus` that have statistics in the log.
const FOCUS: &[&str] = &[
    "billingaccountid",
    "chargecategory",
    "chargeperiodend",
    "chargeperiodstart",
    "invoiceid",
    "regionid",
    "servicename",
    "subaccountid",
    "x_servicecode",
    "x_usagetype",
];

/// The columns of `table` that have statistics in the log.
pub(crate) fn columns(table: Table) -> &'static [&'static str] {
    match table {
        Table::LineItems => LINE_ITEMS,
        Table::Focus => FOCUS,
    }
}

/// What the footer of a Parquet file tells.
pub(crate) struct FileStats {
    pub(crate) rows: u64,
    /// As Delta writes them in `stats`.
    pub(crate) delta: String,
    /// Rows that have a value, by column of tags.
    pub(crate) tagged: BTreeMap<String, u64>,
}

/// The statistics of the Parquet file `bytes`, with bounds of `columns`.
pub(crate) fn of_file(columns: &[&str], bytes: &bytes::Bytes) -> Result<FileStats, ParquetError> {
    let metadata = ParquetMetaDataReader::new().parse_and_finish(bytes)?;
    let rows = metadata.file_metadata().num_rows();
    let rows =
        u64::try_from(rows).map_err(|_| ParquetError::General(format!("it states {rows} rows")))?;
    let (mut smallest, mut largest, mut nulls) = (Map::new(), Map::new(), Map::new());
    for &column in columns {
        let Some(bounds) = Bounds::of_column(&metadata, column) else {
            continue;
        };
        nulls.insert(column.to_owned(), bounds.nulls.into());
        smallest.extend(
            bounds
                .smallest
                .and_then(Bound::lower)
                .map(|value| (column.to_owned(), value)),
        );
        largest.extend(
            bounds
                .largest
                .and_then(Bound::upper)
                .map(|value| (column.to_owned(), value)),
        );
    }
    let mut stats = Map::new();
    stats.insert("numRecords".to_owned(), rows.into());
    stats.insert("minValues".to_owned(), smallest.into());
    stats.insert("maxValues".to_owned(), largest.into());
    stats.insert("nullCount".to_owned(), nulls.into());
    Ok(FileStats {
        rows,
        delta: Value::Object(stats).to_string(),
        tagged: tagged(&metadata, rows),
    })
}

/// How many of `rows` have a value in each column of tags.
fn tagged(metadata: &ParquetMetaData, rows: u64) -> BTreeMap<String, u64> {
    let schema = metadata.file_metadata().schema_descr();
    let columns = (0..schema.num_columns()).filter_map(|place| {
        let column = schema.column(place);
        let [name] = column.path().parts() else {
            return None;
        };
        let nulls = metadata.row_groups().iter().map(|group| {
            let statistics = group.column(place).statistics();
            statistics.and_then(Statistics::null_count_opt)
        });
        let nulls: u64 = nulls.sum::<Option<u64>>()?;
        let tagged = rows.saturating_sub(nulls);
        let is_tag = name.starts_with(TAG_COLUMNS) && tagged > 0;
        is_tag.then(|| (name.clone(), tagged))
    });
    columns.collect()
}

/// Bounds of one column over all row groups of a file.
struct Bounds {
    smallest: Option<Bound>,
    largest: Option<Bound>,
    nulls: u64,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Bound {
    Text(String),
    /// Microseconds since 1970.
    Time(i64),
}

impl Bounds {
    /// `None` if the file lacks the column, or the number of its NULLs is unknown.
    fn of_column(metadata: &ParquetMetaData, column: &str) -> Option<Self> {
        let schema = metadata.file_metadata().schema_descr();
        let place = (0..schema.num_columns())
            .find(|&place| schema.column(place).path().parts() == [column])?;
        let mut all = Self {
            smallest: None,
            largest: None,
            nulls: 0,
        };
        let (mut lower_known, mut upper_known) = (true, true);
        for group in metadata.row_groups() {
            let statistics = group.column(place).statistics()?;
            let nulls = statistics.null_count_opt()?;
            all.nulls += nulls;
            if nulls == rows(group)? {
                continue;
            }
            let (smallest, largest) = bounds(statistics).unwrap_or((None, None));
            lower_known &= smallest.is_some();
            upper_known &= largest.is_some();
            all.smallest = all.smallest.into_iter().chain(smallest).min();
            all.largest = all.largest.into_iter().chain(largest).max();
        }
        all.smallest = all.smallest.filter(|_| lower_known);
        all.largest = all.largest.filter(|_| upper_known);
        Some(all)
    }
}

fn rows(group: &RowGroupMetaData) -> Option<u64> {
    group.num_rows().try_into().ok()
}

/// Bounds that Parquet gives for one row group. Those of text may be cut by the writer: they are bounds all the same.
fn bounds(statistics: &Statistics) -> Option<(Option<Bound>, Option<Bound>)> {
    if statistics.is_min_max_deprecated() {
        return None;
    }
    match statistics {
        Statistics::ByteArray(values) => {
            let text = |bytes: &[u8]| {
                std::str::from_utf8(bytes)
                    .ok()
                    .map(|text| Bound::Text(text.to_owned()))
            };
            Some((
                values.min_bytes_opt().and_then(text),
                values.max_bytes_opt().and_then(text),
            ))
        }
        Statistics::Int64(values) => Some((
            values.min_opt().copied().map(Bound::Time),
            values.max_opt().copied().map(Bound::Time),
        )),
        _ => None,
    }
}

impl Bound {
    /// A value that is not larger.
    fn lower(self) -> Option<Value> {
        match self {
            Self::Text(text) => Some(text.chars().take(LONGEST_TEXT).collect::<String>().into()),
            Self::Time(time) => timestamp(time.div_euclid(1000)),
        }
    }

    /// A value that is not smaller.
    fn upper(self) -> Option<Value> {
        match self {
            Self::Text(text) => (text.chars().count() <= LONGEST_TEXT).then(|| text.into()),
            Self::Time(time) => timestamp(time.checked_add(999)?.div_euclid(1000)),
        }
    }
}

/// Delta's bounds of timestamps are exact to the millisecond.
fn timestamp(milliseconds: i64) -> Option<Value> {
    let time = DateTime::from_timestamp_millis(milliseconds)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Millis, true).into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
    use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};
    use serde_json::json;

    use super::*;

    /// The statistics of a file with one column, one row group per element of `groups`.
    fn stats_of(column: &str, groups: &[ArrayRef], properties: WriterProperties) -> Value {
        let batches = groups.iter().map(|group| {
            RecordBatch::try_from_iter_with_nullable([(column, Arc::clone(group), true)]).unwrap()
        });
        let batches: Vec<_> = batches.collect();
        let mut bytes = Vec::new();
        let mut writer =
            ArrowWriter::try_new(&mut bytes, batches[0].schema(), Some(properties)).unwrap();
        for batch in &batches {
            writer.write(batch).unwrap();
            writer.flush().unwrap();
        }
        writer.close().unwrap();
        let found = of_file(LINE_ITEMS, &bytes.into()).unwrap();
        let (rows, stats) = (found.rows, found.delta);
        let stats: Value = serde_json::from_str(&stats).unwrap();
        assert_eq!(stats["numRecords"], rows);
        stats
    }

    fn text(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    const PRODUCT: &str = "line_item_product_code";

    #[test]
    fn bounds_span_all_row_groups() {
        let groups = [
            text(&[Some("b"), None]),
            text(&[None, None]),
            text(&[Some("é"), Some("a")]),
        ];
        let stats = stats_of(PRODUCT, &groups, WriterProperties::default());
        assert_eq!(stats["minValues"], json!({ PRODUCT: "a" }));
        assert_eq!(stats["maxValues"], json!({ PRODUCT: "é" }));
        assert_eq!(stats["nullCount"], json!({ PRODUCT: 3 }));
    }

    #[test]
    fn long_text_is_cut_below_and_left_out_above() {
        for length in [33, 200] {
            let long = "ü".repeat(length);
            let stats = stats_of(
                PRODUCT,
                &[text(&[Some(&long)])],
                WriterProperties::default(),
            );
            let smallest = stats["minValues"][PRODUCT].as_str().unwrap();
            assert!(
                smallest.chars().count() <= LONGEST_TEXT
                    && long.starts_with(smallest)
                    && !smallest.is_empty()
            );
            // Where the writer has already found a short bound (it keeps 64 bytes), that one is as good.
            assert!(
                stats["maxValues"]
                    .get(PRODUCT)
                    .is_none_or(|largest| largest.as_str().unwrap() > long.as_str())
            );
        }
        let stats = stats_of(
            PRODUCT,
            &[text(&[Some(&"x".repeat(33))])],
            WriterProperties::default(),
        );
        assert_eq!(stats["maxValues"], json!({}));
        let longest = "x".repeat(LONGEST_TEXT);
        let stats = stats_of(
            PRODUCT,
            &[text(&[Some(&longest)])],
            WriterProperties::default(),
        );
        assert_eq!(stats["maxValues"], json!({ PRODUCT: longest }));
    }

    #[test]
    fn bounds_that_the_writer_cut_are_still_bounds() {
        let properties = WriterProperties::builder()
            .set_statistics_truncate_length(Some(3))
            .build();
        let stats = stats_of(
            PRODUCT,
            &[text(&[Some("abcdef"), Some("abcxyz")])],
            properties,
        );
        assert_eq!(stats["minValues"], json!({ PRODUCT: "abc" }));
        assert_eq!(stats["maxValues"], json!({ PRODUCT: "abd" }));
    }

    #[test]
    fn times_are_rounded_outwards() {
        let times =
            TimestampMicrosecondArray::from(vec![1_790_812_800_000_001, 1_790_812_800_000_001])
                .with_timezone("UTC");
        let stats = stats_of(
            "line_item_usage_start_date",
            &[Arc::new(times)],
            WriterProperties::default(),
        );
        assert_eq!(
            stats["minValues"]["line_item_usage_start_date"],
            "2026-10-01T00:00:00.000Z"
        );
        assert_eq!(
            stats["maxValues"]["line_item_usage_start_date"],
            "2026-10-01T00:00:00.001Z"
        );
    }

    #[test]
    fn what_is_unknown_is_absent() {
        use parquet::file::properties::EnabledStatistics;
        let properties = WriterProperties::builder()
            .set_statistics_enabled(EnabledStatistics::None)
            .build();
        let stats = stats_of(PRODUCT, &[text(&[Some("a")])], properties);
        assert_eq!(
            stats,
            json!({ "numRecords": 1, "minValues": {}, "maxValues": {}, "nullCount": {} })
        );
        let stats = stats_of(
            "line_item_resource_id",
            &[text(&[Some("a")])],
            WriterProperties::default(),
        );
        assert_eq!(stats["nullCount"], json!({}), "not a column worth it");
        let stats = stats_of(PRODUCT, &[text(&[None, None])], WriterProperties::default());
        assert_eq!(
            stats,
            json!({ "numRecords": 2, "minValues": {}, "maxValues": {}, "nullCount": { PRODUCT: 2 } })
        );
    }

    #[test]
    fn columns_with_statistics_exist() {
        for table in Table::ALL {
            let schema = crate::TableSchema::documented(table);
            assert!(
                columns(table)
                    .iter()
                    .all(|column| schema.column(column).is_some())
            );
        }
    }
}
