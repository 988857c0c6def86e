//! Which reports are found, in every layout, and what is passed over.

use curtail_ingest::{Delivery, IngestError, Source, discover};
use curtail_store::ReportKind;

use crate::support::{
    Bucket, HEADER, csv, deliver, export_manifest, gzip, manifest, named_manifest, parquet, texts,
};

fn found(deliveries: &[Delivery]) -> Vec<(String, ReportKind, String, String)> {
    let of = |d: &Delivery| {
        (
            d.report.to_string(),
            d.kind,
            d.period.to_string(),
            d.assembly_id.clone(),
        )
    };
    deliveries.iter().map(of).collect()
}

fn one(
    report: &str,
    kind: ReportKind,
    period: &str,
    version: &str,
) -> (String, ReportKind, String, String) {
    (
        report.to_owned(),
        kind,
        period.to_owned(),
        version.to_owned(),
    )
}

const RANGE: &str = "cur/acme/20240301-20240401";

#[tokio::test]
async fn only_the_manifest_on_top_counts() {
    let bucket = Bucket::default();
    deliver(&bucket, "A", &[("acme-1.csv.gz", vec![])]).await;
    deliver(
        &bucket,
        "B",
        &[("acme-1.csv.gz", vec![]), ("acme-2.csv.gz", vec![])],
    )
    .await;
    // A later copy of an earlier version changes nothing.
    bucket
        .put(
            &format!("{RANGE}/A/acme-Manifest.json"),
            manifest("A", &["k"]),
        )
        .await;
    bucket
        .put(&format!("{RANGE}/B/acme-RedshiftManifest.json"), "{}")
        .await;
    let deliveries = bucket.discover("cur").await.unwrap();
    assert_eq!(
        found(&deliveries),
        [one("acme", ReportKind::LegacyCur, "2024-03", "B")]
    );
    let delivery = &deliveries[0];
    assert_eq!(
        delivery.files,
        [
            format!("{RANGE}/B/acme-1.csv.gz"),
            format!("{RANGE}/B/acme-2.csv.gz")
        ]
    );
    assert_eq!(delivery.manifest.key, format!("{RANGE}/acme-Manifest.json"));
    assert_eq!(
        (delivery.report_id.as_str(), delivery.account.as_deref()),
        ("5f0c", Some("111122223333"))
    );
    assert!(delivery.manifest.etag.is_some());
}

