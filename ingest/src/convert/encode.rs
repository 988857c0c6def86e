//! Runs to Parquet files.

pub(super) mod chunk;
mod map;

use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use arrow::datatypes::{DataType, Field, Schema};
use bytes::Bytes;
use curtail_store::{ColumnType, ROW_COUNT, ReportKind};
use parquet::{
    arrow::{
        ArrowSchemaConverter,
        arrow_writer::{
            ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
        },
    },
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::{
        metadata::SortingColumn,
        properties::{EnabledStatistics, WriterProperties},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::ColumnDescPtr,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use self::chunk::{Chunk, Scratch};
use super::{
    amounts::{Amounts, NO_AMOUNT},
    bundles::Values,
    column::{Column, MapColumn, NO_TIME, TextColumn},
    order::{SortColumns, Sorted},
    registry::Registry,
    rollup::{Rollup, Summed, Told},
    run::Run,
    texts::NULL,
};

/// Rows per row group: small enough to skip most of a file, large enough for dictionaries to pay.
const ROW_GROUP: usize = 128 * 1024;

/// zstd's fastest level; higher ones cost more time than they save space in sorted data.
pub(super) const ZSTD_LEVEL: i32 = 1;

const CREATED_BY: &str = concat!("curtail version ", env!("CARGO_PKG_VERSION"));

/// Encodes runs, and keeps the memory that this takes from one to the next.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    idle: Mutex<Vec<Worker>>,
}

/// What encoding a column takes.
#[derive(Debug)]
struct Worker {
    scratch: Scratch,
    numbers: Vec<u32>,
    units: Vec<i128>,
    micros: Vec<i64>,
}

/// One column to be written.
struct Part<'a> {
    /// Its number in the registry.
    column: usize,
    field: Field,
    source: Source<'a>,
    /// The place of its first leaf among the file's.
    leaf: usize,
}

/// Where a column's values are.
enum Source<'a> {
    /// The same text in every row.
    Constant(&'static str),
    /// In the column itself, and, where it has none, in the first of these sets of bundles that has one.
    Text(&'a TextColumn, Vec<(usize, &'a [u32])>),
    Amount(&'a Amounts, Vec<(usize, &'a [i128])>),
    Time(&'a [i64], Vec<(usize, &'a [i64])>),
    Map(&'a MapColumn),
    /// Numbers of a column's texts in the order of rows.
    Told(&'a TextColumn, &'a [u32]),
    /// Amounts in the order of rows.
    Sums(&'a [i128]),
    /// Times or counts in the order of rows.
    Numbers(&'a [i64]),
}

/// Rows of one row group.
struct Group<'a> {
    /// The run's rows, in order.
    rows: &'a [u32],
    /// How many rows of the file come before.
    before: usize,
    /// For each set of bundles, those of the rows.
    bundles: Vec<Present<'a>>,
}

/// The bundles of the rows of a row group.
struct Present<'a> {
    /// By row.
    numbers: &'a [u32],
    /// Which there are at all.
    distinct: Vec<u32>,
}

/// What became of a column.
enum Encoded {
    Chunk(Box<Chunk>),
    Leaves(Vec<ArrowColumnChunk>),
}

impl Encoder {
    /// Writes all rows of a run, in the order given, as one file. Works on the rayon pool that it is called from.
    pub(super) fn encode(
        &self,
        rows: &Sorted<'_>,
        kind: ReportKind,
        registry: &Registry,
        keep: &[&str],
    ) -> Result<Bytes, ParquetError> {
        let parts = parts(rows.run, kind, registry, |name| keep.contains(&name));
        self.file(rows, &parts, kind)
    }

