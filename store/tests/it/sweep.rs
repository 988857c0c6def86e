//! What a process that died has left goes with the next replacement; what a living one writes stays.

use std::{
    fs,
    path::{Path, PathBuf},
};

use curtail_store::{BuiltIn, Store, Table};
use tempfile::TempDir;

use crate::data::{money, name, parquet, period, read, replace, rollup, rows};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn data_files(folder: &TempDir) -> usize {
    let data = |path: &&PathBuf| path.extension().is_some_and(|end| end == "parquet");
    files(folder.path()).iter().filter(data).count()
}

fn markers(folder: &TempDir) -> usize {
    files(&folder.path().join("_attempts")).len()
}

/// Writes two files and a rollup, and leaves them.
async fn half_done(store: &Store) -> curtail_store::Replacement {
    let (report, period) = (name("a"), period("2026-10"));
    let replacement = store
        .replace(Table::LineItems, &report, period)
        .await
        .unwrap();
    for row in rows(&["4", "5"]) {
        replacement.write(parquet(&[row], None)).await.unwrap();
    }
    let bytes = rollup(2, money("9"));
    replacement
        .write_rollup(&BuiltIn::Daily.name(), bytes, 1)
        .await
        .unwrap();
    replacement
}

#[tokio::test]
async fn only_files_of_the_dead_are_deleted() {
    let folder = TempDir::new().unwrap();
    let store = Store::local(folder.path()).unwrap();
    let october = period("2026-10");
    replace(&store, &name("a"), october, &rows(&["1", "2"]), None)
        .await
        .unwrap();
    assert_eq!((data_files(&folder), markers(&folder)), (2, 0));

    let alive = half_done(&store).await;
    assert_eq!((data_files(&folder), markers(&folder)), (5, 1));
    assert_eq!(store.sweep().await.unwrap(), 0, "its lock is held");
    replace(&store, &name("b"), october, &rows(&["3"]), None)
        .await
        .unwrap();
    assert_eq!((data_files(&folder), markers(&folder)), (6, 1));

    // A dropped replacement looks like one of a dead process: the lock is gone, the marker is not. And a file that was
    // being written when it died has no proper name yet.
    drop(alive);
    let partition = folder
        .path()
        .join("line_items/report=a/billing_period=2026-10");
    let orphan = files(&partition)
        .into_iter()
        .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
    let orphan = orphan.unwrap();
    let staged = orphan.with_file_name(format!(
        "{}#1",
        orphan.file_name().unwrap().to_str().unwrap()
    ));
    fs::write(&staged, "half").unwrap();
    let log = folder
        .path()
        .join("line_items/_delta_log/00000000000000000009.json#1");
    fs::write(&log, "half").unwrap();
    assert_eq!(store.sweep().await.unwrap(), 5);
    assert_eq!((data_files(&folder), markers(&folder)), (3, 0));
    assert!(!staged.exists() && !log.exists());
    let found = read(&store).await.into_values().collect::<Vec<_>>();
    assert_eq!(found, [(2, money("3")), (1, money("3"))]);
}

#[tokio::test]
async fn a_commit_whose_process_died_right_after_it_keeps_its_files() {
    let folder = TempDir::new().unwrap();
    let store = Store::local(folder.path()).unwrap();
    replace(&store, &name("a"), period("2026-10"), &rows(&["1"]), None)
        .await
        .unwrap();
    let alive = half_done(&store).await;
    let marker = files(&folder.path().join("_attempts")).remove(0);
    let kept = fs::read(&marker).unwrap();
    drop(alive);
    store.sweep().await.unwrap();
    assert_eq!(data_files(&folder), 1);

    // The id of the commit is that of the attempt: its marker, left behind, must not cost it its files.
    let commit = folder
        .path()
        .join("line_items/_delta_log/00000000000000000000.json");
    let commit = fs::read_to_string(commit).unwrap();
    let (_, rest) = commit.split_once("\"curtail.commit\":\"").unwrap();
    let id = &rest[..36];
    let kept = String::from_utf8(kept)
        .unwrap()
        .replace("\"since\":1", "\"since\":0");
    fs::write(marker.with_file_name(format!("{id}.json")), kept).unwrap();
    assert_eq!(store.sweep().await.unwrap(), 0);
    assert_eq!((data_files(&folder), markers(&folder)), (1, 0));
    assert_eq!(
        read(&store).await.into_values().next(),
        Some((1, money("1")))
    );
}
