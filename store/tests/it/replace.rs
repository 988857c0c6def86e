//! One commit replaces one billing period of one report, or does nothing.

use curtail_store::{BuiltIn, Grain, ReportKind, Rollup, Store, StoreError, Table, TableSchema};
use futures::TryStreamExt;
use object_store::path::Path;

use crate::data::{
    in_memory, money, name, parquet, period, read, receipt, receipt_of, replace, rollup, rows,
};

async fn objects(store: &Store) -> Vec<Path> {
    let mut paths: Vec<_> = store
        .objects()
        .list(None)
        .map_ok(|object| object.location)
        .try_collect()
        .await
        .unwrap();
    paths.retain(|path| {
        path.as_ref().ends_with(".parquet") && !path.as_ref().contains("_delta_log")
    });
    paths
}

#[tokio::test]
async fn periods_are_replaced_whole_and_apart() {
    let folder = tempfile::tempdir().unwrap();
    for store in [
        in_memory(),
        Store::local(&folder.path().join("not yet/there é%20")).unwrap(),
    ] {
        let (a, b) = (name("a"), name("b"));
        assert_eq!(
            replace(
                &store,
                &a,
                period("2026-10"),
                &rows(&["1", "0.000000000000000001"]),
                None
            )
            .await
            .unwrap(),
            0
        );
        assert_eq!(
            replace(&store, &a, period("2026-11"), &rows(&["5"]), None)
                .await
                .unwrap(),
            1
        );
        assert_eq!(
            replace(&store, &b, period("2026-10"), &rows(&["7"]), None)
                .await
                .unwrap(),
            2
        );
        assert_eq!(
            replace(
                &store,
                &a,
                period("2026-10"),
                &rows(&["2.5", "-0.5", "9"][..2]),
                None
            )
            .await
            .unwrap(),
            3
        );
        let expected = [
            ("a", "2026-10", 2, "2"),
            ("a", "2026-11", 1, "5"),
            ("b", "2026-10", 1, "7"),
        ];
        let expected = expected.map(|(report, period, rows, cost)| {
            ((report.into(), period.into()), (rows, money(cost)))
        });
        assert_eq!(read(&store).await, expected.into());

        let snapshot = store.snapshot().await.unwrap();
        assert_eq!(
            snapshot
                .periods()
                .map(|period| period.version)
                .collect::<Vec<_>>(),
            [3, 1, 2]
        );
        assert_eq!(snapshot.table(Table::LineItems).unwrap().version, 3);
        assert!(snapshot.table(Table::Focus).is_none());
        let history = store.history().await.unwrap();
        assert_eq!(
            history
                .iter()
                .map(|version| version.version)
                .collect::<Vec<_>>(),
            [0, 1, 2, 3]
        );
        assert_eq!(
            history[0].receipt.sums["line_item_unblended_cost"],
            money("1.000000000000000001")
        );
        let paths: Vec<_> = snapshot
            .table(Table::LineItems)
            .unwrap()
            .files
            .iter()
            .map(|file| Path::parse(&file.path).unwrap())
            .collect();
        assert!(
            paths
                .iter()
                .all(|path| path.as_ref().starts_with("line_items/report="))
        );
        assert_eq!(
            objects(&store).await.len(),
            6,
            "earlier versions stay on disk"
        );
    }
}

#[tokio::test]
async fn a_period_may_become_empty() {
    let store = in_memory();
    let report = name("a");
    replace(&store, &report, period("2026-10"), &rows(&["1"]), None)
        .await
        .unwrap();
    replace(&store, &report, period("2026-10"), &[], None)
        .await
        .unwrap();
    let snapshot = store.snapshot().await.unwrap();
    assert!(snapshot.table(Table::LineItems).unwrap().files.is_empty());
    assert_eq!(
        snapshot
            .periods()
            .map(|period| (period.version, period.receipt.rows))
            .collect::<Vec<_>>(),
        [(1, 0)]
    );
}

#[tokio::test]
async fn an_empty_report_can_be_the_first() {
    let store = in_memory();
    assert_eq!(
        replace(&store, &name("a"), period("2026-10"), &[], None)
            .await
            .unwrap(),
        0
    );
    assert_eq!(read(&store).await.len(), 1);
}

