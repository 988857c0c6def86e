//! Exact sums of data files, read back from where they were written.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Decimal128Type, Field, Int64Type, Schema, SchemaRef},
};
use bytes::Bytes;
use futures::{FutureExt, TryStreamExt, future::BoxFuture};
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, path::Path};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions},
        async_reader::{AsyncFileReader, ParquetRecordBatchStreamBuilder},
    },
    errors::ParquetError,
    file::metadata::{ParquetMetaData, ParquetMetaDataReader},
};
use tokio::task::JoinSet;

use crate::{Beside, ColumnType, Money, ROW_COUNT, Store, StoreError, paths};

/// Rows that are decoded at a time.
const BATCH: usize = 8192;

/// What data files hold in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Rows.
    pub rows: u64,
    /// Exact sum of each amount column that has any value.
    pub sums: BTreeMap<String, Money>,
}

impl Sums {
    /// Adds what `other` holds; names the column whose sum would not fit 38 digits.
    pub fn checked_add(&mut self, other: &Self) -> Result<(), StoreError> {
        self.rows += other.rows;
        other
            .sums
            .iter()
            .try_for_each(|(column, &sum)| self.add(column, sum))
    }

    fn add(&mut self, column: &str, amount: Money) -> Result<(), StoreError> {
        let overflow = || StoreError::Column {
            column: column.to_owned(),
            why: "has a sum of more than 38 digits".to_owned(),
        };
        match self.sums.get_mut(column) {
            Some(sum) => *sum = sum.checked_add(amount).ok_or_else(overflow)?,
            None => drop(self.sums.insert(column.to_owned(), amount)),
        }
        Ok(())
    }
}

/// Reads the amount columns of `files` (path within the store, size in bytes) and sums them up.
pub async fn sums(store: &Store, files: Vec<(String, u64)>) -> Result<Sums, StoreError> {
    let mut total = Sums::default();
    for contents in read_all(store, files).await? {
        total.checked_add(&contents.sums)?;
    }
    Ok(total)
}

/// Reads the amount columns of `files`, some at a time; what was found comes in no particular order.
pub(crate) async fn read_all(
    store: &Store,
    files: Vec<(String, u64)>,
) -> Result<Vec<Contents>, StoreError> {
    let parallel = std::thread::available_parallelism().map_or(2, usize::from);
    let mut files = files.into_iter();
    let mut running = JoinSet::new();
    let mut done = Vec::new();
    loop {
        while running.len() < parallel
            && let Some((path, size)) = files.next()
        {
            running.spawn(read(store.clone(), path, size));
        }
        let Some(joined) = running.join_next().await else {
            return Ok(done);
        };
        let unended = |error: tokio::task::JoinError| {
            StoreError::Damaged(format!("reading a data file did not end: {error}"))
        };
        done.push(joined.map_err(unended)??);
    }
}

/// What was found in a file.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    pub(crate) path: String,
    pub(crate) sums: Sums,
    /// Line items that the rows stand for, if they are those of a rollup.
    pub(crate) counted: u64,
    pub(crate) schema: SchemaRef,
    /// The object as it was when this was read.
    object: ObjectMeta,
}

impl Contents {
    /// Takes its schema from `schemas` if it is among them: a large report has hundreds of files.
    pub(crate) fn share(&mut self, schemas: &Mutex<Vec<SchemaRef>>) {
        let mut schemas = schemas.lock().unwrap_or_else(PoisonError::into_inner);
        match schemas.iter().find(|schema| **schema == self.schema) {
            Some(schema) => self.schema = Arc::clone(schema),
            None => schemas.push(Arc::clone(&self.schema)),
        }
    }

    /// Is the file still the very object that was read?
    pub(crate) async fn is_current(&self, store: &Store) -> bool {
        let now = store.objects().head(&paths::object(&self.path)).await;
        now.is_ok_and(|now| {
            (&now.e_tag, now.size, now.last_modified)
                == (
                    &self.object.e_tag,
                    self.object.size,
                    self.object.last_modified,
                )
        })
    }
}

/// Reads the amount columns of a file, and sums them up.
pub(crate) async fn read(store: Store, path: String, size: u64) -> Result<Contents, StoreError> {
    let object = store.objects().head(&paths::object(&path)).await;
    let object = object.map_err(|source| StoreError::Object {
        action: "cannot read",
        path: path.clone(),
        source,
    })?;
    let mut contents = Contents {
        path,
        sums: Sums::default(),
        counted: 0,
        schema: SchemaRef::new(Schema::empty()),
        object,
    };
    contents.fill(&store, size).await?;
    Ok(contents)
}

