//! CUR 2.0 and its maps.

use curtail_ingest::IngestError;
use curtail_store::{Anomaly, ReportKind};

use super::{COST, Ingested, deliver_export, export, export_of};
use crate::support::{Bucket, export_manifest, gzip, ingest_all, options, store};

#[tokio::test]
async fn case_76_the_period_stands_in_the_key() {
    for partition in ["BILLING_PERIOD=2024-03", "billing_period=2024-03"] {
        let bucket = Bucket::default();
        let key = format!("two/data/{partition}/two-1.csv.gz");
        bucket.put(&key, gzip(&export(&[], &[&[]]))).await;
        let text = export_manifest(
            "E",
            &["line_item_unblended_cost"],
            &[&format!("s3://bills/{key}")],
        );
        bucket
            .put(&format!("two/metadata/{partition}/two-Manifest.json"), text)
            .await;
        let ingested = Ingested::from(&bucket.source("")).await;
        assert_eq!(ingested.receipt.kind, ReportKind::Cur2);
        assert_eq!(ingested.receipt.billing_period.to_string(), "2024-03");
    }
}

#[tokio::test]
async fn case_77_files_are_named_by_uri() {
    let ingested = Ingested::export(&export_of("line_item_unblended_cost", &["0.5", "0.25"])).await;
    let key = "exports/two/data/BILLING_PERIOD=2024-03/two-1.csv.gz";
    assert_eq!(
        (
            ingested.receipt.files[0].key.as_str(),
            ingested.sum(COST).as_str()
        ),
        (key, "0.75")
    );
}

#[tokio::test]
async fn case_79_a_renamed_column_is_missing() {
    let bucket = Bucket::default();
    let text = export(&[], &[&[]]).replace("line_item_unblended_cost", "cost");
    deliver_export(&bucket, &text).await;
    let store = store();
    let refused = ingest_all(&bucket.source(""), &store.store, &options()).await;
    let Err(IngestError::MissingColumn { object, column }) = refused else {
        panic!("{refused:?}")
    };
    assert!(object.ends_with("two-1.csv.gz"), "{object}");
    assert_eq!(column, "line_item_unblended_cost");
    assert!(
        store.store.snapshot().await.is_err(),
        "nothing was committed"
    );
    // A column that the query adds is kept under its own name.
    let text = export_of("my_alias", &["kept"]);
    let ingested = Ingested::export(&text).await;
    assert_eq!(ingested.rows(&["my_alias"]).await, ["kept"]);
    assert_eq!(ingested.receipt.columns.unknown, ["my_alias"]);
}

#[tokio::test]
async fn case_81_bad_json_is_null_and_counted() {
    let good = "\"{\"\"user_team\"\":\"\"core, \\\"\"infra\\\"\"\"\",\"\"user_n\"\":7}\"";
    let cells = [good, "\"{\"\"user_team\"\":\"", "[]", "text"];
    let ingested = Ingested::export(&export_of("resource_tags", &cells)).await;
    assert_eq!(ingested.anomalies(), [(Anomaly::InvalidMap, 3)]);
    let columns = ["resource_tags_user_team", "resource_tags_user_n", COST];
    let cost = "0.100000000000000000";
    let none = format!("NULL|NULL|{cost}");
    assert_eq!(
        ingested.rows(&columns).await,
        [
            none.clone(),
            none.clone(),
            none,
            format!("core, \"infra\"|7|{cost}")
        ]
    );
}

#[tokio::test]
async fn case_82_empty_maps_are_equal_in_every_spelling() {
    let cells = ["", "{}", "\"{}\"", "null", "\"{\"\"user_a\"\":null}\""];
    let ingested = Ingested::export(&export_of("resource_tags", &cells)).await;
    assert_eq!(ingested.anomalies(), []);
    assert_eq!(ingested.rows(&["resource_tags_user_a"]).await, ["NULL"; 5]);
}

#[tokio::test]
async fn case_83_keys_of_tags_fill_the_same_column_in_every_spelling() {
    let cell = |key: &str| format!("\"{{\"\"{key}\"\":\"\"x\"\"}}\"");
    let cells = ["user_team", "user:team", "resourceTags/user:team"].map(cell);
    let ingested = Ingested::export(&export_of("resource_tags", &cells)).await;
    assert_eq!(ingested.rows(&["resource_tags_user_team"]).await, ["x"; 3]);
}

#[tokio::test]
async fn case_84_two_kinds_of_tags_stay_apart() {
    let own = "\"{\"\"user_team\"\":\"\"core\"\"}\"";
    let merged =
        "\"{\"\"resourceTag/user_team\"\":\"\"other\"\",\"\"accountTag/team\"\":\"\"acc\"\"}\"";
    let ingested = Ingested::export(&export(&["tags", "resource_tags"], &[&[merged, own]])).await;
    let columns = [
        "resource_tags_user_team",
        "tags_resource_tag_user_team",
        "tags_account_tag_team",
    ];
    assert_eq!(ingested.rows(&columns).await, ["core|other|acc"]);
}
