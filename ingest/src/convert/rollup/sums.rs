//! What groups of rows add up to.

use curtail_store::Beside;
use rayon::prelude::*;

use super::grouping::Groups;
use crate::convert::{
    amounts::{NO_AMOUNT, add},
    column::{Column, NO_TIME},
    order::Sorted,
};

/// Sums of groups.
#[derive(Debug)]
pub(super) struct Sums {
    /// How many line items each group has.
    pub(super) counts: Vec<i64>,
    /// Of each column that has values.
    pub(super) columns: Vec<Summed>,
}

/// What the amounts of one column are in each group.
#[derive(Debug)]
pub(in crate::convert) struct Summed {
    /// The column of the registry.
    pub(in crate::convert) column: usize,
    /// In units of 10⁻¹⁸; `NO_AMOUNT` where no line item of the group has an amount.
    pub(in crate::convert) sums: Vec<i128>,
    /// How many line items have one.
    with: Vec<i64>,
    /// The least and the greatest, once they were looked for.
    extremes: Option<[Vec<i128>; 2]>,
}

/// What is told of amounts beside their sums, by group.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::convert) enum Told {
    /// `NO_TIME` where there is nothing to tell.
    Counts(Vec<i64>),
    /// `NO_AMOUNT` where there is nothing to tell.
    Amounts(Vec<i128>),
}

impl Summed {
    /// No amounts yet.
    pub(super) fn new(column: usize, groups: usize) -> Self {
        Self {
            column,
            sums: vec![NO_AMOUNT; groups],
            with: vec![0; groups],
            extremes: None,
        }
    }

    /// Adds what so many amounts come to. `None` if the sum does not fit.
    #[inline]
    pub(super) fn add(&mut self, group: u32, sum: i128, with: i64) -> Option<()> {
        let group = group as usize;
        self.with[group] += with;
        add(&mut self.sums[group], sum)
    }

    /// The least and the greatest of each group, known from now on.
    pub(super) fn extremes(&mut self) -> &mut [Vec<i128>; 2] {
        let none = || vec![NO_AMOUNT; self.sums.len()];
        self.extremes.get_or_insert_with(|| [none(), none()])
    }

    /// Takes in the least and the greatest of some amounts of a group.
    #[inline]
    pub(super) fn widen(&mut self, group: u32, low: i128, high: i128) {
        let [least, most] = self.extremes();
        // The smallest number of all marks that there is none.
        let (least, most) = (&mut least[group as usize], &mut most[group as usize]);
        if *least == NO_AMOUNT || low < *least {
            *least = low;
        }
        *most = high.max(*most);
    }

