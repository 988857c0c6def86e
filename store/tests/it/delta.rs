//! What the Delta log says, to us and to others.

use curtail_store::{Store, StoreError, Table};
use futures::TryStreamExt;
use object_store::{ObjectStoreExt, path::Path};
use serde_json::Value;

use crate::data::{extra, in_memory, money, name, period, read, replace, rows};

async fn actions(store: &Store, version: u64) -> Vec<Value> {
    let path = Path::from(format!("line_items/_delta_log/{version:020}.json"));
    let bytes = store
        .objects()
        .get(&path)
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    std::str::from_utf8(&bytes)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn kinds(actions: &[Value]) -> Vec<&str> {
    actions
        .iter()
        .map(|action| action.as_object().unwrap().keys().next().unwrap().as_str())
        .collect()
}

#[tokio::test]
async fn a_commit_is_what_the_protocol_asks_for() {
    let store = in_memory();
    let report = name("it's 100%");
    replace(&store, &report, period("2026-10"), &rows(&["1"]), None)
        .await
        .unwrap();
    replace(
        &store,
        &report,
        period("2026-10"),
        &rows(&["2", "3"]),
        Some(&extra("product_x", "product/x")),
    )
    .await
    .unwrap();
    replace(
        &store,
        &report,
        period("2026-10"),
        &rows(&["4"]),
        Some(&extra("product_x", "product/x")),
    )
    .await
    .unwrap();

    let first = actions(&store, 0).await;
    assert_eq!(kinds(&first), ["commitInfo", "protocol", "metaData", "add"]);
    assert_eq!(
        first[1]["protocol"],
        serde_json::json!({ "minReaderVersion": 1, "minWriterVersion": 2 })
    );
    let metadata = &first[2]["metaData"];
    assert_eq!(
        metadata["partitionColumns"],
        serde_json::json!(["report", "billing_period"])
    );
    assert_eq!(
        metadata["configuration"]["delta.enableExpiredLogCleanup"],
        "false"
    );
    let add = &first[3]["add"];
    assert!(
        add["path"]
            .as_str()
            .unwrap()
            .starts_with("report=it%2527s%2520100%2525/billing_period=2026-10/part-")
    );
    assert_eq!(
        add["partitionValues"],
        serde_json::json!({ "report": "it's 100%", "billing_period": "2026-10" })
    );
    assert_eq!(add["dataChange"], true);
    let stats: Value = serde_json::from_str(add["stats"].as_str().unwrap()).unwrap();
    let bounds = serde_json::json!({
        "line_item_usage_account_id": "111111111111",
        "line_item_usage_start_date": "2026-10-01T00:00:00.000Z",
    });
    let nulls =
        serde_json::json!({ "line_item_usage_account_id": 0, "line_item_usage_start_date": 0 });
    assert_eq!(
        stats,
        serde_json::json!({ "numRecords": 1, "minValues": bounds, "maxValues": bounds, "nullCount": nulls })
    );

    let second = actions(&store, 1).await;
    assert_eq!(
        kinds(&second),
        ["commitInfo", "metaData", "remove", "add", "add"]
    );
    assert_eq!(
        second[1]["metaData"]["id"], metadata["id"],
        "it stays the same table"
    );
    assert_eq!(
        second[1]["metaData"]["configuration"],
        metadata["configuration"]
    );
    assert_eq!(second[2]["remove"]["path"], add["path"]);
    let info = &second[0]["commitInfo"];
    assert_eq!(info["operation"], "WRITE");
    assert_eq!(info["operationParameters"]["mode"], "Overwrite");
    assert_eq!(
        info["operationParameters"]["predicate"],
        "report = 'it''s 100%' AND billing_period = '2026-10'"
    );
    assert!(info["engineInfo"].as_str().unwrap().starts_with("curtail "));
    assert_eq!(
        info["curtail.receipt"]["sums"]["line_item_unblended_cost"],
        "5"
    );
    assert_eq!(
        kinds(&actions(&store, 2).await),
        ["commitInfo", "remove", "remove", "add"],
        "no needless metadata"
    );
}

#[tokio::test]
async fn checkpoints_hide_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for store in [in_memory(), Store::local(folder.path()).unwrap()] {
        for round in 0..25 {
            let month = period(&format!("2026-{:02}", round % 6 + 1));
            let column = extra(&format!("product_{}", round % 7), "x");
            replace(
                &store,
                &name("a b"),
                month,
                &rows(&["1", "0.5"]),
                Some(&column),
            )
            .await
            .unwrap();
        }
        let log: Vec<_> = store.objects().list(None).try_collect().await.unwrap();
        let checkpoints = log
            .iter()
            .filter(|object| object.location.as_ref().contains(".checkpoint"))
            .count();
        assert_eq!(checkpoints, 2);
        let found = read(&store).await;
        assert!(found.len() == 6 && found.values().all(|found| *found == (2, money("1.5"))));
        assert_eq!(store.history().await.unwrap().len(), 25);
        let snapshot = store.snapshot().await.unwrap();
        let table = snapshot.table(Table::LineItems).unwrap();
        assert_eq!(table.version, 24);
        assert_eq!(
            table.schema.column("product_6").unwrap().source_names,
            ["x"]
        );
        let versions: Vec<_> = table.periods.iter().map(|period| period.version).collect();
        assert_eq!(versions, [24, 19, 20, 21, 22, 23]);
    }
}

