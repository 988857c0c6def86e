//! Runs: rows collected in memory until they become a file.

use std::borrow::Cow;

use super::{
    bundles::{Bundles, Key, Values},
    column::{Column, NO_TIME, TextColumn},
    registry::Registry,
    texts::NULL,
};

/// Rows of the largest run: beyond this sorting gains little.
const MAX_ROWS: usize = 1 << 19;

/// Bytes of the largest run, so that positions in its texts fit 31 bits.
const MAX_BYTES: u64 = 1 << 30;

/// Rows below which a run is not worth a file.
const SMALL: usize = 1 << 17;

/// Rows from which on it is clear how large rows are.
const SAMPLE: usize = 1 << 14;

/// Rows, by column. Every row of a report ends up in exactly one run.
#[derive(Debug)]
pub(super) struct Run {
    /// By number in the registry.
    pub(super) columns: Vec<Column>,
    /// Complete rows.
    pub(super) rows: usize,
    /// What fills several columns at once. Where a row has a value in the column itself, that one counts; else the first set
    /// of bundles that has one.
    pub(super) bundles: Vec<Bundles>,
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
            bundles: Vec::new(),
            capacity: capacity.min(MAX_BYTES),
            planned: SAMPLE,
        }
    }

    /// Forgets all rows and all that was known, and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.columns.iter_mut().for_each(Column::clear);
        self.bundles.iter_mut().for_each(Bundles::clear);
        self.rows = 0;
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
            for bundles in &mut self.bundles {
                bundles.reserve(self.planned);
            }
        }
        self.rows >= MAX_ROWS || footprint >= self.capacity
    }

    /// Should the rows of `other` be added, rather than become a file of their own?
    pub(super) fn has_room_for(&self, other: &Self) -> bool {
        self.rows.min(other.rows) < SMALL
            && self.rows + other.rows <= MAX_ROWS
            && self.footprint() + other.footprint() <= self.capacity
    }

    /// Adds the rows of another run.
    pub(super) fn append(&mut self, other: Self) {
        let base = self.rows;
        let mut texts = Vec::with_capacity(other.columns.len());
        for (number, more) in other.columns.into_iter().enumerate() {
            if number == self.columns.len() {
                // A column that this run does not know yet. NULL stands before its values.
                self.columns.push(more.empty());
            }
            texts.push(self.columns[number].append(more, base));
        }
        for bundles in other.bundles {
            let texts = |column: usize, number: u32| texts[column][number as usize];
            let at = self.bundles_of(&bundles.key);
            self.bundles[at].absorb(&bundles, base, texts);
        }
        self.rows += other.rows;
    }

    /// Bytes in memory.
    fn footprint(&self) -> u64 {
        let columns: usize = self.columns.iter().map(Column::footprint).sum();
        let bundles: usize = self.bundles.iter().map(Bundles::footprint).sum();
        (columns + bundles) as u64
    }

    /// Makes room for every column that the registry knows by now.
    pub(super) fn extend(&mut self, registry: &Registry) {
        for (column_type, exact) in registry.types_from(self.columns.len()) {
            self.columns.push(Column::new(column_type, exact));
        }
    }

    /// Where the bundles of stretches of a kind are.
    pub(super) fn bundles_of(&mut self, key: &Key) -> usize {
        let known = self.bundles.iter().position(|bundles| bundles.key == *key);
        known.unwrap_or_else(|| {
            self.bundles.push(Bundles::new(key.clone()));
            self.bundles.len() - 1
        })
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

    /// The number of each row's text; NULL behind the last.
    pub(super) fn numbers(&self, column: usize) -> Cow<'_, [u32]> {
        let own = self.text(column).map_or(&[][..], TextColumn::numbers);
        let values = |bundles: &'_ Bundles| match bundles.values(column) {
            Some(Values::Text(numbers)) => numbers.clone(),
            _ => Vec::new(),
        };
        self.by_row(own, NULL, values)
    }

    /// The time of each row, [`NO_TIME`] for NULL; NULL behind the last.
    pub(super) fn times(&self, column: usize) -> Cow<'_, [i64]> {
        let own = match self.columns.get(column) {
            Some(Column::Time(micros)) => &micros[..],
            _ => &[],
        };
        let values = |bundles: &'_ Bundles| match bundles.values(column) {
            Some(Values::Time(micros)) => micros.clone(),
            _ => Vec::new(),
        };
        self.by_row(own, NO_TIME, values)
    }

    /// Does the column hold times?
    pub(super) fn is_time(&self, column: usize) -> bool {
        matches!(self.columns.get(column), Some(Column::Time(_)))
    }

    /// Has any row a value in the column?
    pub(super) fn has_values(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|own| !own.is_null())
            || self.bundles.iter().any(|set| set.values(column).is_some())
    }

    /// The set of bundles that alone fills the column, if one does.
    pub(super) fn only_bundles(&self, column: usize) -> Option<usize> {
        let own = self.columns.get(column).is_some_and(|own| !own.is_null());
        let mut sets =
            (0..self.bundles.len()).filter(|&set| self.bundles[set].values(column).is_some());
        let only = sets.next()?;
        (!own && sets.next().is_none()).then_some(only)
    }

    fn by_row<'a, T: Copy + PartialEq>(
        &'a self,
        own: &'a [T],
        null: T,
        values: impl Fn(&'a Bundles) -> Vec<T>,
    ) -> Cow<'a, [T]> {
        let mut all = Cow::Borrowed(own);
        for bundles in &self.bundles {
            let values = values(bundles);
            if values.is_empty() {
                continue;
            }
            let all = all.to_mut();
            if all.len() < bundles.numbers().len() {
                all.resize(bundles.numbers().len(), null);
            }
            for (value, &number) in all.iter_mut().zip(bundles.numbers()) {
                if *value == null {
                    *value = values.get(number as usize).copied().unwrap_or(null);
                }
            }
        }
        all
    }
}
