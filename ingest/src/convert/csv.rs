//! CSV files to runs.

use std::{io::Read, sync::Arc};

use curtail_store::{Anomaly, ColumnType, ReportKind};

use super::{
    Compression, Conversion, FileTally, ObjectName, amount,
    blocks::{Block, Blocks},
    column::{self, Column, NO_AMOUNT, NO_TIME},
    file::{BadValue, FileState},
    instant,
    registry::{Binding, Bound, Source},
    run::Run,
    split::{Malformed, Records, Span},
};
use crate::IngestError;

/// Rows that are split before their fields are taken in, column by column: their text and spans fit the second-level cache.
const BATCH: usize = 128;

/// Batches between two looks at how large the run has become.
const BATCHES_PER_LOOK: usize = 16;

/// Bytes of the longest record; only text with an unclosed quote has longer ones.
const MAX_RECORD: usize = 32 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes a whole file into runs of `conversion`.
pub(super) fn decode(
    conversion: &Conversion,
    object: &ObjectName,
    compression: Compression,
    input: Box<dyn Read + Send>,
) -> Result<FileTally, IngestError> {
    let failed = |error| IngestError::from_read(object, error);
    let blocks = Blocks::read(compression, input).map_err(failed)?;
    let mut file = File {
        conversion,
        object,
        state: FileState::new(object),
        header: None,
        line: 1,
        spans: Vec::new(),
        lines: Vec::new(),
    };
    let mut run = conversion.take_run();
    let mut block = blocks.next().map_err(failed)?;
    let mut at = if block.text().starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    file.state.decoded = block.text().len() as u64;
    loop {
        let rest = file.take_block(&mut run, &block, at)?;
        if block.last {
            break;
        }
        let mut next = blocks.next().map_err(failed)?;
        file.state.decoded += next.text().len() as u64;
        let rest = &block.text()[rest..];
        if rest.len() > MAX_RECORD {
            let why = "a record goes on for more than 32 MiB: a quote may not be closed".to_owned();
            return Err(IngestError::Malformed {
                object: object.to_string(),
                line: file.line,
                why,
            });
        }
        next.prepend(rest);
        blocks.reuse(std::mem::replace(&mut block, next));
        at = 0;
    }
    if file.state.rows == 0 {
        file.state.note(Anomaly::EmptyFile, 1);
    }
    conversion.put_run(run)?;
    conversion.close_file(object, file.state)
}

/// A file that is being decoded.
struct File<'a> {
    conversion: &'a Conversion,
    object: &'a ObjectName,
    state: FileState,
    header: Option<Arc<Header>>,
    /// The line that the next record begins on.
    line: u64,
    /// Fields of a batch, row by row.
    spans: Vec<Span>,
    /// The line of each row of a batch.
    lines: Vec<u64>,
}

/// The first record of a file.
struct Header {
    names: Vec<String>,
    binding: Binding,
}