#[tokio::test]
async fn a_damaged_receipt_is_an_error() {
    for (from, to) in [
        (r#""curtail.receipt""#, r#""curtail.reseipt""#),
        (r#""assemblyId":"#, r#""assemblyID":"#),
        (
            r#""billingPeriod":"2026-10""#,
            r#""billingPeriod":"2026-09""#,
        ),
    ] {
        let store = in_memory();
        replace(&store, &name("a"), period("2026-10"), &rows(&["1"]), None)
            .await
            .unwrap();
        replace(&store, &name("b"), period("2026-10"), &rows(&["1"]), None)
            .await
            .unwrap();
        let path = Path::from(format!("line_items/_delta_log/{:020}.json", 0));
        let bytes = store
            .objects()
            .get(&path)
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert!(text.contains(from));
        store
            .objects()
            .put(&path, text.replace(from, to).into())
            .await
            .unwrap();
        assert!(
            matches!(store.snapshot().await, Err(StoreError::Damaged(_))),
            "{to}"
        );
    }
}

#[tokio::test]
async fn missing_commits_are_damage() {
    let store = in_memory();
    for month in 1..=12 {
        replace(
            &store,
            &name("a"),
            period(&format!("2026-{month:02}")),
            &rows(&["1"]),
            None,
        )
        .await
        .unwrap();
    }
    store
        .objects()
        .delete(&Path::from(format!("line_items/_delta_log/{:020}.json", 3)))
        .await
        .unwrap();
    assert!(matches!(
        store.snapshot().await,
        Err(StoreError::Damaged(_))
    ));
    assert!(matches!(store.history().await, Err(StoreError::Damaged(_))));
}

/// Other Delta writers may compact files: their commits carry no receipt, and the newest of ours still counts.
#[tokio::test]
async fn commits_of_others_do_not_hide_receipts() {
    let store = in_memory();
    replace(&store, &name("a"), period("2026-10"), &rows(&["1"]), None)
        .await
        .unwrap();
    let foreign = r#"{"commitInfo":{"timestamp":1,"operation":"OPTIMIZE","engineInfo":"other"}}"#;
    let path = Path::from(format!("line_items/_delta_log/{:020}.json", 1));
    store.objects().put(&path, foreign.into()).await.unwrap();
    assert_eq!(read(&store).await.len(), 1);
    assert_eq!(
        store
            .snapshot()
            .await
            .unwrap()
            .table(Table::LineItems)
            .unwrap()
            .version,
        1
    );
    assert_eq!(
        replace(&store, &name("a"), period("2026-11"), &rows(&["1"]), None)
            .await
            .unwrap(),
        2
    );
    assert_eq!(read(&store).await.len(), 2);
}