    /// Writes a rollup of a run as one file. Works on the rayon pool that it is called from.
    pub(super) fn rollup(
        &self,
        run: &Run,
        rollup: &Rollup<'_>,
        kind: ReportKind,
        registry: &Registry,
    ) -> Result<Bytes, ParquetError> {
        let all = registry.all();
        let sums: FxHashMap<&str, &Summed> = (rollup.sums.iter())
            .map(|summed| (all[summed.column].name.as_str(), summed))
            .collect();
        let mut parts: Vec<Part<'_>> = parts(run, kind, registry, |name| sums.contains_key(name))
            .into_iter()
            .filter_map(|mut part| {
                let column = part.column;
                let partly = rollup.partly.iter().find(|(partly, _)| *partly == column);
                if let Some((_, times)) = rollup.times.as_ref().filter(|(at, _)| *at == column) {
                    part.source = Source::Numbers(times);
                } else if let Some(summed) = sums.get(part.field.name().as_str()) {
                    part.source = Source::Sums(&summed.sums);
                } else if let (Some((_, numbers)), Some(text)) = (partly, run.text(column)) {
                    part.source = Source::Told(text, numbers);
                } else if !rollup.dimensions.contains(&column) {
                    return None;
                }
                Some(part)
            })
            .collect();
        // No column of the registry has these.
        for (column, beside, told) in &rollup.beside {
            let name = beside.column(&all[*column].name);
            let (data_type, source) = match told {
                Told::Counts(counts) => (DataType::Int64, Source::Numbers(counts)),
                Told::Amounts(units) => (ColumnType::Amount.arrow(), Source::Sums(units)),
            };
            parts.push(Part {
                column: all.len(),
                field: Field::new(name, data_type, true),
                source,
                leaf: 0,
            });
        }
        parts.push(Part {
            column: all.len(),
            field: Field::new(ROW_COUNT, DataType::Int64, true),
            source: Source::Numbers(rollup.counts),
            leaf: 0,
        });
        // Maps, which have two leaves, are no dimensions.
        for (leaf, part) in parts.iter_mut().enumerate() {
            part.leaf = leaf;
        }
        self.file(&Sorted::new(run, &rollup.examples), &parts, kind)
    }

