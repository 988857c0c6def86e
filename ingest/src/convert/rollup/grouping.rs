//! Rows that are alike in some columns.

use hashbrown::HashTable;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::convert::{
    bundles::{Bundles, Values},
    column::NO_TIME,
    run::Run,
    texts::{NULL, number_of},
};

/// Puts rows into groups, one column after another. Rows are known by their place in the order given.
#[derive(Clone, Debug)]
pub(super) struct Grouping {
    /// What each row is in each column: the same number for the same value.
    classes: Vec<Vec<u32>>,
    hashes: Vec<u64>,
}

/// The rows of a run in the order in which they are grouped.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    run: &'a Run,
    order: &'a [u32],
    /// For each of the run's sets of bundles, those of the rows.
    bundles: Vec<Vec<u32>>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(run: &'a Run, order: &'a [u32]) -> Self {
        let gather = |set: &Bundles| {
            let numbers = set.numbers();
            let number = |&row: &u32| numbers.get(row as usize).copied().unwrap_or(NULL);
            order.iter().map(number).collect()
        };
        Self {
            run,
            order,
            bundles: run.bundles.par_iter().map(gather).collect(),
        }
    }

    /// Tells rows apart that differ in any of `columns`. Those that a set of bundles alone fills are looked at once for each
    /// bundle.
    pub(super) fn group_by(&self, columns: &[usize], grouping: &mut Grouping) {
        let mut by_set: Vec<Vec<usize>> = vec![Vec::new(); self.bundles.len()];
        for &column in columns {
            match self.run.only_bundles(column) {
                Some(set) => by_set[set].push(column),
                None => grouping.by_column(self.run, column, self.order),
            }
        }
        for ((set, columns), numbers) in self.run.bundles.iter().zip(by_set).zip(&self.bundles) {
            if columns.is_empty() {
                continue;
            }
            let count = set.count() + 1;
            let mut bundles = Grouping::new(count);
            for column in columns {
                match set.values(column) {
                    Some(Values::Text(numbers)) => {
                        let mut numbers = numbers.clone();
                        numbers.resize(count, NULL);
                        bundles.by(numbers);
                    }
                    Some(Values::Time(times)) => {
                        let mut times = times.clone();
                        times.resize(count, NO_TIME);
                        bundles.by_times(&times);
                    }
                    Some(Values::Amount(_)) | None => {}
                }
            }
            let classes = bundles.finish().of_rows;
            grouping.by(numbers
                .iter()
                .map(|&number| classes[number as usize])
                .collect());
        }
    }
}

/// The groups of some rows.
#[derive(Debug)]
pub(super) struct Groups {
    /// The group of each row, numbered from 0 in order of appearance.
    pub(super) of_rows: Vec<u32>,
    /// The first row of each group.
    pub(super) firsts: Vec<u32>,
}

impl Grouping {
    /// All of `rows` rows are alike so far.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            classes: Vec::new(),
            hashes: vec![0; rows],
        }
    }

    /// Tells rows apart that differ in a time.
    pub(super) fn by_times(&mut self, times: &[i64]) {
        let mut numbers = FxHashMap::default();
        let mut last = (NO_TIME, 0);
        let class = |&time: &i64| {
            if time != last.0 {
                let next = number_of(numbers.len()) + 1;
                last = (time, *numbers.entry(time).or_insert(next));
            }
            last.1
        };
        let classes = times.iter().map(class).collect();
        self.by(classes);
    }

    /// Tells rows apart that differ in a column of text or times.
    pub(super) fn by_column(&mut self, run: &Run, column: usize, order: &[u32]) {
        if run.is_time(column) {
            let times = run.times(column);
            let time = |&row: &u32| times.get(row as usize).copied().unwrap_or(NO_TIME);
            let times: Vec<i64> = order.iter().map(time).collect();
            self.by_times(&times);
            return;
        }
        let mut classes = Vec::with_capacity(order.len());
        run.gather_numbers(column, order, &mut classes);
        self.by(classes);
    }

    fn by(&mut self, classes: Vec<u32>) {
        // A column that is the same throughout tells nothing apart.
        let first = classes.first().copied().unwrap_or(NULL);
        if classes.iter().all(|&class| class == first) {
            return;
        }
        for (hash, &class) in self.hashes.iter_mut().zip(&classes) {
            *hash = (hash.rotate_left(23) ^ u64::from(class)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
        self.classes.push(classes);
    }

    /// How many groups there are.
    pub(super) fn count(&self) -> usize {
        self.groups().firsts.len()
    }

    /// The groups.
    pub(super) fn finish(self) -> Groups {
        self.groups()
    }

    fn groups(&self) -> Groups {
        let mut of_rows = Vec::with_capacity(self.hashes.len());
        let mut firsts: Vec<u32> = Vec::new();
        let mut known: HashTable<u32> = HashTable::new();
        let alike = |a: usize, b: usize| self.classes.iter().all(|class| class[a] == class[b]);
        for (row, &hash) in self.hashes.iter().enumerate() {
            if row > 0 && self.hashes[row - 1] == hash && alike(row - 1, row) {
                of_rows.push(of_rows[row - 1]);
                continue;
            }
            let hash = spread(hash);
            let found = known.find(hash, |&group| alike(firsts[group as usize] as usize, row));
            let group = found.copied().unwrap_or_else(|| {
                let group = number_of(firsts.len());
                firsts.push(number_of(row));
                known.insert_unique(hash, group, |&group| {
                    spread(self.hashes[firsts[group as usize] as usize])
                });
                group
            });
            of_rows.push(group);
        }
        Groups { of_rows, firsts }
    }
}

/// The table looks at the highest and the lowest bits; multiplication leaves the lowest poor.
fn spread(hash: u64) -> u64 {
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_grouped_by_all_columns_in_order_of_appearance() {
        let mut grouping = Grouping::new(6);
        grouping.by(vec![1, 1, 2, 2, 1, 3]);
        grouping.by(vec![7, 7, 7, 7, 7, 7]);
        grouping.by_times(&[10, 10, 20, NO_TIME, 10, 10]);
        assert_eq!(grouping.count(), 4);
        let groups = grouping.finish();
        assert_eq!(groups.of_rows, [0, 0, 1, 2, 0, 3]);
        assert_eq!(groups.firsts, [0, 2, 3, 5]);
    }
}