    /// What is to be told beside the sums, if there is anything. `counts` are the line items of each group.
    pub(super) fn told(&self, beside: Beside, counts: &[i64]) -> Option<Told> {
        let by_group = 0..counts.len();
        let sum = |group: usize| self.sums[group];
        match (beside, &self.extremes) {
            (Beside::Nulls, _) => {
                let nulls = by_group.map(|group| match self.with[group] {
                    with if with > 0 && with < counts[group] => counts[group] - with,
                    _ => NO_TIME,
                });
                let nulls: Vec<_> = nulls.collect();
                let any = nulls.iter().any(|&nulls| nulls != NO_TIME);
                any.then_some(Told::Counts(nulls))
            }
            (_, None) => None,
            (beside, Some([least, most])) => {
                let unless = |known: i128, amount: i128| {
                    if amount == known { NO_AMOUNT } else { amount }
                };
                let amounts = by_group.map(|group| match beside {
                    Beside::Most => unless(least[group], most[group]),
                    _ => unless(sum(group), least[group]),
                });
                let amounts: Vec<_> = amounts.collect();
                let any = amounts.iter().any(|&units| units != NO_AMOUNT);
                any.then_some(Told::Amounts(amounts))
            }
        }
    }
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
            let mut summed = Summed::new(column, groups.firsts.len());
            let add = |group, units| summed.add(group, units, 1);
            let done = by_group(column, rows, &groups.of_rows, &with_amounts, add);
            done.map(|()| summed).ok_or(column)
        });
        Ok(Self {
            counts,
            columns: columns.collect::<Result<_, _>>()?,
        })
    }

    /// The sums of groups of these groups, of those of `columns` that have values, and their extremes, if these have any. Fails
    /// with a column whose sums do not fit.
    pub(super) fn of(&self, groups: &Groups, columns: &[usize]) -> Result<Self, usize> {
        let mut counts = vec![0; groups.firsts.len()];
        for (&count, &group) in self.counts.iter().zip(&groups.of_rows) {
            counts[group as usize] += count;
        }
        let finer = self.columns.iter();
        let finer = finer.filter(|finer| columns.contains(&finer.column));
        let columns = finer.map(|finer| {
            let mut summed = Summed::new(finer.column, groups.firsts.len());
            let amounts = finer.sums.iter().zip(&finer.with);
            for ((&units, &with), &group) in amounts.zip(&groups.of_rows) {
                if units != NO_AMOUNT {
                    summed.add(group, units, with).ok_or(finer.column)?;
                }
            }
            if let Some([least, most]) = &finer.extremes {
                summed.extremes();
                for ((&low, &high), &group) in least.iter().zip(most).zip(&groups.of_rows) {
                    if low != NO_AMOUNT {
                        summed.widen(group, low, high);
                    }
                }
            }
            Ok::<_, usize>(summed)
        });
        Ok(Self {
            counts,
            columns: columns.collect::<Result<_, _>>()?,
        })
    }

    /// Looks for the extremes of these columns, in the groups of rows.
    pub(super) fn look(&mut self, rows: &Sorted<'_>, groups: &[u32], columns: &[usize]) {
        let with_amounts = places_with_amounts(rows);
        let wanted = self.columns.par_iter_mut();
        let wanted = wanted.filter(|summed| columns.contains(&summed.column));
        wanted.for_each(|summed| {
            let column = summed.column;
            summed.extremes();
            let look = |group: u32, units: i128| {
                summed.widen(group, units, units);
                Some(())
            };
            by_group(column, rows, groups, &with_amounts, look);
        });
    }

    /// Whether the extremes of all of these columns are known, as far as they have values.
    pub(super) fn know(&self, columns: &[usize]) -> bool {
        let mut wanted = self.columns.iter();
        wanted.all(|summed| summed.extremes.is_some() || !columns.contains(&summed.column))
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

/// Hands the amounts of a column, those that stand in it and those of bundles, to `take` with the groups of their rows, until it
/// fails.
fn by_group(
    column: usize,
    rows: &Sorted<'_>,
    groups: &[u32],
    with_amounts: &[Vec<u32>],
    mut take: impl FnMut(u32, i128) -> Option<()>,
) -> Option<()> {
    if let Some(Column::Amount(amounts)) = rows.run.columns.get(column) {
        amounts.by_group(rows.order, groups, &mut take)?;
    }
    for ((set, numbers), places) in rows.run.bundles.iter().zip(&rows.bundles).zip(with_amounts) {
        let Some((_, values)) = set.amounts().find(|(filled, _)| *filled == column) else {
            continue;
        };
        for &place in places {
            let number = numbers[place as usize] as usize;
            if let Some(&units) = values.get(number)
                && units != NO_AMOUNT
            {
                take(groups[place as usize], units)?;
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: i128 = NO_AMOUNT;

    #[test]
    fn only_what_sums_do_not_tell_is_told_beside_them() {
        // One of one; two that are alike; 2 and none; -5 and 0; 0 and 5; none at all.
        let groups: [&[i128]; 6] = [&[7], &[3, 3], &[2], &[-5, 0], &[0, 5], &[]];
        let counts = [1, 2, 2, 2, 2, 2];
        let mut summed = Summed::new(0, groups.len());
        for (group, amounts) in (0..).zip(groups) {
            for &units in amounts {
                summed.add(group, units, 1).unwrap();
            }
        }
        assert_eq!(summed.told(Beside::Least, &counts), None, "nobody looked");
        let of = |amount: Option<&i128>| amount.copied().unwrap_or(NONE);
        let least = groups.iter().map(|group| of(group.iter().min()));
        let most = groups.iter().map(|group| of(group.iter().max()));
        summed.extremes = Some([least.collect(), most.collect()]);
        assert_eq!(
            summed.told(Beside::Nulls, &counts),
            Some(Told::Counts(vec![
                NO_TIME, NO_TIME, 1, NO_TIME, NO_TIME, NO_TIME
            ]))
        );
        assert_eq!(
            summed.told(Beside::Least, &counts),
            Some(Told::Amounts(vec![NONE, 3, NONE, NONE, 0, NONE]))
        );
        assert_eq!(
            summed.told(Beside::Most, &counts),
            Some(Told::Amounts(vec![NONE, NONE, NONE, 0, 5, NONE]))
        );
    }
}