    /// Writes some rows of a run as one file.
    fn file(
        &self,
        rows: &Sorted<'_>,
        parts: &[Part<'_>],
        kind: ReportKind,
    ) -> Result<Bytes, ParquetError> {
        let fields = parts.iter().map(|part| part.field.clone());
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        // Without Arrow's own schema in the footer: Parquet's tells the same types, and is read at every opening anyway.
        let properties = properties(parts, kind);
        let root = ArrowSchemaConverter::new()
            .schema_root("schema")
            .convert(&schema)?
            .root_schema_ptr();
        let mut writer = SerializedFileWriter::new(Vec::new(), root, Arc::new(properties))?;
        let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(&schema));
        let columns: Vec<ColumnDescPtr> = writer.schema_descr().columns().to_vec();
        let maps = parts
            .iter()
            .any(|part| matches!(part.source, Source::Map(_)));
        let starts = (0..rows.order.len()).step_by(ROW_GROUP);
        for (at, start) in starts.enumerate() {
            let end = rows.order.len().min(start + ROW_GROUP);
            let group = Group::of(rows, start..end);
            let mut writers: Vec<Option<ArrowColumnWriter>> = Vec::new();
            if maps {
                writers.extend(factory.create_column_writers(at)?.into_iter().map(Some));
            }
            let tasks = parts.iter().map(|part| {
                let leaves = match part.source {
                    Source::Map(_) => &mut writers[part.leaf..part.leaf + 2],
                    _ => &mut [],
                };
                (part, leaves.iter_mut().filter_map(Option::take).collect())
            });
            let tasks: Vec<(&Part<'_>, Vec<ArrowColumnWriter>)> = tasks.collect();
            let encoded: Vec<Encoded> = tasks
                .into_par_iter()
                .map(|(part, leaves)| {
                    let mut worker = self.worker();
                    let encoded = part.encode(&columns[part.leaf], &group, leaves, &mut worker);
                    self.idle
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(worker);
                    encoded
                })
                .collect::<Result<_, _>>()?;
            let mut group = writer.next_row_group()?;
            for encoded in encoded {
                encoded.append(&mut group)?;
            }
            group.close()?;
        }
        Ok(writer.into_inner()?.into())
    }

    fn worker(&self) -> Worker {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.unwrap_or_else(|| Worker {
            scratch: Scratch::new(),
            numbers: Vec::new(),
            units: Vec::new(),
            micros: Vec::new(),
        })
    }
}

impl Encoded {
    fn append(self, group: &mut SerializedRowGroupWriter<'_, Vec<u8>>) -> Result<(), ParquetError> {
        match self {
            Self::Chunk(chunk) => chunk.append(group),
            Self::Leaves(chunks) => chunks
                .into_iter()
                .try_for_each(|chunk| chunk.append_to_row_group(group)),
        }
    }
}

impl<'a> Group<'a> {
    fn of(all: &'a Sorted<'_>, range: Range<usize>) -> Self {
        let bundles = all.run.bundles.par_iter().zip(&all.bundles);
        let bundles = bundles.map(|(set, numbers)| {
            let numbers = &numbers[range.clone()];
            let mut seen = vec![false; set.count() + 1];
            let mut distinct = Vec::new();
            let mut last = None;
            for &number in numbers {
                if last != Some(number) && !std::mem::replace(&mut seen[number as usize], true) {
                    distinct.push(number);
                }
                last = Some(number);
            }
            Present { numbers, distinct }
        });
        Self {
            bundles: bundles.collect(),
            rows: &all.order[range.clone()],
            before: range.start,
        }
    }
}

/// The columns that have any value, and those to keep.
fn parts<'a>(
    run: &'a Run,
    kind: ReportKind,
    registry: &Registry,
    keep: impl Fn(&str) -> bool,
) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    let mut leaf = 0;
    for (number, (column, described)) in run.columns.iter().zip(registry.all()).enumerate() {
        let constant = described.name == "source";
        if !constant && !keep(&described.name) && !run.has_values(number) {
            continue;
        }
        let bundles = run.bundles.iter().enumerate();
        let values = bundles.filter_map(|(at, set)| Some((at, set.values(number)?)));
        let source = match column {
            _ if constant => Source::Constant(kind.as_str()),
            Column::Text(text) => Source::Text(
                text,
                values
                    .filter_map(|(at, values)| match values {
                        Values::Text(numbers) => Some((at, &numbers[..])),
                        _ => None,
                    })
                    .collect(),
            ),
            Column::Amount(amounts) => Source::Amount(
                amounts,
                values
                    .filter_map(|(at, values)| match values {
                        Values::Amount(units) => Some((at, &units[..])),
                        _ => None,
                    })
                    .collect(),
            ),
            Column::Time(micros) => Source::Time(
                micros,
                values
                    .filter_map(|(at, values)| match values {
                        Values::Time(micros) => Some((at, &micros[..])),
                        _ => None,
                    })
                    .collect(),
            ),
            Column::Map(map) => Source::Map(map),
        };
        let leaves = if matches!(source, Source::Map(_)) {
            2
        } else {
            1
        };
        parts.push(Part {
            column: number,
            field: described.field(),
            source,
            leaf,
        });
        leaf += leaves;
    }
    parts
}

fn properties(parts: &[Part<'_>], kind: ReportKind) -> WriterProperties {
    WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(
            ZstdLevel::try_new(ZSTD_LEVEL).expect("zstd has this level"),
        ))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(sorting(parts, kind))
        .build()
}

