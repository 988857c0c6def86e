//! Columns that a rollup tells of some line items only.

use curtail_store::{Fact, Partly};

use crate::convert::{column::TextColumn, order::Sorted, registry::Registry, texts::NULL};

/// A column of text, and of which line items it is told.
#[derive(Clone, Debug)]
pub(super) struct Partial {
    /// The column of the registry.
    pub(super) column: usize,
    /// What is true of them, by column of the registry.
    of: Vec<(usize, Fact)>,
}

impl Partial {
    /// The column of that name, if there is one. What is NULL because the report has no such column tells nothing apart.
    pub(super) fn find(name: &str, of: Vec<Fact>, registry: &Registry) -> Option<Self> {
        let column = registry.find(name).filter(|&it| registry.is_seen(it))?;
        let of = of.into_iter().filter_map(|fact| {
            let about = registry.find(fact.column())?;
            let absent = matches!(fact, Fact::Null { .. }) && !registry.is_seen(about);
            (!absent).then_some((about, fact))
        });
        let of: Vec<_> = of.collect();
        (!of.is_empty()).then_some(Self { column, of })
    }

    /// Whether a rollup that is grouped by these columns tells of which line items.
    pub(super) fn is_told_by(&self, dimensions: &[usize]) -> bool {
        self.of
            .iter()
            .all(|(column, _)| dimensions.contains(column))
    }

    /// The number of each row's text, where it is told.
    pub(super) fn numbers(&self, rows: &Sorted<'_>) -> Vec<u32> {
        let mut numbers = rows.numbers(self.column);
        for (column, fact) in &self.of {
            let wanted = match fact {
                Fact::Null { .. } => Some(NULL),
                Fact::Is { value, .. } => {
                    let texts = rows.run.text(*column).map(TextColumn::texts);
                    texts.and_then(|texts| texts.find(value.as_bytes()))
                }
            };
            let found = rows.numbers(*column);
            for (number, found) in numbers.iter_mut().zip(found) {
                if Some(found) != wanted {
                    *number = NULL;
                }
            }
        }
        numbers
    }

    /// It as receipts tell it.
    pub(super) fn told(&self, registry: &Registry) -> Partly {
        Partly {
            column: registry.column(self.column).name,
            of: self.of.iter().map(|(_, fact)| fact.clone()).collect(),
        }
    }
}
