//! One column of a run: values of up to about a million rows, as compact as they can be appended to quickly.
//!
//! A column is as long as its last value that is not NULL: whatever is missing at its end is NULL. So a column that is
//! empty throughout costs nothing, and rows of files that lack the column need no values.

use curtail_store::ColumnType;

use super::{
    amounts::Amounts,
    map::Maps,
    texts::{Guess, NULL, Texts},
};

/// Marks NULL among times.
pub(super) const NO_TIME: i64 = i64::MIN;

/// Distinct texts after which a column of text is judged: the ids of resources look unique for much longer than they are.
const SAMPLE: usize = 64 * 1024;

/// A column.
#[derive(Debug)]
pub(super) enum Column {
    /// Text.
    Text(TextColumn),
    /// Amounts.
    Amount(Amounts),
    /// Microseconds since 1970.
    Time(Vec<i64>),
    /// Maps, of text or of amounts.
    Map(Box<MapColumn>),
}

/// Numbers of texts.
#[derive(Debug, Default)]
pub(super) struct TextColumn {
    numbers: Vec<u32>,
    texts: Texts,
    guess: Guess,
    /// Do texts hardly ever repeat, so that looking for them is lost time?
    unique: bool,
    /// Must equal texts always have equal numbers?
    exact: bool,
    /// Values that were not UTF-8.
    repaired: u64,
}

/// Numbers of maps.
#[derive(Debug)]
pub(super) struct MapColumn {
    pub(super) numbers: Vec<u32>,
    pub(super) maps: Maps,
}

impl Column {
    /// An empty column. One that is `exact` never gives two numbers to one text.
    pub(super) fn new(column_type: ColumnType, exact: bool) -> Self {
        match column_type {
            ColumnType::Text => Self::Text(TextColumn {
                exact,
                ..TextColumn::default()
            }),
            ColumnType::Amount => Self::Amount(Amounts::default()),
            ColumnType::Timestamp => Self::Time(Vec::new()),
            ColumnType::TextMap | ColumnType::AmountMap => Self::Map(Box::new(MapColumn {
                numbers: Vec::new(),
                maps: Maps::new(column_type == ColumnType::AmountMap),
            })),
        }
    }

    /// Makes room for so many rows, unless the column is empty, so that it need not move while it grows.
    pub(super) fn reserve(&mut self, rows: usize) {
        match self {
            Self::Text(column) => reserve(&mut column.numbers, rows),
            Self::Amount(amounts) => amounts.reserve(rows),
            Self::Time(micros) => reserve(micros, rows),
            Self::Map(column) => reserve(&mut column.numbers, rows),
        }
    }

    /// An empty column like this one.
    pub(super) fn empty(&self) -> Self {
        match self {
            Self::Text(column) => Self::Text(TextColumn {
                exact: column.exact,
                ..TextColumn::default()
            }),
            Self::Amount(_) => Self::Amount(Amounts::default()),
            Self::Time(_) => Self::Time(Vec::new()),
            Self::Map(column) => Self::Map(Box::new(MapColumn {
                numbers: Vec::new(),
                maps: column.maps.empty(),
            })),
        }
    }

    /// Forgets all values, and keeps the memory.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Text(column) => column.clear(),
            Self::Amount(amounts) => amounts.clear(),
            Self::Time(micros) => micros.clear(),
            Self::Map(column) => {
                column.numbers.clear();
                column.maps = column.maps.empty();
            }
        }
    }

    /// Bytes of memory that were written to.
    pub(super) fn footprint(&self) -> usize {
        match self {
            Self::Text(column) => {
                column.numbers.len() * 4 + column.texts.footprint() + column.guess.footprint()
            }
            Self::Amount(amounts) => amounts.footprint(),
            Self::Time(micros) => micros.len() * 8,
            Self::Map(column) => column.numbers.len() * 4 + column.maps.footprint(),
        }
    }

    /// Adds the values of another run's column of the same type, whose first row becomes row `base`. Of text, gives the
    /// numbers that the other's texts have from now on.
    pub(super) fn append(&mut self, other: Self, base: usize) -> Vec<u32> {
        match (self, other) {
            (Self::Text(column), Self::Text(other)) => return column.append(&other, base),
            (Self::Amount(amounts), Self::Amount(other)) => amounts.append(other, base),
            (Self::Time(micros), Self::Time(other)) => extend(micros, &other, base, NO_TIME),
            (Self::Map(column), Self::Map(other)) => {
                let numbers = column.maps.absorb(&other.maps);
                let numbers: Vec<u32> = other
                    .numbers
                    .iter()
                    .map(|&number| numbers[number as usize])
                    .collect();
                extend(&mut column.numbers, &numbers, base, NULL);
            }
            // A column has the same type in every run.
            _ => {}
        }
        Vec::new()
    }

    /// Has it no value at all?
    pub(super) fn is_null(&self) -> bool {
        match self {
            Self::Text(column) => column.numbers.is_empty(),
            Self::Amount(amounts) => amounts.len() == 0,
            Self::Time(micros) => micros.is_empty(),
            Self::Map(column) => column.numbers.is_empty(),
        }
    }
}

