//! Whatever is changed behind the store's back is found and named.

use std::{fs, path::PathBuf};

use curtail_store::{
    BuiltIn, Grain, PeriodVersion, Problem, Rollup, Store, StoreError, Table, TableSchema,
};
use tempfile::TempDir;

use crate::data::{money, name, parquet, period, receipt, rollup, rows};

/// A store in a folder with one period of two files and a rollup.
async fn stored() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::local(folder.path()).unwrap();
    let (report, period, rows) = (name("a b"), period("2026-10"), rows(&["1.5", "2"]));
    let replacement = store
        .replace(Table::LineItems, &report, period)
        .await
        .unwrap();
    let mut files = Vec::new();
    for row in &rows {
        files.push(replacement.write(parquet(&[*row], None)).await.unwrap());
    }
    let daily = rollup(2, money("3.5"));
    let rolled = replacement
        .write_rollup(&BuiltIn::Daily.name(), daily, 1)
        .await
        .unwrap();
    let mut receipt = receipt(&report, period, &rows);
    receipt.rollups.push(Rollup {
        name: BuiltIn::Daily.name(),
        per: Grain::Day,
        partly: Vec::new(),
        definition: None,
        dimensions: Vec::new(),
        measures: vec!["line_item_unblended_cost".to_owned()],
        beside: Vec::new(),
        files: vec![rolled],
    });
    let schema = TableSchema::new(Vec::new());
    replacement.commit(files, &schema, &receipt).await.unwrap();
    (folder, store)
}

async fn current(store: &Store) -> PeriodVersion {
    store
        .snapshot()
        .await
        .unwrap()
        .periods()
        .next()
        .unwrap()
        .clone()
}

async fn problems(store: &Store) -> Vec<Problem> {
    let logs = store.verify_logs().await.unwrap();
    let version = store.verify(&current(store).await).await.unwrap();
    [logs, version.problems].concat()
}

fn commit(folder: &TempDir) -> PathBuf {
    folder
        .path()
        .join("line_items/_delta_log/00000000000000000000.json")
}

#[tokio::test]
async fn an_untouched_version_verifies() {
    let (_folder, store) = stored().await;
    let verified = store.verify(&current(&store).await).await.unwrap();
    assert_eq!(verified.problems, []);
    assert_eq!((verified.files, verified.found.rows), (3, 2));
    assert_eq!(
        verified.found.sums["line_item_unblended_cost"],
        money("3.5")
    );
}

#[tokio::test]
async fn every_flipped_bit_is_found() {
    let (folder, store) = stored().await;
    let version = current(&store).await;
    let rollups = version
        .receipt
        .rollups
        .iter()
        .flat_map(|rollup| &rollup.files);
    for file in version.receipt.stored.iter().chain(rollups) {
        let path = folder.path().join(&file.path);
        let good = fs::read(&path).unwrap();
        for at in (0..good.len()).step_by(97).chain([good.len() - 1]) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&path, bad).unwrap();
            let found = problems(&store).await;
            let [Problem::Altered { path: named, .. }] = &found[..] else {
                panic!("byte {at}: {found:?}")
            };
            assert_eq!(*named, file.path);
        }
        fs::write(&path, &good[1..]).unwrap();
        let told = problems(&store).await[0].to_string();
        assert!(told.ends_with(&format!("has {} bytes, not {}", good.len() - 1, good.len())));
        fs::remove_file(&path).unwrap();
        assert_eq!(
            problems(&store).await,
            [Problem::Lost {
                path: file.path.clone()
            }]
        );
        fs::write(&path, good).unwrap();
    }
    assert_eq!(problems(&store).await, []);
}

#[tokio::test]
async fn an_edited_receipt_is_found() {
    let (folder, store) = stored().await;
    let good = fs::read_to_string(commit(&folder)).unwrap();
    let edit = async |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        fs::write(commit(&folder), good.replace(from, to)).unwrap();
        problems(&store).await
    };
    let edited = Problem::ReceiptEdited {
        commit: "line_items/_delta_log/00000000000000000000.json".to_owned(),
    };
    // What no sum would show.
    let found = edit("\"assemblyId\":\"assembly\"", "\"assemblyId\":\"another\"").await;
    assert_eq!(found, std::slice::from_ref(&edited));
    // Sums, consistently edited throughout the receipt.
    let found = edit("\"3.5\"", "\"4.5\"").await;
    assert_eq!(found[0], edited);
    assert_eq!(
        found[1].to_string(),
        "`line_item_unblended_cost` is 3.5 in the data files and 4.5 in the receipt"
    );
    assert_eq!(found.len(), 3, "the rollup does not fit either: {found:?}");
}