/// The columns that the rows are sorted by, as far as they are sorted by whole values.
fn sorting(parts: &[Part<'_>], kind: ReportKind) -> Option<Vec<SortingColumn>> {
    let columns = SortColumns::of(kind);
    let sorting: Vec<SortingColumn> = [columns.service, columns.account]
        .iter()
        .filter_map(|name| parts.iter().find(|part| part.field.name() == name))
        .map(|part| SortingColumn {
            column_idx: i32::try_from(part.leaf).unwrap_or(i32::MAX),
            descending: false,
            nulls_first: true,
        })
        .collect();
    (!sorting.is_empty()).then_some(sorting)
}

impl Part<'_> {
    fn encode(
        &self,
        column: &ColumnDescPtr,
        group: &Group<'_>,
        mut leaves: Vec<ArrowColumnWriter>,
        worker: &mut Worker,
    ) -> Result<Encoded, ParquetError> {
        let rows = group.rows.len();
        let Worker {
            scratch,
            numbers,
            units,
            micros,
        } = worker;
        let chunk = match &self.source {
            Source::Constant(text) => chunk::constant(column, text.as_bytes(), rows, scratch)?,
            Source::Text(own, bundles) => {
                match only(own.numbers().is_empty(), bundles, group, NULL) {
                    Some(NULL) => chunk::absent(column, rows, scratch)?,
                    Some(number) => {
                        chunk::constant(column, own.texts().bytes_of(number), rows, scratch)?
                    }
                    None => {
                        collect(own.numbers(), bundles, group, NULL, numbers);
                        chunk::texts(column, numbers, own.texts(), scratch)?
                    }
                }
            }
            Source::Amount(own, bundles) => {
                own.gather(group.rows, units);
                fill(bundles, group, NO_AMOUNT, units);
                chunk::amounts(column, units, scratch)?
            }
            Source::Time(own, bundles) => {
                collect(own, bundles, group, NO_TIME, micros);
                chunk::times(column, micros, scratch)?
            }
            Source::Told(text, numbers) => {
                let numbers = &numbers[group.before..group.before + rows];
                chunk::texts(column, numbers, text.texts(), scratch)?
            }
            Source::Sums(sums) => {
                chunk::amounts(column, &sums[group.before..group.before + rows], scratch)?
            }
            Source::Numbers(numbers) => {
                chunk::times(column, &numbers[group.before..group.before + rows], scratch)?
            }
            Source::Map(map) => {
                let array = map::array(&self.field, map, group.rows)?;
                let arrays = compute_leaves(&self.field, &array)?;
                for (writer, leaf) in leaves.iter_mut().zip(arrays) {
                    writer.write(&leaf)?;
                }
                let chunks = leaves.into_iter().map(ArrowColumnWriter::close);
                return Ok(Encoded::Leaves(chunks.collect::<Result<_, _>>()?));
            }
        };
        Ok(Encoded::Chunk(Box::new(chunk)))
    }
}

/// The one value that all rows of a group have, if a look at the bundles alone tells.
fn only<T: Copy + PartialEq>(
    no_own: bool,
    bundles: &[(usize, &[T])],
    group: &Group<'_>,
    null: T,
) -> Option<T> {
    match bundles {
        [] if no_own => Some(null),
        [(set, values)] if no_own => {
            let distinct = &group.bundles[*set].distinct;
            let value = |number: &u32| values.get(*number as usize).copied().unwrap_or(null);
            let first = value(distinct.first()?);
            distinct
                .iter()
                .all(|number| value(number) == first)
                .then_some(first)
        }
        _ => None,
    }
}

/// The values of all rows of a group.
fn collect<T: Copy + PartialEq>(
    own: &[T],
    bundles: &[(usize, &[T])],
    group: &Group<'_>,
    null: T,
    all: &mut Vec<T>,
) {
    all.clear();
    match bundles {
        [(set, values), others @ ..] if own.is_empty() => {
            let value = |&number: &u32| values.get(number as usize).copied().unwrap_or(null);
            all.extend(group.bundles[*set].numbers.iter().map(value));
            fill(others, group, null, all);
        }
        _ => {
            let own = |&row: &u32| own.get(row as usize).copied().unwrap_or(null);
            all.extend(group.rows.iter().map(own));
            fill(bundles, group, null, all);
        }
    }
}

/// Puts in what rows that have no value have in bundles.
fn fill<T: Copy + PartialEq>(bundles: &[(usize, &[T])], group: &Group<'_>, null: T, all: &mut [T]) {
    for (set, values) in bundles {
        for (value, &number) in all.iter_mut().zip(group.bundles[*set].numbers) {
            if *value == null {
                *value = values.get(number as usize).copied().unwrap_or(null);
            }
        }
    }
}
