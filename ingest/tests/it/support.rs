//! Small reports made by hand, and places to put them.

use std::{io::Write, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch, StringArray},
    util::display::{ArrayFormatter, FormatOptions},
};
use bytes::Bytes;
use curtail_ingest::{Delivery, IngestError, Options, Outcome, Silent, Source, discover, ingest};
use curtail_store::{Receipt, Store, Table};
use flate2::{Compression, write::GzEncoder};
use object_store::{ObjectStore, ObjectStoreExt, memory::InMemory, path::Path};
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};

/// A bucket in memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bucket(pub(crate) Arc<InMemory>);

impl Bucket {
    pub(crate) async fn put(&self, key: &str, content: impl Into<Bytes>) {
        let path = Path::parse(key).unwrap();
        self.0.put(&path, content.into().into()).await.unwrap();
    }

    pub(crate) async fn delete(&self, key: &str) {
        self.0.delete(&Path::parse(key).unwrap()).await.unwrap();
    }

    pub(crate) fn source(&self, prefix: &str) -> Source {
        let objects: Arc<dyn ObjectStore> = Arc::<InMemory>::clone(&self.0);
        Source::bucket(objects, "bills", prefix).unwrap()
    }

    pub(crate) async fn discover(&self, prefix: &str) -> Result<Vec<Delivery>, IngestError> {
        discover(&self.source(prefix)).await
    }

    /// Writes everything into a folder, as a copy of the bucket would.
    pub(crate) async fn copy_to(&self, folder: &std::path::Path) {
        use futures::TryStreamExt;
        let objects: Vec<_> = self.0.list(None).try_collect().await.unwrap();
        for meta in objects {
            let file = folder.join(meta.location.as_ref());
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(
                file,
                self.0
                    .get(&meta.location)
                    .await
                    .unwrap()
                    .bytes()
                    .await
                    .unwrap(),
            )
            .unwrap();
        }
    }
}

/// A store in a folder that lives as long as this.
pub(crate) struct TempStore {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
}

pub(crate) fn store() -> TempStore {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::local(folder.path()).unwrap();
    TempStore { folder, store }
}

impl TempStore {
    /// The Parquet files that lie in the store, visible or not.
    pub(crate) fn data_files(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let Ok(entries) = std::fs::read_dir(folder) else {
                return 0;
            };
            let paths = entries.map(|entry| entry.unwrap().path());
            paths
                .map(|path| match path.is_dir() {
                    true if path.ends_with("_delta_log") => 0,
                    true => count(&path),
                    false => usize::from(
                        path.extension()
                            .is_some_and(|extension| extension == "parquet"),
                    ),
                })
                .sum()
        }
        count(self.folder.path())
    }
}

/// The receipts of all that a store holds.
pub(crate) async fn receipts(store: &Store) -> Vec<Receipt> {
    store
        .snapshot()
        .await
        .unwrap()
        .periods()
        .map(|period| period.receipt.as_ref().clone())
        .collect()
}

/// The rows that readers of a table see, each as the values of `columns` joined by `|`, sorted; the word NULL for NULL.
pub(crate) async fn rows(store: &Store, table: Table, columns: &[&str]) -> Vec<String> {
    let snapshot = store.snapshot().await.unwrap();
    let options = FormatOptions::new().with_null("NULL");
    let mut rows = Vec::new();
    for file in &snapshot.table(table).unwrap().files {
        let path = Path::parse(&file.path).unwrap();
        let bytes = store.objects().get(&path).await.unwrap().bytes();
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes.await.unwrap()).unwrap();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let arrays: Vec<_> = columns
                .iter()
                .map(|name| batch.column_by_name(name))
                .collect();
            for row in 0..batch.num_rows() {
                let values = arrays.iter().map(|array| match array {
                    None => "NULL".to_owned(),
                    Some(array) => ArrayFormatter::try_new(*array, &options)
                        .unwrap()
                        .value(row)
                        .to_string(),
                });
                rows.push(values.collect::<Vec<_>>().join("|"));
            }
        }
    }
    rows.sort();
    rows
}

