//! The table beside Parquet reports in Athena's layout that says whether their files are being replaced.

use arrow::array::{Array, AsArray, StringArray};
use arrow::datatypes::DataType;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::Source;

/// The table has one row.
const LARGEST: u64 = 1 << 20;

/// Whether a row says UPDATING. A table that is not there, or cannot be read, says nothing: the entity tags of the files
/// guard the ingest anyhow.
pub(super) async fn updating(source: &Source, table: &str) -> bool {
    let Ok(prefix) = Path::parse(table) else {
        return false;
    };
    match read(source, &prefix).await {
        Ok(updating) => updating,
        Err(error) => {
            tracing::warn!("cannot read the status table of a report: {error}");
            false
        }
    }
}

async fn read(
    source: &Source,
    prefix: &Path,
) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    let mut listing = source.objects.list(Some(prefix));
    while let Some(meta) = listing.try_next().await? {
        if meta.size == 0 || meta.size > LARGEST || !meta.location.as_ref().ends_with(".parquet") {
            continue;
        }
        let bytes = source.objects.get(&meta.location).await?.bytes().await?;
        for batch in ParquetRecordBatchReaderBuilder::try_new(bytes)?.build()? {
            let batch = batch?;
            if batch.columns().iter().any(|column| {
                texts(column).is_some_and(|texts| texts.iter().flatten().any(says_updating))
            }) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn texts(column: &dyn Array) -> Option<&StringArray> {
    (*column.data_type() == DataType::Utf8).then(|| column.as_string::<i32>())
}

fn says_updating(status: &str) -> bool {
    status.trim().eq_ignore_ascii_case("UPDATING")
}
