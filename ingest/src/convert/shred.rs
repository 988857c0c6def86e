//! Maps of CUR 2.0 to columns of their own: each distinct cell is parsed once and is a bundle from then on.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::{
    amount,
    bundles::{Flaws, Key, Value},
    column::Column,
    file::{BadValue, FileState},
    map,
    registry::Registry,
    run::Run,
};

/// What is known of the keys of one category.
#[derive(Debug)]
pub(super) struct Shredder {
    category: String,
    key: Key,
    /// Columns of the keys seen so far: the one that a key is mapped to, and the one it has to itself if it shares the first.
    keys: FxHashMap<String, (usize, Option<usize>)>,
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
    pub(super) fn new(category: &str) -> Self {
        Self {
            category: category.to_owned(),
            key: Key::Map(category.to_owned()),
            keys: FxHashMap::default(),
        }
    }

    /// Where the run's bundles of these maps are.
    pub(super) fn bundles(&self, run: &mut Run) -> usize {
        run.bundles_of(&self.key)
    }

    /// Remembers what `stretch`, whose text is `cell`, sets, and gives its number among the run's bundles at `at`.
    pub(super) fn learn(
        &mut self,
        run: &mut Run,
        at: usize,
        stretch: &[u8],
        cell: &[u8],
        registry: &Registry,
    ) -> Result<u32, BadEntry> {
        let text = String::from_utf8_lossy(cell);
        let parsed = map::parse(&text);
        let mut flaws = Flaws {
            repaired: u64::from(matches!(text, Cow::Owned(_))),
            invalid_map: parsed.is_none(),
            ..Flaws::default()
        };
        let mut values = Vec::new();
        let mut loose: Vec<(usize, i128)> = Vec::new();
        for (key, value) in parsed.iter().flat_map(|entries| &entries.0) {
            let Some(value) = value else { continue };
            let (column, own) = self.columns(run, key, registry).ok_or(BadEntry {
                bad: BadValue::NoColumn,
                column: 0,
                value: Vec::new(),
            })?;
            for column in std::iter::once(column).chain(own) {
                let bad = |bad: BadValue| BadEntry {
                    bad,
                    column,
                    value: value.as_bytes().to_vec(),
                };
                match run.column_mut(column) {
                    Column::Text(texts) => {
                        values.push((column, Value::Text(texts.number(value.as_bytes()))));
                    }
                    Column::Amount(_) if loose.iter().any(|(known, _)| *known == column) => {}
                    Column::Amount(_) => {
                        let units = amount::parse(value.as_bytes(), &mut flaws.rounding);
                        loose.push((column, units.map_err(|error| bad(error.into()))?));
                    }
                    // No key of a map is documented as a time or a map.
                    Column::Time(_) | Column::Map(_) => return Err(bad(BadValue::NoTime)),
                }
            }
        }
        let bundles = &mut run.bundles[at];
        let number = bundles.learn(stretch, values, flaws);
        bundles.keep_loose(number, loose);
        Ok(number)
    }

    fn columns(
        &mut self,
        run: &mut Run,
        key: &str,
        registry: &Registry,
    ) -> Option<(usize, Option<usize>)> {
        let columns = if let Some(&known) = self.keys.get(key) {
            known
        } else {
            let columns = registry.key(&self.category, key)?;
            self.keys.insert(key.to_owned(), columns);
            columns
        };
        // Another decoder's run may not have the columns yet that this one knows the keys of.
        if run.columns.len() <= columns.0.max(columns.1.unwrap_or(0)) {
            run.extend(registry);
        }
        Some(columns)
    }
}

/// Gives a row the bundle of a number, and sets those of its amounts that stand in columns of their own.
#[inline]
pub(super) fn set(
    run: &mut Run,
    at: usize,
    row: usize,
    number: u32,
    file: &mut FileState,
) -> Result<(), BadEntry> {
    let Run {
        bundles, columns, ..
    } = run;
    let bundles = &mut bundles[at];
    bundles.set(row, number);
    for &(column, units) in bundles.loose(number) {
        match &mut columns[column] {
            Column::Amount(amounts) if !amounts.has(row) => {
                amounts.set(row, units);
                file.add(column, units).map_err(|bad| BadEntry {
                    bad,
                    column,
                    value: Vec::new(),
                })?;
            }
            // The row has a value already.
            _ => {}
        }
    }
    Ok(())
}
