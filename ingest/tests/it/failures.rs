//! What goes wrong is told, and leaves the store as it was.

use std::{
    fmt,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use curtail_ingest::{IngestError, Silent, Source, discover, ingest};
use futures::stream::BoxStream;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions,
    memory::InMemory, path::Path,
};

use crate::support::{Bucket, TempStore, csv, deliver, gzip, ingest_all, manifest, options, store};

/// A store that holds version `good` of the report.
pub(crate) async fn held(bucket: &Bucket) -> TempStore {
    let store = store();
    deliver(bucket, "good", &[("acme-1.csv.gz", gzip(&csv(&["42"])))]).await;
    ingest_all(&bucket.source(""), &store.store, &options())
        .await
        .unwrap();
    store
}

pub(crate) async fn assert_untouched(store: &TempStore, files_before: usize) {
    let snapshot = store.store.snapshot().await.unwrap();
    let receipts: Vec<_> = snapshot
        .periods()
        .map(|period| (&period.receipt.assembly_id, period.receipt.rows))
        .collect();
    assert_eq!(receipts, [(&"good".to_owned(), 1)]);
    assert_eq!(
        store.data_files(),
        files_before,
        "files of a failed attempt were left behind"
    );
}

/// Delivers `files` as a new version, which has to fail.
pub(crate) async fn refused(files: &[(&str, Vec<u8>)]) -> IngestError {
    let bucket = Bucket::default();
    let store = held(&bucket).await;
    let before = store.data_files();
    deliver(&bucket, "bad", files).await;
    let error = ingest_all(&bucket.source(""), &store.store, &options())
        .await
        .unwrap_err();
    assert_untouched(&store, before).await;
    error
}

#[tokio::test]
async fn a_missing_file() {
    let bucket = Bucket::default();
    let store = held(&bucket).await;
    let before = store.data_files();
    let good = gzip(&csv(&["1"]));
    deliver(
        &bucket,
        "bad",
        &[("acme-1.csv.gz", good.clone()), ("acme-2.csv.gz", good)],
    )
    .await;
    let folder = "cur/acme/20240301-20240401";
    bucket.delete(&format!("{folder}/bad/acme-2.csv.gz")).await;
    // A file of that name elsewhere must not be taken for it.
    bucket
        .put(&format!("{folder}/acme-2.csv.gz"), gzip(&csv(&["666"])))
        .await;
    let error = ingest_all(&bucket.source(""), &store.store, &options())
        .await
        .unwrap_err();
    let IngestError::MissingFile { manifest, key } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        manifest,
        "s3://bills/cur/acme/20240301-20240401/acme-Manifest.json"
    );
    assert_eq!(key, "cur/acme/20240301-20240401/bad/acme-2.csv.gz");
    assert_untouched(&store, before).await;

    bucket.delete(&format!("{folder}/bad/acme-1.csv.gz")).await;
    let error = ingest_all(&bucket.source(""), &store.store, &options())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, IngestError::MissingFile { key, .. } if key.ends_with("acme-1.csv.gz")),
        "{error:?}"
    );
}

#[tokio::test]
async fn truncated_gzip() {
    let whole = gzip(&csv(&["1", "2", "3"]));
    for length in [whole.len() - 1, whole.len() / 2, 5] {
        let error = refused(&[("acme-1.csv.gz", whole[..length].to_vec())]).await;
        let IngestError::Truncated { object, .. } = &error else {
            panic!("{length}: {error:?}")
        };
        assert_eq!(
            object,
            "s3://bills/cur/acme/20240301-20240401/bad/acme-1.csv.gz"
        );
    }
}

#[tokio::test]
async fn one_bad_file_among_good_ones() {
    let good = gzip(&csv(&["1"]));
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("1.csv.gz", good.clone()),
        ("2.csv.gz", good.clone()),
        ("3.csv.gz", good.clone()),
    ];
    files.insert(2, ("bad.csv.gz", good[..20].to_vec()));
    let error = refused(&files).await;
    assert!(matches!(error, IngestError::Truncated { .. }), "{error:?}");
}

