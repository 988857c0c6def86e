//! A report to a committed billing period, and the part of it that only opens the gzip.

#![expect(
    missing_docs,
    reason = "criterion's macros make functions without docs"
)]

use std::{io, time::Duration};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use curtail_benches::{ROWS, gzip_files, ingest_all, report};
use curtail_testdata::Format;
use flate2::read::MultiGzDecoder;

/// Every format, whole: discovered, read, decoded, sorted, encoded, checked and committed.
fn end_to_end(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("ingest");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .measurement_time(Duration::from_secs(20));
    group.throughput(Throughput::Elements(ROWS));
    for format in [
        Format::LegacyCsv,
        Format::LegacyParquet,
        Format::Cur2Csv,
        Format::Cur2Parquet,
        Format::Focus,
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let rows = report(folder.path(), format, ROWS);
        group.bench_function(format.as_str(), |bencher| {
            bencher.iter_batched(
                || tempfile::tempdir().expect("a temporary folder"),
                |store| {
                    let outcomes = runtime.block_on(ingest_all(folder.path(), store.path()));
                    assert_eq!(
                        outcomes.iter().map(|outcome| outcome.rows).sum::<u64>(),
                        rows
                    );
                    store
                },
                criterion::BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// What the gzip of the legacy report costs to open, one file after another on one thread: the floor of everything else.
fn gunzip(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    report(folder.path(), Format::LegacyCsv, ROWS);
    let mut files = Vec::new();
    gzip_files(folder.path(), &mut files);
    let opened = files.iter().map(|file| inflate(file)).sum();
    let mut group = criterion.benchmark_group("gunzip");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .throughput(Throughput::Bytes(opened));
    group.bench_function("legacy-csv", |bencher| {
        bencher.iter(|| files.iter().map(|file| inflate(file)).sum::<u64>());
    });
    group.finish();
}

fn inflate(file: &[u8]) -> u64 {
    io::copy(&mut MultiGzDecoder::new(file), &mut io::sink())
        .expect("the generator writes sound gzip")
}

criterion_group!(benches, gunzip, end_to_end);
criterion_main!(benches);
