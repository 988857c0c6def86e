//! Small files that decompress to far more than the memory allowed.

use std::io::{Cursor, Write};

use curtail_ingest::Options;
use curtail_store::Anomaly;
use flate2::{Compression, write::GzEncoder};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{COST, Ingested, report, told};
use crate::{
    failures::refused,
    support::{Bucket, deliver, gzip, ingest_all, options, receipts, store},
};

/// A gzip file of so many members of a megabyte of `byte`, behind a member of `text`.
fn gzip_bomb(text: &str, byte: u8, megabytes: usize) -> Vec<u8> {
    let mut member = GzEncoder::new(Vec::new(), Compression::best());
    member.write_all(&vec![byte; 1 << 20]).unwrap();
    [gzip(text), member.finish().unwrap().repeat(megabytes)].concat()
}

/// The same as a ZIP archive of one member.
fn zip_bomb(text: &str, byte: u8, megabytes: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let fast = SimpleFileOptions::default().compression_level(Some(1));
    writer.start_file("acme-1.csv", fast).unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    let megabyte = vec![byte; 1 << 20];
    for _ in 0..megabytes {
        writer.write_all(&megabyte).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_record_that_never_ends_is_given_up_soon() {
    let header = report(&[], &[]);
    // 2 GiB in 10 MB, of which little more than 18 MiB are read.
    let gzip = ("acme-1.csv.gz", gzip_bomb(&header, 0, 2 << 10));
    let zip = ("acme-1.csv.zip", zip_bomb(&header, b',', 300));
    for file in [gzip, zip] {
        assert!(file.1.len() < 10 << 20);
        let error = refused(&[file]).await;
        assert!(
            told(&error).contains("line 2: a record goes on for more than 18 MiB"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_header_that_never_ends_is_given_up_soon() {
    let error = refused(&[("acme-1.csv.gz", gzip_bomb("", b'x', 2 << 10))]).await;
    assert!(told(&error).contains("line 1: a record goes on"), "{error}");
}

#[tokio::test]
async fn empty_lines_without_end_are_no_rows() {
    let text = report(&[], &[&[]]);
    let ingested = Ingested::files(&[
        ("acme-1.csv.gz", gzip_bomb(&text, b'\n', 512)),
        ("acme-2.csv.zip", zip_bomb(&text, b'\n', 256)),
        ("acme-3.csv.gz", gzip_bomb("", b'\n', 64)),
    ])
    .await;
    assert_eq!(
        (ingested.receipt.rows, ingested.sum(COST).as_str()),
        (2, "0.2")
    );
    assert_eq!(ingested.anomalies(), [(Anomaly::EmptyFile, 1)]);
    assert_eq!(
        ingested.receipt.files[0].decoded_size,
        text.len() as u64 + (512 << 20)
    );
}

#[tokio::test]
async fn members_without_text_are_passed_by() {
    let empty = gzip("").repeat(500_000);
    let ingested = Ingested::files(&[(
        "acme-1.csv.gz",
        [empty, gzip(&report(&[], &[&[]]))].concat(),
    )])
    .await;
    assert_eq!(
        (ingested.receipt.rows, ingested.sum(COST).as_str()),
        (1, "0.1")
    );
}

#[tokio::test]
async fn rows_beyond_all_memory_are_written_as_they_come() {
    let (bucket, store) = (Bucket::default(), store());
    let text = report(&["product/sku"], &[&["x"]]);
    let (header, row) = text.split_at(text.find('\n').unwrap() + 1);
    let member = gzip(&row.repeat(20_000));
    let bomb = [gzip(&header), member.repeat(150)].concat();
    assert!(bomb.len() < 2 << 20);
    deliver(&bucket, "A", &[("acme-1.csv.gz", bomb)]).await;
    let little = Options {
        memory: 64 << 20,
        ..options()
    };
    ingest_all(&bucket.source(""), &store.store, &little)
        .await
        .unwrap();
    let receipt = receipts(&store.store).await.remove(0);
    assert_eq!(
        (receipt.rows, receipt.sums[COST].to_string().as_str()),
        (3_000_000, "300000")
    );
    assert!(receipt.files[0].decoded_size > 2 * little.memory);
}
