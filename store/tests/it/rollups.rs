//! Rollups of a version that is there already are replaced, and nothing else changes.

use std::fs;

use curtail_store::{
    AsOf, BuiltIn, Grain, PeriodVersion, Problem, Rollup, RollupName, Snapshot, Standing, Store,
    StoreError, StoredFile, Table,
};
use object_store::{ObjectStoreExt, path::Path};
use tempfile::TempDir;

use crate::data::{in_memory, money, name, period, replace, rollup, rows};

fn mine() -> RollupName {
    "mine".parse().unwrap()
}

fn of(name: RollupName, files: Vec<StoredFile>) -> Rollup {
    Rollup {
        name,
        per: Grain::Hour,
        dimensions: Vec::new(),
        measures: vec!["line_item_unblended_cost".to_owned()],
        partly: Vec::new(),
        beside: Vec::new(),
        definition: Some("SELECT 1".to_owned()),
        files,
    }
}

/// Line items of October that cost 3, without rollups.
async fn october(store: &Store) {
    let rows = rows(&["1", "2"]);
    replace(store, &name("a"), period("2026-10"), &rows, None)
        .await
        .unwrap();
}

async fn begin(store: &Store) -> curtail_store::Replacement {
    let report = name("a");
    let replacement = store.replace(Table::LineItems, &report, period("2026-10"));
    replacement.await.unwrap()
}

/// Gives October a rollup of this name beside those that `kept` says, which stands for so many line items of this cost.
async fn build(
    store: &Store,
    name: RollupName,
    kept: Vec<Rollup>,
    (count, cost): (i64, &str),
) -> Result<u64, StoreError> {
    let replacement = begin(store).await;
    let bytes = rollup(count, money(cost));
    let file = replacement.write_rollup(&name, bytes, 1).await.unwrap();
    let rollups = kept.into_iter().chain([of(name, vec![file])]);
    replacement
        .amend(rollups.collect(), vec![BuiltIn::Daily.name()])
        .await
}

fn names(snapshot: &Snapshot) -> Vec<String> {
    let rollups = snapshot.periods().flat_map(|it| &it.receipt.rollups);
    rollups.map(|rollup| rollup.name.to_string()).collect()
}

async fn exists(store: &Store, file: &StoredFile) -> bool {
    let path = Path::parse(&file.path).unwrap();
    store.objects().head(&path).await.is_ok()
}

async fn current(store: &Store) -> PeriodVersion {
    let snapshot = store.snapshot().await.unwrap();
    snapshot.periods().next().unwrap().clone()
}

