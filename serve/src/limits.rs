//! How much a user may take.

use std::time::Duration;

/// What one user may take; `None` is no limit of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The longest time from the arrival of a statement to its last row.
    pub statement_timeout: Option<Duration>,
    /// The most rows of an answer.
    pub rows: Option<u64>,
    /// The most memory of all statements of the user together, in bytes.
    pub memory: Option<u64>,
    /// The most statements at once.
    pub concurrent: Option<usize>,
}

impl Limits {
    /// These limits, and those of `others` where there is none.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            statement_timeout: self.statement_timeout.or(others.statement_timeout),
            rows: self.rows.or(others.rows),
            memory: self.memory.or(others.memory),
            concurrent: self.concurrent.or(others.concurrent),
        }
    }
}
