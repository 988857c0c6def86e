//! Maps of CUR 2.0 to columns of their own: each distinct cell is parsed once and remembered as what it sets.

use std::borrow::Cow;

use curtail_store::Anomaly;
use rustc_hash::FxHashMap;

use super::{
    amount,
    column::{self, Column, NO_AMOUNT},
    file::{BadValue, FileState},
    map,
    registry::Registry,
    run::Run,
    texts::Texts,
};

/// What is known of the maps of one category within a run.
#[derive(Debug)]
pub(super) struct Shredder {
    pub(super) category: String,
    cells: Texts,
    /// What each cell sets; nothing if it is no map.
    parts: Vec<Option<Box<[Part]>>>,
    /// Columns of the keys seen so far.
    keys: FxHashMap<String, (usize, Option<usize>)>,
    entries: usize,
}

/// One entry of a map.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// The column that its key is mapped to.
    column: usize,
    /// The column that its key has to itself, if it shares the first.
    own: Option<usize>,
    value: Value,
}

#[derive(Clone, Copy, Debug)]
enum Value {
    /// A text's number, in the column and in the own one.
    Text(u32, u32),
    Amount(i128),
}

/// A bad value within a map: of which column and what it was.
#[derive(Debug)]
pub(super) struct BadEntry {
    pub(super) bad: BadValue,
    pub(super) column: usize,
    pub(super) value: Vec<u8>,
}

impl Shredder {
    /// Nothing known yet.
    pub(super) fn new(category: String) -> Self {
        Self {
            category,
            cells: Texts::default(),
            parts: Vec::new(),
            keys: FxHashMap::default(),
            entries: 0,
        }
    }

    /// Bytes in memory, about.
    pub(super) fn footprint(&self) -> usize {
        self.cells.footprint() + self.parts.capacity() * 16 + self.entries * size_of::<Part>()
    }

    /// Sets what `cell` says in row `row` of `run`. Values that a column of the file itself has set stay.
    #[inline]
    pub(super) fn set(
        &mut self,
        run: &mut Run,
        row: usize,
        cell: &[u8],
        registry: &Registry,
        file: &mut FileState,
    ) -> Result<(), BadEntry> {
        let number = match self.cells.find(cell) {
            Some(number) => number,
            None => self.learn(run, cell, registry, file)?,
        };
        let Some(parts) = &self.parts[number as usize - 1] else {
            file.note(Anomaly::InvalidMap, 1);
            return Ok(());
        };
        for part in parts {
            set_part(run, row, part.column, part.value, false, file)?;
            if let Some(own) = part.own {
                set_part(run, row, own, part.value, true, file)?;
            }
        }
        Ok(())
    }

    fn learn(
        &mut self,
        run: &mut Run,
        cell: &[u8],
        registry: &Registry,
        file: &mut FileState,
    ) -> Result<u32, BadEntry> {
        let text = String::from_utf8_lossy(cell);
        file.note(
            Anomaly::InvalidUtf8,
            u64::from(matches!(text, Cow::Owned(_))),
        );
        let parsed = map::parse(&text);
        let mut parts = Vec::new();
        for (key, value) in parsed.iter().flat_map(|entries| &entries.0) {
            let Some(value) = value else { continue };
            let (column, own) = if let Some(&known) = self.keys.get(key.as_ref()) {
                known
            } else {
                let columns = registry.key(&self.category, key);
                run.extend(registry);
                self.keys.insert(key.clone().into_owned(), columns);
                columns
            };
            let bad = |bad: BadValue| BadEntry {
                bad,
                column,
                value: value.as_bytes().to_vec(),
            };
            let value = match run.column_mut(column) {
                Column::Text(texts) => {
                    let number = texts.number(value.as_bytes());
                    let own = own.map(|own| match run.column_mut(own) {
                        Column::Text(texts) => texts.number(value.as_bytes()),
                        _ => number,
                    });
                    Value::Text(number, own.unwrap_or(number))
                }
                Column::Amount(_) => Value::Amount(
                    amount::parse(value.as_bytes(), &mut file.rounding)
                        .map_err(|e| bad(e.into()))?,
                ),
                // No key of a map is documented as a time or a map.
                Column::Time(_) | Column::Map(_) => return Err(bad(BadValue::NoTime)),
            };
            parts.push(Part { column, own, value });
        }
        self.entries += parts.len();
        self.parts.push(parsed.map(|_| parts.into_boxed_slice()));
        Ok(self.cells.add(cell))
    }
}

fn set_part(
    run: &mut Run,
    row: usize,
    number: usize,
    value: Value,
    own: bool,
    file: &mut FileState,
) -> Result<(), BadEntry> {
    match (run.column_mut(number), value) {
        (Column::Text(texts), Value::Text(first, second)) if !texts.has(row) => {
            texts.set_number(row, if own { second } else { first });
        }
        (Column::Amount(units), Value::Amount(value))
            if units.get(row).is_none_or(|&before| before == NO_AMOUNT) =>
        {
            column::set(units, row, value, NO_AMOUNT);
            file.add(number, value).map_err(|bad| BadEntry {
                bad,
                column: number,
                value: Vec::new(),
            })?;
        }
        // The row has a value already; and a part's value was made for the column's type.
        _ => {}
    }
    Ok(())
}
