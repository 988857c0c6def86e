//! From a report to a committed billing period.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use curtail_ingest::{
    Action, IngestError, Options, Outcome, Progress, Silent, Source, discover, ingest,
};
use curtail_store::ReportKind;

use crate::support::{
    Bucket, HEADER, csv, deliver, gzip, ingest_all, manifest, named_manifest, options, parquet,
    receipts, store, texts,
};

fn brief(outcomes: &[Outcome]) -> Vec<(String, String, &'static str, u64, u64, String)> {
    let of = |o: &Outcome| {
        let cost = o
            .unblended_cost
            .map(|cost| cost.to_string())
            .unwrap_or_default();
        (
            o.report.to_string(),
            o.billing_period.to_string(),
            o.action.as_str(),
            o.files,
            o.rows,
            cost,
        )
    };
    outcomes.iter().map(of).collect()
}

fn acme(
    action: &'static str,
    files: u64,
    rows: u64,
    cost: &str,
) -> (String, String, &'static str, u64, u64, String) {
    (
        "acme".to_owned(),
        "2024-03".to_owned(),
        action,
        files,
        rows,
        cost.to_owned(),
    )
}

#[tokio::test]
async fn added_then_unchanged_then_replaced() {
    let (bucket, store) = (Bucket::default(), store());
    let source = bucket.source("cur");
    deliver(
        &bucket,
        "A",
        &[
            ("acme-1.csv.gz", gzip(&csv(&["0.1", "0.2"]))),
            ("acme-2.csv.gz", gzip(&csv(&["-0.05"]))),
        ],
    )
    .await;
    let added = ingest_all(&source, &store.store, &options()).await.unwrap();
    assert_eq!(brief(&added), [acme("added", 2, 3, "0.25")]);
    assert_eq!(added[0].currency.as_deref(), Some("USD"));

    let unchanged = ingest_all(&source, &store.store, &options()).await.unwrap();
    assert_eq!(brief(&unchanged), [acme("unchanged", 2, 3, "0.25")]);
    assert_eq!(
        (unchanged[0].version, unchanged[0].bytes),
        (added[0].version, added[0].bytes)
    );

    deliver(&bucket, "B", &[("acme-1.csv.gz", gzip(&csv(&["0.1"])))]).await;
    let replaced = ingest_all(&source, &store.store, &options()).await.unwrap();
    assert_eq!(brief(&replaced), [acme("replaced", 1, 1, "0.1")]);
    assert!(replaced[0].version > added[0].version);

    let receipts = receipts(&store.store).await;
    assert_eq!(receipts.len(), 1);
    let receipt = &receipts[0];
    assert_eq!(
        (
            receipt.assembly_id.as_str(),
            receipt.rows,
            receipt.files.len()
        ),
        ("B", 1, 1)
    );
    assert_eq!(receipt.location, "s3://bills/cur");
    assert_eq!(
        receipt.files[0].key,
        "cur/acme/20240301-20240401/B/acme-1.csv.gz"
    );
    assert_eq!(
        receipt.files[0].sums["line_item_unblended_cost"],
        "0.1".parse().unwrap()
    );
    assert_eq!(receipt.payer_accounts, ["011122223333"]);
    assert!(
        receipt
            .columns
            .seen
            .iter()
            .any(|name| name == "resource_tags_user_team")
    );
}

#[tokio::test]
async fn force_replaces_the_same_version() {
    let (bucket, store) = (Bucket::default(), store());
    deliver(&bucket, "A", &[("acme-1.csv.gz", gzip(&csv(&["1"])))]).await;
    let source = bucket.source("");
    ingest_all(&source, &store.store, &options()).await.unwrap();
    let forced = ingest_all(
        &source,
        &store.store,
        &Options {
            force: true,
            ..options()
        },
    )
    .await
    .unwrap();
    assert_eq!(brief(&forced), [acme("replaced", 1, 1, "1")]);
}

#[tokio::test]
async fn a_dry_run_does_nothing() {
    let (bucket, store) = (Bucket::default(), store());
    let file = gzip(&csv(&["1"]));
    let size = file.len() as u64;
    deliver(&bucket, "A", &[("acme-1.csv.gz", file)]).await;
    let dry = ingest_all(
        &bucket.source(""),
        &store.store,
        &Options {
            dry_run: true,
            ..options()
        },
    )
    .await
    .unwrap();
    assert_eq!(brief(&dry), [acme("added", 1, 0, "")]);
    assert_eq!((dry[0].bytes, dry[0].version), (size, None));
    assert!(
        store.store.snapshot().await.is_err(),
        "a dry run made a store"
    );
}

