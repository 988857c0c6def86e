//! Which files of a delivery count, and when.

use curtail_ingest::Action;

use super::{Ingested, again, line_items, report};
use crate::support::{
    Bucket, csv, deliver, deliver_month, gzip, ingest_all, manifest, options, parquet, receipts,
    store, texts,
};

const FOLDER: &str = "cur/acme/20240301-20240401";

/// Costs of all line items, in the order of their ids.
async fn costs(ingested: &Ingested) -> Vec<String> {
    ingested.rows(&[super::COST]).await
}

/// A Parquet file of a legacy report with one line item per cost.
fn legacy_parquet(costs: &[&str]) -> Vec<u8> {
    let all = |value| texts(&vec![value; costs.len()]);
    parquet(vec![
        ("line_item_usage_account_id", all("000000000007")),
        ("line_item_line_item_type", all("Usage")),
        ("line_item_usage_start_date", all("2024-03-05 10:00:00")),
        ("line_item_unblended_cost", texts(costs)),
    ])
}

#[tokio::test]
async fn case_01_every_file_of_a_version_is_read() {
    let names: Vec<String> = (1..=12).map(|n| format!("acme-{n:05}.csv.gz")).collect();
    let files = names.iter().enumerate().map(|(nth, name)| {
        let cost = format!("0.{:02}", nth + 1);
        (name.as_str(), gzip(&csv(&[&cost])))
    });
    let ingested = Ingested::files(&files.collect::<Vec<_>>()).await;
    // 0.01 to 0.12
    assert_eq!(
        (ingested.receipt.rows, ingested.sum(super::COST).as_str()),
        (12, "0.78")
    );
}

#[tokio::test]
async fn case_02_versions_kept_side_by_side_are_not_added_up() {
    let bucket = Bucket::default();
    for (assembly, costs) in [
        ("A", &["1"][..]),
        ("B", &["1", "2"]),
        ("C", &["1", "2", "4"]),
    ] {
        deliver(&bucket, assembly, &[("acme-1.csv.gz", gzip(&csv(costs)))]).await;
    }
    let ingested = Ingested::from(&bucket.source("")).await;
    assert_eq!(
        (
            ingested.receipt.assembly_id.as_str(),
            ingested.sum(super::COST).as_str()
        ),
        ("C", "7")
    );
}

#[tokio::test]
async fn case_08_names_of_files_are_taken_as_they_are() {
    let file = |cost| gzip(&csv(&[cost]));
    let ingested = Ingested::files(&[
        ("acme-1.csv.gz", file("1")),
        ("acme-00002.csv.gz", file("2")),
        ("the last one.csv.gz", file("4")),
    ])
    .await;
    assert_eq!(ingested.sum(super::COST), "7");
    assert!(
        ingested.receipt.files[2]
            .key
            .ends_with("/A/the last one.csv.gz")
    );
}

#[tokio::test]
async fn case_09_keys_of_an_empty_prefix_begin_with_a_slash() {
    let bucket = Bucket::default();
    let text = manifest("A", &["/acme/20240301-20240401/A/acme-1.csv.gz"]);
    bucket
        .put("acme/20240301-20240401/acme-Manifest.json", text)
        .await;
    bucket
        .put("acme/20240301-20240401/A/acme-1.csv.gz", gzip(&csv(&["3"])))
        .await;
    assert_eq!(
        Ingested::from(&bucket.source("")).await.sum(super::COST),
        "3"
    );
}

/// A report in Athena's layout, the month spelled as `month`, with a status table beside it.
async fn athena(bucket: &Bucket, base: &str, month: &str) {
    let key = format!("acme/acme/year=2024/{month}/acme-00001.snappy.parquet");
    let text = manifest("A", &[&format!("cur/{key}")]);
    bucket
        .put(
            &format!("{base}acme/20240301-20240401/acme-Manifest.json"),
            text,
        )
        .await;
    bucket
        .put(&format!("{base}{key}"), legacy_parquet(&["0.25", "0.5"]))
        .await;
    let status = parquet(vec![("status", texts(&["READY"]))]);
    let table = format!("{base}acme/cost_and_usage_data_status/status.parquet");
    bucket.put(&table, status).await;
}