impl Contents {
    async fn fill(&mut self, store: &Store, size: u64) -> Result<(), StoreError> {
        let path = self.path.clone();
        let path = path.as_str();
        let unreadable = |error: ParquetError| unreadable(path, error);
        let mut reader = ObjectFile::new(store.objects(), path, size);
        // What counts is the Parquet types, not the Arrow types of the writer's arrays that it may have noted beside them.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load_async(&mut reader, options)
            .await
            .map_err(unreadable)?;
        self.schema = Arc::clone(metadata.schema());
        let amount = ColumnType::Amount.arrow();
        let is_amount = |field: &Field| {
            (*field.data_type() == amount && Beside::of(field.name()).is_none())
                || (field.name() == ROW_COUNT && *field.data_type() == DataType::Int64)
        };
        let amounts: Vec<_> = metadata
            .schema()
            .fields()
            .iter()
            .enumerate()
            .filter(|(_, field)| is_amount(field))
            .map(|(place, _)| place)
            .collect();
        let rows = metadata.metadata().file_metadata().num_rows();
        let rows = u64::try_from(rows)
            .map_err(|_| StoreError::Damaged(format!("`{path}` states {rows} rows")))?;
        let projection = ProjectionMask::roots(metadata.parquet_schema(), amounts);
        let mut batches = ParquetRecordBatchStreamBuilder::new_with_metadata(reader, metadata)
            .with_projection(projection)
            .with_batch_size(BATCH)
            .build()
            .map_err(unreadable)?;
        while let Some(batch) = batches.try_next().await.map_err(unreadable)? {
            self.add(&batch)?;
        }
        if self.sums.rows != rows {
            return Err(StoreError::Damaged(format!(
                "`{path}` states {rows} rows and has {}",
                self.sums.rows
            )));
        }
        Ok(())
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        self.sums.rows += batch.num_rows() as u64;
        for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
            if column.null_count() == column.len() {
                continue;
            }
            if let Some(counts) = column.as_primitive_opt::<Int64Type>() {
                let counted = counts.values().iter().map(|count| count.unsigned_abs());
                self.counted += counted.sum::<u64>();
                continue;
            }
            // Amounts have at most 38 digits: a batch of a few thousand may still not overflow 128 bits unnoticed.
            let sum = arrow::compute::sum_checked(column.as_primitive::<Decimal128Type>());
            let overflow = |_| StoreError::Column {
                column: field.name().clone(),
                why: "has a sum of more than 38 digits".to_owned(),
            };
            if let Some(sum) = sum.map_err(overflow)? {
                self.sums.add(field.name(), Money::from_units(sum))?;
            }
        }
        Ok(())
    }
}

/// What it means that the Parquet file at `path` cannot be read: the store is out of reach, or the file is damaged.
pub(crate) fn unreadable(path: &str, error: ParquetError) -> StoreError {
    match error {
        ParquetError::External(source) => match source.downcast::<object_store::Error>() {
            Ok(source) => StoreError::Object {
                action: "cannot read",
                path: path.to_owned(),
                source: *source,
            },
            Err(source) => StoreError::Damaged(format!("`{path}` cannot be read: {source}")),
        },
        error => StoreError::Damaged(format!("`{path}` cannot be read: {error}")),
    }
}

/// A data file, of which only the column chunks asked for are fetched.
pub(crate) struct ObjectFile {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    size: u64,
}

impl ObjectFile {
    /// The file at `path` within the store whose objects these are, of so many bytes.
    pub(crate) fn new(objects: &Arc<dyn ObjectStore>, path: &str, size: u64) -> Self {
        Self {
            objects: Arc::clone(objects),
            path: paths::object(path),
            size,
        }
    }
}

fn external(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

impl AsyncFileReader for ObjectFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        async move {
            self.objects
                .get_range(&self.path, range)
                .await
                .map_err(external)
        }
        .boxed()
    }

    fn get_byte_ranges(
        &mut self,
        ranges: Vec<Range<u64>>,
    ) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        async move {
            self.objects
                .get_ranges(&self.path, &ranges)
                .await
                .map_err(external)
        }
        .boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        async move {
            let size = self.size;
            let reader = ParquetMetaDataReader::new().with_arrow_reader_options(options);
            reader.load_and_finish(self, size).await.map(Arc::new)
        }
        .boxed()
    }
}
