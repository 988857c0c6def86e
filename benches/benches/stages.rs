//! The stages of an ingest one by one, on one thread: how many bytes and rows a second each of them takes.

#![expect(
    missing_docs,
    reason = "criterion's macros make functions without docs"
)]

use std::time::Duration;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use curtail_benches::{ROWS, gzip_files, report};
use curtail_ingest::stages::{self, Decoded, Dictionary, Pages, Separators};
use curtail_testdata::Format;

/// Values of one column chunk.
const VALUES: usize = 131_072;

/// The largest file of a legacy report, and its text.
fn legacy() -> (Bytes, Bytes) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    report(folder.path(), Format::LegacyCsv, ROWS);
    let mut files = Vec::new();
    gzip_files(folder.path(), &mut files);
    let file = files.into_iter().max_by_key(Vec::len).expect("a file");
    let mut text = Vec::new();
    std::io::copy(&mut flate2::read::MultiGzDecoder::new(&*file), &mut text)
        .expect("the generator writes sound gzip");
    (file.into(), text.into())
}

/// A file's way from compressed bytes to encoded columns.
fn file(criterion: &mut Criterion) {
    let (file, text) = legacy();
    let rows = String::from_utf8_lossy(&text).lines().count() as u64 - 1;
    let mut group = criterion.benchmark_group("stage");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(15)
        .measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::BytesDecimal(text.len() as u64));
    group.bench_function("gunzip", |bencher| {
        bencher.iter(|| stages::gunzip(&file).expect("sound gzip"));
    });
    group.bench_function("gunzip, zlib-rs", |bencher| {
        bencher.iter(|| {
            let mut reader = flate2::read::MultiGzDecoder::new(&*file);
            std::io::copy(&mut reader, &mut std::io::sink()).expect("sound gzip")
        });
    });
    let mut separators = Separators::default();
    group.bench_function("separators", |bencher| {
        bencher.iter(|| separators.find(&text));
    });
    group.bench_function("fields", |bencher| {
        bencher.iter(|| separators.fields(&text));
    });
    group.throughput(Throughput::Elements(rows));
    let period = "2026-10".parse().expect("a month");
    let decode = || Decoded::csv(&text, period).expect("a report");
    group.bench_function("decode (with separators)", |bencher| {
        bencher.iter_with_large_drop(decode);
    });
    group.bench_function("sort, roll up and encode", |bencher| {
        bencher.iter_batched(
            decode,
            |decoded| decoded.encode().expect("encodes"),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn slices(texts: &[Vec<u8>]) -> Vec<&[u8]> {
    texts.iter().map(Vec::as_slice).collect()
}

/// Values of each kind: from text to numbers, and from numbers to a column chunk.
fn values(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("values");
    group.throughput(Throughput::Elements(VALUES as u64));
    // Spread without a pattern, the same every time.
    let spread = |at: usize, most: usize| at.wrapping_mul(0x9E37_79B9_7F4A_7C15) / 1024 % most;
    let texts = |make: &dyn Fn(usize) -> String| (0..VALUES).map(make).collect::<Vec<_>>();
    let amounts = texts(&|at| format!("0.{:010}", spread(at, 10_000_000)));
    let times = texts(&|at| {
        let hour = spread(at, 744);
        format!("2026-10-{:02}T{:02}:00:00Z", 1 + hour / 24, hour % 24)
    });
    let few = texts(&|at| format!("AmazonService{}", spread(at, 50)));
    let many = texts(&|at| {
        format!(
            "arn:aws:ec2:us-east-1:1:instance/i-{:x}",
            spread(at, 60_000)
        )
    });
    let unique = texts(&|at| format!("{:052x}", at.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let bytes = |texts: &[String]| -> Vec<Vec<u8>> {
        texts.iter().map(|text| text.clone().into_bytes()).collect()
    };
    let (amounts, times) = (bytes(&amounts), bytes(&times));
    group.bench_function("parse amounts", |bencher| {
        let slices = slices(&amounts);
        bencher.iter(|| stages::amounts(&slices).expect("amounts"));
    });
    group.bench_function("parse times", |bencher| {
        let slices = slices(&times);
        bencher.iter(|| stages::times(&slices).expect("times"));
    });
    let mut pages = Pages::new().expect("columns");
    for (name, texts) in [
        ("50 texts", &few),
        ("60,000 texts", &many),
        ("unique texts", &unique),
    ] {
        let texts = bytes(texts);
        let slices = slices(&texts);
        group.bench_function(format!("dictionary of {name}"), |bencher| {
            bencher.iter_with_large_drop(|| Dictionary::of(&slices));
        });
        let dictionary = Dictionary::of(&slices).expect("text");
        group.bench_function(format!("pages of {name}"), |bencher| {
            bencher.iter(|| dictionary.encode(&mut pages).expect("encodes"));
        });
    }
    let units: Vec<i128> = (0..VALUES)
        .map(|at| spread(at, 20_000) as i128 * 100_000_000)
        .collect();
    group.bench_function("pages of 20,000 amounts", |bencher| {
        bencher.iter(|| pages.amounts(&units).expect("encodes"));
    });
    let micros: Vec<i64> = (0..VALUES)
        .map(|at| 1_790_000_000_000_000 + spread(at, 744).cast_signed() as i64 * 3_600_000_000)
        .collect();
    group.bench_function("pages of 744 times", |bencher| {
        bencher.iter(|| pages.times(&micros).expect("encodes"));
    });
    group.finish();
}

criterion_group!(benches, file, values);
criterion_main!(benches);
