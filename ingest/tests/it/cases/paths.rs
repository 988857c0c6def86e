//! Keys and names that try to lead elsewhere: nothing is read outside the source, nothing written outside the store.

use std::{fs, path::Path};

use curtail_ingest::{IngestError, Source, discover};
use curtail_store::Store;

use super::{COST, Ingested};
use crate::support::{
    Bucket, csv, export_manifest, gzip, ingest_all, manifest, named_manifest, options, store,
};

const FOLDER: &str = "acme/20240301-20240401";

/// `in`, a folder with a report whose manifest names `keys`, beside files that nobody may read: each has a cost of 666.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("in").join(FOLDER)).unwrap();
        fs::create_dir_all(folder.path().join("out/20240301-20240401")).unwrap();
        for secret in [
            "secret.csv",
            "out/secret.csv",
            "out/20240301-20240401/secret.csv",
            "in-secret.csv",
        ] {
            fs::write(folder.path().join(secret), csv(&["666"])).unwrap();
        }
        let place = Self { folder };
        fs::write(place.inside("good.csv"), csv(&["1"])).unwrap();
        place
    }

    /// A file in the report's folder.
    fn inside(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("in").join(FOLDER).join(name)
    }

    /// The absolute path of something, as a key.
    fn absolute(&self, name: &str) -> String {
        let folder = self.folder.path().canonicalize().unwrap();
        folder.join(name).to_str().unwrap().to_owned()
    }

    fn source(&self) -> Source {
        Source::folder(&self.folder.path().join("in")).unwrap()
    }

    /// The error of an ingest of files with these keys.
    async fn refusal(&self, keys: &[&str]) -> IngestError {
        fs::write(self.inside("acme-Manifest.json"), manifest("A", keys)).unwrap();
        let store = store();
        let done = ingest_all(&self.source(), &store.store, &options()).await;
        assert!(
            store.store.snapshot().await.is_err(),
            "{keys:?} was committed: {done:?}"
        );
        done.unwrap_err()
    }
}