#[tokio::test]
async fn without_it_the_newest_copy_counts() {
    let bucket = Bucket::default();
    for version in ["Z", "A"] {
        bucket
            .put(
                &format!("{RANGE}/{version}/acme-Manifest.json"),
                manifest(version, &["k"]),
            )
            .await;
        // Copies are ordered by time, which has to pass.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let deliveries = bucket.discover("cur").await.unwrap();
    assert_eq!(
        found(&deliveries),
        [one("acme", ReportKind::LegacyCur, "2024-03", "A")]
    );
}

#[tokio::test]
async fn every_level_of_a_report_can_be_given() {
    let bucket = Bucket::default();
    deliver(&bucket, "A", &[("acme-1.csv.gz", vec![])]).await;
    let expected = [one("acme", ReportKind::LegacyCur, "2024-03", "A")];
    let manifest = format!("{RANGE}/acme-Manifest.json");
    let folder = tempfile::tempdir().unwrap();
    bucket.copy_to(folder.path()).await;
    for prefix in [
        "",
        "cur",
        "cur/",
        "cur/acme",
        RANGE,
        &format!("{RANGE}/A"),
        &manifest,
    ] {
        assert_eq!(
            found(&bucket.discover(prefix).await.unwrap()),
            expected,
            "{prefix}"
        );
        let source = Source::folder(&folder.path().join(prefix)).unwrap();
        assert_eq!(
            found(&discover(&source).await.unwrap()),
            expected,
            "{prefix}"
        );
    }
    assert!(matches!(
        bucket.discover("cu").await,
        Err(IngestError::NothingFound { .. })
    ));
}

#[tokio::test]
async fn kinds_are_told_by_manifest_not_by_bucket() {
    let bucket = Bucket::default();
    deliver(&bucket, "A", &[("acme-1.csv.gz", vec![])]).await;
    let cur2 = export_manifest(
        "E1",
        &["line_item_unblended_cost", "resource_tags"],
        &["s3://bills/x/k.parquet"],
    );
    bucket
        .put(
            "exports/two/metadata/BILLING_PERIOD=2024-03/two-Manifest.json",
            cur2.clone(),
        )
        .await;
    bucket
        .put(
            "exports/two/metadata/BILLING_PERIOD=2024-03/E1/two-Manifest.json",
            cur2,
        )
        .await;
    let focus = export_manifest("E2", &["BilledCost", "Tags"], &["s3://bills/x/k.csv.gz"]);
    bucket
        .put(
            "exports/fo cus/metadata/BILLING_PERIOD=2024-04/x-Manifest.json",
            focus,
        )
        .await;
    let carbon = export_manifest(
        "E3",
        &["usage_period_start", "total_emissions_value"],
        &["s3://bills/x/k.parquet"],
    );
    bucket
        .put(
            "exports/carbon/metadata/BILLING_PERIOD=2024-04/carbon-Manifest.json",
            carbon.clone(),
        )
        .await;
    bucket
        .put(
            "exports/coh/metadata/date=2024-04-01/coh-Manifest.json",
            carbon,
        )
        .await;
    for other in [
        "aws-programmatic-access-test-object",
        "1-aws-billing-detailed-line-items-2015-01.csv.zip",
        "notes/Manifest.json",
    ] {
        bucket.put(other, "").await;
    }
    bucket.put("notes/other-Manifest.json", "no JSON").await;
    bucket
        .put("notes/app-Manifest.json", r#"{"files":["a.js"]}"#)
        .await;
    assert_eq!(
        found(&bucket.discover("").await.unwrap()),
        [
            one("acme", ReportKind::LegacyCur, "2024-03", "A"),
            one("fo cus", ReportKind::Focus, "2024-04", "E2"),
            one("two", ReportKind::Cur2, "2024-03", "E1"),
        ]
    );
}

#[tokio::test]
async fn without_columns_the_first_file_tells() {
    let bucket = Bucket::default();
    let cases = [
        (
            "gz",
            ReportKind::Focus,
            "a.csv.gz",
            gzip("\u{feff}\"AvailabilityZone\",\"BilledCost\"\n,1\n"),
        ),
        (
            "plain",
            ReportKind::Cur2,
            "a.csv",
            b"bill_bill_type,line_item_usage_amount\r\n".to_vec(),
        ),
        (
            "parquet",
            ReportKind::Focus,
            "a.snappy.parquet",
            parquet(vec![("BilledCost", texts(&["1"]))]),
        ),
        ("none", ReportKind::Cur2, "missing.csv.gz", vec![]),
    ];
    for (export, _, file, content) in &cases {
        let key = format!("{export}/data/BILLING_PERIOD=2024-03/{file}");
        if !content.is_empty() {
            bucket.put(&key, content.clone()).await;
        }
        let uri = format!("s3://elsewhere/old/{key}");
        let manifest = export_manifest("E", &[], &[&uri]);
        bucket
            .put(
                &format!("{export}/metadata/BILLING_PERIOD=2024-03/x-Manifest.json"),
                manifest,
            )
            .await;
    }
    let mut expected = cases
        .map(|(export, kind, ..)| one(export, kind, "2024-03", "E"))
        .to_vec();
    expected.sort();
    assert_eq!(found(&bucket.discover("").await.unwrap()), expected);
}

#[tokio::test]
async fn reports_of_one_name_get_distinct_ones() {
    let bucket = Bucket::default();
    for (base, id) in [("a", "1"), ("b", "2")] {
        for month in ["20240301-20240401", "20240401-20240501"] {
            let text = named_manifest("acme", id, id, &["k"])
                .replace("20240301T", &format!("{}T", &month[..8]));
            bucket
                .put(&format!("{base}/acme/{month}/acme-Manifest.json"), text)
                .await;
        }
    }
    let cur2 = export_manifest(
        "E",
        &["line_item_unblended_cost"],
        &["s3://bills/x/k.parquet"],
    );
    bucket
        .put(
            "c/acme/metadata/BILLING_PERIOD=2024-03/acme-Manifest.json",
            cur2,
        )
        .await;
    assert_eq!(
        found(&bucket.discover("").await.unwrap()),
        [
            one("acme", ReportKind::LegacyCur, "2024-03", "1"),
            one("acme", ReportKind::LegacyCur, "2024-04", "1"),
            one("acme-cur2", ReportKind::Cur2, "2024-03", "E"),
            one("acme-legacy-cur", ReportKind::LegacyCur, "2024-03", "2"),
            one("acme-legacy-cur", ReportKind::LegacyCur, "2024-04", "2"),
        ]
    );
}

#[tokio::test]
async fn a_copy_of_a_report_does_not_count_twice() {
    let bucket = Bucket::default();
    deliver(&bucket, "A", &[("acme-1.csv.gz", vec![])]).await;
    let text = manifest("old", &["cur/acme/20240301-20240401/old/acme-1.csv.gz"]);
    bucket
        .put("a-copy/acme/20240301-20240401/acme-Manifest.json", text)
        .await;
    assert_eq!(
        found(&bucket.discover("").await.unwrap()),
        [one("acme", ReportKind::LegacyCur, "2024-03", "A")]
    );
    assert_eq!(
        found(&bucket.discover("a-copy").await.unwrap()),
        [one("acme", ReportKind::LegacyCur, "2024-03", "old")]
    );
}

#[tokio::test]
async fn thousands_of_keys_and_many_months() {
    let bucket = Bucket::default();
    for month in 1..=8 {
        let range = format!("20240{month}01-20240{}01", month + 1);
        let text = manifest("A", &["k"]).replace("20240301T", &format!("20240{month}01T"));
        bucket
            .put(&format!("cur/acme/{range}/acme-Manifest.json"), text)
            .await;
        for file in 0..200 {
            bucket
                .put(&format!("cur/acme/{range}/A/acme-{file:05}.csv.gz"), "")
                .await;
        }
    }
    let deliveries = bucket.discover("cur").await.unwrap();
    let periods: Vec<String> = deliveries.iter().map(|d| d.period.to_string()).collect();
    assert_eq!(
        periods,
        (1..=8)
            .map(|month| format!("2024-0{month}"))
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_manifest_taken_out_of_its_layout_speaks_for_itself() {
    let bucket = Bucket::default();
    bucket
        .put(
            "download/acme-Manifest.json",
            manifest("A", &["cur/acme/20240301-20240401/A/acme-1.csv.gz"]),
        )
        .await;
    let expected = [one("acme", ReportKind::LegacyCur, "2024-03", "A")];
    for prefix in ["download", "download/acme-Manifest.json"] {
        assert_eq!(found(&bucket.discover(prefix).await.unwrap()), expected);
    }
    // The same report in its layout wins.
    deliver(&bucket, "B", &[("acme-1.csv.gz", vec![])]).await;
    assert_eq!(
        found(&bucket.discover("").await.unwrap()),
        [one("acme", ReportKind::LegacyCur, "2024-03", "B")]
    );
}

#[tokio::test]
async fn a_broken_manifest_does_not_hide_others() {
    let bucket = Bucket::default();
    deliver(&bucket, "A", &[("acme-1.csv.gz", vec![])]).await;
    bucket
        .put(
            "cur/acme/20240401-20240501/acme-Manifest.json",
            "{\"assemblyId\":",
        )
        .await;
    let deliveries = bucket.discover("cur").await.unwrap();
    let periods: Vec<String> = deliveries.iter().map(|d| d.period.to_string()).collect();
    assert_eq!(periods, ["2024-03", "2024-04"]);
}

#[tokio::test]
async fn nothing_found_tells_what_was_there() {
    let seen = async |bucket: &Bucket| match bucket.discover("").await {
        Err(IngestError::NothingFound { location, seen }) => {
            assert_eq!(location, "s3://bills/");
            seen
        }
        other => panic!("{other:?}"),
    };
    let bucket = Bucket::default();
    assert_eq!(seen(&bucket).await, "there is nothing in it");
    bucket.put("notes.txt", "").await;
    assert_eq!(
        seen(&bucket).await,
        "1 objects such as `notes.txt`, none of them a manifest"
    );
    bucket.put("x/acme-1.csv.gz", gzip(&csv(&["1"]))).await;
    assert!(
        seen(&bucket)
            .await
            .contains("such as `acme-1.csv.gz`, but no manifest")
    );
    let carbon = export_manifest("E", &["total_emissions_value"], &["s3://bills/k.parquet"]);
    bucket
        .put(
            "carbon/metadata/BILLING_PERIOD=2024-04/carbon-Manifest.json",
            carbon,
        )
        .await;
    assert_eq!(
        seen(&bucket).await,
        "3 objects, but only manifests of other exports (1)"
    );
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Source::folder(&folder.path().join("nowhere"));
    assert!(
        matches!(missing, Err(IngestError::Source { .. })),
        "{missing:?}"
    );
    let empty = discover(&Source::folder(folder.path()).unwrap()).await;
    assert!(
        matches!(empty, Err(IngestError::NothingFound { .. })),
        "{empty:?}"
    );
    std::fs::write(folder.path().join("a.csv"), HEADER).unwrap();
    let data = discover(&Source::folder(&folder.path().join("a.csv")).unwrap()).await;
    assert!(
        matches!(data, Err(IngestError::NothingFound { .. })),
        "{data:?}"
    );
}