#[tokio::test]
async fn an_empty_list_of_files_waits_and_an_empty_report_commits() {
    let (bucket, store) = (Bucket::default(), store());
    let source = bucket.source("");
    deliver(&bucket, "A", &[]).await;
    let waiting = ingest_all(&source, &store.store, &options()).await.unwrap();
    assert_eq!(brief(&waiting), [acme("waiting", 0, 0, "")]);
    assert!(store.store.snapshot().await.is_err());

    deliver(
        &bucket,
        "B",
        &[
            ("acme-1.csv.gz", gzip(&csv(&["1"]))),
            ("acme-2.csv.gz", gzip(HEADER)),
        ],
    )
    .await;
    ingest_all(&source, &store.store, &options()).await.unwrap();
    deliver(
        &bucket,
        "C",
        &[("acme-1.csv.gz", gzip(&format!("{HEADER}\n")))],
    )
    .await;
    let empty = ingest_all(&source, &store.store, &options()).await.unwrap();
    assert_eq!((empty[0].action, empty[0].rows), (Action::Replaced, 0));
    assert_eq!(receipts(&store.store).await[0].assembly_id, "C");
}

#[tokio::test]
async fn plain_files_in_folders_are_read_like_buckets() {
    let (bucket, store) = (Bucket::default(), store());
    deliver(
        &bucket,
        "A",
        &[
            ("acme-1.csv", csv(&["0.1"]).into_bytes()),
            ("acme-2.csv.gz", gzip(&csv(&["0.2"]))),
        ],
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("a copy #1 of 100%");
    bucket.copy_to(&copy).await;
    let source = Source::folder(&copy).unwrap();
    let added = ingest_all(&source, &store.store, &options()).await.unwrap();
    assert_eq!(brief(&added), [acme("added", 2, 2, "0.3")]);
    assert_eq!(
        receipts(&store.store).await[0].manifest.key,
        "cur/acme/20240301-20240401/acme-Manifest.json"
    );
    // The same files through a folder further down are the same delivery.
    let below = Source::folder(&copy.join("cur/acme")).unwrap();
    assert_eq!(
        brief(&ingest_all(&below, &store.store, &options()).await.unwrap()),
        [acme("unchanged", 2, 2, "0.3")]
    );
}

#[tokio::test]
async fn copies_under_another_prefix_are_read_beside_their_manifest() {
    let bucket = Bucket::default();
    let old = "old/prefix/acme/20240301-20240401/A/acme-1.csv.gz";
    let text = manifest("A", &[old]);
    bucket
        .put(
            "copy/acme/20240301-20240401/acme-Manifest.json",
            text.clone(),
        )
        .await;
    bucket
        .put(
            "copy/acme/20240301-20240401/A/acme-1.csv.gz",
            gzip(&csv(&["1"])),
        )
        .await;
    let copied = ingest_all(&bucket.source("copy"), &store().store, &options())
        .await
        .unwrap();
    assert_eq!(brief(&copied), [acme("added", 1, 1, "1")]);

    // A single folder, downloaded.
    bucket.put("flat/acme-Manifest.json", text).await;
    bucket.put("flat/acme-1.csv.gz", gzip(&csv(&["2"]))).await;
    let flat = ingest_all(&bucket.source("flat"), &store().store, &options())
        .await
        .unwrap();
    assert_eq!(brief(&flat), [acme("added", 1, 1, "2")]);

    let folder = tempfile::tempdir().unwrap();
    bucket.copy_to(folder.path()).await;
    for place in ["flat", "flat/acme-Manifest.json"] {
        let source = Source::folder(&folder.path().join(place)).unwrap();
        assert_eq!(
            brief(
                &ingest_all(&source, &store().store, &options())
                    .await
                    .unwrap()
            ),
            [acme("added", 1, 1, "2")]
        );
    }

    // A copy of a bucket below some prefix, without AWS's layout in its keys.
    bucket
        .put(
            "backup/bills/acme/20240301-20240401/acme-Manifest.json",
            manifest("A", &["data/one.csv.gz"]),
        )
        .await;
    bucket
        .put("backup/bills/data/one.csv.gz", gzip(&csv(&["3"])))
        .await;
    let backup = ingest_all(&bucket.source("backup/bills"), &store().store, &options())
        .await
        .unwrap();
    assert_eq!(brief(&backup), [acme("added", 1, 1, "3")]);
}

#[tokio::test]
async fn another_report_of_the_same_name_is_refused() {
    let (bucket, store) = (Bucket::default(), store());
    deliver(&bucket, "A", &[("acme-1.csv.gz", gzip(&csv(&["1"])))]).await;
    ingest_all(&bucket.source(""), &store.store, &options())
        .await
        .unwrap();

    let key = "cur/acme/20240301-20240401/x.csv.gz";
    bucket.put(key, gzip(&csv(&["2"]))).await;
    let text = named_manifest("acme", "recreated", "B", &[key]);
    bucket
        .put("cur/acme/20240301-20240401/acme-Manifest.json", text)
        .await;
    let refused = ingest_all(&bucket.source(""), &store.store, &options()).await;
    let Err(IngestError::NameTaken {
        name,
        held_id,
        id,
        kind,
        ..
    }) = refused
    else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (name.as_str(), held_id.as_str(), id.as_str(), kind),
        ("acme", "5f0c", "recreated", ReportKind::LegacyCur)
    );

    // Under a name of its own it goes in, and is known by it from then on.
    let named = Options {
        name: Some("second".parse().unwrap()),
        ..options()
    };
    let added = ingest_all(&bucket.source(""), &store.store, &named)
        .await
        .unwrap();
    assert_eq!(
        (added[0].report.as_str(), added[0].action),
        ("second", Action::Added)
    );
    let again = ingest_all(&bucket.source(""), &store.store, &options())
        .await
        .unwrap();
    assert_eq!(
        (again[0].report.as_str(), again[0].action),
        ("second", Action::Unchanged)
    );
    assert_eq!(receipts(&store.store).await.len(), 2);
}