pub(crate) fn options() -> Options {
    Options {
        memory: 256 << 20,
        threads: 2,
        ..Options::default()
    }
}

/// Ingests everything that `source` holds.
pub(crate) async fn ingest_all(
    source: &Source,
    store: &Store,
    options: &Options,
) -> Result<Vec<Outcome>, IngestError> {
    let mut outcomes = Vec::new();
    for delivery in discover(source).await? {
        outcomes.push(ingest(&delivery, source, store, options, Arc::new(Silent)).await?);
    }
    Ok(outcomes)
}

pub(crate) const HEADER: &str = "identity/LineItemId,bill/PayerAccountId,lineItem/UsageAccountId,lineItem/LineItemType,\
    lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageAmount,lineItem/CurrencyCode,\
    lineItem/UnblendedCost,resourceTags/user:team";

/// A CSV of one row per cost.
pub(crate) fn csv(costs: &[&str]) -> String {
    let rows = costs.iter().enumerate().map(|(row, cost)| {
        format!(
            "id{row},011122223333,000000000007,Usage,2024-03-05T10:00:00Z,2024-03-05T11:00:00Z,AmazonEC2,1.5,USD,{cost},core\n"
        )
    });
    format!("{HEADER}\n{}", rows.collect::<String>())
}

pub(crate) fn gzip(text: &(impl AsRef<[u8]> + ?Sized)) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// A Parquet file of these columns.
pub(crate) fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A column of text.
pub(crate) fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// A legacy manifest of a report named `acme`, for March 2024.
pub(crate) fn manifest(assembly: &str, keys: &[&str]) -> String {
    named_manifest("acme", "5f0c", assembly, keys)
}

pub(crate) fn named_manifest(name: &str, id: &str, assembly: &str, keys: &[&str]) -> String {
    serde_json::json!({
        "assemblyId": assembly, "account": "111122223333", "reportId": id, "reportName": name,
        "charset": "UTF-8", "compression": "GZIP", "contentType": "text/csv", "bucket": "bills",
        "columns": [{"category": "lineItem", "name": "UnblendedCost"}],
        "billingPeriod": {"start": "20240301T000000.000Z", "end": "20240401T000000.000Z"},
        "reportKeys": keys,
        "additionalArtifactKeys": [{"artifactType": "RedshiftManifest", "name": "x"}],
    })
    .to_string()
}

/// A manifest of an export, with columns by which it can be told.
pub(crate) fn export_manifest(execution: &str, columns: &[&str], uris: &[&str]) -> String {
    let columns: Vec<_> = columns
        .iter()
        .map(|name| serde_json::json!({"name": name, "type": "string"}))
        .collect();
    serde_json::json!({"executionId": execution, "columns": columns, "dataFiles": uris}).to_string()
}

/// The usual report: `cur/acme/20240301-20240401/…`, its files in an assembly's folder.
pub(crate) async fn deliver(bucket: &Bucket, assembly: &str, files: &[(&str, Vec<u8>)]) {
    deliver_month(bucket, "20240301-20240401", assembly, files).await;
}

/// The same for any month.
pub(crate) async fn deliver_month(
    bucket: &Bucket,
    range: &str,
    assembly: &str,
    files: &[(&str, Vec<u8>)],
) {
    let folder = format!("cur/acme/{range}");
    let mut keys = Vec::new();
    for (name, content) in files {
        let key = format!("{folder}/{assembly}/{name}");
        bucket.put(&key, content.clone()).await;
        keys.push(key);
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let manifest = manifest(assembly, &keys).replace("20240301T", &format!("{}T", &range[..8]));
    bucket
        .put(
            &format!("{folder}/{assembly}/acme-Manifest.json"),
            manifest.clone(),
        )
        .await;
    bucket
        .put(&format!("{folder}/acme-Manifest.json"), manifest)
        .await;
}
