//! How the rows of a month are spread over its hours and files.

use crate::calendar::{HOUR, Month, hour_of_week};
use crate::rows::special;
use crate::world::World;

/// A month's hours, with how many usage rows each has.
#[derive(Debug)]
pub(crate) struct MonthPlan {
    /// Index into the world's months.
    pub(crate) index: usize,
    pub(crate) month: Month,
    /// Usage rows before each hour; one longer than the hours.
    pub(crate) before: Vec<u64>,
    /// Slots that live in each hour.
    pub(crate) active: Vec<usize>,
    /// Rows of fees, taxes, credits and discounts.
    pub(crate) special: u64,
}

/// A file's share of a month: a range of its usage rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) from: u64,
    pub(crate) to: u64,
}

/// A restated month has this many rows fewer: one in so many.
const REMOVED: u64 = 400;

impl MonthPlan {
    pub(crate) fn new(world: &World, index: usize) -> Self {
        let month = world.months[index];
        let budget = world.rows[index];
        let mut plan = Self {
            index,
            month,
            before: Vec::new(),
            active: vec![0; month.hours() as usize],
            special: 0,
        };
        let most = budget / 4;
        plan.special = special::count(world, &plan).min(most);
        let mut usage = budget - plan.special;
        if world.restate {
            usage -= usage / REMOVED;
        }
        plan.before = spread(month, usage);
        plan.active = plan
            .before
            .windows(2)
            .map(|hour| {
                world
                    .before
                    .partition_point(|&rows| rows <= hour[1] - hour[0])
                    - 1
            })
            .collect();
        plan
    }

    /// The most usage rows that an hour of the month can have.
    pub(crate) fn busiest(world: &World, index: usize) -> u64 {
        let before = spread(world.months[index], world.rows[index]);
        before
            .windows(2)
            .map(|hour| hour[1] - hour[0])
            .max()
            .unwrap_or(0)
    }

    pub(crate) fn usage_rows(&self) -> u64 {
        *self.before.last().expect("a month has hours")
    }

    /// Cuts the usage rows into files. A restated month has fewer.
    pub(crate) fn chunks(&self, world: &World, rows_per_file: u64) -> Vec<Chunk> {
        let rows = self.usage_rows();
        let files = rows.div_ceil(rows_per_file);
        let files = if world.restate {
            (files * 2 / 3).max(1)
        } else {
            files
        };
        let size = if world.restate {
            rows.div_ceil(files.max(1))
        } else {
            rows_per_file
        };
        (0..files)
            .map(|file| Chunk {
                from: file * size,
                to: ((file + 1) * size).min(rows),
            })
            .collect()
    }
}

/// Rows before each hour: fewer at night and on weekends, rising by 4 % over the month.
fn spread(month: Month, rows: u64) -> Vec<u64> {
    let hours = month.hours();
    let weights: Vec<u64> = (0..hours)
        .map(|hour| {
            let week = hour_of_week(month.start + hour as i64 * HOUR);
            let (day, clock) = (week / 24, week % 24);
            let busy = match clock {
                0..6 => 88,
                6..9 | 20..24 => 95,
                _ => 106,
            };
            let busy = if day >= 5 {
                busy.min(95) * 90 / 100
            } else {
                busy
            };
            busy * (1000 + 40 * hour / hours)
        })
        .collect();
    let total: u64 = weights.iter().sum();
    let mut sum = 0;
    std::iter::once(0)
        .chain(weights.into_iter().map(|weight| {
            sum += weight;
            (u128::from(rows) * u128::from(sum) / u128::from(total)) as u64
        }))
        .collect()
}
