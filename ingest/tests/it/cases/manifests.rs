//! What stands in manifests, in all its variants.

use serde_json::{Value, json};

use super::{COST, Ingested};
use crate::support::{Bucket, csv, deliver, gzip, ingest_all, manifest, options, receipts, store};

const MANIFEST: &str = "cur/acme/20240301-20240401/acme-Manifest.json";
const FILE: &str = "cur/acme/20240301-20240401/acme-1.csv.gz";

/// A report whose manifest has a field set to `value`, or lacks it.
async fn with(field: &str, value: Option<Value>) -> Ingested {
    let bucket = Bucket::default();
    bucket.put(FILE, gzip(&csv(&["0.5"]))).await;
    let mut fields: Value = serde_json::from_str(&manifest("A", &[FILE])).unwrap();
    match value {
        Some(value) => fields[field] = value,
        None => drop(fields.as_object_mut().unwrap().remove(field)),
    }
    bucket.put(MANIFEST, fields.to_string()).await;
    Ingested::from(&bucket.source("cur")).await
}

#[tokio::test]
async fn case_05_additional_artifacts_are_whatever_they_are() {
    let forms = [
        None,
        Some(Value::Null),
        Some(json!([])),
        Some(json!(["cur/acme/x.sql"])),
        Some(json!([{"artifactType": "RedshiftCommands", "name": "cur/acme/x.sql"}, {"new": [1]}])),
    ];
    for form in forms {
        let ingested = with("additionalArtifactKeys", form).await;
        assert_eq!(
            (ingested.outcome.files, ingested.sum(COST).as_str()),
            (1, "0.5")
        );
    }
}

#[tokio::test]
async fn case_06_types_of_columns_may_be_missing_or_wrong() {
    let cost = json!({"category": "lineItem", "name": "UnblendedCost"});
    let wrong = json!({"category": "lineItem", "name": "UnblendedCost", "type": "Interval"});
    for columns in [
        Value::Null,
        json!([]),
        json!([cost]),
        json!([wrong, {"category": "x"}]),
    ] {
        let ingested = with("columns", Some(columns)).await;
        // Types come from curtail's own table: the cost is an amount all the same.
        assert_eq!(ingested.sum(COST), "0.5");
    }
}

#[tokio::test]
async fn case_07_versions_are_told_apart_by_id_not_ordered_by_it() {
    let (bucket, store) = (Bucket::default(), store());
    let ids = [
        "f0000000-0000-0000-0000-00000000000f",
        "20240305T061233Z",
        "00000000-0000-0000-0000-000000000000",
        "∅ 7",
    ];
    for (nth, id) in ids.into_iter().enumerate() {
        let cost = nth.to_string();
        deliver(&bucket, id, &[("acme-1.csv.gz", gzip(&csv(&[&cost])))]).await;
        ingest_all(&bucket.source(""), &store.store, &options())
            .await
            .unwrap();
        let receipt = receipts(&store.store).await.remove(0);
        assert_eq!(
            (receipt.assembly_id.as_str(), receipt.sums[COST].to_string()),
            (id, cost)
        );
    }
}

#[tokio::test]
async fn manifests_of_many_files_and_columns_are_read_quickly() {
    let bucket = Bucket::default();
    let keys: Vec<String> = (0..150_000)
        .map(|n| format!("cur/acme/20240301-20240401/{n}"))
        .collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    bucket.put(MANIFEST, manifest("A", &keys)).await;
    let began = std::time::Instant::now();
    let deliveries = bucket.discover("cur").await.unwrap();
    assert_eq!(deliveries[0].files.len(), 150_000);
    // Comparing each key with every other one takes far longer.
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[tokio::test]
async fn what_is_too_large_for_a_manifest_does_not_hide_others() {
    let bucket = Bucket::default();
    bucket.put(FILE, gzip(&csv(&["0.5"]))).await;
    bucket.put(MANIFEST, manifest("A", &[FILE])).await;
    let large = " ".repeat(9 << 20);
    bucket.put("app/app-Manifest.json", large.clone()).await;
    let april = "cur/acme/20240401-20240501/acme-Manifest.json";
    bucket.put(april, large).await;
    let deliveries = bucket.discover("").await.unwrap();
    let periods: Vec<String> = deliveries
        .iter()
        .map(|found| found.period.to_string())
        .collect();
    assert_eq!(periods, ["2024-03", "2024-04"]);
    let source = bucket.source(april);
    let store = store();
    let error = ingest_all(&source, &store.store, &options()).await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("it has 9437184 bytes, more than any manifest"),
        "{error}"
    );
}

#[tokio::test]
async fn deeply_nested_json_is_an_error() {
    let bucket = Bucket::default();
    bucket.put(MANIFEST, "[".repeat(1 << 20)).await;
    let delivery = bucket.discover("").await.unwrap().remove(0);
    let store = store();
    let source = bucket.source("");
    let silent = std::sync::Arc::new(curtail_ingest::Silent);
    let error = curtail_ingest::ingest(&delivery, &source, &store.store, &options(), silent).await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("is not valid JSON: recursion limit exceeded"),
        "{error}"
    );
}
