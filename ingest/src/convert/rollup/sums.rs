//! What groups of rows add up to.

use rayon::prelude::*;

use super::grouping::Groups;
use crate::convert::{
    amounts::{NO_AMOUNT, add},
    column::Column,
    order::Sorted,
};

/// Sums of groups.
#[derive(Debug)]
pub(super) struct Sums {
    /// How many line items each group has.
    pub(super) counts: Vec<i64>,
    /// By column of the registry, in units of 10⁻¹⁸; `NO_AMOUNT` where no line item of the group has an amount.
    pub(super) columns: Vec<(usize, Vec<i128>)>,
}

impl Sums {
    /// The sums of rows in `groups`, of those of `columns` that have values. Fails with a column whose sums do not fit.
    pub(super) fn of_rows(
        rows: &Sorted<'_>,
        groups: &Groups,
        columns: &[usize],
    ) -> Result<Self, usize> {
        let mut counts = vec![0; groups.firsts.len()];
        for &group in &groups.of_rows {
            counts[group as usize] += 1;
        }
        let with_amounts = places_with_amounts(rows);
        let columns = columns
            .par_iter()
            .filter(|column| rows.run.has_values(**column));
        let columns = columns.map(|&column| {
            let mut sums = vec![NO_AMOUNT; groups.firsts.len()];
            let done = add_own(column, rows, groups, &mut sums)
                .and_then(|()| add_bundles(column, rows, groups, &with_amounts, &mut sums));
            done.map(|()| (column, sums)).ok_or(column)
        });
        Ok(Self {
            counts,
            columns: columns.collect::<Result<_, _>>()?,
        })
    }

    /// The sums of groups of these groups, of those of `columns` that have values. Fails with a column whose sums do not fit.
    pub(super) fn of(&self, groups: &Groups, columns: &[usize]) -> Result<Self, usize> {
        let mut counts = vec![0; groups.firsts.len()];
        for (&count, &group) in self.counts.iter().zip(&groups.of_rows) {
            counts[group as usize] += count;
        }
        let finer = self.columns.iter();
        let finer = finer.filter(|(column, _)| columns.contains(column));
        let columns = finer.map(|(column, finer)| {
            let mut sums = vec![NO_AMOUNT; groups.firsts.len()];
            for (&units, &group) in finer.iter().zip(&groups.of_rows) {
                if units != NO_AMOUNT {
                    add(&mut sums[group as usize], units).ok_or(*column)?;
                }
            }
            Ok::<_, usize>((*column, sums))
        });
        Ok(Self {
            counts,
            columns: columns.collect::<Result<_, _>>()?,
        })
    }
}

/// For each set of bundles, the places of the rows whose bundle sets any amount: few, most often.
fn places_with_amounts(rows: &Sorted<'_>) -> Vec<Vec<u32>> {
    let places = rows
        .run
        .bundles
        .par_iter()
        .zip(&rows.bundles)
        .map(|(set, numbers)| {
            let mut any = vec![false; set.count() + 1];
            for (_, units) in set.amounts() {
                for (any, &units) in any.iter_mut().zip(units) {
                    *any |= units != NO_AMOUNT;
                }
            }
            if !any.contains(&true) {
                return Vec::new();
            }
            let places = (0_u32..).zip(numbers);
            let places = places.filter(|&(_, &number)| any[number as usize]);
            places.map(|(place, _)| place).collect()
        });
    places.collect()
}

/// Adds the amounts that stand in the column itself.
fn add_own(column: usize, rows: &Sorted<'_>, groups: &Groups, sums: &mut [i128]) -> Option<()> {
    match rows.run.columns.get(column) {
        Some(Column::Amount(amounts)) => amounts.add_up(rows.order, &groups.of_rows, sums),
        _ => Some(()),
    }
}

/// Adds the amounts that stand in bundles.
fn add_bundles(
    column: usize,
    rows: &Sorted<'_>,
    groups: &Groups,
    with_amounts: &[Vec<u32>],
    sums: &mut [i128],
) -> Option<()> {
    for ((set, numbers), places) in rows.run.bundles.iter().zip(&rows.bundles).zip(with_amounts) {
        let Some((_, values)) = set.amounts().find(|(filled, _)| *filled == column) else {
            continue;
        };
        for &place in places {
            let number = numbers[place as usize] as usize;
            if let Some(&units) = values.get(number)
                && units != NO_AMOUNT
            {
                add(&mut sums[groups.of_rows[place as usize] as usize], units)?;
            }
        }
    }
    Some(())
}
