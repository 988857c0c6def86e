//! Writers at the same time, and readers among them.

use std::{collections::BTreeSet, sync::Arc};

use curtail_store::{Store, StoreError, Table, TableSchema};
use tokio::{sync::Barrier, task::JoinSet};

use crate::data::{extra, in_memory, money, name, parquet, period, read, receipt, replace, rows};

/// Stores to race on: the folder of the second lives as long as the guard.
fn stores() -> (Vec<Store>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (
        vec![in_memory(), Store::local(folder.path()).unwrap()],
        folder,
    )
}

/// Replaces all of `targets` at once: everyone begins before anyone commits.
async fn race(
    store: &Store,
    targets: &[(&str, &str)],
    columns: &[&str],
) -> Vec<Result<u64, StoreError>> {
    let begun = Arc::new(Barrier::new(targets.len()));
    let mut writers = JoinSet::new();
    for (place, &(report, month)) in targets.iter().enumerate() {
        let (store, begun, report, month) = (
            store.clone(),
            Arc::clone(&begun),
            name(report),
            period(month),
        );
        let column = columns
            .get(place)
            .map(|column| extra(column, &format!("source of {column}")));
        writers.spawn(async move {
            let delivered = rows(&["1.25"]);
            let replacement = store
                .replace(Table::LineItems, &report, month)
                .await
                .unwrap();
            let file = replacement
                .write(parquet(&delivered, column.as_ref()))
                .await
                .unwrap();
            begun.wait().await;
            let schema = TableSchema::new(column.into_iter().collect());
            replacement
                .commit(vec![file], &schema, &receipt(&report, month, &delivered))
                .await
        });
    }
    writers.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn different_periods_all_succeed() {
    let (stores, _folder) = stores();
    let targets = [
        ("a", "2026-09"),
        ("a", "2026-10"),
        ("b", "2026-10"),
        ("c d", "2026-10"),
        ("c d", "2026-11"),
    ];
    for store in stores {
        // The first round races for the creation of the table, a later one for the first checkpoint.
        for round in 0..4 {
            let versions: BTreeSet<_> = race(&store, &targets, &[])
                .await
                .into_iter()
                .map(Result::unwrap)
                .collect();
            assert_eq!(versions, (round * 5..round * 5 + 5).collect());
            let found = read(&store).await;
            assert_eq!(found.len(), targets.len());
            assert!(found.values().all(|found| *found == (1, money("1.25"))));
        }
        assert_eq!(store.history().await.unwrap().len(), 20);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_on_one_period_one_conflicts() {
    let (stores, _folder) = stores();
    for store in stores {
        for round in 1..=8 {
            let results = race(&store, &[("a", "2026-10"), ("a", "2026-10")], &[]).await;
            let (good, bad): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
            assert_eq!(good.len(), 1);
            assert!(
                matches!(&bad[..], [Err(StoreError::Conflict { report, .. })] if report.as_str() == "a"),
                "{bad:?}"
            );
            assert_eq!(store.history().await.unwrap().len(), round);
            assert_eq!(
                read(&store).await.into_values().collect::<Vec<_>>(),
                [(1, money("1.25"))]
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn columns_added_at_the_same_time_all_stay() {
    let (stores, _folder) = stores();
    let targets = [
        ("a", "2026-10"),
        ("b", "2026-10"),
        ("c", "2026-10"),
        ("d", "2026-10"),
    ];
    let columns = [
        "resource_tags_user_x",
        "resource_tags_user_y",
        "resource_tags_user_z",
        "resource_tags_user_x",
    ];
    for store in stores {
        for result in race(&store, &targets, &columns).await {
            result.unwrap();
        }
        let snapshot = store.snapshot().await.unwrap();
        let schema = &snapshot.table(Table::LineItems).unwrap().schema;
        for column in columns {
            assert_eq!(
                schema.column(column),
                Some(&extra(column, &format!("source of {column}")))
            );
        }
        assert_eq!(
            schema.columns().len(),
            TableSchema::documented(Table::LineItems).columns().len() + 3
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_never_see_half_a_version() {
    let (stores, _folder) = stores();
    for store in stores {
        let report = name("a");
        replace(
            &store,
            &report,
            period("2026-10"),
            &rows(&["1", "1", "1"]),
            None,
        )
        .await
        .unwrap();
        let writer = {
            let (store, report) = (store.clone(), report.clone());
            async move {
                for round in 0..15 {
                    let costs = if round % 2 == 0 {
                        ["2", "2"].as_slice()
                    } else {
                        &["1", "1", "1"]
                    };
                    replace(&store, &report, period("2026-10"), &rows(costs), None)
                        .await
                        .unwrap();
                }
            }
        };
        let mut writing = JoinSet::new();
        writing.spawn(writer);
        let mut seen = BTreeSet::new();
        while writing.try_join_next().is_none() {
            let [found] = read(&store).await.into_values().collect::<Vec<_>>()[..] else {
                panic!("one period")
            };
            assert!(
                [(3, money("3")), (2, money("4"))].contains(&found),
                "{found:?}"
            );
            seen.insert(found);
        }
        assert!(!seen.is_empty());
    }
}
