//! Rows that are alike in some columns.

use std::ops::Range;

use hashbrown::HashTable;
use rustc_hash::FxHashMap;

use crate::convert::{
    bundles::{Bundles, Values},
    column::NO_TIME,
    order::Sorted,
    texts::{NULL, number_of},
};

/// Rows looked at together, column by column.
const BLOCK: usize = 1024;

/// Columns by which rows are told apart.
#[derive(Debug, Default)]
pub(super) struct Grouping<'a> {
    columns: Vec<Column<'a>>,
}

/// What each row is in one column: the same number for the same value.
#[derive(Debug)]
enum Column<'a> {
    Own(Vec<u32>),
    /// By the row's bundle.
    Bundles(&'a [u32], Vec<u32>),
}

/// The groups of rows.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// The group of each row, numbered from 0 in order of appearance.
    pub(super) of_rows: Vec<u32>,
    /// The place of the first row of each group.
    pub(super) firsts: Vec<u32>,
}

impl<'a> Grouping<'a> {
    /// Tells rows apart that differ in a time.
    pub(super) fn by_times(&mut self, times: &[i64]) {
        self.by_classes(classes_of_times(times));
    }

    /// Tells rows apart that are of different classes.
    pub(super) fn by_classes(&mut self, classes: Vec<u32>) {
        self.by(Column::Own(classes));
    }

    /// Tells rows apart that differ in any of `columns`. Those that a set of bundles alone fills are looked at once for each
    /// bundle.
    pub(super) fn by_columns(&mut self, columns: &[usize], rows: &'a Sorted<'_>) {
        let mut by_set: Vec<Vec<usize>> = vec![Vec::new(); rows.bundles.len()];
        for &column in columns {
            if let Some(set) = rows.run.only_bundles(column) {
                by_set[set].push(column);
            } else {
                self.by_classes(classes_of_column(column, rows));
            }
        }
        let sets = rows.run.bundles.iter().zip(by_set).zip(&rows.bundles);
        for ((set, columns), numbers) in sets {
            if !columns.is_empty() {
                self.by(Column::Bundles(numbers, classes_of_bundles(set, &columns)));
            }
        }
    }

    fn by(&mut self, column: Column<'a>) {
        // A column that is the same throughout tells nothing apart.
        let same = match &column {
            Column::Own(classes) => classes.iter().all(|class| *class == classes[0]),
            Column::Bundles(_, classes) => classes.iter().all(|class| *class == classes[0]),
        };
        if !same {
            self.columns.push(column);
        }
    }

    /// The groups of so many rows.
    pub(super) fn groups(&self, rows: usize) -> Groups {
        let mut groups = Groups {
            of_rows: Vec::with_capacity(rows),
            firsts: Vec::new(),
        };
        let width = self.columns.len();
        let mut known = Known::new(width);
        let (mut keys, mut hashes) = (vec![0; BLOCK * width], [0; BLOCK]);
        let mut last = None;
        for start in (0..rows).step_by(BLOCK) {
            let block = start..rows.min(start + BLOCK);
            hashes.fill(0);
            for (at, column) in self.columns.iter().enumerate() {
                column.put(block.clone(), at, width, &mut keys, &mut hashes);
            }
            for (at, place) in block.enumerate() {
                let key = &keys[at * width..][..width];
                let group = match last {
                    Some(group) if known.is(group, key) => group,
                    _ => known.group(key, hashes[at]),
                };
                if group as usize == groups.firsts.len() {
                    groups.firsts.push(number_of(place));
                }
                groups.of_rows.push(group);
                last = Some(group);
            }
        }
        groups
    }
}