impl MapColumn {
    /// Has the row a value?
    pub(super) fn has(&self, row: usize) -> bool {
        self.numbers.get(row).is_some_and(|&number| number != NULL)
    }
}

/// Makes room for so many rows, unless there are no values.
pub(super) fn reserve<T>(values: &mut Vec<T>, rows: usize) {
    if !values.is_empty() && values.len() < rows {
        values.reserve_exact(rows - values.len());
    }
}

/// Adds `more`, whose first value belongs to row `base`.
pub(super) fn extend<T: Copy>(values: &mut Vec<T>, more: &[T], base: usize, null: T) {
    if !more.is_empty() {
        values.resize(base, null);
        values.extend_from_slice(more);
    }
}

/// Sets the value of a row to come (NULL until then), or of one that is NULL.
#[inline]
pub(super) fn set<T: Copy>(values: &mut Vec<T>, row: usize, value: T, null: T) {
    if let Some(before) = values.get_mut(row) {
        *before = value;
        return;
    }
    if values.len() < row {
        values.resize(row, null);
    }
    values.push(value);
}

impl TextColumn {
    /// Sets the text of a row, which must not be empty.
    #[inline]
    pub(super) fn set(&mut self, row: usize, text: &[u8]) {
        let number = self.number(text);
        set(&mut self.numbers, row, number, NULL);
    }

    /// Sets the text of a row by a number from [`Self::number`].
    #[inline]
    pub(super) fn set_number(&mut self, row: usize, number: u32) {
        set(&mut self.numbers, row, number, NULL);
    }

    fn clear(&mut self) {
        self.numbers.clear();
        self.texts.clear();
        self.guess = Guess::default();
        self.unique = false;
    }

    /// Has the row a value?
    pub(super) fn has(&self, row: usize) -> bool {
        self.numbers.get(row).is_some_and(|&number| number != NULL)
    }

    /// The number of a text. What is not UTF-8 is made so, and counted.
    #[inline]
    pub(super) fn number(&mut self, text: &[u8]) -> u32 {
        let known = if self.unique {
            self.guess.is_last(text, &self.texts)
        } else {
            self.guess.find(text, &self.texts)
        };
        known.unwrap_or_else(|| {
            let number = self.new_number(text);
            if !self.unique {
                self.guess.follow(number);
            }
            number
        })
    }

    fn new_number(&mut self, text: &[u8]) -> u32 {
        if str::from_utf8(text).is_err() {
            self.repaired += 1;
            return self.texts.add(String::from_utf8_lossy(text).as_bytes());
        }
        if self.unique {
            return self.texts.append(text);
        }
        let number = self.texts.add(text);
        let values = self.numbers.len();
        if !self.exact && self.texts.len() >= SAMPLE && self.texts.len() > values / 8 * 7 {
            self.unique = true;
        }
        number
    }

    fn append(&mut self, other: &Self, base: usize) -> Vec<u32> {
        let add = |text| {
            if other.unique {
                self.texts.append(text)
            } else {
                self.texts.add(text)
            }
        };
        let numbers: Vec<u32> = std::iter::once(NULL)
            .chain(other.texts.iter().map(add))
            .collect();
        let moved: Vec<u32> = other
            .numbers
            .iter()
            .map(|&number| numbers[number as usize])
            .collect();
        extend(&mut self.numbers, &moved, base, NULL);
        self.unique |= other.unique;
        numbers
    }

    /// How many values were not UTF-8 since this was last asked.
    pub(super) fn take_repaired(&mut self) -> u64 {
        std::mem::take(&mut self.repaired)
    }

    /// Numbers by row, the end cut off where only NULL follows.
    pub(super) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The texts of the numbers.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }
}
