//! The store that the queries are asked of, from `tests/athena/data`: every cell is text, and NULL where it is NULL.

use std::{fs::File, path::Path};

use arrow::array::{Array, AsArray, RecordBatch};
use curtail_store::ReportKind;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::fixture::{Fixture, Row};

const REPORTS: [(&str, ReportKind); 3] = [
    ("legacy", ReportKind::LegacyCur),
    ("cur2", ReportKind::Cur2),
    ("focus", ReportKind::Focus),
];

/// A legacy report, one of CUR 2.0 and one of FOCUS, each of two months; `backwards`, with the last row first.
pub(super) async fn fixture(backwards: bool) -> Fixture {
    let fixture = Fixture::empty();
    for (report, kind) in REPORTS {
        for period in ["2026-09", "2026-10"] {
            let batches = batches(&format!("{report}-{period}.parquet"));
            let mut rows: Vec<_> = batches.iter().flat_map(rows).collect();
            if backwards {
                rows.reverse();
            }
            fixture.add(report, kind, period, &rows).await;
        }
    }
    fixture
}

fn batches(name: &str) -> Vec<RecordBatch> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/athena/data");
    let file = File::open(folder.join(name)).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

fn rows(batch: &RecordBatch) -> Vec<Row<'_>> {
    let schema = batch.schema_ref();
    let columns: Vec<_> = (0..batch.num_columns())
        .map(|at| {
            let name = schema.field(at).name().as_str();
            (name, batch.column(at).as_string::<i32>())
        })
        .collect();
    let row = |row: usize| {
        let known = columns.iter().filter(|(_, texts)| texts.is_valid(row));
        known
            .map(|(name, texts)| (*name, texts.value(row)))
            .collect()
    };
    (0..batch.num_rows()).map(row).collect()
}