#[tokio::test]
async fn what_was_never_written_is_absent() {
    let folder = tempfile::tempdir().unwrap();
    for store in [
        in_memory(),
        Store::local(&folder.path().join("nothing")).unwrap(),
        Store::local(folder.path()).unwrap(),
    ] {
        assert!(matches!(store.snapshot().await, Err(StoreError::Absent(_))));
        assert!(matches!(store.history().await, Err(StoreError::Absent(_))));
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "looking leaves no trace"
    );
}

#[tokio::test]
async fn the_replaced_version_is_known() {
    let store = in_memory();
    let report = name("a");
    let replacement = store
        .replace(Table::LineItems, &report, period("2026-10"))
        .await
        .unwrap();
    assert!(replacement.previous().is_none());
    assert_eq!(
        *replacement.schema(),
        TableSchema::documented(Table::LineItems)
    );
    replace(&store, &report, period("2026-10"), &rows(&["1"]), None)
        .await
        .unwrap();
    let replacement = store
        .replace(Table::LineItems, &report, period("2026-10"))
        .await
        .unwrap();
    assert_eq!(
        replacement.previous().map(|previous| previous.receipt.rows),
        Some(1)
    );
}

#[tokio::test]
async fn names_of_all_kinds_survive() {
    let folder = tempfile::tempdir().unwrap();
    for store in [in_memory(), Store::local(folder.path()).unwrap()] {
        let longest = "ü".repeat(256);
        let names = [
            "daily",
            "a b",
            "100%",
            "a=b",
            "a%20b",
            "Übersicht €",
            "it's \"it\"",
            "..",
            "x:y?*",
            "{}[]^\\#",
            " a ",
            &longest,
        ];
        for text in names {
            replace(&store, &name(text), period("2026-10"), &rows(&["1"]), None)
                .await
                .unwrap();
        }
        let mut expected: Vec<_> = names.iter().map(ToString::to_string).collect();
        expected.sort();
        let found = read(&store).await;
        assert_eq!(
            found
                .keys()
                .map(|(report, _)| report.clone())
                .collect::<Vec<_>>(),
            expected
        );
        assert!(found.values().all(|found| *found == (1, money("1"))));
        for text in names {
            replace(&store, &name(text), period("2026-10"), &rows(&["2"]), None)
                .await
                .unwrap();
        }
        let found = read(&store).await;
        assert!(
            found.len() == names.len() && found.values().all(|found| *found == (1, money("2")))
        );
    }
}

#[tokio::test]
async fn receipts_that_do_not_fit_are_refused_without_a_trace() {
    let store = in_memory();
    let (report, month) = (name("a"), period("2026-10"));
    replace(&store, &report, month, &rows(&["1"]), None)
        .await
        .unwrap();
    let before = read(&store).await;
    let cost = "line_item_unblended_cost";
    let good = rows(&["1.5", "2"]);
    let of = |count, sums: &[_]| receipt_of(ReportKind::LegacyCur, &report, month, count, sums);
    let mut parts_differ = of(2, &[(cost, money("3.5"))]);
    parts_differ.files[0].rows = 1;
    let wrong = [
        of(3, &[(cost, money("3.5"))]),
        of(2, &[(cost, money("3.500000000000000001"))]),
        of(2, &[]),
        of(
            2,
            &[(cost, money("3.5")), ("line_item_blended_cost", money("0"))],
        ),
        receipt(&name("b"), month, &good),
        receipt(&report, period("2026-11"), &good),
        receipt_of(
            ReportKind::Focus,
            &report,
            month,
            2,
            &[(cost, money("3.5"))],
        ),
        parts_differ,
    ];
    for wrong in wrong {
        let replacement = store
            .replace(Table::LineItems, &report, month)
            .await
            .unwrap();
        let file = replacement.write(parquet(&good, None)).await.unwrap();
        assert_eq!(objects(&store).await.len(), 2);
        let refused = replacement
            .commit(vec![file], &TableSchema::new(Vec::new()), &wrong)
            .await;
        assert!(
            matches!(refused, Err(StoreError::Receipt(_))),
            "{refused:?}"
        );
        assert_eq!(read(&store).await, before);
        assert_eq!(objects(&store).await.len(), 1, "refused files are deleted");
    }
}