#[tokio::test]
async fn an_edited_commit_is_found() {
    let (folder, store) = stored().await;
    assert_eq!(store.verify_logs().await.unwrap(), []);
    let good = fs::read_to_string(commit(&folder)).unwrap();
    for (from, to) in [
        // A column that readers would not find any more, and bounds that would make them skip a file.
        ("line_item_usage_amount", "line_item_usage_amounT"),
        ("2026-10-01T00:00:00", "2027-10-01T00:00:00"),
    ] {
        let (info, rest) = good.split_once('\n').unwrap();
        assert!(rest.contains(from), "{from}");
        let edited = format!("{info}\n{}", rest.replace(from, to));
        fs::write(commit(&folder), edited).unwrap();
        let edited = Problem::CommitEdited {
            commit: "line_items/_delta_log/00000000000000000000.json".to_owned(),
        };
        assert_eq!(store.verify_logs().await.unwrap(), [edited], "{from}");
    }
    // What says which version of a billing period counts.
    let (from, to) = (
        "\"billingPeriod\":\"2026-10\",\"report\"",
        "\"billingPeriod\":\"2026-11\",\"report\"",
    );
    assert!(good.contains(from));
    fs::write(commit(&folder), good.replacen(from, to, 1)).unwrap();
    assert_eq!(store.verify_logs().await.unwrap().len(), 1);
    fs::write(
        commit(&folder),
        good.replacen("\"curtail.commit\":", "\"curtail.commit\";", 1),
    )
    .unwrap();
    let found = store.verify_logs().await;
    assert!(
        matches!(&found, Ok(found) if matches!(found[..], [Problem::Altered { .. }]))
            || matches!(found, Err(StoreError::Damaged(_))),
        "{found:?}"
    );
    fs::write(commit(&folder), good).unwrap();
    assert_eq!(store.verify_logs().await.unwrap(), []);
}

/// Receipts of earlier versions count too: `history` and `diff` tell what they say.
#[tokio::test]
async fn an_edited_receipt_of_an_earlier_version_is_found() {
    let (folder, store) = stored().await;
    let (report, period) = (name("a b"), period("2026-10"));
    crate::data::replace(&store, &report, period, &rows(&["7"]), None)
        .await
        .unwrap();
    let good = fs::read_to_string(commit(&folder)).unwrap();
    fs::write(commit(&folder), good.replace("\"3.5\"", "\"4.5\"")).unwrap();
    let found = store.verify_logs().await.unwrap();
    assert!(
        matches!(found[..], [Problem::ReceiptEdited { .. }]),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_file_taken_out_of_the_log_is_found() {
    let (folder, store) = stored().await;
    let good = fs::read_to_string(commit(&folder)).unwrap();
    let mut added = 0;
    let lines = good.lines().filter(|line| {
        added += usize::from(line.starts_with("{\"add\""));
        !(line.starts_with("{\"add\"") && added == 2)
    });
    let without: Vec<_> = lines.collect();
    assert_eq!(without.len() + 1, good.lines().count());
    fs::write(commit(&folder), without.join("\n")).unwrap();
    let found = problems(&store).await;
    assert!(
        matches!(&found[0], Problem::CommitEdited { .. }),
        "{found:?}"
    );
    assert!(
        matches!(&found[1], Problem::Listing { how, .. } if how.contains("not in the Delta log"))
    );
    assert!(matches!(&found[2], Problem::Sums(_)), "{found:?}");
}

#[tokio::test]
async fn earlier_versions_can_be_verified_too() {
    let (folder, store) = stored().await;
    let (report, period) = (name("a b"), period("2026-10"));
    crate::data::replace(&store, &report, period, &rows(&["7"]), None)
        .await
        .unwrap();
    let history = store.history().await.unwrap();
    for version in &history {
        assert_eq!(store.verify(version).await.unwrap().problems, []);
    }
    let lost = &history[0].receipt.stored[0];
    fs::remove_file(folder.path().join(&lost.path)).unwrap();
    let found = store.verify(&history[0]).await.unwrap().problems;
    assert_eq!(
        found,
        [Problem::Lost {
            path: lost.path.clone()
        }]
    );
    assert_eq!(store.verify(&history[1]).await.unwrap().problems, []);
}
