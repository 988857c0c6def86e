//! Parquet files to runs.

mod cells;
mod values;

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use curtail_store::Anomaly;
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    errors::ParquetError,
    file::reader::ChunkReader,
};

use self::cells::Cells;
use super::{
    Conversion, FileTally, ObjectName,
    column::Column,
    file::{BadValue, FileState},
    registry::{Binding, Source},
    run::Run,
    shred::{self, Shredder},
};
use crate::IngestError;

/// Rows decoded at once.
const BATCH: usize = 8192;

/// Decodes a whole file into runs of `conversion`.
pub(super) fn decode<R: ChunkReader + 'static>(
    conversion: &Conversion,
    object: &ObjectName,
    input: R,
) -> Result<FileTally, IngestError> {
    let mut state = FileState::new(object);
    state.decoded = input.len();
    if state.decoded == 0 {
        state.note(Anomaly::EmptyFile, 1);
        return conversion.close_file(object, state);
    }
    let unreadable = |why: &dyn std::fmt::Display| IngestError::UnreadableParquet {
        object: object.to_string(),
        why: why.to_string(),
    };
    let metadata = metadata(&input).map_err(|error| unreadable(&error))?;
    let schema = Arc::clone(metadata.schema());
    let sources = schema.fields().iter().map(|field| Source {
        name: field.name().clone(),
        map: matches!(field.data_type(), DataType::Map(..)),
    });
    let sources: Vec<Source> = sources.collect();
    let binding = conversion.bind(object, &sources)?;
    state.note(Anomaly::DuplicateColumn, binding.duplicates);

    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(input, metadata);
    let wanted = wanted(&binding);
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
    let reader = builder
        .with_projection(mask)
        .with_batch_size(BATCH)
        .build()
        .map_err(|error| unreadable(&error))?;

    let mut file = File {
        conversion,
        state,
        sources,
        wanted,
        caches: Vec::new(),
        shredders: binding
            .shredded
            .iter()
            .map(|(_, category)| Shredder::new(category))
            .collect(),
    };
    let mut run = conversion.take_run();
    for batch in reader {
        let batch = batch.map_err(|error| unreadable(&error))?;
        file.take_batch(&mut run, &batch, &binding)?;
        if run.is_full() {
            file.settle(&mut run)?;
            conversion.write_full(&mut run)?;
        }
    }
    file.settle(&mut run)?;
    let mut state = file.state;
    if state.rows == 0 {
        state.note(Anomaly::EmptyFile, 1);
    }
    conversion.put_run(run)?;
    conversion.close_file(object, state)
}

/// The file's metadata, with text to be read as dictionaries, as it is stored.
fn metadata<R: ChunkReader>(input: &R) -> Result<ArrowReaderMetadata, ParquetError> {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let plain = ArrowReaderMetadata::load(input, options.clone())?;
    let fields = plain
        .schema()
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Utf8 => {
                let text =
                    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                Arc::new(Field::new(field.name(), text, field.is_nullable()))
            }
            _ => Arc::clone(field),
        });
    let schema = Schema::new(fields.collect::<Vec<_>>());
    ArrowReaderMetadata::try_new(
        Arc::clone(plain.metadata()),
        options.with_schema(Arc::new(schema)),
    )
}

/// The file's columns that are bound to anything, in order.
fn wanted(binding: &Binding) -> Vec<usize> {
    let columns = binding
        .columns
        .iter()
        .flat_map(|bound| bound.sources.iter().copied());
    let mut wanted: Vec<usize> = columns
        .chain(binding.shredded.iter().map(|(source, _)| *source))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

/// A file that is being decoded.
struct File<'a> {
    conversion: &'a Conversion,
    state: FileState,
    sources: Vec<Source>,
    /// Columns of the file that are read, in the order of a batch's columns.
    wanted: Vec<usize>,
    /// For each pair of columns, what the numbers of a dictionary are in the run.
    caches: Vec<((usize, usize), values::Dictionary)>,
    /// What is known of the keys of each map that is shredded.
    shredders: Vec<Shredder>,
}