#[tokio::test]
async fn case_10_months_are_padded_or_not() {
    for month in ["month=3", "month=03"] {
        let bucket = Bucket::default();
        athena(&bucket, "cur/", month).await;
        let ingested = Ingested::from(&bucket.source("cur")).await;
        assert_eq!(
            ingested.receipt.billing_period.to_string(),
            "2024-03",
            "{month}"
        );
        assert_eq!(ingested.sum(super::COST), "0.75", "{month}");
    }
}

#[tokio::test]
async fn case_11_parquet_keys_have_the_name_twice() {
    let bucket = Bucket::default();
    // A copy: what stands before the name is another prefix than in the manifest.
    athena(&bucket, "copies/of/", "month=3").await;
    let ingested = Ingested::from(&bucket.source("copies")).await;
    let key = "copies/of/acme/acme/year=2024/month=3/acme-00001.snappy.parquet";
    assert_eq!(
        (
            ingested.receipt.files[0].key.as_str(),
            ingested.sum(super::COST).as_str()
        ),
        (key, "0.75")
    );
}

#[tokio::test]
async fn case_12_the_status_table_is_no_data() {
    let bucket = Bucket::default();
    athena(&bucket, "cur/", "month=3").await;
    let ingested = Ingested::from(&bucket.source("")).await;
    assert_eq!((ingested.outcome.files, ingested.receipt.rows), (1, 2));
    assert!(
        !ingested
            .receipt
            .columns
            .seen
            .iter()
            .any(|name| name == "status")
    );
}

#[tokio::test]
async fn case_15_leftover_files_are_ignored() {
    let bucket = Bucket::default();
    deliver(&bucket, "A", &[("acme-1.csv.gz", gzip(&csv(&["1"])))]).await;
    for (leftover, content) in [
        ("acme-2.csv.gz", gzip(&csv(&["666"]))),
        ("acme-3.csv.gz", Vec::new()),
        ("A/acme-2.csv.gz", gzip("no report at all")),
    ] {
        bucket.put(&format!("{FOLDER}/{leftover}"), content).await;
    }
    assert_eq!(
        costs(&Ingested::from(&bucket.source("")).await).await,
        ["1.000000000000000000"]
    );
}

#[tokio::test]
async fn case_16_a_file_without_rows_counts_as_one() {
    let header = report(&[], &[]);
    let ingested = Ingested::files(&[
        ("acme-1.csv.gz", gzip(&report(&[], &[&[]]))),
        ("acme-2.csv.gz", gzip(&header)),
        ("acme-3.csv.gz", gzip("")),
        ("acme-4.csv.gz", Vec::new()),
    ])
    .await;
    assert_eq!(
        ingested.anomalies(),
        [(curtail_store::Anomaly::EmptyFile, 3)]
    );
    assert_eq!(
        (
            ingested.receipt.files.len(),
            ingested.sum(super::COST).as_str()
        ),
        (4, "0.1")
    );
}

#[tokio::test]
async fn case_21_the_end_of_a_range_is_no_part_of_the_month() {
    let (bucket, store) = (Bucket::default(), store());
    let file = [("acme-1.csv.gz", gzip(&csv(&["1"])))];
    for range in ["20240201-20240301", "20231201-20240101"] {
        deliver_month(&bucket, range, "A", &file).await;
    }
    let outcomes = ingest_all(&bucket.source(""), &store.store, &options())
        .await
        .unwrap();
    let periods: Vec<String> = outcomes
        .iter()
        .map(|o| o.billing_period.to_string())
        .collect();
    assert_eq!(periods, ["2023-12", "2024-02"]);
}

