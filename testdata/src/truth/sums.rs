//! Sums of the metrics. A sum of nothing but NULLs is NULL, as in SQL.

use crate::amount::units_text;

/// The metrics in the order of [`Metrics::values`].
pub(crate) const METRICS: [&str; 9] = [
    "unblended_cost",
    "amortized_cost",
    "net_unblended_cost",
    "net_amortized_cost",
    "true_up",
    "upfront",
    "blended_cost",
    "list_cost",
    "usage_amount",
];

/// The first of the metrics that may be NULL.
const NULLABLE: usize = 6;

/// One row's metrics in units of 10^-18.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Metrics {
    pub(crate) values: [i128; METRICS.len()],
    /// Which of the nullable ones are there.
    pub(crate) present: [bool; METRICS.len() - NULLABLE],
}

impl Metrics {
    /// The metrics that are never NULL, in order, and those that may be.
    pub(crate) fn new(
        certain: [i128; NULLABLE],
        nullable: [Option<i128>; METRICS.len() - NULLABLE],
    ) -> Self {
        let mut metrics = Self::default();
        metrics.values[..NULLABLE].copy_from_slice(&certain);
        for (index, value) in nullable.into_iter().enumerate() {
            metrics.values[NULLABLE + index] = value.unwrap_or(0);
            metrics.present[index] = value.is_some();
        }
        metrics
    }
}

/// Sums of the metrics over rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) rows: u64,
    values: [i128; METRICS.len()],
    counts: [u64; METRICS.len() - NULLABLE],
}

impl Sums {
    pub(crate) fn add(&mut self, metrics: &Metrics) {
        self.rows += 1;
        for (sum, value) in self.values.iter_mut().zip(&metrics.values) {
            *sum += value;
        }
        for (count, &present) in self.counts.iter_mut().zip(&metrics.present) {
            *count += u64::from(present);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        for (sum, value) in self.values.iter_mut().zip(&other.values) {
            *sum += value;
        }
        for (count, value) in self.counts.iter_mut().zip(&other.counts) {
            *count += value;
        }
    }

    /// What is left of these rows without those.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        self.rows -= other.rows;
        for (sum, value) in self.values.iter_mut().zip(&other.values) {
            *sum -= value;
        }
        for (count, value) in self.counts.iter_mut().zip(&other.counts) {
            *count -= value;
        }
        self
    }

    pub(crate) const fn unblended(&self) -> i128 {
        self.values[0]
    }

    /// The sum of the metric at `index` as exact text, or `None` for NULL.
    pub(crate) fn text(&self, index: usize) -> Option<String> {
        let null = self.rows == 0 || (index >= NULLABLE && self.counts[index - NULLABLE] == 0);
        (!null).then(|| units_text(self.values[index]))
    }
}