impl File<'_> {
    /// Takes in all records that are complete in `block`, and says where the rest begins.
    fn take_block(
        &mut self,
        run: &mut Run,
        block: &Block,
        at: usize,
    ) -> Result<usize, IngestError> {
        let data = block.text();
        let mut records = Records::new(data, at, self.line, block.last);
        let header = if let Some(header) = &self.header {
            Arc::clone(header)
        } else {
            self.spans.clear();
            if self.record(&mut records)?.is_none() {
                return Ok(records.position());
            }
            self.header(data)?
        };
        let mut batches = 0;
        loop {
            let complete = self.batch(&mut records, &header)?;
            if complete == 0 {
                break;
            }
            self.take_batch(run, data, &header)?;
            batches += 1;
            if batches % BATCHES_PER_LOOK == 0 || complete < BATCH {
                self.conversion.write_if_full(run)?;
            }
        }
        self.line = records.line();
        Ok(records.position())
    }

    /// One record, whatever its fields.
    fn record(&mut self, records: &mut Records<'_>) -> Result<Option<(u64, usize)>, IngestError> {
        match records.next(&mut self.spans) {
            Ok(record) => Ok(record.map(|record| (record.line, record.fields))),
            Err(Malformed::OpenQuote) => Err(IngestError::Malformed {
                object: self.object.to_string(),
                line: records.line(),
                why: "a quote is never closed".to_owned(),
            }),
        }
    }

    /// Understands the record in `spans` as the header.
    fn header(&mut self, data: &[u8]) -> Result<Arc<Header>, IngestError> {
        let mut scratch = Vec::new();
        let text =
            |span: &Span| String::from_utf8_lossy(span.text(data, &mut scratch)).into_owned();
        let names: Vec<String> = self.spans.iter().map(text).collect();
        let sources: Vec<Source> = names
            .iter()
            .map(|name| Source {
                name: name.clone(),
                map: false,
            })
            .collect();
        let binding = self.conversion.bind(self.object, &sources)?;
        self.state
            .note(Anomaly::DuplicateColumn, binding.duplicates);
        let header = Arc::new(Header { names, binding });
        self.header = Some(Arc::clone(&header));
        Ok(header)
    }

    /// Splits up to a batch of records into `spans` and says how many there are.
    fn batch(&mut self, records: &mut Records<'_>, header: &Header) -> Result<usize, IngestError> {
        self.spans.clear();
        self.lines.clear();
        while self.lines.len() < BATCH {
            let Some((line, found)) = self.record(records)? else {
                break;
            };
            let expected = header.names.len();
            if found != expected {
                return Err(IngestError::FieldCount {
                    object: self.object.to_string(),
                    line,
                    expected,
                    found,
                });
            }
            self.lines.push(line);
        }
        Ok(self.lines.len())
    }

    /// Takes the rows in `spans` into the run.
    fn take_batch(
        &mut self,
        run: &mut Run,
        data: &[u8],
        header: &Header,
    ) -> Result<(), IngestError> {
        let conversion = self.conversion;
        run.extend(&conversion.registry);
        let mut scratch = Vec::new();
        for bound in &header.binding.columns {
            self.take_column(run, data, header, bound, &mut scratch)?;
        }
        for (field, category) in &header.binding.shredded {
            self.shred_column(run, data, header, *field, category, &mut scratch)?;
        }
        let rows = self.lines.len();
        run.rows += rows;
        self.state.rows += rows as u64;
        conversion.progress.rows(rows as u64);
        Ok(())
    }

    fn take_column(
        &mut self,
        run: &mut Run,
        data: &[u8],
        header: &Header,
        bound: &Bound,
        scratch: &mut Vec<u8>,
    ) -> Result<(), IngestError> {
        let width = header.names.len();
        let base = run.rows;
        let focus = self.conversion.kind == ReportKind::Focus;
        let [field] = bound.sources[..] else {
            return self.merge_columns(run, data, header, bound, scratch);
        };
        // Tools that export FOCUS data write NULL as the word.
        let is_null = |text: &[u8]| text.is_empty() || (focus && text == b"NULL");
        let spans = self.spans.iter().skip(field).step_by(width).enumerate();
        match run.column_mut(bound.column) {
            Column::Text(column) => {
                for (row, span) in spans {
                    if !span.is_empty() {
                        let text = span.text(data, scratch);
                        if !is_null(text) {
                            column.set(base + row, text);
                        }
                    }
                }
                let repaired = column.take_repaired();
                self.state.note(Anomaly::InvalidUtf8, repaired);
            }
            Column::Amount(units) => {
                let mut sum = 0_i128;
                let mut any = false;
                for (row, span) in spans {
                    if span.is_empty() {
                        continue;
                    }
                    let text = span.text(data, scratch);
                    if is_null(text) {
                        continue;
                    }
                    let parsed =
                        amount::parse(text, &mut self.state.rounding).map_err(BadValue::from);
                    let added = parsed.and_then(|value| {
                        column::set(units, base + row, value, NO_AMOUNT);
                        sum.checked_add(value).ok_or(BadValue::Sum)
                    });
                    sum = added.map_err(|bad| self.bad(&bad, header, field, row, text))?;
                    any = true;
                }
                if any {
                    self.state
                        .add(bound.column, sum)
                        .map_err(|bad| self.bad(&bad, header, field, 0, b""))?;
                }
            }
            Column::Time(micros) => {
                for (row, span) in spans {
                    if span.is_empty() {
                        continue;
                    }
                    let text = span.text(data, scratch);
                    if is_null(text) {
                        continue;
                    }
                    let parsed = instant::parse(text).ok_or(BadValue::NoTime);
                    let value = parsed.map_err(|bad| self.bad(&bad, header, field, row, text))?;
                    column::set(micros, base + row, value, NO_TIME);
                }
            }
            Column::Map(_) => {
                debug_assert!(matches!(
                    bound.column_type,
                    ColumnType::TextMap | ColumnType::AmountMap
                ));
                self.merge_columns(run, data, header, bound, scratch)?;
            }
        }
        Ok(())
    }

    /// Takes, row by row, the first value that any of several fields has.
    fn merge_columns(
        &mut self,
        run: &mut Run,
        data: &[u8],
        header: &Header,
        bound: &Bound,
        scratch: &mut Vec<u8>,
    ) -> Result<(), IngestError> {
        let width = header.names.len();
        let focus = self.conversion.kind == ReportKind::Focus;
        for row in 0..self.lines.len() {
            for &field in &bound.sources {
                let text = self.spans[row * width + field].text(data, scratch);
                if text.is_empty() || (focus && text == b"NULL") {
                    continue;
                }
                let done = self.state.set_text(run, bound.column, run.rows + row, text);
                done.map_err(|bad| self.bad(&bad, header, field, row, text))?;
                break;
            }
        }
        if let Column::Text(column) = run.column_mut(bound.column) {
            let repaired = column.take_repaired();
            self.state.note(Anomaly::InvalidUtf8, repaired);
        }
        Ok(())
    }

    fn shred_column(
        &mut self,
        run: &mut Run,
        data: &[u8],
        header: &Header,
        field: usize,
        category: &str,
        scratch: &mut Vec<u8>,
    ) -> Result<(), IngestError> {
        let width = header.names.len();
        let base = run.rows;
        let mut shredder = run.take_shredder(category);
        for row in 0..self.lines.len() {
            let span = self.spans[row * width + field];
            if span.is_empty() {
                continue;
            }
            let text = span.text(data, scratch);
            if text.is_empty() || text == b"{}" {
                continue;
            }
            shredder
                .set(
                    run,
                    base + row,
                    text,
                    &self.conversion.registry,
                    &mut self.state,
                )
                .map_err(|entry| {
                    let column = self.conversion.registry.column(entry.column).name;
                    self.state
                        .bad_value(&entry.bad, self.lines[row], column, &entry.value)
                })?;
        }
        run.shredders.push(shredder);
        Ok(())
    }

    fn bad(
        &self,
        bad: &BadValue,
        header: &Header,
        field: usize,
        row: usize,
        text: &[u8],
    ) -> IngestError {
        self.state
            .bad_value(bad, self.lines[row], header.names[field].clone(), text)
    }
}