#[tokio::test]
async fn files_being_replaced_are_waited_for() {
    let (bucket, store) = (Bucket::default(), store());
    bucket
        .put(
            "p/acme/20240301-20240401/acme-Manifest.json",
            manifest(
                "A",
                &["p/acme/acme/year=2024/month=3/acme-1.snappy.parquet"],
            ),
        )
        .await;
    bucket
        .put(
            "p/acme/cost_and_usage_data_status/status.parquet",
            parquet(vec![("status", texts(&["UPDATING"]))]),
        )
        .await;
    let waiting = ingest_all(&bucket.source("p"), &store.store, &options())
        .await
        .unwrap();
    assert_eq!(waiting[0].action, Action::Waiting);
    bucket
        .put(
            "p/acme/cost_and_usage_data_status/status.parquet",
            parquet(vec![("status", texts(&["READY"]))]),
        )
        .await;
    let ready = ingest_all(&bucket.source("p"), &store.store, &options()).await;
    assert!(
        matches!(ready, Err(IngestError::MissingFile { .. })),
        "{ready:?}"
    );
}

#[derive(Debug, Default)]
struct Counts {
    files: AtomicU64,
    bytes: AtomicU64,
    rows: AtomicU64,
    expected: AtomicU64,
}

impl Progress for Counts {
    fn start(&self, _files: u64, bytes: u64) {
        self.expected.store(bytes, Ordering::SeqCst);
    }
    fn bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::SeqCst);
    }
    fn rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::SeqCst);
    }
    fn file_done(&self) {
        self.files.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn progress_adds_up() {
    let (bucket, store) = (Bucket::default(), store());
    let files: Vec<(String, Vec<u8>)> = (0..7)
        .map(|n| (format!("acme-{n}.csv.gz"), gzip(&csv(&["1", "2", "3"]))))
        .collect();
    let files: Vec<(&str, Vec<u8>)> = files
        .iter()
        .map(|(name, content)| (name.as_str(), content.clone()))
        .collect();
    deliver(&bucket, "A", &files).await;
    let source = bucket.source("");
    let delivery = discover(&source).await.unwrap().remove(0);
    let counts = Arc::new(Counts::default());
    let progress: Arc<dyn Progress> = Arc::<Counts>::clone(&counts);
    let outcome = ingest(&delivery, &source, &store.store, &options(), progress)
        .await
        .unwrap();
    let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
    assert_eq!((count(&counts.files), count(&counts.rows)), (7, 21));
    assert_eq!(
        (count(&counts.bytes), outcome.bytes),
        (count(&counts.expected), count(&counts.expected))
    );
}

#[tokio::test]
async fn many_rows_through_little_memory() {
    let (bucket, store) = (Bucket::default(), store());
    let costs: Vec<String> = (0..60_000).map(|n| format!("0.{n:09}")).collect();
    let costs: Vec<&str> = costs.iter().map(String::as_str).collect();
    deliver(
        &bucket,
        "A",
        &[
            ("acme-1.csv.gz", gzip(&csv(&costs))),
            ("acme-2.csv", csv(&costs).into_bytes()),
        ],
    )
    .await;
    let options = Options {
        memory: 16 << 20,
        threads: 2,
        ..options()
    };
    let source = bucket.source("");
    let delivery = discover(&source).await.unwrap().remove(0);
    let outcome = ingest(&delivery, &source, &store.store, &options, Arc::new(Silent))
        .await
        .unwrap();
    // Twice the sum of 0 to 59999, in units of 1e-9.
    assert_eq!(
        (
            outcome.rows,
            outcome.unblended_cost.unwrap().to_string().as_str()
        ),
        (120_000, "3.59994")
    );
}