#[tokio::test]
async fn rollups_are_checked_against_the_receipt() {
    let (store, report, month) = (in_memory(), name("a"), period("2026-10"));
    let rows = [
        ("1", Some(money("0.1")), None),
        ("2", Some(money("0.2")), None),
    ];
    for (count, sum, rows_told, fits) in [
        (2, "0.3", 1, true),
        (1, "0.3", 1, false),
        (2, "0.300000000000000001", 1, false),
        (2, "0.3", 2, false),
    ] {
        let replacement = store
            .replace(Table::LineItems, &report, month)
            .await
            .unwrap();
        let file = replacement.write(parquet(&rows, None)).await.unwrap();
        let bytes = rollup(count, money(sum));
        let written = replacement
            .write_rollup(&BuiltIn::Daily.name(), bytes, rows_told)
            .await
            .unwrap();
        let mut receipt = receipt(&report, month, &rows);
        receipt.rollups = vec![Rollup {
            name: BuiltIn::Daily.name(),
            per: Grain::Day,
            partly: Vec::new(),
            definition: None,
            dimensions: Vec::new(),
            measures: vec!["line_item_unblended_cost".to_owned()],
            beside: Vec::new(),
            files: vec![written],
        }];
        let before = objects(&store).await.len();
        let schema = TableSchema::documented(Table::LineItems);
        let done = replacement.commit(vec![file], &schema, &receipt).await;
        if fits {
            done.unwrap();
            let snapshot = store.snapshot().await.unwrap();
            let held = snapshot.periods().next().unwrap();
            assert_eq!(held.receipt.rollups, receipt.rollups);
        } else {
            let error = done.unwrap_err();
            assert!(matches!(error, StoreError::Receipt(_)), "{error}");
            assert_eq!(
                objects(&store).await.len(),
                before - 2,
                "nothing is left behind"
            );
        }
    }
}

#[tokio::test]
async fn a_file_that_changed_after_it_was_written_is_refused() {
    use object_store::ObjectStoreExt;
    let store = in_memory();
    let (report, month) = (name("a"), period("2026-10"));
    let delivered = rows(&["1.5", "2"]);
    let replacement = store
        .replace(Table::LineItems, &report, month)
        .await
        .unwrap();
    let file = replacement.write(parquet(&delivered, None)).await.unwrap();
    let mut bytes = parquet(&delivered, None).to_vec();
    let middle = bytes.len() / 4;
    bytes[middle..middle + 40].fill(0x55);
    store
        .objects()
        .put(&Path::parse(&file.file.path).unwrap(), bytes.into())
        .await
        .unwrap();
    let receipt = receipt(&report, month, &delivered);
    let refused = replacement
        .commit(vec![file], &TableSchema::new(Vec::new()), &receipt)
        .await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Receipt(_) | StoreError::Damaged(_) | StoreError::Column { .. })
        ),
        "{refused:?}"
    );
    assert!(matches!(store.snapshot().await, Err(StoreError::Absent(_))));
}

#[tokio::test]
async fn abandoned_files_are_deleted() {
    let store = in_memory();
    let replacement = store
        .replace(Table::LineItems, &name("a"), period("2026-10"))
        .await
        .unwrap();
    let file = replacement
        .write(parquet(&rows(&["1"]), None))
        .await
        .unwrap();
    replacement.abandon(vec![file], Vec::new()).await;
    assert!(objects(&store).await.is_empty());
}

#[tokio::test]
async fn bytes_that_are_no_parquet_are_not_written() {
    let store = in_memory();
    let replacement = store
        .replace(Table::LineItems, &name("a"), period("2026-10"))
        .await
        .unwrap();
    assert!(matches!(
        replacement.write("no parquet".into()).await,
        Err(StoreError::Damaged(_))
    ));
    assert!(objects(&store).await.is_empty());
}

#[test]
fn locations_that_cannot_hold_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(
        Store::local(&file),
        Err(StoreError::Location { .. })
    ));
    for url in [
        "s3://key:secret@bucket/x",
        "s3://bucket/x?sig=secret",
        "s3://bucket/x#secret",
        "mailto:secret",
    ] {
        let refused = Store::remote(
            url.parse().unwrap(),
            std::sync::Arc::new(object_store::memory::InMemory::new()),
        )
        .unwrap_err();
        assert!(matches!(refused, StoreError::Location { .. }));
        assert_eq!(
            refused.to_string().contains("secret"),
            url == "mailto:secret",
            "{refused}"
        );
    }
}
