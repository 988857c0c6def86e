//! Stretches of text that fill several columns of a row at once: each distinct one is taken apart once, and known by a number
//! from then on. What a product is, what it is priced by, and the tags of a resource repeat from row to row.

use curtail_store::{Anomaly, ColumnType};
use rustc_hash::FxHashMap;

use super::{
    amount::Rounding,
    amounts::NO_AMOUNT,
    column::{NO_TIME, extend, reserve, set},
    file::{BadValue, FileState},
    texts::{Guess, NULL, Texts, number_of},
};

/// What the stretches of a set of bundles are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Neighbouring fields, which fill these columns.
    Fields(Vec<usize>),
    /// A map, whose keys belong to this category.
    Map(String),
    /// The values of these columns, as [`Code`]s one after another.
    Codes(Vec<(usize, ColumnType)>),
}

/// A value as some bytes of a stretch: text by its number in the run.
pub(super) struct Code;

impl Code {
    /// How many bytes values of a type take.
    pub(super) fn width(column_type: ColumnType) -> usize {
        match column_type {
            ColumnType::Amount => 16,
            ColumnType::Timestamp => 8,
            ColumnType::Text | ColumnType::TextMap | ColumnType::AmountMap => 4,
        }
    }

    /// The columns' values that are not NULL.
    pub(super) fn read(
        columns: &[(usize, ColumnType)],
        stretch: &[u8],
    ) -> impl Iterator<Item = (usize, Value)> {
        let mut rest = stretch;
        columns.iter().filter_map(move |&(column, column_type)| {
            let (code, others) = rest.split_at(Self::width(column_type));
            rest = others;
            let value = match column_type {
                ColumnType::Amount => {
                    let units = i128::from_le_bytes(code.try_into().ok()?);
                    (units != NO_AMOUNT).then_some(Value::Amount(units))
                }
                ColumnType::Timestamp => {
                    let time = i64::from_le_bytes(code.try_into().ok()?);
                    (time != NO_TIME).then_some(Value::Time(time))
                }
                _ => {
                    let text = u32::from_le_bytes(code.try_into().ok()?);
                    (text != NULL).then_some(Value::Text(text))
                }
            };
            value.map(|value| (column, value))
        })
    }

    /// The same stretch where texts have other numbers.
    fn renumber(
        columns: &[(usize, ColumnType)],
        stretch: &[u8],
        texts: impl Fn(usize, u32) -> u32,
    ) -> Vec<u8> {
        let mut renumbered = stretch.to_vec();
        let mut at = 0;
        for &(column, column_type) in columns {
            let width = Self::width(column_type);
            let code = &mut renumbered[at..at + width];
            if let Ok(code) = <&mut [u8; 4]>::try_from(code) {
                let text = u32::from_le_bytes(*code);
                if text != NULL {
                    *code = texts(column, text).to_le_bytes();
                }
            }
            at += width;
        }
        renumbered
    }
}

/// The bundles that stretches of one kind make in a run.
#[derive(Debug)]
pub(super) struct Bundles {
    pub(super) key: Key,
    stretches: Texts,
    /// The number of each row's bundle; none behind the last row that has one.
    numbers: Vec<u32>,
    /// How often each bundle was set since sums were last taken.
    counts: Vec<u32>,
    columns: Vec<Filled>,
    /// Amounts that are set in the columns themselves, since a column may have a value of its own in the same row.
    loose: FxHashMap<u32, Box<[(usize, i128)]>>,
    flaws: FxHashMap<u32, Flaws>,
    guess: Guess,
}

/// What one column has in each bundle.
#[derive(Debug)]
struct Filled {
    column: usize,
    values: Values,
}

/// Values by number of the bundle; nothing behind the last that is not NULL.
#[derive(Debug)]
pub(super) enum Values {
    /// Numbers of the run's texts.
    Text(Vec<u32>),
    /// Units of 10⁻¹⁸.
    Amount(Vec<i128>),
    /// Microseconds since 1970.
    Time(Vec<i64>),
}

