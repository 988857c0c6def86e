//! A report read once more, to see whether it still says what its receipt does.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use curtail_store::{Money, Receipt, RollupName, SourceFile, TableSchema};
use object_store::{Error as ObjectError, ObjectStoreExt, path::Path};

use super::read::Reading;
use crate::{
    IngestError, Options, Progress, Source,
    convert::{FileSink, Wanted},
    failure::classify,
    locate::Located,
};

/// What a report says now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reread {
    /// Files that were read.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Rows in them.
    pub rows: u64,
    /// Each way in which it differs from the receipt; empty if all is the same.
    pub differences: Vec<String>,
}

/// Takes files and forgets them.
struct Nowhere;

impl FileSink for Nowhere {
    fn put(&self, _: Bytes, _: u64, _: Option<RollupName>) -> Result<(), IngestError> {
        Ok(())
    }
}

/// Reads the files that `receipt` names again from `source`, the place that it was read from, and compares rows and sums file
/// by file. A file that has been replaced or deleted since is a difference, and is not read.
pub async fn reread(
    source: &Source,
    receipt: &Receipt,
    options: &Options,
    progress: Arc<dyn Progress>,
) -> Result<Reread, IngestError> {
    let mut reread = Reread::default();
    let (mut files, mut expected) = (Vec::new(), Vec::new());
    for file in &receipt.files {
        match find(source, file).await? {
            Ok(located) => {
                files.push(located);
                expected.push(file);
            }
            Err(difference) => reread.differences.push(difference),
        }
    }
    let bytes = files.iter().map(|file| file.meta.size).sum();
    progress.start(files.len() as u64, bytes);
    let reading = Reading {
        source,
        kind: receipt.kind,
        period: receipt.billing_period,
        compression: None,
        options,
        files,
        rollups: Wanted::default(),
        stored: None,
        progress,
    };
    let schema = TableSchema::documented(receipt.kind.table());
    let (found, _) = reading.run(&schema, Arc::new(Nowhere)).await?;
    for (file, expected) in found.iter().zip(expected) {
        compare(file, expected, &mut reread.differences);
    }
    reread.files = found.len() as u64;
    reread.bytes = bytes;
    reread.rows = found.iter().map(|file| file.rows).sum();
    Ok(reread)
}

/// The file, if it is there as it was.
async fn find(source: &Source, file: &SourceFile) -> Result<Result<Located, String>, IngestError> {
    // Receipts tell files in a folder by their path within it, others by all of it.
    let below = format!("{}/{}", source.prefix, file.key);
    let candidates = if source.is_folder() {
        vec![below, file.key.clone()]
    } else {
        vec![file.key.clone()]
    };
    for candidate in candidates {
        let path = Path::parse(&candidate).map_err(|error| IngestError::Key {
            key: candidate.clone(),
            why: error.to_string(),
        })?;
        let meta = match source.objects.head(&path).await {
            Ok(meta) => meta,
            Err(ObjectError::NotFound { .. }) => continue,
            Err(error) => return Err(classify(source, path.as_ref(), &error)),
        };
        // A file that was copied back has another tag in a folder, whatever is in it.
        let tags = file.etag.as_ref().zip(meta.e_tag.as_ref());
        let other_tag = !source.is_folder() && tags.is_some_and(|(then, now)| then != now);
        if meta.size != file.size || other_tag {
            let name = source.display(path.as_ref());
            return Ok(Err(format!("`{name}` was replaced after it was ingested")));
        }
        let named = file.key.clone();
        return Ok(Ok(Located { named, meta }));
    }
    Ok(Err(format!("`{}` is gone", file.key)))
}

fn compare(now: &SourceFile, then: &SourceFile, differences: &mut Vec<String>) {
    let key = &then.key;
    if now.rows != then.rows {
        let (now, then) = (now.rows, then.rows);
        differences.push(format!(
            "`{key}` has {now} rows, and the receipt says {then}"
        ));
    }
    let text = |sums: &BTreeMap<String, Money>, column: &String| {
        sums.get(column)
            .map_or_else(|| "nothing".to_owned(), Money::to_string)
    };
    let mut columns: Vec<_> = now.sums.keys().chain(then.sums.keys()).collect();
    columns.sort_unstable();
    columns.dedup();
    for column in columns {
        if now.sums.get(column) != then.sums.get(column) {
            let (now, then) = (text(&now.sums, column), text(&then.sums, column));
            differences.push(format!(
                "`{column}` is {now} in `{key}` and {then} in the receipt"
            ));
        }
    }
}
