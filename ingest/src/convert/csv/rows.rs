//! One parser of a CSV file: batches of its rows, column by column, into a run.

use std::hint;

use curtail_store::{Anomaly, ReportKind};

use super::File;
use crate::{
    IngestError,
    convert::{
        amount,
        blocks::Block,
        bundles::{Flaws, Key, Value},
        column::{self, Column, NO_TIME},
        file::{BadValue, FileState},
        instant,
        plan::{Judge, Plan, Work},
        records::{FieldCount, Records, Span, fields_of},
        run::Run,
        shred::{self, BadEntry, Shredder},
    },
};

/// Rows that are found before they are taken in, column by column: their text and spans fit the second-level cache.
const BATCH: usize = 256;

/// Bytes that processors move between caches at once.
const CACHE_LINE: usize = 64;

/// Batches between two looks at how large the run has become.
const BATCHES_PER_LOOK: usize = 8;

/// One parser of a file.
pub(super) struct Rows<'a> {
    file: &'a File<'a>,
    pub(super) state: FileState,
    run: Run,
    plan: Plan,
    /// What is known of the keys of each map that is shredded.
    shredders: Vec<Shredder>,
    /// What the items of a batch span, row by row.
    spans: Vec<Span>,
    /// Where each row of a batch begins.
    starts: Vec<usize>,
    scratch: Vec<u8>,
    judge: Judge,
}

/// Brings text into this core's cache in the order in which it lies there, which is quicker than column by column: another
/// core has just written it.
fn warm(text: &[u8]) {
    let sum = text
        .iter()
        .step_by(CACHE_LINE)
        .fold(0, |sum, byte| sum ^ byte);
    hint::black_box(sum);
}