#[tokio::test]
async fn keys_do_not_lead_out_of_a_folder() {
    let place = Place::new();
    let good = place.absolute(&format!("in/{FOLDER}/good.csv"));
    let keys = [
        "../secret.csv".to_owned(),
        "../../../secret.csv".to_owned(),
        "acme/20240301-20240401/../../../secret.csv".to_owned(),
        "cur/20240301-20240401/../../out/secret.csv".to_owned(),
        "./../secret.csv".to_owned(),
        "..%2F..%2F..%2Fsecret.csv".to_owned(),
        "%2e%2e/%2e%2e/%2e%2e/secret.csv".to_owned(),
        "..\\..\\..\\secret.csv".to_owned(),
        "file:///etc/passwd".to_owned(),
        "/etc/passwd".to_owned(),
        "etc/passwd".to_owned(),
        "s3://other-bucket/../secret.csv".to_owned(),
        "s3://other-bucket".to_owned(),
        "s3:///etc/passwd".to_owned(),
        place.absolute("secret.csv"),
        place.absolute("out/secret.csv"),
        place.absolute("out/20240301-20240401/secret.csv"),
        place.absolute("in-secret.csv"),
        format!("s3:/{}", place.absolute("secret.csv")),
        "secret.csv\0.gz".to_owned(),
        "secret\n.csv".to_owned(),
        "x".repeat(5_000),
        "a/".repeat(5_000) + "b",
        String::from(" "),
    ];
    for key in &keys {
        let alone = place.refusal(&[key]).await;
        // Behind a file that is found, in whichever way.
        let relative = format!("cur/{FOLDER}/good.csv");
        for first in ["good.csv", good.as_str(), relative.as_str()] {
            let behind = place.refusal(&[first, key]).await;
            for error in [&alone, &behind] {
                let refused = matches!(
                    error,
                    IngestError::Key { .. }
                        | IngestError::MissingFile { .. }
                        | IngestError::Read { .. }
                );
                assert!(refused, "{key}: {error:?}");
            }
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn symbolic_links_do_not_lead_out_of_a_folder() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    symlink(place.absolute("secret.csv"), place.inside("link.csv")).unwrap();
    symlink("../../../out", place.inside("folder")).unwrap();
    for key in ["link.csv", "cur/acme/20240301-20240401/folder/secret.csv"] {
        for keys in [&[key][..], &["good.csv", key]] {
            let error = place.refusal(keys).await.to_string();
            let out = error.contains("a symbolic link leads out of the folder that was given");
            assert!(out || error.contains("does not exist"), "{keys:?}: {error}");
        }
    }
    // One that stays within the folder is a file like any other.
    symlink(place.inside("good.csv"), place.inside("again.csv")).unwrap();
    fs::write(
        place.inside("acme-Manifest.json"),
        manifest("A", &["good.csv", "again.csv"]),
    )
    .unwrap();
    assert_eq!(Ingested::from(&place.source()).await.sum(COST), "2");
}

#[cfg(unix)]
#[tokio::test]
async fn manifests_behind_symbolic_links_are_not_read() {
    let place = Place::new();
    let secret = place
        .folder
        .path()
        .join("out/20240301-20240401/acme-Manifest.json");
    fs::write(&secret, manifest("A", &["secret.csv"])).unwrap();
    std::os::unix::fs::symlink(&secret, place.inside("acme-Manifest.json")).unwrap();
    let store = store();
    let error = ingest_all(&place.source(), &store.store, &options())
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("a symbolic link leads out of the folder"),
        "{error}"
    );
    assert!(store.store.snapshot().await.is_err());
}

#[tokio::test]
async fn other_buckets_are_not_read() {
    let bucket = Bucket::default();
    let uris = [
        "s3://other-bucket/two/data/BILLING_PERIOD=2024-03/two-1.csv.gz",
        "s3a://other-bucket/data/two-1.csv.gz",
        "https://other-bucket.s3.amazonaws.com/two-1.csv.gz",
    ];
    for uri in uris {
        let text = export_manifest("E", &["line_item_unblended_cost"], &[uri]);
        let place = "mine/metadata/BILLING_PERIOD=2024-03/two-Manifest.json";
        bucket.put(place, text).await;
        let error = ingest_all(&bucket.source(""), &store().store, &options())
            .await
            .unwrap_err();
        let missing = matches!(
            error,
            IngestError::MissingFile { .. } | IngestError::Key { .. }
        );
        assert!(missing, "{uri}: {error:?}");
    }
    // The object of that key in the bucket itself is what is read: the report was copied here.
    bucket
        .put(
            "mine/data/BILLING_PERIOD=2024-03/two-1.csv.gz",
            gzip(&super::export(&[], &[&[]])),
        )
        .await;
    let text = export_manifest("E", &["line_item_unblended_cost"], &uris[..1]);
    bucket
        .put(
            "mine/metadata/BILLING_PERIOD=2024-03/two-Manifest.json",
            text,
        )
        .await;
    assert_eq!(Ingested::from(&bucket.source("")).await.sum(COST), "0.1");
}

/// Every path below a folder.
fn paths(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            found.push(path.to_str().unwrap().to_owned());
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    found
}

#[tokio::test]
async fn names_of_reports_do_not_lead_out_of_the_store() {
    let longest = "ü".repeat(256);
    for name in [
        "..",
        ".",
        "~",
        "...",
        "a\\..\\b",
        "%2e%2e%2f",
        "report=x",
        "C:",
        "con",
        "-rf",
        "${HOME}",
        &longest,
    ] {
        let bucket = Bucket::default();
        let key = format!("cur/{FOLDER}/acme-1.csv.gz");
        bucket.put(&key, gzip(&csv(&["1"]))).await;
        let text = named_manifest(name, "id", "A", &[&key]);
        bucket
            .put(&format!("cur/{FOLDER}/acme-Manifest.json"), text)
            .await;
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("a/store");
        let store = Store::local(&inside).unwrap();
        let (outcome, receipt) = super::again(&bucket.source(""), &store).await;
        assert_eq!(
            (outcome.report.as_str(), receipt.report.as_str()),
            (name, name)
        );
        for path in paths(folder.path()) {
            assert!(
                inside.starts_with(&path) || Path::new(&path).starts_with(&inside),
                "{name}: {path}"
            );
            let relative = path
                .strip_prefix(inside.to_str().unwrap())
                .unwrap_or_default();
            let parts = Path::new(relative).components();
            assert!(parts.clone().count() <= 6, "{name}: {path}");
            assert!(
                parts
                    .into_iter()
                    .all(|part| part != std::path::Component::ParentDir),
                "{name}: {path}"
            );
        }
        assert_eq!(
            super::line_items(&store, &[COST]).await,
            ["1.000000000000000000"],
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_a_name_is_told_and_hides_no_other_report() {
    let long = "x".repeat(300);
    for (name, shown) in [
        ("a/../../b", "a/../../b"),
        ("/etc", "/etc"),
        ("a\0b", "a\\0b"),
        ("two\nlines", "two\\nlines"),
        ("\u{1b}[31mred", "\\u{1b}[31mred"),
        (long.as_str(), long.as_str()),
    ] {
        let bucket = Bucket::default();
        let key = format!("cur/{FOLDER}/acme-1.csv.gz");
        bucket.put(&key, gzip(&csv(&["1"]))).await;
        bucket
            .put(
                &format!("cur/{FOLDER}/acme-Manifest.json"),
                manifest("A", &[&key]),
            )
            .await;
        let hostile = "cur/hostile/20240301-20240401/x-Manifest.json";
        bucket
            .put(hostile, named_manifest(name, "id", "A", &[&key]))
            .await;
        bucket
            .put(
                "loose/x-Manifest.json",
                named_manifest(name, "id", "A", &[&key]),
            )
            .await;
        let deliveries = discover(&bucket.source("")).await.unwrap();
        let found: Vec<&str> = deliveries
            .iter()
            .map(|found| found.report.as_str())
            .collect();
        assert_eq!(found, ["acme", "hostile"]);
        for alone in [hostile, "loose/x-Manifest.json"] {
            let store = store();
            let error = ingest_all(&bucket.source(alone), &store.store, &options())
                .await
                .unwrap_err();
            let IngestError::Manifest { key, why } = &error else {
                panic!("{error:?}")
            };
            assert_eq!(key, &format!("s3://bills/{alone}"));
            assert_eq!(why, &format!("`{shown}` cannot name a report"));
            assert!(store.store.snapshot().await.is_err());
        }
    }
}
