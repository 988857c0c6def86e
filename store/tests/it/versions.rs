//! Earlier versions stay readable until they are dropped.

use chrono::{DateTime, Utc};
use curtail_store::{AsOf, Snapshot, Standing, Store, StoreError, Table, TableSchema};

use futures::TryStreamExt;
use object_store::ObjectStoreExt;

use crate::data::{in_memory, money, name, parquet, period, receipt, replace, rollup, rows, time};

/// Replaces a period by one row of this cost, as if it had been at `at`, with a rollup.
async fn ingest(store: &Store, month: &str, cost: &str, at: DateTime<Utc>) -> u64 {
    let (report, period, rows) = (name("a"), period(month), rows(&[cost]));
    let costs: Vec<&str> = vec![cost];
    let replacement = store
        .replace(Table::LineItems, &report, period)
        .await
        .unwrap();
    let file = replacement.write(parquet(&rows, None)).await.unwrap();
    let daily = curtail_store::BuiltIn::Daily.name();
    let rolled = replacement
        .write_rollup(&daily, rollup(1, money(costs[0])), 1)
        .await
        .unwrap();
    let mut receipt = receipt(&report, period, &rows);
    receipt.ingested_at = at;
    receipt.rollups.push(curtail_store::Rollup {
        name: daily,
        per: curtail_store::Grain::Day,
        partly: Vec::new(),
        definition: None,
        dimensions: Vec::new(),
        measures: vec!["line_item_unblended_cost".to_owned()],
        beside: Vec::new(),
        files: vec![rolled],
    });
    let schema = TableSchema::new(Vec::new());
    replacement
        .commit(vec![file], &schema, &receipt)
        .await
        .unwrap()
}

fn day(day: i64) -> DateTime<Utc> {
    time(crate::data::START) + chrono::Duration::days(day)
}

#[tokio::test]
async fn whether_a_snapshot_is_the_newest_is_told_without_reading_it_again() {
    let store = in_memory();
    ingest(&store, "2026-10", "1", day(0)).await;
    let first = store.snapshot().await.unwrap();
    assert!(store.is_newest(&first).await.unwrap());
    ingest(&store, "2026-11", "2", day(1)).await;
    assert!(!store.is_newest(&first).await.unwrap());
    let second = store.snapshot().await.unwrap();
    assert!(store.is_newest(&second).await.unwrap());
    // A table that there was not.
    let (month, fetched) = (
        period("2026-11"),
        crate::side::fetched("2026-11-05T06:00:00Z"),
    );
    let costs = [crate::side::cost("2026-11-04", "000000000007", "5")];
    let told = store.replace_provisional("011122223333", month, &costs, &fetched);
    told.await.unwrap();
    assert!(!store.is_newest(&second).await.unwrap());
    let third = store.snapshot().await.unwrap();
    assert!(store.is_newest(&third).await.unwrap());
    // Neither what was dropped nor what is written and not committed makes a new version of what is read.
    let (report, rows) = (name("a"), rows(&["3"]));
    let replacement = store.replace(Table::LineItems, &report, period("2026-12"));
    let replacement = replacement.await.unwrap();
    replacement.write(parquet(&rows, None)).await.unwrap();
    assert!(store.is_newest(&third).await.unwrap());
    // A store that was removed is not the newest of anything.
    let objects = store.objects();
    let all: Vec<_> = objects.list(None).try_collect().await.unwrap();
    for object in all {
        objects.delete(&object.location).await.unwrap();
    }
    assert!(!store.is_newest(&third).await.unwrap());
}

/// Three versions of October and one of November: October 1, 2, then November 10, then October 3.
async fn history() -> Store {
    let store = in_memory();
    for (at, (month, cost)) in (0..).zip([
        ("2026-10", "1"),
        ("2026-10", "2"),
        ("2026-11", "10"),
        ("2026-10", "3"),
    ]) {
        assert_eq!(
            ingest(&store, month, cost, day(at)).await,
            at.unsigned_abs()
        );
    }
    store
}

/// The cost of each period, as its receipt tells it and as its files hold it.
async fn costs(store: &Store, snapshot: &Snapshot) -> Vec<(String, String)> {
    let table = snapshot.table(Table::LineItems).unwrap();
    let mut found = Vec::new();
    for version in &table.periods {
        let period = version.receipt.billing_period;
        let files = table
            .files
            .iter()
            .filter(|file| file.billing_period == period);
        let files = files.map(|file| (file.path.clone(), file.size)).collect();
        let sums = curtail_store::sums(store, files).await.unwrap();
        assert_eq!(sums.sums, version.receipt.sums);
        let cost = sums.sums["line_item_unblended_cost"].to_string();
        found.push((period.to_string(), cost));
    }
    found
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(period, cost): &(&str, &str)| ((*period).to_owned(), (*cost).to_owned());
    expected.iter().map(owned).collect()
}

