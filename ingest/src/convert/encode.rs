//! Runs to Parquet files.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, Decimal128Array, DictionaryArray, Int32Array, StringArray, StringBuilder,
        TimestampMicrosecondArray, new_null_array,
    },
    buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer},
    datatypes::{Field, Schema},
};
use bytes::Bytes;
use curtail_store::{MONEY_PRECISION, MONEY_SCALE, ReportKind};
use parquet::{
    arrow::{
        ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata,
        arrow_writer::{
            ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
        },
    },
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::{
        metadata::SortingColumn,
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::types::ColumnPath,
};
use rayon::prelude::*;

use super::{
    column::{Column, MapColumn, NO_AMOUNT, NO_TIME},
    order::SortColumns,
    registry::Registry,
    run::Run,
    texts::{NULL, Texts},
};

mod map;

/// Rows per row group: small enough to skip most of a file, large enough for dictionaries to pay.
const ROW_GROUP: usize = 128 * 1024;

/// zstd's fastest level; higher ones cost more time than they save space in sorted data.
const ZSTD_LEVEL: i32 = 1;

const CREATED_BY: &str = concat!("curtail version ", env!("CARGO_PKG_VERSION"));

/// One column to be written.
struct Part {
    field: Field,
    values: Values,
    /// Would a dictionary be about as large as the values?
    plain: bool,
}

enum Values {
    /// The same text in every row.
    Constant(ArrayRef),
    /// Numbers from 1 of texts, in the order of rows.
    Text(Vec<u32>, StringArray),
    Amount(Vec<i128>),
    Time(Vec<i64>),
    Map(Box<MapColumn>),
}

/// Writes all rows of a run, in the order given, as one file.
pub(super) fn encode(
    run: Run,
    order: &[u32],
    kind: ReportKind,
    registry: &Registry,
    keep: &[&str],
) -> Result<Bytes, ParquetError> {
    let parts = parts(run, kind, registry, keep)?;
    let schema = Arc::new(Schema::new(
        parts
            .iter()
            .map(|part| part.field.clone())
            .collect::<Vec<_>>(),
    ));
    let mut properties = properties(&parts, kind);
    add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
    let root = ArrowSchemaConverter::new()
        .schema_root("schema")
        .convert(&schema)?
        .root_schema_ptr();
    let mut writer = SerializedFileWriter::new(Vec::new(), root, Arc::new(properties))?;
    let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(&schema));

    let groups: Vec<&[u32]> = order.chunks(ROW_GROUP).collect();
    let mut tasks = Vec::with_capacity(groups.len() * parts.len());
    for (at, rows) in groups.iter().enumerate() {
        let mut writers = factory.create_column_writers(at)?.into_iter();
        for part in &parts {
            let leaves = if matches!(part.values, Values::Map(_)) {
                2
            } else {
                1
            };
            tasks.push((
                part,
                *rows,
                writers.by_ref().take(leaves).collect::<Vec<_>>(),
            ));
        }
    }
    let chunks: Vec<Vec<ArrowColumnChunk>> = tasks
        .into_par_iter()
        .map(|(part, rows, writers)| part.encode(rows, writers))
        .collect::<Result<_, _>>()?;
    let mut chunks = chunks.into_iter();
    for _ in &groups {
        let mut group = writer.next_row_group()?;
        for chunk in chunks.by_ref().take(parts.len()).flatten() {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
    }
    Ok(writer.into_inner()?.into())
}

/// The columns that have any value, and those in `keep`.
fn parts(
    run: Run,
    kind: ReportKind,
    registry: &Registry,
    keep: &[&str],
) -> Result<Vec<Part>, ParquetError> {
    let mut parts = Vec::new();
    for (column, described) in run.columns.into_iter().zip(registry.all()) {
        let source = described.name == "source";
        if column.is_null() && !source && !keep.contains(&described.name.as_str()) {
            continue;
        }
        let field = described.field();
        let (values, plain) = match column {
            _ if source => (
                Values::Constant(Arc::new(StringArray::from(vec![kind.as_str()]))),
                false,
            ),
            Column::Text(text) => {
                let (numbers, texts) = text.into_parts();
                let plain = texts.len() > numbers.len() / 2;
                (Values::Text(numbers, strings(texts)?), plain)
            }
            Column::Amount(units) => (Values::Amount(units), false),
            Column::Time(micros) => (Values::Time(micros), false),
            Column::Map(map) => (Values::Map(map), false),
        };
        parts.push(Part {
            field,
            values,
            plain,
        });
    }
    Ok(parts)
}

/// The texts as an array, without a copy.
fn strings(texts: Texts) -> Result<StringArray, ParquetError> {
    let (bytes, ends) = texts.into_parts();
    // Runs hold less than 2³¹ bytes.
    let offsets = std::iter::once(0)
        .chain(ends.iter().map(|&end| end.cast_signed()))
        .collect::<Vec<i32>>();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    Ok(StringArray::try_new(
        offsets,
        Buffer::from_vec(bytes),
        None,
    )?)
}

fn properties(parts: &[Part], kind: ReportKind) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(
            ZstdLevel::try_new(ZSTD_LEVEL).expect("zstd has this level"),
        ))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(sorting(parts, kind));
    for part in parts.iter().filter(|part| part.plain) {
        let path = ColumnPath::from(part.field.name().as_str());
        properties = properties.set_column_dictionary_enabled(path, false);
    }
    properties.build()
}

