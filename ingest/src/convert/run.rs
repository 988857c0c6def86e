//! Runs: rows collected in memory until they become a file.

use super::{
    column::{Column, TextColumn},
    registry::Registry,
    shred::Shredder,
};

/// Rows of the largest run: beyond this sorting gains little.
const MAX_ROWS: usize = 1 << 20;

/// Bytes of the largest run, so that positions in its texts fit 31 bits.
const MAX_BYTES: u64 = 1 << 30;

/// Rows from which on it is clear how large rows are.
const SAMPLE: usize = 1 << 14;

/// Rows, by column. Every row of a report ends up in exactly one run.
#[derive(Debug)]
pub(super) struct Run {
    /// By number in the registry.
    pub(super) columns: Vec<Column>,
    /// Complete rows.
    pub(super) rows: usize,
    /// What is known of the maps that are shredded, by category.
    pub(super) shredders: Vec<Shredder>,
    capacity: u64,
    /// Rows that columns have room for.
    planned: usize,
}

impl Run {
    /// An empty run that is full at about `capacity` bytes.
    pub(super) fn new(capacity: u64) -> Self {
        Self {
            columns: Vec::new(),
            rows: 0,
            shredders: Vec::new(),
            capacity: capacity.min(MAX_BYTES),
            planned: SAMPLE,
        }
    }

    /// Is it time to write it? To be asked now and then while rows are added.
    pub(super) fn is_full(&mut self) -> bool {
        let footprint = self.footprint();
        if self.rows >= self.planned {
            // Room for what is still to come, so that columns do not move, and leave holes behind, while they grow.
            let expected = self.rows as u64 * self.capacity / footprint.max(1);
            let expected = usize::try_from(expected).unwrap_or(MAX_ROWS) / 8 * 9;
            self.planned = expected.clamp(self.rows + SAMPLE, MAX_ROWS + SAMPLE);
        }
        if self.rows >= SAMPLE {
            for column in &mut self.columns {
                column.reserve(self.planned);
            }
        }
        self.rows >= MAX_ROWS || footprint >= self.capacity
    }

    /// Could the rows of `other` be added?
    pub(super) fn has_room_for(&self, other: &Self) -> bool {
        self.rows + other.rows <= MAX_ROWS && self.footprint() + other.footprint() <= self.capacity
    }

    /// Adds the rows of another run.
    pub(super) fn append(&mut self, other: Self) {
        let base = self.rows;
        let mut columns = other.columns.into_iter();
        for (column, more) in self.columns.iter_mut().zip(columns.by_ref()) {
            column.append(more, base);
        }
        // Columns that this run does not know yet. NULL stands before their values.
        for more in columns {
            let mut column = more.empty();
            column.append(more, base);
            self.columns.push(column);
        }
        self.rows += other.rows;
    }

    /// Bytes in memory.
    fn footprint(&self) -> u64 {
        let columns: usize = self.columns.iter().map(Column::footprint).sum();
        let shredders: usize = self.shredders.iter().map(Shredder::footprint).sum();
        (columns + shredders) as u64
    }

    /// Makes room for every column that the registry knows by now.
    pub(super) fn extend(&mut self, registry: &Registry) {
        for (column_type, exact) in registry.types_from(self.columns.len()) {
            self.columns.push(Column::new(column_type, exact));
        }
    }

    /// What is known of the maps of a category; it has to be put back.
    pub(super) fn take_shredder(&mut self, category: &str) -> Shredder {
        match self
            .shredders
            .iter()
            .position(|shredder| shredder.category == category)
        {
            Some(at) => self.shredders.swap_remove(at),
            None => Shredder::new(category.to_owned()),
        }
    }

    /// A column of the registry.
    pub(super) fn column_mut(&mut self, number: usize) -> &mut Column {
        &mut self.columns[number]
    }

    /// A column that holds text, if it does.
    pub(super) fn text(&self, number: usize) -> Option<&TextColumn> {
        match self.columns.get(number) {
            Some(Column::Text(column)) => Some(column),
            _ => None,
        }
    }

    /// A column that holds times, if it does.
    pub(super) fn times(&self, number: usize) -> Option<&[i64]> {
        match self.columns.get(number) {
            Some(Column::Time(micros)) => Some(micros),
            _ => None,
        }
    }
}