/// A value that is bad, with its row in the batch and its field.
struct Bad {
    row: usize,
    field: usize,
    value: BadValue,
    text: Vec<u8>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(file: &'a File<'a>) -> Self {
        let conversion = file.conversion;
        let shredders = file.binding.shredded.iter();
        let plan = conversion.plan(&file.binding, file.names.len());
        Self {
            file,
            state: FileState::new(file.object),
            run: conversion.take_run(),
            judge: Judge::new(&plan),
            plan,
            shredders: shredders
                .map(|(_, category)| Shredder::new(category))
                .collect(),
            spans: Vec::new(),
            starts: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Leaves the run to others and says what was in the rows.
    pub(super) fn finish(mut self) -> Result<FileState, IngestError> {
        self.settle()?;
        self.file.conversion.put_run(self.run)?;
        Ok(self.state)
    }

    /// Takes in all rows of `block` from `at` on.
    pub(super) fn take_block(&mut self, block: &Block, at: usize) -> Result<(), IngestError> {
        let data = block.text();
        let mut records = Records::new(&block.masks, at);
        let mut batches = 0;
        loop {
            self.batch(&mut records, block)?;
            if self.starts.is_empty() {
                return Ok(());
            }
            self.take_batch(data)
                .map_err(|bad| self.bad_value(block, &bad))?;
            let rows = self.starts.len();
            self.run.rows += rows;
            self.state.rows += rows as u64;
            self.file.conversion.progress.rows(rows as u64);
            self.judge(rows);
            batches += 1;
            if (batches % BATCHES_PER_LOOK == 0 || rows < BATCH) && self.run.is_full() {
                self.settle()?;
                self.file.conversion.write_full(&mut self.run)?;
                self.judge.another_run();
            }
        }
    }

    /// Finds up to a batch of records.
    fn batch(&mut self, records: &mut Records<'_>, block: &Block) -> Result<(), IngestError> {
        self.spans.clear();
        self.starts.clear();
        let length = block.text().len();
        while self.starts.len() < BATCH && records.find(length) {
            let at = records.position();
            let spans = records.spans(&self.plan.items, &mut self.spans);
            spans.map_err(|FieldCount(found)| IngestError::FieldCount {
                object: self.file.object.to_string(),
                line: File::line(block, at),
                expected: self.file.names.len(),
                found,
            })?;
            self.starts.push(at);
        }
        Ok(())
    }

    /// Takes the rows in `spans` into the run.
    fn take_batch(&mut self, data: &[u8]) -> Result<(), Bad> {
        self.run.extend(&self.file.conversion.registry);
        if let (Some(&first), Some(&last)) = (self.starts.first(), self.starts.last()) {
            warm(&data[first..last]);
        }
        for item in 0..self.plan.items.len() {
            match &self.plan.items[item].work {
                Work::Skip => {}
                Work::Columns(columns) => {
                    for nth in 0..columns.len() {
                        self.take_column(data, item, nth)?;
                    }
                }
                Work::Stretch { .. } => self.take_stretches(data, item)?,
                Work::Map(map) => self.take_maps(data, item, *map)?,
            }
        }
        for nth in 0..self.plan.merged.len() {
            self.merge(data, nth)?;
        }
        Ok(())
    }

    fn is_focus(&self) -> bool {
        self.file.conversion.kind == ReportKind::Focus
    }

    /// Takes in a column that one field fills.
    fn take_column(&mut self, data: &[u8], item: usize, nth: usize) -> Result<(), Bad> {
        let focus = self.is_focus();
        let Self {
            file,
            state,
            run,
            plan,
            spans,
            scratch,
            ..
        } = self;
        let Work::Columns(columns) = &plan.items[item].work else {
            return Ok(());
        };
        let (field, number) = (
            plan.items[item].first,
            file.binding.columns[columns[nth]].column,
        );
        let base = run.rows;
        let spans = spans
            .iter()
            .skip(item)
            .step_by(plan.items.len())
            .enumerate();
        let bad = |row, value, text: &[u8]| Bad {
            row,
            field,
            value,
            text: text.to_vec(),
        };
        // Tools that export FOCUS data write NULL as the word.
        let is_null = |text: &[u8]| text.is_empty() || (focus && text == b"NULL");
        match run.column_mut(number) {
            Column::Text(column) => {
                for (row, span) in spans {
                    if !span.is_empty() {
                        let text = span.text(data, scratch);
                        if !is_null(text) {
                            column.set(base + row, text);
                        }
                    }
                }
                state.note(Anomaly::InvalidUtf8, column.take_repaired());
            }
            Column::Amount(amounts) => {
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
                    let units = amounts.parse(base + row, text, &mut state.rounding);
                    let units = units.map_err(|error| bad(row, error.into(), text))?;
                    let added = sum.checked_add(units);
                    sum = added.ok_or_else(|| bad(row, BadValue::Sum, text))?;
                    any = true;
                }
                if any {
                    state.add(number, sum).map_err(|value| bad(0, value, b""))?;
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
                    let time = instant::parse(text).ok_or(BadValue::NoTime);
                    let time = time.map_err(|value| bad(row, value, text))?;
                    column::set(micros, base + row, time, NO_TIME);
                }
            }
            Column::Map(_) => {
                for (row, span) in spans {
                    let text = span.text(data, scratch);
                    if !is_null(text) {
                        let done = state.set_text(run, number, base + row, text);
                        done.map_err(|value| bad(row, value, text))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes, row by row, the first value that any of several fields has.
    fn merge(&mut self, data: &[u8], nth: usize) -> Result<(), Bad> {
        let focus = self.is_focus();
        let (bound, items) = &self.plan.merged[nth];
        let number = self.file.binding.columns[*bound].column;
        let width = self.plan.items.len();
        for row in 0..self.starts.len() {
            for &item in items {
                let text = self.spans[row * width + item].text(data, &mut self.scratch);
                if text.is_empty() || (focus && text == b"NULL") {
                    continue;
                }
                let at = self.run.rows + row;
                let done = self.state.set_text(&mut self.run, number, at, text);
                done.map_err(|value| Bad {
                    row,
                    field: self.plan.items[item].first,
                    value,
                    text: text.to_vec(),
                })?;
                break;
            }
        }
        if let Column::Text(column) = self.run.column_mut(number) {
            let repaired = column.take_repaired();
            self.state.note(Anomaly::InvalidUtf8, repaired);
        }
        Ok(())
    }

    /// Takes in several neighbouring fields at once.
    fn take_stretches(&mut self, data: &[u8], item: usize) -> Result<(), Bad> {
        let Work::Stretch { filled, .. } = &self.plan.items[item].work else {
            return Ok(());
        };
        let at = self.run.bundles_of(&Key::Fields(filled.clone()));
        let width = self.plan.items.len();
        let base = self.run.rows;
        for row in 0..self.starts.len() {
            let stretch = self.spans[row * width + item].raw(data);
            let number = match self.run.bundles[at].find(stretch) {
                Some(number) => number,
                None => self.learn(stretch, item, at, row)?,
            };
            self.run.bundles[at].set(base + row, number);
        }
        Ok(())
    }

    /// Takes a new stretch apart, and gives its number.
    #[cold]
    fn learn(&mut self, stretch: &[u8], item: usize, at: usize, row: usize) -> Result<u32, Bad> {
        let focus = self.is_focus();
        let Self {
            file,
            run,
            plan,
            scratch,
            judge,
            ..
        } = self;
        judge.is_new(item);
        let item = &plan.items[item];
        let Work::Stretch { columns, .. } = &item.work else {
            return Ok(0);
        };
        let fields = fields_of(stretch);
        let mut flaws = Flaws::default();
        let mut values = Vec::with_capacity(columns.len());
        for &bound in columns {
            let bound = &file.binding.columns[bound];
            for &field in &bound.sources {
                let Some(span) = fields.get(field - item.first) else {
                    continue;
                };
                let text = span.text(stretch, scratch);
                if text.is_empty() || (focus && text == b"NULL") {
                    continue;
                }
                let bad = |value| Bad {
                    row,
                    field,
                    value,
                    text: text.to_vec(),
                };
                let value = match run.column_mut(bound.column) {
                    Column::Text(column) => {
                        let number = column.number(text);
                        flaws.repaired += column.take_repaired();
                        Value::Text(number)
                    }
                    Column::Amount(_) => {
                        let units = amount::parse(text, &mut flaws.rounding);
                        Value::Amount(units.map_err(|error| bad(error.into()))?)
                    }
                    Column::Time(_) => {
                        Value::Time(instant::parse(text).ok_or_else(|| bad(BadValue::NoTime))?)
                    }
                    Column::Map(_) => return Err(bad(BadValue::NoAmount)),
                };
                values.push((bound.column, value));
                break;
            }
        }
        Ok(run.bundles[at].learn(stretch, values, flaws))
    }

    /// Takes in a column of maps whose keys become columns.
    fn take_maps(&mut self, data: &[u8], item: usize, map: usize) -> Result<(), Bad> {
        let field = self.plan.items[item].first;
        let shredder = &mut self.shredders[map];
        let at = shredder.bundles(&mut self.run);
        let width = self.plan.items.len();
        let base = self.run.rows;
        for row in 0..self.starts.len() {
            let span = self.spans[row * width + item];
            if span.is_empty() {
                continue;
            }
            let stretch = span.raw(data);
            let number = if let Some(number) = self.run.bundles[at].find(stretch) {
                Ok(number)
            } else {
                let cell = span.text(data, &mut self.scratch);
                let registry = &self.file.conversion.registry;
                shredder.learn(&mut self.run, at, stretch, cell, registry)
            };
            let done = number.and_then(|number| {
                shred::set(&mut self.run, at, base + row, number, &mut self.state)
            });
            done.map_err(|BadEntry { bad, column, value }| Bad {
                row,
                // Beyond the fields: the error names the key's column.
                field: self.file.names.len().max(field) + column,
                value: bad,
                text: value,
            })?;
        }
        Ok(())
    }

    /// Adds up what stretches have brought since the last time.
    fn settle(&mut self) -> Result<(), IngestError> {
        for bundles in &mut self.run.bundles {
            bundles.settle(&mut self.state).map_err(|(column, bad)| {
                let name = self.file.conversion.registry.column(column).name;
                self.state.bad_value(&bad, 0, name, b"")
            })?;
        }
        Ok(())
    }

    /// Goes on with another plan if stretches are new too often.
    fn judge(&mut self, rows: usize) {
        let cuts = self.judge.cuts(rows, &self.plan);
        if !cuts.is_empty() {
            let conversion = self.file.conversion;
            conversion.cut(&cuts);
            self.plan = conversion.plan(&self.file.binding, self.file.names.len());
            self.judge = Judge::new(&self.plan);
        }
    }

    fn bad_value(&self, block: &Block, bad: &Bad) -> IngestError {
        let names = &self.file.names;
        let column = names.get(bad.field).cloned().unwrap_or_else(|| {
            let column = bad.field - names.len();
            self.file.conversion.registry.column(column).name
        });
        let line = File::line(block, self.starts[bad.row]);
        self.state.bad_value(&bad.value, line, column, &bad.text)
    }
}
