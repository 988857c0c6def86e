//! Tests of whole conversions: bytes in, Parquet and sums out, read back by the parquet crate.

mod csv;
mod flavours;
mod maps;
mod rollups;
mod runs;
mod zip;

use std::{
    collections::BTreeMap,
    io::Cursor,
    sync::{Arc, Mutex},
};

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow::{
    array::{Array, ArrayRef, RecordBatch},
    util::display::{ArrayFormatter, FormatOptions},
};
use bytes::Bytes;
use curtail_store::{
    Beside, BillingPeriod, BuiltIn, Definition, Fact, Grain, Money, ReportKind, RollupName,
    TableSchema,
};

use super::{
    Compression, Conversion, FileSink, FileTally, MadeRollup, ObjectName, PeriodTally, Settings,
    Wanted,
};
use crate::{IngestError, Silent};

/// Ten line items with everything that is awkward, and the report format's own expected totals.
const APPENDIX_A: &str = include_str!("tests/appendix-a.csv");

/// Keeps what it gets.
#[derive(Debug, Default)]
struct Kept {
    files: Mutex<Vec<(Bytes, u64)>>,
    rollups: Mutex<Vec<(RollupName, Bytes, u64)>>,
}

impl FileSink for Kept {
    fn put(
        &self,
        parquet: Bytes,
        rows: u64,
        rollup: Option<RollupName>,
    ) -> Result<(), IngestError> {
        match rollup {
            None => self.files.lock().unwrap().push((parquet, rows)),
            Some(name) => self.rollups.lock().unwrap().push((name, parquet, rows)),
        }
        Ok(())
    }
}

/// A conversion, and what it writes.
struct Bench {
    conversion: Conversion,
    kept: Arc<Kept>,
}

/// All rows that were written, and what was told about them.
struct Done {
    files: Vec<Bytes>,
    batches: Vec<RecordBatch>,
    tally: PeriodTally,
}

impl Bench {
    fn new(kind: ReportKind) -> Self {
        Self::with(
            kind,
            "2024-03",
            &TableSchema::documented(kind.table()),
            64 << 20,
        )
    }

    fn with(kind: ReportKind, period: &str, table: &TableSchema, memory: u64) -> Self {
        let kept = Arc::new(Kept::default());
        let settings = Settings {
            memory,
            threads: 1,
            files: 1,
        };
        let period: BillingPeriod = period.parse().unwrap();
        let sink: Arc<dyn FileSink> = Arc::<Kept>::clone(&kept);
        Self {
            conversion: Conversion::new(kind, period, table, settings, sink, Arc::new(Silent)),
            kept,
        }
    }

    fn csv(&self, text: impl Into<Vec<u8>>) -> Result<FileTally, IngestError> {
        self.packed(Compression::Plain, text.into())
    }

    fn packed(&self, compression: Compression, bytes: Vec<u8>) -> Result<FileTally, IngestError> {
        self.conversion.csv(
            &ObjectName("report.csv".into()),
            compression,
            Box::new(Cursor::new(bytes)),
        )
    }

    fn parquet(&self, bytes: Bytes) -> Result<FileTally, IngestError> {
        self.conversion
            .parquet(&ObjectName("report.parquet".into()), bytes)
    }

    fn finish(self) -> Done {
        let tally = self.conversion.finish().unwrap();
        let mut files = Vec::new();
        let mut batches = Vec::new();
        for (bytes, rows) in self.kept.files.lock().unwrap().iter() {
            let reader = ParquetRecordBatchReaderBuilder::try_new(bytes.clone())
                .unwrap()
                .build()
                .unwrap();
            let read: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
            assert_eq!(
                read.iter()
                    .map(|batch| batch.num_rows() as u64)
                    .sum::<u64>(),
                *rows
            );
            batches.extend(read);
            files.push(bytes.clone());
        }
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        assert_eq!(
            rows as u64, tally.rows,
            "as many rows are written as were read"
        );
        let done = Done {
            files,
            batches,
            tally,
        };
        done.check_sums();
        done
    }
}

impl Done {
    /// The values of a column as text; the word NULL for NULL, and for a column that no file has.
    fn column(&self, name: &str) -> Vec<String> {
        let values = |batch: &RecordBatch| match batch.column_by_name(name) {
            Some(array) => texts(array),
            None => vec!["NULL".to_owned(); batch.num_rows()],
        };
        self.batches.iter().flat_map(values).collect()
    }

    /// Rows, each as the values of some columns joined by `|`, sorted.
    fn rows(&self, names: &[&str]) -> Vec<String> {
        let columns: Vec<Vec<String>> = names.iter().map(|name| self.column(name)).collect();
        let row = |at: usize| {
            columns
                .iter()
                .map(|column| column[at].as_str())
                .collect::<Vec<_>>()
                .join("|")
        };
        let mut rows: Vec<String> = (0..columns[0].len()).map(row).collect();
        rows.sort();
        rows
    }

    /// All rows with all their values that are not NULL, sorted.
    fn everything(&self) -> Vec<BTreeMap<String, String>> {
        let mut rows = Vec::new();
        for batch in &self.batches {
            let schema = batch.schema();
            let columns: Vec<(&String, Vec<String>)> = schema
                .fields()
                .iter()
                .zip(batch.columns())
                .map(|(field, array)| (field.name(), texts(array)))
                .collect();
            rows.extend((0..batch.num_rows()).map(|row| {
                let values = columns.iter().filter(|(_, values)| values[row] != "NULL");
                values
                    .map(|(name, values)| ((*name).clone(), values[row].clone()))
                    .collect::<BTreeMap<_, _>>()
            }));
        }
        rows.sort();
        rows
    }

    fn sum(&self, name: &str) -> String {
        self.tally.sums[name].to_string()
    }

    /// What is read back adds up to what was told.
    fn check_sums(&self) {
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        for batch in &self.batches {
            for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
                let Some(units) = array
                    .as_any()
                    .downcast_ref::<arrow::array::Decimal128Array>()
                else {
                    continue;
                };
                for value in units.iter().flatten() {
                    *sums.entry(field.name().clone()).or_default() += Money::from_units(value);
                }
            }
        }
        assert_eq!(sums, self.tally.sums);
    }
}

fn texts(array: &ArrayRef) -> Vec<String> {
    let options = FormatOptions::new().with_null("NULL");
    let format = ArrayFormatter::try_new(array.as_ref(), &options).unwrap();
    (0..array.len())
        .map(|row| format.value(row).to_string())
        .collect()
}

/// A small legacy report: the required columns and some more, given as header cells and as fields of the only row.
fn legacy(columns: &[(&str, &str)]) -> String {
    let required = [
        ("lineItem/UsageAccountId", "000000000007"),
        ("lineItem/LineItemType", "Usage"),
        ("lineItem/UsageStartDate", "2024-03-05T10:00:00Z"),
        ("lineItem/UnblendedCost", "0.1"),
    ];
    let given = |name: &str| columns.iter().any(|(given, _)| *given == name);
    let all: Vec<(&str, &str)> = required
        .into_iter()
        .filter(|(name, _)| !given(name))
        .chain(columns.iter().copied())
        .collect();
    let line = |cells: Vec<&str>| cells.join(",");
    format!(
        "{}\n{}\n",
        line(all.iter().map(|(name, _)| *name).collect()),
        line(all.iter().map(|(_, value)| *value).collect())
    )
}