impl Column<'_> {
    /// Puts the classes of a block's rows at `at` of their keys.
    fn put(
        &self,
        block: Range<usize>,
        at: usize,
        width: usize,
        keys: &mut [u32],
        hashes: &mut [u64],
    ) {
        let rows = keys.iter_mut().skip(at).step_by(width).zip(hashes);
        let put = |((key, hash), class): ((&mut u32, &mut u64), u32)| {
            *key = class;
            *hash = (hash.rotate_left(23) ^ u64::from(class)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        };
        match self {
            Self::Own(classes) => rows.zip(classes[block].iter().copied()).for_each(put),
            Self::Bundles(numbers, classes) => {
                let numbers = numbers[block].iter();
                let classes = numbers.map(|&number| classes[number as usize]);
                rows.zip(classes).for_each(put);
            }
        }
    }
}

/// Groups found so far.
#[derive(Debug)]
struct Known {
    width: usize,
    /// The keys of all groups, one after another.
    keys: Vec<u32>,
    hashes: Vec<u64>,
    table: HashTable<u32>,
}

impl Known {
    fn new(width: usize) -> Self {
        Self {
            width,
            keys: Vec::new(),
            hashes: Vec::new(),
            table: HashTable::new(),
        }
    }

    #[inline]
    fn is(&self, group: u32, key: &[u32]) -> bool {
        self.keys[group as usize * self.width..][..self.width] == *key
    }

    /// The group with this key; a new one, if there is none.
    fn group(&mut self, key: &[u32], hash: u64) -> u32 {
        // The table looks at the highest and the lowest bits, and multiplication leaves the lowest poor.
        let hash = hash ^ hash >> 32;
        if let Some(&group) = self.table.find(hash, |&group| self.is(group, key)) {
            return group;
        }
        let group = number_of(self.hashes.len());
        self.keys.extend_from_slice(key);
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table
            .insert_unique(hash, group, |&group| hashes[group as usize]);
        group
    }
}

/// The same number for the same time.
pub(super) fn classes_of_times(times: &[i64]) -> Vec<u32> {
    let mut numbers = FxHashMap::default();
    let mut last = (NO_TIME, 0);
    let class = |&time: &i64| {
        if time != last.0 {
            let next = number_of(numbers.len()) + 1;
            let number = match time {
                NO_TIME => 0,
                time => *numbers.entry(time).or_insert(next),
            };
            last = (time, number);
        }
        last.1
    };
    times.iter().map(class).collect()
}

/// The same number for the same text or time of a column.
pub(super) fn classes_of_column(column: usize, rows: &Sorted<'_>) -> Vec<u32> {
    if rows.run.is_time(column) {
        return classes_of_times(&rows.times(column));
    }
    rows.numbers(column)
}

/// For each bundle of a set, the same number where it is the same in all of `columns`.
fn classes_of_bundles(set: &Bundles, columns: &[usize]) -> Vec<u32> {
    let count = set.count() + 1;
    let mut grouping = Grouping::default();
    for &column in columns {
        match set.values(column) {
            Some(Values::Text(numbers)) => {
                let mut numbers = numbers.clone();
                numbers.resize(count, NULL);
                grouping.by(Column::Own(numbers));
            }
            Some(Values::Time(times)) => {
                let mut times = times.clone();
                times.resize(count, NO_TIME);
                grouping.by_times(&times);
            }
            Some(Values::Amount(_)) | None => {}
        }
    }
    grouping.groups(count).of_rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_grouped_by_all_columns_in_order_of_appearance() {
        let mut grouping = Grouping::default();
        grouping.by(Column::Own(vec![1, 1, 2, 2, 1, 3]));
        grouping.by(Column::Own(vec![7, 7, 7, 7, 7, 7]));
        grouping.by_times(&[10, 10, 20, NO_TIME, 10, 10]);
        let groups = grouping.groups(6);
        assert_eq!(groups.of_rows, [0, 0, 1, 2, 0, 3]);
        assert_eq!(groups.firsts, [0, 2, 3, 5]);
    }

    #[test]
    fn rows_that_nothing_tells_apart_are_one_group() {
        let groups = Grouping::default().groups(5_000);
        assert_eq!(groups.firsts, [0]);
        assert_eq!(groups.of_rows, vec![0; 5_000]);
        assert!(Grouping::default().groups(0).firsts.is_empty());
    }
}