impl File<'_> {
    fn take_batch(
        &mut self,
        run: &mut Run,
        batch: &RecordBatch,
        binding: &Binding,
    ) -> Result<(), IngestError> {
        run.extend(&self.conversion.registry);
        if run.rows == 0 {
            // Numbers of another run mean nothing in this one.
            self.caches.clear();
        }
        for bound in &binding.columns {
            for (nth, &source) in bound.sources.iter().enumerate() {
                let array = self.array(batch, source)?;
                self.take_column(run, bound.column, source, &array, nth > 0)?;
            }
            if let Column::Text(column) = run.column_mut(bound.column) {
                let repaired = column.take_repaired();
                self.state.note(Anomaly::InvalidUtf8, repaired);
            }
        }
        for (map, (source, _)) in binding.shredded.iter().enumerate() {
            let array = self.array(batch, *source)?;
            self.shred(run, *source, map, &array)?;
        }
        run.rows += batch.num_rows();
        self.state.rows += batch.num_rows() as u64;
        self.conversion.progress.rows(batch.num_rows() as u64);
        Ok(())
    }

    /// Adds up what maps have brought since the last time.
    fn settle(&mut self, run: &mut Run) -> Result<(), IngestError> {
        for bundles in &mut run.bundles {
            bundles.settle(&mut self.state).map_err(|(column, bad)| {
                let name = self.conversion.registry.column(column).name;
                self.state.bad_value(&bad, 0, name, b"")
            })?;
        }
        Ok(())
    }

    fn array(&self, batch: &RecordBatch, source: usize) -> Result<ArrayRef, IngestError> {
        let at = self.wanted.binary_search(&source);
        let at = at.map_err(|_| IngestError::Internal(format!("column {source} was not read")))?;
        Ok(Arc::clone(batch.column(at)))
    }

    /// Takes a column in; where `merge` is set, only in rows that have no value yet.
    fn take_column(
        &mut self,
        run: &mut Run,
        number: usize,
        source: usize,
        array: &ArrayRef,
        merge: bool,
    ) -> Result<(), IngestError> {
        if array.null_count() == array.len() {
            return Ok(());
        }
        let base = run.rows;
        let done = match run.column_mut(number) {
            Column::Text(column) => {
                let cache = cache(&mut self.caches, (number, source));
                values::text(column, base, array, cache, merge)
                    .map_err(|row| (row, BadValue::NoAmount))
            }
            Column::Amount(amounts) => {
                values::amounts(amounts, base, array, merge, number, &mut self.state)
            }
            Column::Time(micros) => values::times(micros, base, array, merge),
            Column::Map(_) => self.take_cells(run, number, array, merge),
        };
        done.map_err(|(row, bad)| {
            let value = values::shown(array, row);
            self.state.bad_value(
                &bad,
                self.state.rows + row as u64 + 1,
                self.sources[source].name.clone(),
                value.as_bytes(),
            )
        })
    }

    /// Takes in maps, or JSON text, as maps.
    fn take_cells(
        &mut self,
        run: &mut Run,
        number: usize,
        array: &ArrayRef,
        merge: bool,
    ) -> Result<(), (usize, BadValue)> {
        let base = run.rows;
        let mut cell = String::new();
        let cells = Cells::new(array);
        for row in 0..array.len() {
            let taken = matches!(run.column_mut(number), Column::Map(column) if merge && column.has(base + row));
            if taken || !cells.read(row, &mut cell) {
                continue;
            }
            self.state
                .set_text(run, number, base + row, cell.as_bytes())
                .map_err(|bad| (row, bad))?;
        }
        Ok(())
    }

    fn shred(
        &mut self,
        run: &mut Run,
        source: usize,
        map: usize,
        array: &ArrayRef,
    ) -> Result<(), IngestError> {
        let base = run.rows;
        let Self {
            conversion,
            state,
            sources,
            shredders,
            ..
        } = self;
        let registry = &conversion.registry;
        let at = shredders[map].bundles(run);
        let mut cell = String::new();
        let cells = Cells::new(array);
        for row in 0..array.len() {
            if !cells.read(row, &mut cell) || cell == "{}" {
                continue;
            }
            let cell = cell.as_bytes();
            let number = match run.bundles[at].find(cell) {
                Some(number) => Ok(number),
                None => shredders[map].learn(run, at, cell, cell, registry),
            };
            let done = number.and_then(|number| shred::set(run, at, base + row, number, state));
            done.map_err(|entry| {
                let key = registry.column(entry.column).name;
                let column = format!("{} ({key})", sources[source].name);
                let row = state.rows + row as u64 + 1;
                state.bad_value(&entry.bad, row, column, &entry.value)
            })?;
        }
        Ok(())
    }
}

fn cache(
    caches: &mut Vec<((usize, usize), values::Dictionary)>,
    key: (usize, usize),
) -> &mut values::Dictionary {
    let at = caches
        .iter()
        .position(|(known, _)| *known == key)
        .unwrap_or_else(|| {
            caches.push((key, values::Dictionary::default()));
            caches.len() - 1
        });
    &mut caches[at].1
}