impl Values {
    /// What the bundle of a number has.
    fn get(&self, number: u32) -> Option<Value> {
        let at = number as usize;
        match self {
            Self::Text(numbers) => {
                let text = numbers.get(at).filter(|&&text| text != NULL);
                text.map(|&text| Value::Text(text))
            }
            Self::Amount(units) => {
                let units = units.get(at).filter(|&&units| units != NO_AMOUNT);
                units.map(|&units| Value::Amount(units))
            }
            Self::Time(micros) => {
                let time = micros.get(at).filter(|&&time| time != NO_TIME);
                time.map(|&time| Value::Time(time))
            }
        }
    }
}

/// One value of a bundle.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    /// A number of the run's texts.
    Text(u32),
    /// Units of 10⁻¹⁸.
    Amount(i128),
    /// Microseconds since 1970.
    Time(i64),
}

/// What was odd about a bundle, to be counted for each of its rows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flaws {
    pub(super) repaired: u64,
    pub(super) invalid_map: bool,
    pub(super) rounding: Rounding,
}

impl Bundles {
    /// None yet.
    pub(super) fn new(key: Key) -> Self {
        Self {
            key,
            stretches: Texts::default(),
            numbers: Vec::new(),
            counts: vec![0],
            columns: Vec::new(),
            loose: FxHashMap::default(),
            flaws: FxHashMap::default(),
            guess: Guess::default(),
        }
    }

    /// Forgets all rows and bundles, and keeps the memory of most.
    pub(super) fn clear(&mut self) {
        let mut numbers = std::mem::take(&mut self.numbers);
        let mut stretches = std::mem::take(&mut self.stretches);
        numbers.clear();
        stretches.clear();
        *self = Self {
            stretches,
            numbers,
            ..Self::new(self.key.clone())
        };
    }

    /// The number of a stretch that was met before.
    #[inline]
    pub(super) fn find(&mut self, stretch: &[u8]) -> Option<u32> {
        self.guess.find(stretch, &self.stretches)
    }

    /// Remembers what a stretch that was not met before sets: the first value given for a column counts.
    pub(super) fn learn(
        &mut self,
        stretch: &[u8],
        values: impl IntoIterator<Item = (usize, Value)>,
        flaws: Flaws,
    ) -> u32 {
        let number = self.stretches.add(stretch);
        self.counts.push(0);
        if flaws.repaired > 0 || flaws.invalid_map || flaws.rounding.is_some() {
            self.flaws.insert(number, flaws);
        }
        for (column, value) in values {
            let at = number as usize;
            match (self.filled(column, value), value) {
                (Values::Text(numbers), Value::Text(text)) if numbers.len() <= at => {
                    set(numbers, at, text, NULL);
                }
                (Values::Amount(units), Value::Amount(amount)) if units.len() <= at => {
                    set(units, at, amount, NO_AMOUNT);
                }
                (Values::Time(micros), Value::Time(time)) if micros.len() <= at => {
                    set(micros, at, time, NO_TIME);
                }
                // The column has a value already.
                _ => {}
            }
        }
        self.guess.follow(number);
        number
    }

    fn filled(&mut self, column: usize, value: Value) -> &mut Values {
        let at = self
            .columns
            .iter()
            .position(|filled| filled.column == column);
        let at = at.unwrap_or_else(|| {
            self.columns.push(Filled {
                column,
                values: match value {
                    Value::Text(_) => Values::Text(Vec::new()),
                    Value::Amount(_) => Values::Amount(Vec::new()),
                    Value::Time(_) => Values::Time(Vec::new()),
                },
            });
            self.columns.len() - 1
        });
        &mut self.columns[at].values
    }

    /// Gives a row the bundle of a number.
    #[inline]
    pub(super) fn set(&mut self, row: usize, number: u32) {
        set(&mut self.numbers, row, number, NULL);
        self.counts[number as usize] += 1;
    }

    /// Keeps amounts of a bundle that are to be set in the columns themselves.
    pub(super) fn keep_loose(&mut self, number: u32, amounts: Vec<(usize, i128)>) {
        if !amounts.is_empty() {
            self.loose.insert(number, amounts.into_boxed_slice());
        }
    }

    /// The amounts of a bundle that are to be set in the columns themselves.
    #[inline]
    pub(super) fn loose(&self, number: u32) -> &[(usize, i128)] {
        if self.loose.is_empty() {
            return &[];
        }
        self.loose.get(&number).map_or(&[], |amounts| &amounts[..])
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.stretches.len()
    }

