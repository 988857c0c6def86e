//! Other Delta readers find what curtail wrote.

use std::{process::Command, sync::Arc};

use arrow::{
    array::{
        ArrayRef, Decimal128Array, Decimal128Builder, MapBuilder, MapFieldNames, RecordBatch,
        StringArray, StringBuilder,
    },
    datatypes::{Field, Schema},
};
use curtail_store::{ColumnType, Money, ProvisionalCost, ReportKind, Store, Table, TableSchema};

use crate::{
    data::{extra, money, name, period, receipt_of, replace, rows, write},
    side::{PAYER, account, cost, fetched},
};

/// Two FOCUS rows with all of their maps, one of which is NULL in the second row.
fn focus() -> bytes::Bytes {
    let names = || MapFieldNames {
        entry: "key_value".into(),
        key: "key".into(),
        value: "value".into(),
    };
    let mut tags = MapBuilder::new(Some(names()), StringBuilder::new(), StringBuilder::new());
    tags.keys().append_value("user:Cost Center");
    tags.values().append_value("42");
    tags.keys().append_value("empty");
    tags.values().append_null();
    tags.append(true).unwrap();
    tags.append(false).unwrap();
    let amounts = Decimal128Builder::new()
        .with_precision_and_scale(38, 18)
        .unwrap();
    let mut discounts = MapBuilder::new(Some(names()), StringBuilder::new(), amounts);
    discounts.keys().append_value("EDP");
    discounts
        .values()
        .append_value(money("-0.000000000000000001").units());
    discounts.append(true).unwrap();
    discounts.append(true).unwrap();
    let costs: Decimal128Array = ["10", "0.1"]
        .iter()
        .map(|cost| Some(money(cost).units()))
        .collect();
    let columns: [(&str, ColumnType, ArrayRef); 4] = [
        (
            "subaccountid",
            ColumnType::Text,
            Arc::new(StringArray::from(vec![Some("1"), None])),
        ),
        (
            "billedcost",
            ColumnType::Amount,
            Arc::new(costs.with_precision_and_scale(38, 18).unwrap()),
        ),
        ("tags", ColumnType::TextMap, Arc::new(tags.finish())),
        (
            "x_discounts",
            ColumnType::AmountMap,
            Arc::new(discounts.finish()),
        ),
    ];
    let fields: Vec<_> = columns
        .iter()
        .map(|(name, column_type, _)| Field::new(*name, column_type.arrow(), true))
        .collect();
    let arrays = columns.into_iter().map(|(.., array)| array).collect();
    write(&RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap())
}

async fn fill(store: &Store) {
    let tag = extra(
        "resource_tags_user_cost_center",
        "resourceTags/user:Cost Center",
    );
    let exact = [
        "99999999999999999999.999999999999999999",
        "-99999999999999999999.999999999999999998",
        "0.1",
    ];
    replace(
        store,
        &name("it's 100% = ü"),
        period("2026-10"),
        &rows(&["5"]),
        None,
    )
    .await
    .unwrap();
    replace(
        store,
        &name("it's 100% = ü"),
        period("2026-10"),
        &rows(&exact),
        Some(&tag),
    )
    .await
    .unwrap();
    replace(
        store,
        &name(&"ü".repeat(41)),
        period("2026-11"),
        &rows(&["-0.000000000000000001"]),
        None,
    )
    .await
    .unwrap();
    replace(store, &name("empty"), period("2026-11"), &[], None)
        .await
        .unwrap();
    // Enough commits for a checkpoint.
    for round in 0..12 {
        replace(
            store,
            &name("often"),
            period("2026-11"),
            &rows(&["1", "2", "3"][..=round % 3]),
            None,
        )
        .await
        .unwrap();
    }
    let (report, month) = (name("focus"), period("2026-10"));
    let replacement = store.replace(Table::Focus, &report, month).await.unwrap();
    let file = replacement.write(focus()).await.unwrap();
    let receipt = receipt_of(
        ReportKind::Focus,
        &report,
        month,
        2,
        &[("billedcost", money("10.1"))],
    );
    replacement
        .commit(vec![file], &TableSchema::new(Vec::new()), &receipt)
        .await
        .unwrap();
    beside(store).await;
}

/// Provisional costs and accounts, some of them replaced.
async fn beside(store: &Store) {
    let at = fetched("2026-10-20T08:00:00Z");
    let exact = [
        cost(
            "2026-10-01",
            PAYER,
            "99999999999999999999.999999999999999999",
        ),
        cost(
            "2026-10-31",
            PAYER,
            "-99999999999999999999.999999999999999998",
        ),
        ProvisionalCost {
            unblended_cost: None,
            estimated: true,
            ..cost("2026-10-31", PAYER, "0")
        },
    ];
    for costs in [&exact[..1], &exact] {
        store
            .replace_provisional(PAYER, period("2026-10"), costs, &at)
            .await
            .unwrap();
    }
    store
        .replace_provisional(PAYER, period("2026-11"), &[], &at)
        .await
        .unwrap();
    for accounts in [
        vec![],
        vec![account("000000000007", Some("ü")), account(PAYER, None)],
    ] {
        store.replace_accounts(PAYER, &accounts, &at).await.unwrap();
    }
}

fn expected() -> serde_json::Value {
    let row = |report: &str, period: &str, rows: u64, cost: &str| serde_json::json!({ "report": report, "billing_period": period, "rows": rows, "cost": cost });
    serde_json::json!({
        "line_items": [
            row("it's 100% = ü", "2026-10", 3, "0.100000000000000001"),
            row("often", "2026-11", 3, "6"),
            row(&"ü".repeat(41), "2026-11", 1, "-0.000000000000000001"),
        ],
        "focus": [row("focus", "2026-10", 2, "10.1")],
        "cost_explorer": [{ "payer_account_id": PAYER, "billing_period": "2026-10", "rows": 3, "cost": "0.000000000000000001" }],
        "accounts": [{ "payer_account_id": PAYER, "rows": 2, "cost": null }],
    })
}

#[tokio::test]
async fn amount_maps_are_not_summed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::local(folder.path()).unwrap();
    fill(&store).await;
    let snapshot = store.snapshot().await.unwrap();
    let files = &snapshot.table(Table::Focus).unwrap().files;
    let sums = curtail_store::sums(
        &store,
        files
            .iter()
            .map(|file| (file.path.clone(), file.size))
            .collect(),
    )
    .await
    .unwrap();
    let sums: Vec<(String, Money)> = sums.sums.into_iter().collect();
    assert_eq!(sums, [("billedcost".to_owned(), money("10.1"))]);
}

#[tokio::test]
#[ignore = "needs a python3 with the packages deltalake, polars and pyarrow"]
async fn deltalake_and_polars_find_the_same() {
    let folder = tempfile::tempdir().unwrap();
    // Polars 2.1 does not find the files of a table whose own folder has a blank in its name.
    let path = folder.path().join("store");
    fill(&Store::local(&path).unwrap()).await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/read_store.py");
    let output = Command::new("python3")
        .arg(script)
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found, expected());
}