#[tokio::test]
async fn a_header_without_a_required_column() {
    let text = csv(&["1"]).replace("lineItem/UnblendedCost", "lineItem/Something");
    let error = refused(&[("acme-1.csv.gz", gzip(&text))]).await;
    assert!(
        matches!(error, IngestError::MissingColumn { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_amount_that_is_none() {
    let error = refused(&[("acme-1.csv.gz", gzip(&csv(&["1", "much"])))]).await;
    let IngestError::BadAmount { line, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*line, 3);
}

#[tokio::test]
async fn manifests_that_cannot_be_used() {
    let bucket = Bucket::default();
    let store = held(&bucket).await;
    let before = store.data_files();
    let key = "cur/acme/20240301-20240401/acme-Manifest.json";
    let elsewhere = manifest("bad", &["k"]).replace("20240301T", "20240501T");
    for (text, why) in [
        ("{\"assemblyId\":", "not valid JSON"),
        ("{}", "lists no files"),
        (elsewhere.as_str(), "lies in the folder of 2024-03"),
    ] {
        bucket.put(key, text.to_owned()).await;
        for prefix in ["cur", key] {
            let error = ingest_all(&bucket.source(prefix), &store.store, &options())
                .await
                .unwrap_err();
            let IngestError::Manifest { why: told, .. } = &error else {
                panic!("{error:?}")
            };
            assert!(told.contains(why), "{told}");
        }
    }
    bucket.put("other-Manifest.json", "[]").await;
    let alone = bucket.discover("other-Manifest.json").await;
    assert!(
        matches!(alone, Err(IngestError::Manifest { .. })),
        "{alone:?}"
    );
    assert_untouched(&store, before).await;
}

#[tokio::test]
async fn keys_that_cannot_be_addressed() {
    let bucket = Bucket::default();
    let store = held(&bucket).await;
    let before = store.data_files();
    for key in ["cur//acme/one.csv.gz", "../secret.csv.gz"] {
        bucket
            .put(
                "cur/acme/20240301-20240401/acme-Manifest.json",
                manifest("bad", &[key]),
            )
            .await;
        let error = ingest_all(&bucket.source(""), &store.store, &options())
            .await
            .unwrap_err();
        assert!(matches!(error, IngestError::Key { .. }), "{error:?}");
    }
    assert_untouched(&store, before).await;
}

#[tokio::test]
async fn a_folder_gives_no_file_outside_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("in/acme/20240301-20240401");
    std::fs::create_dir_all(&report).unwrap();
    let secret = folder.path().join("secret.csv");
    std::fs::write(&secret, csv(&["1"])).unwrap();
    let outside = secret.canonicalize().unwrap();
    std::fs::write(
        report.join("acme-Manifest.json"),
        manifest("A", &[outside.to_str().unwrap()]),
    )
    .unwrap();
    let source = Source::folder(&folder.path().join("in")).unwrap();
    let error = ingest_all(&source, &store().store, &options())
        .await
        .unwrap_err();
    assert!(
        matches!(error, IngestError::MissingFile { .. }),
        "{error:?}"
    );
}

/// What happens while a report is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meanwhile {
    /// The file gets other content of the same size, and the server ignores `If-Match`.
    FileChanges,
    /// The manifest is replaced.
    ManifestChanges,
    /// Reading is refused.
    Refused,
    /// Reading never ends.
    Hangs,
}

/// A bucket in which something happens at the first read of a data file.
#[derive(Debug)]
struct Troubled {
    objects: Arc<InMemory>,
    meanwhile: Meanwhile,
    happened: AtomicBool,
}

impl fmt::Display for Troubled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.objects)
    }
}

