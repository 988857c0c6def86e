//! The order in which rows are written: what is asked for together lies together.

use std::borrow::Cow;

use curtail_store::{ReportKind, Table};
use rayon::prelude::*;

use super::{
    bundles::{Bundles, Values},
    column::{Column, NO_TIME, TextColumn},
    registry::Registry,
    run::Run,
    texts::{NULL, number_of},
};

pub(super) const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// The columns that rows are ordered by: the first two by their text, NULL first; then the day of the third; within it rows
/// that are alike lie together, in no order that has a meaning.
pub(super) struct SortColumns {
    pub(super) service: &'static str,
    pub(super) account: &'static str,
    pub(super) start: &'static str,
    alike: [&'static str; 2],
}

impl SortColumns {
    /// Those for reports of a kind.
    pub(super) fn of(kind: ReportKind) -> Self {
        match kind.table() {
            Table::LineItems => Self {
                service: "line_item_product_code",
                account: "line_item_usage_account_id",
                start: "line_item_usage_start_date",
                alike: ["line_item_usage_type", "line_item_resource_id"],
            },
            Table::Focus => Self {
                service: "servicename",
                account: "subaccountid",
                start: "chargeperiodstart",
                alike: ["skuid", "resourceid"],
            },
        }
    }
}

/// The rows of a run in order.
#[derive(Debug)]
pub(super) struct Sorted<'a> {
    pub(super) run: &'a Run,
    pub(super) order: &'a [u32],
    /// For each of the run's sets of bundles, those of the rows.
    pub(super) bundles: Vec<Vec<u32>>,
}

impl<'a> Sorted<'a> {
    /// Those of `run` in `order`. Works on the rayon pool that it is called from.
    pub(super) fn new(run: &'a Run, order: &'a [u32]) -> Self {
        let gather = |set: &Bundles| set.numbers_of(order);
        Self {
            run,
            order,
            bundles: run.bundles.par_iter().map(gather).collect(),
        }
    }

    /// The same of rows so few that no pool is needed.
    pub(super) fn of_few(run: &'a Run, order: &'a [u32]) -> Self {
        let gather = |set: &Bundles| set.numbers_of(order);
        Self {
            run,
            order,
            bundles: run.bundles.iter().map(gather).collect(),
        }
    }

    /// The number of each row's text in a column.
    pub(super) fn numbers(&self, column: usize) -> Vec<u32> {
        let own = self.run.text(column).map(TextColumn::numbers);
        self.gather(own.unwrap_or_default(), NULL, |set| {
            match set.values(column) {
                Some(Values::Text(numbers)) => numbers,
                _ => &[],
            }
        })
    }

    /// The time of each row in a column, [`NO_TIME`] for NULL.
    pub(super) fn times(&self, column: usize) -> Vec<i64> {
        let own = match self.run.columns.get(column) {
            Some(Column::Time(micros)) => &micros[..],
            _ => &[],
        };
        self.gather(own, NO_TIME, |set| match set.values(column) {
            Some(Values::Time(micros)) => micros,
            _ => &[],
        })
    }

    fn gather<T: Copy + PartialEq + 'a>(
        &self,
        own: &[T],
        null: T,
        values: impl Fn(&'a Bundles) -> &'a [T],
    ) -> Vec<T> {
        let own = |&row: &u32| own.get(row as usize).copied().unwrap_or(null);
        let mut all: Vec<T> = self.order.iter().map(own).collect();
        for (set, numbers) in self.run.bundles.iter().zip(&self.bundles) {
            let values = values(set);
            if values.is_empty() {
                continue;
            }
            for (value, &number) in all.iter_mut().zip(numbers) {
                if *value == null {
                    *value = values.get(number as usize).copied().unwrap_or(null);
                }
            }
        }
        all
    }
}

/// The rows of `run` in the order in which they are to be written. Works on the rayon pool that it is called from.
pub(super) fn order(run: &Run, kind: ReportKind, registry: &Registry) -> Vec<u32> {
    let columns = SortColumns::of(kind);
    let numbers = |name| registry.find(name).map(|number| run.numbers(number));
    let ranks = |name| {
        let column = registry.find(name).and_then(|number| run.text(number));
        column
            .map(|column| column.texts().ranks())
            .zip(numbers(name))
    };
    let (service, account) = (ranks(columns.service), ranks(columns.account));
    let starts = registry
        .find(columns.start)
        .map(|number| run.times(number))
        .unwrap_or_default();
    let [first, second] = columns.alike.map(|name| numbers(name).unwrap_or_default());
    let rank = |ranked: &Option<(Vec<u32>, Cow<'_, [u32]>)>, row: usize| match ranked {
        Some((ranks, numbers)) => numbers.get(row).map_or(0, |&number| ranks[number as usize]),
        None => 0,
    };
    let mut keyed: Vec<(u64, u64, u32)> = (0..run.rows)
        .into_par_iter()
        .map(|row| {
            let day = match starts.get(row) {
                Some(&micros) if micros != NO_TIME => {
                    micros.div_euclid(MICROSECONDS_PER_DAY) + (1 << 30)
                }
                _ => 0,
            };
            let day = day.clamp(0, i64::from(u32::MAX)).unsigned_abs();
            let number = |numbers: &[u32]| u64::from(numbers.get(row).copied().unwrap_or(0));
            let placed = u64::from(rank(&service, row)) << 32 | u64::from(rank(&account, row));
            (placed, day << 32 | number(&first), number_of(row))
        })
        .collect();
    if second.is_empty() {
        keyed.par_sort_unstable();
    } else {
        let second = |row: u32| second.get(row as usize).copied().unwrap_or(0);
        keyed.par_sort_unstable_by(|a, b| {
            (a.0, a.1)
                .cmp(&(b.0, b.1))
                .then_with(|| (second(a.2), a.2).cmp(&(second(b.2), b.2)))
        });
    }
    keyed.into_iter().map(|(_, _, row)| row).collect()
}