#[tokio::test]
async fn case_22_a_month_without_manifest_leaves_the_one_before() {
    let (bucket, store) = (Bucket::default(), store());
    deliver(&bucket, "A", &[("acme-1.csv.gz", gzip(&csv(&["1"])))]).await;
    let source = bucket.source("cur");
    again(&source, &store.store).await;
    let early = "cur/acme/20240401-20240501/B/acme-1.csv.gz";
    bucket.put(early, gzip(&csv(&["9"]))).await;
    let (outcome, receipt) = again(&source, &store.store).await;
    assert_eq!(
        (
            outcome.action,
            receipt.sums[super::COST].to_string().as_str()
        ),
        (Action::Unchanged, "1")
    );
}

#[tokio::test]
async fn case_23_the_month_before_may_change_again() {
    let (bucket, store) = (Bucket::default(), store());
    let file = |cost| [("acme-1.csv.gz", gzip(&csv(&[cost])))];
    deliver(&bucket, "A", &file("1")).await;
    deliver_month(&bucket, "20240401-20240501", "A", &file("2")).await;
    let source = bucket.source("cur");
    ingest_all(&source, &store.store, &options()).await.unwrap();
    deliver(&bucket, "B", &file("1.5")).await;
    let outcomes = ingest_all(&source, &store.store, &options()).await.unwrap();
    let actions: Vec<Action> = outcomes.iter().map(|outcome| outcome.action).collect();
    assert_eq!(actions, [Action::Replaced, Action::Unchanged]);
    let costs = line_items(&store.store, &[super::COST]).await;
    assert_eq!(costs, ["1.500000000000000000", "2.000000000000000000"]);
}

#[tokio::test]
async fn case_25_a_fee_that_comes_late_joins_the_month() {
    let (bucket, store) = (Bucket::default(), store());
    let columns = [
        "lineItem/LineItemType",
        "bill/InvoiceId",
        "lineItem/UnblendedCost",
    ];
    let usage = ["Usage", "", "10"];
    let first = report(&columns, &[&usage]);
    let second = report(&columns, &[&usage, &["Fee", "", "29"]]);
    for (assembly, text, cost) in [("A", first, "10"), ("B", second, "39")] {
        deliver(&bucket, assembly, &[("acme-1.csv.gz", gzip(&text))]).await;
        let (_, receipt) = again(&bucket.source(""), &store.store).await;
        // Nothing is invoiced, so nobody may call the month final.
        assert_eq!(
            (
                receipt.sums[super::COST].to_string().as_str(),
                receipt.invoiced_rows
            ),
            (cost, 0)
        );
    }
}

#[tokio::test]
async fn case_26_invoiced_rows_are_counted() {
    let columns = ["bill/InvoiceId", "lineItem/LineItemType"];
    let rows: [&[&str]; 3] = [&["1234", "Tax"], &["", "Usage"], &["1234", "Fee"]];
    let ingested = Ingested::text(report(&columns, &rows)).await;
    assert_eq!(
        (ingested.receipt.invoiced_rows, ingested.receipt.rows),
        (2, 3)
    );
}

#[tokio::test]
async fn case_28_columns_may_change_from_version_to_version() {
    let (bucket, store) = (Bucket::default(), store());
    let versions = [
        (
            "A",
            report(&["resourceTags/user:old", "product/sku"], &[&["x", "s"]]),
        ),
        (
            "B",
            report(&["product/sku", "resourceTags/user:new"], &[&["s", "y"]]),
        ),
    ];
    for (assembly, text) in versions {
        deliver(&bucket, assembly, &[("acme-1.csv.gz", gzip(&text))]).await;
        ingest_all(&bucket.source(""), &store.store, &options())
            .await
            .unwrap();
    }
    let receipt = receipts(&store.store).await.remove(0);
    assert_eq!(receipt.columns.missing, ["resource_tags_user_old"]);
    assert_eq!(receipt.columns.added, ["resource_tags_user_new"]);
    let columns = [
        "product_sku",
        "resource_tags_user_old",
        "resource_tags_user_new",
    ];
    assert_eq!(line_items(&store.store, &columns).await, ["s|NULL|y"]);
}
