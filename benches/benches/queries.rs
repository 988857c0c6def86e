//! Q1 to Q8 from line items, warm: the store's metadata is loaded, its files are in the page cache.

#![expect(
    missing_docs,
    reason = "criterion's macros make functions without docs"
)]

use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use curtail_benches::{QUERIES, ROWS, engine, ingest_all, report};
use curtail_engine::Params;
use curtail_testdata::Format;

fn queries(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a temporary folder");
    report(&folder.path().join("report"), Format::LegacyCsv, ROWS);
    let store = folder.path().join("store");
    let engine = runtime.block_on(async {
        ingest_all(&folder.path().join("report"), &store).await;
        engine(&store).await
    });
    let mut group = criterion.benchmark_group("queries");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(20)
        .measurement_time(Duration::from_secs(8));
    group.throughput(Throughput::Elements(ROWS));
    for (name, sql) in QUERIES {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let batches = runtime.block_on(async {
                    let answer = engine.sql(sql, &Params::default()).await;
                    let answer = answer.expect("the query plans");
                    answer.collect().await.expect("the query runs")
                });
                let mut rows = 0;
                for batch in &batches {
                    rows += batch.num_rows();
                }
                assert!(rows > 0, "{name} found nothing");
                rows
            });
        });
    }
    group.finish();
}

criterion_group!(benches, queries);
criterion_main!(benches);
