//! Which columns of a rollup mean what they mean in line items.

use std::sync::Arc;

use curtail_store::{Beside, Grain, ROW_COUNT, Receipt, Rollup, RollupName, Table, TableSchema};

use super::{constants, generated, usage_start};

/// The columns of a version's rollup that stand for those of its line items: what it is grouped by and what it sums up, what it
/// tells beside that, what is NULL in all line items because the report has no such column, and what is the same in the whole
/// billing period.
#[derive(Clone, Debug)]
pub(crate) struct Allowed {
    receipt: Arc<Receipt>,
    /// The place of the rollup in the receipt.
    rollup: usize,
}

impl Allowed {
    /// Those of every rollup of a version.
    pub(super) fn every(receipt: &Arc<Receipt>) -> impl Iterator<Item = Self> {
        (0..receipt.rollups.len()).map(|rollup| Self {
            receipt: Arc::clone(receipt),
            rollup,
        })
    }

    /// Those of the rollup of that name.
    pub(crate) fn of(receipt: &Arc<Receipt>, name: &RollupName) -> Option<Self> {
        Self::every(receipt).find(|allowed| allowed.rollup().name == *name)
    }

    pub(super) fn rollup(&self) -> &Rollup {
        &self.receipt.rollups[self.rollup]
    }

    fn table(&self) -> Table {
        self.receipt.kind.table()
    }

    /// Whether a column is one of them.
    pub(crate) fn has(&self, name: &str) -> bool {
        let rollup = self.rollup();
        let listed = [&rollup.dimensions, &rollup.measures, &rollup.beside];
        listed.into_iter().flatten().any(|listed| listed == name)
            || self.is_fixed(name)
            || self.is_absent(name)
            || Beside::of(name).is_some_and(|(_, of)| self.is_absent(of))
    }

    /// Whether all line items of a row of the rollup have the same in it, whatever it is grouped by.
    fn is_fixed(&self, name: &str) -> bool {
        let table = self.table();
        let mut constants = constants(table, &[]).into_iter();
        name == ROW_COUNT
            || self.rollup().per != Grain::Period && name == usage_start(table)
            || constants.any(|(constant, _)| constant == name)
    }

    /// Whether the report has no such column, though others do.
    fn is_absent(&self, name: &str) -> bool {
        let table = self.table();
        let is_known =
            || TableSchema::is_documented(table, name) || generated::names(table).contains(&name);
        let mut seen = self.receipt.columns.seen.iter();
        // The kind of report stands in no delivery, but is not NULL.
        name != "source"
            && name != usage_start(table)
            && !seen.any(|seen| seen == name)
            && is_known()
    }
}