#[tokio::test]
async fn rollups_are_replaced_and_nothing_else() {
    let store = in_memory();
    october(&store).await;
    let before = store.snapshot().await.unwrap();
    assert_eq!(
        build(&store, mine(), Vec::new(), (2, "3")).await.unwrap(),
        1
    );
    let after = store.snapshot().await.unwrap();
    assert_eq!(names(&after), ["mine"]);
    let (was, is) = (
        before.periods().next().unwrap(),
        after.periods().next().unwrap(),
    );
    assert_eq!(
        (was.version, is.version),
        (0, 0),
        "costs have no new version"
    );
    assert_eq!(is.receipt.forgone, [BuiltIn::Daily.name()]);
    let mut same = is.receipt.as_ref().clone();
    same.rollups.clear();
    same.forgone.clear();
    assert_eq!(same, *was.receipt);
    let files = |snapshot: &Snapshot| {
        let table = snapshot.table(Table::LineItems).unwrap();
        let files = table.files.iter();
        files.map(|file| file.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(files(&before), files(&after));

    let history = store.history().await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].standing, Standing::Current);
    assert_eq!(history[0].receipt.rollups, is.receipt.rollups);
    let verified = store.verify(is).await.unwrap();
    assert_eq!((verified.files, verified.problems), (3, Vec::new()));
    assert_eq!(store.verify_logs().await.unwrap(), []);
    // Another period, and then another version of this one.
    replace(&store, &name("a"), period("2026-11"), &rows(&["9"]), None)
        .await
        .unwrap();
    assert_eq!(names(&store.snapshot().await.unwrap()), ["mine"]);
    october(&store).await;
    assert_eq!(names(&store.snapshot().await.unwrap()), [""; 0]);
    let earlier = store.history().await.unwrap();
    assert_eq!(earlier[0].receipt.rollups, is.receipt.rollups);
    assert!(store.verify(&earlier[0]).await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn rollups_that_say_something_else_are_refused_without_a_trace() {
    let store = in_memory();
    october(&store).await;
    for wrong in [(1, "3"), (2, "3.000000000000000001")] {
        let refused = build(&store, mine(), Vec::new(), wrong).await.unwrap_err();
        assert!(matches!(refused, StoreError::Receipt(_)), "{refused}");
    }
    assert_eq!(names(&store.snapshot().await.unwrap()), [""; 0]);
    let listed = futures::TryStreamExt::try_collect::<Vec<_>>(store.objects().list(None));
    let left = listed.await.unwrap();
    let left = left.iter().map(|meta| meta.location.to_string());
    let left: Vec<_> = left.filter(|path| path.starts_with("rollups")).collect();
    assert!(left.is_empty(), "{left:?}");
    let other = name("b");
    let none = store.replace(Table::LineItems, &other, period("2026-10"));
    let refused = none.await.unwrap().amend(Vec::new(), Vec::new()).await;
    assert!(matches!(refused, Err(StoreError::Receipt(_))));
}

#[tokio::test]
async fn line_items_win_over_rollups_made_meanwhile() {
    let store = in_memory();
    october(&store).await;
    let building = begin(&store).await;
    let bytes = rollup(2, money("3"));
    let file = building.write_rollup(&mine(), bytes, 1).await.unwrap();
    let ingesting = begin(&store).await;
    // Rollups first: ingest does not mind.
    build(&store, mine(), Vec::new(), (2, "3")).await.unwrap();
    let data = crate::data::parquet(&rows(&["7"]), None);
    let data = ingesting.write(data).await.unwrap();
    let receipt = crate::data::receipt(&name("a"), period("2026-10"), &rows(&["7"]));
    let schema = curtail_store::TableSchema::new(Vec::new());
    ingesting
        .commit(vec![data], &schema, &receipt)
        .await
        .unwrap();
    // Line items first: these rollups are of no version that counts any more.
    let late = building.amend(vec![of(mine(), vec![file.clone()])], Vec::new());
    let late = late.await.unwrap_err();
    assert!(matches!(late, StoreError::Conflict { .. }), "{late}");
    assert!(!exists(&store, &file).await, "its files are gone");
    assert_eq!(names(&store.snapshot().await.unwrap()), [""; 0]);
}

#[tokio::test]
async fn of_two_that_replace_rollups_one_wins() {
    let store = in_memory();
    october(&store).await;
    let (one, other) = (begin(&store).await, begin(&store).await);
    one.amend(Vec::new(), vec![BuiltIn::Daily.name()])
        .await
        .unwrap();
    let late = other.amend(Vec::new(), Vec::new()).await.unwrap_err();
    assert!(matches!(late, StoreError::Conflict { .. }), "{late}");
    assert_eq!(current(&store).await.receipt.forgone.len(), 1);
}

#[tokio::test]
async fn dropped_rollups_go_with_the_vacuum_and_no_reader_misses_them() {
    let store = in_memory();
    october(&store).await;
    build(&store, mine(), Vec::new(), (2, "3")).await.unwrap();
    let first = current(&store).await.receipt.rollups.clone();
    let other: RollupName = "other".parse().unwrap();
    build(&store, other.clone(), first.clone(), (2, "3"))
        .await
        .unwrap();
    let october = (Table::LineItems, &name("a"), period("2026-10"));
    let gone = |rollup: &Rollup| rollup.name == mine();
    assert_eq!(store.drop_rollups(october, gone).await.unwrap(), first);
    assert_eq!(store.drop_rollups(october, gone).await.unwrap(), []);
    let file = &first[0].files[0];
    assert!(exists(&store, file).await, "for readers under way");

    let told = store.vacuum(1, true).await.unwrap();
    assert_eq!(
        (told.rollups[0].files, told.rollups[0].bytes),
        (1, file.size)
    );
    assert!(exists(&store, file).await, "a dry run only tells");
    let done = store.vacuum(1, false).await.unwrap();
    assert_eq!((&done.rollups, done.versions.len()), (&told.rollups, 0));
    assert!(!exists(&store, file).await);
    assert_eq!(store.vacuum(1, false).await.unwrap().rollups, []);

    // Every state of the log names rollups that are there.
    for version in 0..=3 {
        let snapshot = store.snapshot_at(AsOf::Version(version)).await.unwrap();
        assert_eq!(names(&snapshot), ["other"], "{version}");
    }
    let verified = store.verify(&current(&store).await).await.unwrap();
    assert_eq!(verified.problems, []);
    // With its version, the last one goes, too.
    let kept = current(&store).await.receipt.rollups[0].files[0].clone();
    self::october(&store).await;
    store.vacuum(1, false).await.unwrap();
    assert!(!exists(&store, &kept).await);
}

#[tokio::test]
async fn an_edited_commit_of_rollups_is_found() {
    let folder = TempDir::new().unwrap();
    let store = Store::local(folder.path()).unwrap();
    october(&store).await;
    build(&store, mine(), Vec::new(), (2, "3")).await.unwrap();
    let log = folder.path().join("line_items/_delta_log");
    let commit = log.join("00000000000000000001.json");
    let text = fs::read_to_string(&commit).unwrap();
    fs::write(&commit, text.replacen("\"size\":", "\"size\":1", 1)).unwrap();
    let found = store.verify_logs().await.unwrap();
    assert!(
        matches!(found.as_slice(), [Problem::CommitEdited { .. }]),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_a_dead_process_built_is_swept() {
    let folder = TempDir::new().unwrap();
    let store = Store::local(folder.path()).unwrap();
    october(&store).await;
    let replacement = begin(&store).await;
    let bytes = rollup(2, money("3"));
    let file = replacement.write_rollup(&mine(), bytes, 1).await.unwrap();
    drop(replacement);
    assert!(exists(&store, &file).await);
    assert_eq!(store.sweep().await.unwrap(), 1);
    assert!(!exists(&store, &file).await);
}