    /// The number of each row's bundle.
    pub(super) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The numbers of the bundles of these rows.
    pub(super) fn numbers_of(&self, rows: &[u32]) -> Vec<u32> {
        let number = |&row: &u32| self.numbers.get(row as usize).copied().unwrap_or(NULL);
        rows.iter().map(number).collect()
    }

    /// What a column has in each bundle, if any has a value.
    pub(super) fn values(&self, column: usize) -> Option<&Values> {
        let filled = self.columns.iter().find(|filled| filled.column == column);
        filled.map(|filled| &filled.values)
    }

    /// The columns of amounts that any bundle sets, and what they have in each.
    pub(super) fn amounts(&self) -> impl Iterator<Item = (usize, &[i128])> {
        self.columns
            .iter()
            .filter_map(|filled| match &filled.values {
                Values::Amount(units) => Some((filled.column, &units[..])),
                _ => None,
            })
    }

    /// Adds what the rows since the last time hold to the sums and counts of their file. Fails with the column whose sum
    /// does not fit.
    pub(super) fn settle(&mut self, file: &mut FileState) -> Result<(), (usize, BadValue)> {
        for filled in &self.columns {
            let Values::Amount(units) = &filled.values else {
                continue;
            };
            let column = filled.column;
            for (&count, &units) in self.counts.iter().zip(units) {
                if count > 0 && units != NO_AMOUNT {
                    let sum = units.checked_mul(i128::from(count));
                    let added = sum
                        .ok_or(BadValue::Sum)
                        .and_then(|sum| file.add(column, sum));
                    added.map_err(|bad| (column, bad))?;
                }
            }
        }
        for (&number, flaws) in &self.flaws {
            let count = u64::from(self.counts[number as usize]);
            file.note(Anomaly::InvalidUtf8, flaws.repaired * count);
            file.note(Anomaly::InvalidMap, u64::from(flaws.invalid_map) * count);
            file.rounding.merge(flaws.rounding.times(count));
        }
        self.counts.fill(0);
        Ok(())
    }

    /// Adds the rows of another run's set of the same key, whose first row becomes row `base`. `texts` gives the numbers that
    /// the texts of a column have in this run.
    pub(super) fn absorb(&mut self, other: &Self, base: usize, texts: impl Fn(usize, u32) -> u32) {
        let mut moved = vec![NULL];
        for number in 1..=number_of(other.count()) {
            let stretch = other.stretches.bytes_of(number);
            let renumbered = match &self.key {
                Key::Codes(columns) => Some(Code::renumber(columns, stretch, &texts)),
                Key::Fields(_) | Key::Map(_) => None,
            };
            let stretch = renumbered.as_deref().unwrap_or(stretch);
            let known = self.stretches.find(stretch);
            moved.push(known.unwrap_or_else(|| {
                let values = other.columns.iter().filter_map(|filled| {
                    let value = match filled.values.get(number)? {
                        Value::Text(text) => Value::Text(texts(filled.column, text)),
                        value => value,
                    };
                    Some((filled.column, value))
                });
                let flaws = other.flaws.get(&number).copied().unwrap_or_default();
                let own = self.learn(stretch, values, flaws);
                self.keep_loose(own, other.loose(number).to_vec());
                own
            }));
        }
        let numbers: Vec<u32> = other
            .numbers
            .iter()
            .map(|&number| moved[number as usize])
            .collect();
        extend(&mut self.numbers, &numbers, base, NULL);
    }

    /// Makes room for so many rows.
    pub(super) fn reserve(&mut self, rows: usize) {
        reserve(&mut self.numbers, rows);
    }

    /// Bytes in memory.
    pub(super) fn footprint(&self) -> usize {
        let values = |filled: &Filled| match &filled.values {
            Values::Text(numbers) => numbers.len() * 4,
            Values::Amount(units) => units.len() * 16,
            Values::Time(micros) => micros.len() * 8,
        };
        let columns: usize = self.columns.iter().map(values).sum();
        self.stretches.footprint()
            + self.guess.footprint()
            + (self.numbers.len() + self.counts.len()) * 4
            + columns
    }
}
