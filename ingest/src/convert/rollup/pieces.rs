//! A rollup of one run, apart from the run: columns in few bytes, of which any number are put together in the end.

use std::collections::BTreeMap;

use curtail_store::Beside;
use rayon::prelude::*;

use super::{
    Chosen, Rollup,
    packed::{Coded, Units},
    sums::Told,
};
use crate::convert::{
    column::NO_TIME,
    order::Sorted,
    run::Run,
    texts::{NULL, Texts},
};

/// The rows of a rollup of one run.
#[derive(Debug)]
pub(in crate::convert) struct Piece {
    /// All columns of the registry that it is grouped by, with values or without.
    pub(super) dimensions: Vec<usize>,
    /// Columns of amounts whose extremes it tells.
    pub(super) extremes: Vec<usize>,
    /// Columns of text that have values, with the texts of their numbers.
    pub(super) texts: BTreeMap<usize, (Coded<u32>, Words)>,
    /// Columns of times that have values; among them the start of usage, as coarsely as the rollup tells it.
    pub(super) times: BTreeMap<usize, Coded<i64>>,
    /// The column of the start of usage, if it tells that.
    pub(super) start: Option<usize>,
    /// How many line items each row stands for.
    pub(super) counts: Coded<i64>,
    /// Columns of amounts that have values.
    pub(super) amounts: BTreeMap<usize, Amounts>,
}

/// Distinct texts one after another, and where each ends.
#[derive(Debug, Default)]
pub(super) struct Words {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// What is told of a column of amounts.
#[derive(Debug)]
pub(super) struct Amounts {
    pub(super) sums: Units,
    pub(super) nulls: Option<Coded<i64>>,
    pub(super) least: Option<Units>,
    pub(super) most: Option<Units>,
}

impl Piece {
    /// Those of a rollup of `run`. Works on the rayon pool that it is called from.
    pub(in crate::convert) fn of(rollup: &Rollup<'_>, chosen: &Chosen, run: &Run) -> Self {
        let rows = Sorted::new(run, &rollup.examples);
        let partly = |column: usize| {
            let mut partly = rollup.partly.iter();
            partly.find(|(it, _)| *it == column)
        };
        let columns = rollup.partly.iter().map(|(column, _)| *column);
        let dimensions: Vec<usize> = rollup.dimensions.iter().copied().chain(columns).collect();
        let texts = dimensions.par_iter().filter_map(|&column| {
            let texts = run.text(column).filter(|_| run.has_values(column))?;
            let coded = match partly(column) {
                Some((_, numbers)) => Coded::all(numbers, NULL),
                None => Coded::all(&rows.numbers(column), NULL),
            };
            let words = Words::of(texts.texts(), &coded.distinct);
            (!coded.is_empty()).then_some((column, (coded, words)))
        });
        let of_time = rollup.dimensions.iter().filter(|&&it| run.is_time(it));
        let of_time = of_time.map(|&column| (column, Coded::all(&rows.times(column), NO_TIME)));
        let start = rollup.times.iter();
        let start = start.map(|(column, times)| (*column, Coded::all(times, NO_TIME)));
        let times = of_time.chain(start).filter(|(_, coded)| !coded.is_empty());
        let amounts = rollup.sums.par_iter().map(|summed| {
            let mut amounts = Amounts {
                sums: Units::of(&summed.sums),
                nulls: None,
                least: None,
                most: None,
            };
            for (column, beside, told) in &rollup.beside {
                match (beside, told) {
                    _ if *column != summed.column => {}
                    (_, Told::Counts(nulls)) => amounts.nulls = Some(Coded::all(nulls, NO_TIME)),
                    (Beside::Most, Told::Amounts(most)) => amounts.most = Some(Units::of(most)),
                    (_, Told::Amounts(least)) => amounts.least = Some(Units::of(least)),
                }
            }
            (summed.column, amounts)
        });
        Self {
            extremes: chosen.extremes.clone(),
            texts: texts.collect(),
            times: times.collect(),
            start: rollup.times.as_ref().map(|(start, _)| *start),
            counts: Coded::all(rollup.counts, NO_TIME),
            amounts: amounts.collect(),
            dimensions,
        }
    }

    /// How many there are.
    pub(super) fn rows(&self) -> usize {
        self.counts.len()
    }

    /// Bytes in memory.
    pub(super) fn footprint(&self) -> u64 {
        let texts = self.texts.values();
        let texts = texts.map(|(coded, words)| coded.footprint() + words.footprint());
        let times = self.times.values().map(Coded::footprint);
        let amounts = self.amounts.values().map(Amounts::footprint);
        let all: usize = texts.chain(times).chain(amounts).sum();
        (all + self.counts.footprint()) as u64
    }
}

impl Words {
    fn of(texts: &Texts, numbers: &[u32]) -> Self {
        let mut words = Self::default();
        for &number in numbers {
            words.bytes.extend_from_slice(texts.bytes_of(number));
            words.ends.push(words.bytes.len());
        }
        words
    }

    /// All of them, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let spans = starts.zip(&self.ends);
        spans.map(|(start, &end)| &self.bytes[start..end])
    }

    fn footprint(&self) -> usize {
        self.bytes.len() + size_of_val(self.ends.as_slice())
    }
}

impl Amounts {
    fn footprint(&self) -> usize {
        let extremes = self.least.iter().chain(&self.most);
        let extremes: usize = extremes.map(Units::footprint).sum();
        let nulls = self.nulls.as_ref().map_or(0, Coded::footprint);
        self.sums.footprint() + nulls + extremes
    }
}