/// The columns that the rows are sorted by, as far as they are sorted by whole values.
fn sorting(parts: &[Part], kind: ReportKind) -> Option<Vec<SortingColumn>> {
    let columns = SortColumns::of(kind);
    let mut sorting = Vec::new();
    for name in [columns.service, columns.account] {
        let mut leaf = 0;
        for part in parts {
            if part.field.name() == name {
                sorting.push(SortingColumn {
                    column_idx: leaf,
                    descending: false,
                    nulls_first: true,
                });
            }
            leaf += if matches!(part.values, Values::Map(_)) {
                2
            } else {
                1
            };
        }
    }
    (!sorting.is_empty()).then_some(sorting)
}

impl Part {
    fn encode(
        &self,
        rows: &[u32],
        mut writers: Vec<ArrowColumnWriter>,
    ) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
        let array = self.array(rows)?;
        for (writer, leaf) in writers.iter_mut().zip(compute_leaves(&self.field, &array)?) {
            writer.write(&leaf)?;
        }
        writers.into_iter().map(ArrowColumnWriter::close).collect()
    }

    /// The values of some rows.
    fn array(&self, rows: &[u32]) -> Result<ArrayRef, ParquetError> {
        Ok(match &self.values {
            Values::Constant(value) => {
                let keys = Int32Array::from(vec![0; rows.len()]);
                Arc::new(DictionaryArray::try_new(keys, Arc::clone(value))?)
            }
            Values::Text(numbers, texts) => {
                let numbers = gather(numbers, rows, NULL);
                if numbers.iter().all(|&number| number == NULL) {
                    return Ok(new_null_array(self.field.data_type(), rows.len()));
                }
                if self.plain {
                    let mut array = StringBuilder::with_capacity(rows.len(), rows.len() * 32);
                    for number in numbers {
                        array.append_option(
                            (number != NULL).then(|| texts.value(number as usize - 1)),
                        );
                    }
                    return Ok(Arc::new(array.finish()));
                }
                let nulls = nulls(&numbers, NULL);
                let keys: Vec<i32> = numbers
                    .iter()
                    .map(|&number| number.saturating_sub(1).cast_signed())
                    .collect();
                let keys = Int32Array::try_new(keys.into(), nulls)?;
                Arc::new(DictionaryArray::try_new(keys, Arc::new(texts.clone()))?)
            }
            Values::Amount(units) => {
                let mut units = gather(units, rows, NO_AMOUNT);
                let nulls = nulls(&units, NO_AMOUNT);
                blank(&mut units, nulls.as_ref(), NO_AMOUNT);
                let array = Decimal128Array::try_new(units.into(), nulls)?;
                Arc::new(array.with_precision_and_scale(MONEY_PRECISION, MONEY_SCALE)?)
            }
            Values::Time(micros) => {
                let mut micros = gather(micros, rows, NO_TIME);
                let nulls = nulls(&micros, NO_TIME);
                blank(&mut micros, nulls.as_ref(), NO_TIME);
                Arc::new(
                    TimestampMicrosecondArray::try_new(micros.into(), nulls)?.with_timezone("UTC"),
                )
            }
            Values::Map(column) => map::array(&self.field, column, rows)?,
        })
    }
}

/// The values of some rows; a column may end before its rows do.
fn gather<T: Copy>(values: &[T], rows: &[u32], null: T) -> Vec<T> {
    rows.iter()
        .map(|&row| values.get(row as usize).copied().unwrap_or(null))
        .collect()
}

fn nulls<T: Copy + PartialEq>(values: &[T], null: T) -> Option<NullBuffer> {
    let nulls = NullBuffer::new(BooleanBuffer::collect_bool(values.len(), |at| {
        values[at] != null
    }));
    (nulls.null_count() > 0).then_some(nulls)
}

/// Takes away the marks of NULL, which the null buffer has taken over.
fn blank<T: Copy + PartialEq + Default>(values: &mut [T], nulls: Option<&NullBuffer>, null: T) {
    if nulls.is_some() {
        for value in values.iter_mut().filter(|value| **value == null) {
            *value = T::default();
        }
    }
}