#[async_trait]
impl ObjectStore for Troubled {
    async fn get_opts(
        &self,
        path: &Path,
        mut options: GetOptions,
    ) -> object_store::Result<GetResult> {
        let data = path.as_ref().contains("/bad/") && !options.head;
        if data && !self.happened.swap(true, Ordering::SeqCst) {
            match self.meanwhile {
                Meanwhile::FileChanges => {
                    let size = self.objects.head(path).await?.size;
                    self.objects
                        .put(path, vec![0; usize::try_from(size).unwrap()].into())
                        .await?;
                }
                Meanwhile::ManifestChanges => {
                    let key = Path::from("cur/acme/20240301-20240401/acme-Manifest.json");
                    self.objects
                        .put(&key, manifest("next", &["k"]).into())
                        .await?;
                }
                Meanwhile::Refused => {
                    let source = "AccessDenied: no".into();
                    return Err(object_store::Error::PermissionDenied {
                        path: path.to_string(),
                        source,
                    });
                }
                Meanwhile::Hangs => std::future::pending().await,
            }
        }
        options.if_match = None;
        self.objects.get_opts(path, options).await
    }
    async fn put_opts(
        &self,
        path: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> object_store::Result<PutResult> {
        self.objects.put_opts(path, payload, options).await
    }
    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(path, options).await
    }
    async fn get_ranges(
        &self,
        path: &Path,
        ranges: &[Range<u64>],
    ) -> object_store::Result<Vec<Bytes>> {
        self.objects.get_ranges(path, ranges).await
    }
    fn delete_stream(
        &self,
        paths: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        self.objects.delete_stream(paths)
    }
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        self.objects.list(prefix)
    }
    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }
    async fn copy_opts(
        &self,
        from: &Path,
        to: &Path,
        options: CopyOptions,
    ) -> object_store::Result<()> {
        self.objects.copy_opts(from, to, options).await
    }
    async fn rename_opts(
        &self,
        from: &Path,
        to: &Path,
        options: RenameOptions,
    ) -> object_store::Result<()> {
        self.objects.rename_opts(from, to, options).await
    }
}

async fn troubled(meanwhile: Meanwhile) -> (TempStore, usize, Source) {
    let bucket = Bucket::default();
    let store = held(&bucket).await;
    let before = store.data_files();
    deliver(
        &bucket,
        "bad",
        &[
            ("acme-1.csv.gz", gzip(&csv(&["1"]))),
            ("acme-2.csv", csv(&["2"]).into_bytes()),
        ],
    )
    .await;
    let objects = Arc::new(Troubled {
        objects: bucket.0,
        meanwhile,
        happened: AtomicBool::new(false),
    });
    (
        store,
        before,
        Source::bucket(objects, "bills", "cur").unwrap(),
    )
}

#[tokio::test]
async fn what_changes_meanwhile_voids_the_attempt() {
    for (meanwhile, changed) in [
        (Meanwhile::FileChanges, "/bad/acme-"),
        (Meanwhile::ManifestChanges, "acme-Manifest.json"),
    ] {
        let (store, before, source) = troubled(meanwhile).await;
        let error = ingest_all(&source, &store.store, &options())
            .await
            .unwrap_err();
        assert!(
            matches!(&error, IngestError::Changed { key } if key.contains(changed)),
            "{meanwhile:?}: {error:?}"
        );
        assert_untouched(&store, before).await;
    }
}

#[tokio::test]
async fn a_refusal_is_told() {
    let (store, before, source) = troubled(Meanwhile::Refused).await;
    let error = ingest_all(&source, &store.store, &options())
        .await
        .unwrap_err();
    let IngestError::Denied { key, why } = &error else {
        panic!("{error:?}")
    };
    assert!(
        key.starts_with("s3://bills/cur/acme/20240301-20240401/bad/acme-"),
        "{key}"
    );
    assert_eq!(why, "AccessDenied: no");
    assert_untouched(&store, before).await;
}

#[tokio::test]
async fn an_interrupted_ingest_leaves_nothing() {
    let (store, before, source) = troubled(Meanwhile::Hangs).await;
    let delivery = discover(&source).await.unwrap().remove(0);
    let options = options();
    let endless = ingest(&delivery, &source, &store.store, &options, Arc::new(Silent));
    let interrupted = tokio::time::timeout(std::time::Duration::from_millis(200), endless).await;
    assert!(interrupted.is_err());
    assert_untouched(&store, before).await;
    // And the next run is clean.
    let again = ingest_all(&source, &store.store, &options).await.unwrap();
    assert_eq!((again[0].action.as_str(), again[0].rows), ("replaced", 2));
}
