//! Which rows are alike.

use std::collections::{HashMap, hash_map::Entry};

/// Of so many pairs at most, a table says which group they are.
const TABLE: usize = 1 << 18;

/// Rows that show whether merging is worth it.
const SAMPLE: usize = 4096;

/// Rows of a row group by group, the groups numbered in the order that they appear in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Groups {
    /// The group of each row.
    pub(super) of: Vec<u32>,
    /// The first row of each group.
    pub(super) first: Vec<u32>,
}

impl Groups {
    /// Rows that are alike in all `columns`: each has as many numbers as there are rows, less than its own limit.
    pub(super) fn of(columns: &[(&[u32], usize)], rows: usize) -> Self {
        let columns: Vec<_> = columns
            .iter()
            .filter(|(_, limit)| *limit > 1)
            .copied()
            .collect();
        if rows > 2 * SAMPLE {
            let sample: Vec<_> = columns
                .iter()
                .map(|(numbers, limit)| (&numbers[..SAMPLE], *limit))
                .collect();
            // Most rows differ: finding the few that do not would take longer than it saves.
            if grouped(&sample, SAMPLE).1 > SAMPLE / 4 * 3 {
                let each: Vec<u32> = (0..).take(rows).collect();
                return Self {
                    of: each.clone(),
                    first: each,
                };
            }
        }
        let (of, count) = grouped(&columns, rows);
        let mut first = Vec::with_capacity(count);
        for (row, &group) in (0..).zip(&of) {
            if group as usize == first.len() {
                first.push(row);
            }
        }
        Self { of, first }
    }
}

/// The group of each row, and how many there are.
fn grouped(columns: &[(&[u32], usize)], rows: usize) -> (Vec<u32>, usize) {
    let mut groups = vec![0; rows];
    let mut count = rows.min(1);
    for (numbers, limit) in columns {
        count = if count.saturating_mul(*limit) <= TABLE {
            by_table(&mut groups, count, numbers, *limit)
        } else {
            by_hash(&mut groups, numbers)
        };
    }
    (groups, count)
}

/// Splits groups by one more column, through a table of all pairs.
fn by_table(groups: &mut [u32], count: usize, numbers: &[u32], limit: usize) -> usize {
    const NONE: u32 = u32::MAX;
    let mut table = vec![NONE; count * limit];
    let mut next = 0;
    for (group, &number) in groups.iter_mut().zip(numbers) {
        let known = &mut table[*group as usize * limit + number as usize];
        if *known == NONE {
            *known = next;
            next += 1;
        }
        *group = *known;
    }
    next as usize
}

/// The same for more pairs than a table should hold.
fn by_hash(groups: &mut [u32], numbers: &[u32]) -> usize {
    let mut known: HashMap<u64, u32> = HashMap::new();
    let mut next = 0;
    let mut last = None;
    for (group, &number) in groups.iter_mut().zip(numbers) {
        let pair = u64::from(*group) << 32 | u64::from(number);
        *group = match last {
            // Files are sorted: most rows are like the one before.
            Some((before, group)) if before == pair => group,
            _ => match known.entry(pair) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(vacant) => {
                    next += 1;
                    *vacant.insert(next - 1)
                }
            },
        };
        last = Some((pair, *group));
    }
    next as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_alike_if_they_are_in_all_columns() {
        let groups = Groups::of(&[(&[0, 0, 1, 0, 1], 2), (&[5, 6, 5, 5, 5], 7)], 5);
        assert_eq!(groups.of, [0, 1, 2, 0, 2]);
        assert_eq!(groups.first, [0, 1, 2]);
    }

    #[test]
    fn without_columns_all_rows_are_alike() {
        let groups = Groups::of(&[], 3);
        assert_eq!((groups.of, groups.first), (vec![0, 0, 0], vec![0]));
        assert_eq!(Groups::of(&[], 0).first, [0_u32; 0]);
    }

    #[test]
    fn tables_and_hashes_group_alike() {
        let numbers: Vec<Vec<u32>> = [3, 7, 11]
            .iter()
            .map(|limit| (0..50_000_u32).map(|row| (row / 5) * 31 % limit).collect())
            .collect();
        let columns = |limit: usize| -> Vec<(&[u32], usize)> {
            numbers.iter().map(|n| (n.as_slice(), limit)).collect()
        };
        let by_table = Groups::of(&columns(11), 50_000);
        assert_eq!(by_table.first.len(), 3 * 7 * 11);
        assert_eq!(Groups::of(&columns(TABLE + 1), 50_000), by_table);
    }

    #[test]
    fn rows_that_differ_are_left_alone() {
        let numbers: Vec<u32> = (0..20_000).collect();
        let groups = Groups::of(&[(&numbers, 20_000)], 20_000);
        assert_eq!((&groups.of, &groups.first), (&numbers, &numbers));
    }
}