#[tokio::test]
async fn a_store_can_be_read_as_it_was() {
    let store = history().await;
    let at = async |as_of: &str| {
        let snapshot = store.snapshot_at(as_of.parse().unwrap()).await;
        costs(&store, &snapshot.unwrap()).await
    };
    let now = pairs(&[("2026-10", "3"), ("2026-11", "10")]);
    assert_eq!(costs(&store, &store.snapshot().await.unwrap()).await, now);
    assert_eq!(at("3").await, now);
    assert_eq!(at("2").await, pairs(&[("2026-10", "2"), ("2026-11", "10")]));
    assert_eq!(at("1").await, pairs(&[("2026-10", "2")]));
    assert_eq!(at("0").await, pairs(&[("2026-10", "1")]));
    assert_eq!(at("2026-10-01T00:00:00Z").await, pairs(&[("2026-10", "1")]));
    assert_eq!(at("2026-10-02").await, pairs(&[("2026-10", "2")]));
    assert_eq!(at("2030-01-01").await, now);
}

#[tokio::test]
async fn a_version_that_never_was_is_told() {
    let store = history().await;
    let refused = async |as_of: &str| {
        let refused = store.snapshot_at(as_of.parse().unwrap()).await.unwrap_err();
        assert!(matches!(refused, StoreError::NoVersion { .. }), "{refused}");
        refused.to_string()
    };
    assert_eq!(
        refused("4").await,
        "the store has no version 4: its newest one is 3"
    );
    assert_eq!(
        refused("2026-09-30").await,
        "the store has no version as of 2026-09-30 23:59:59 UTC: nothing had been ingested yet"
    );
}

async fn standings(store: &Store) -> Vec<(u64, &'static str)> {
    let history = store.history().await.unwrap();
    let standing =
        |version: &curtail_store::PeriodVersion| (version.version, version.standing.as_str());
    history.iter().map(standing).collect()
}

#[tokio::test]
async fn vacuum_drops_what_is_older_than_asked() {
    let store = history().await;
    assert_eq!(
        standings(&store).await,
        [
            (0, "superseded"),
            (1, "superseded"),
            (2, "current"),
            (3, "current")
        ]
    );
    let told = store.vacuum(2, true).await.unwrap();
    assert_eq!(told.versions.len(), 1);
    assert_eq!(
        standings(&store).await[0].1,
        "superseded",
        "a dry run only tells"
    );

    let done = store.vacuum(2, false).await.unwrap();
    assert_eq!(done.versions, told.versions);
    let dropped = &done.versions[0];
    assert_eq!((dropped.version, dropped.files), (0, 2));
    assert_eq!(standings(&store).await[0].1, "dropped");
    let history = store.history().await.unwrap();
    for version in &history {
        let rollups = version
            .receipt
            .rollups
            .iter()
            .flat_map(|rollup| &rollup.files);
        for file in version.receipt.stored.iter().chain(rollups) {
            let path = object_store::path::Path::parse(&file.path).unwrap();
            let exists = ObjectStoreExt::head(store.objects(), &path).await.is_ok();
            assert_eq!(exists, version.standing != Standing::Dropped, "{path}");
        }
    }
    assert_eq!(
        store
            .snapshot_at(AsOf::Version(0))
            .await
            .unwrap_err()
            .to_string(),
        "the store has no version 0: version 0, of 2026-10 of `a`, was dropped by `vacuum`"
    );
    let now = costs(&store, &store.snapshot().await.unwrap()).await;
    assert_eq!(now, pairs(&[("2026-10", "3"), ("2026-11", "10")]));
    let before = store.snapshot_at(AsOf::Version(2)).await.unwrap();
    assert_eq!(
        costs(&store, &before).await,
        pairs(&[("2026-10", "2"), ("2026-11", "10")])
    );

    assert_eq!(store.vacuum(2, false).await.unwrap().versions, []);
    let all = store.vacuum(0, false).await.unwrap();
    assert_eq!(
        all.versions.len(),
        1,
        "what is current stays whatever is asked"
    );
    assert_eq!(costs(&store, &store.snapshot().await.unwrap()).await, now);
    replace(&store, &name("a"), period("2026-10"), &rows(&["4"]), None)
        .await
        .unwrap();
    let next = costs(&store, &store.snapshot().await.unwrap()).await;
    assert_eq!(next, pairs(&[("2026-10", "4"), ("2026-11", "10")]));
}
