//! The two versions that are compared, and which of their tables can tell the difference.

use std::{cmp::Reverse, collections::BTreeSet};

use curtail_store::{BuiltIn, Money, PeriodVersion, Receipt, RollupName, Snapshot, Store, Table};
use datafusion::{
    common::tree_node::{TreeNode, TreeNodeRecursion},
    error::Result,
    logical_expr::LogicalPlan,
};

use super::DiffQuery;
use crate::{Dimension, EngineError, Metric, catalog::Allowed, costs::TagKeys};

/// How many tags are compared: each makes it slower.
const MOST_TAGS: usize = 8;

/// By how many line items of a hundred thousand the use of a tag has to change: late usage changes it a little.
const NOTICED: u128 = 100;

/// Two versions of a billing period.
pub(super) struct Sides {
    table: Table,
    pub(super) from: Snapshot,
    pub(super) to: Snapshot,
    before: PeriodVersion,
    after: PeriodVersion,
}

/// Files by which the versions may be compared.
pub(super) struct Candidate {
    pub(super) table: Table,
    pub(super) from: Snapshot,
    pub(super) to: Snapshot,
    /// Expressions over `costs` for the tags that can be told apart.
    pub(super) tags: Vec<String>,
    /// For rollups, the columns that mean in them what they mean in line items.
    pub(super) allowed: Option<[Allowed; 2]>,
}

impl Sides {
    pub(super) async fn open(
        store: &Store,
        before: PeriodVersion,
        after: PeriodVersion,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            table: after.receipt.kind.table(),
            from: store.snapshot_of(&before).await?,
            to: store.snapshot_of(&after).await?,
            before,
            after,
        })
    }

    /// What may be compared, the smallest first: rollups unless the question is about hours or sums something that is not
    /// linear, then line items.
    pub(super) fn candidates(&self, query: &DiffQuery) -> Vec<Candidate> {
        let hourly = query.by.contains(&Dimension::Hour);
        let net = [Metric::NetUnblended, Metric::NetAmortized];
        let receipts = [&self.before.receipt, &self.after.receipt];
        // Net costs fall back to gross ones line item by line item.
        let fallback = self.table == Table::LineItems
            && query.metrics.iter().any(|metric| net.contains(metric))
            && receipts.iter().any(|receipt| has_net_costs(receipt));
        let rollups = if hourly || fallback || !query.rollups {
            [].as_slice()
        } else {
            &BuiltIn::ALL
        };
        let rollups = rollups.iter();
        let rollups = rollups.filter_map(|built_in| self.rollup(&built_in.name()));
        rollups.chain([self.line_items()]).collect()
    }

    fn rollup(&self, name: &RollupName) -> Option<Candidate> {
        let before = Allowed::of(&self.before.receipt, name)?;
        let after = Allowed::of(&self.after.receipt, name)?;
        Some(Candidate {
            table: self.table,
            from: self.from.rolled_up(name)?,
            to: self.to.rolled_up(name)?,
            tags: self.tags(),
            allowed: Some([before, after]),
        })
    }

    fn line_items(&self) -> Candidate {
        Candidate {
            table: self.table,
            from: self.from.clone(),
            to: self.to.clone(),
            tags: self.tags(),
            allowed: None,
        }
    }

    /// Expressions for the tags that were filled in or taken away.
    fn tags(&self) -> Vec<String> {
        let columns = self.retagged().into_iter().take(MOST_TAGS);
        columns
            .map(|(column, ..)| TagKeys::of_column(column))
            .collect()
    }

    /// The columns of tags that another share of line items carries than before, and the numbers that do, most changed first.
    fn retagged(&self) -> Vec<(&str, u64, u64)> {
        let (before, after) = (&self.before.receipt, &self.after.receipt);
        let columns: BTreeSet<&String> = before.tagged.keys().chain(after.tagged.keys()).collect();
        let count = |receipt: &Receipt, column| receipt.tagged.get(column).copied().unwrap_or(0);
        // Line items per hundred thousand.
        let share = |receipt: &Receipt, count: u64| {
            u128::from(count) * 100_000 / u128::from(receipt.rows.max(1))
        };
        let mut changed = Vec::new();
        for column in columns {
            let (then, now) = (count(before, column), count(after, column));
            let difference = share(before, then).abs_diff(share(after, now));
            if difference > NOTICED {
                changed.push((difference, (column.as_str(), then, now)));
            }
        }
        changed.sort_by_key(|(difference, _)| Reverse(*difference));
        changed.into_iter().map(|(_, told)| told).collect()
    }

    /// What one should know about the versions.
    pub(super) fn notes(&self) -> Vec<String> {
        let (before, after) = (&self.before.receipt, &self.after.receipt);
        let told = |version: &PeriodVersion| {
            let at = version.receipt.ingested_at.format("%Y-%m-%d %H:%M UTC");
            let assembly = &version.receipt.assembly_id;
            format!(
                "version {} (assembly {assembly}, ingested {at})",
                version.version
            )
        };
        let mut notes = vec![format!(
            "{} against {}",
            told(&self.after),
            told(&self.before)
        )];
        let columns = |of: &Receipt, other: &Receipt| -> Vec<String> {
            let seen = of.columns.seen.iter();
            seen.filter(|name| !other.columns.seen.contains(name))
                .cloned()
                .collect()
        };
        for (what, names) in [
            ("appeared", columns(after, before)),
            ("vanished", columns(before, after)),
        ] {
            if !names.is_empty() {
                notes.push(format!("columns that {what}: {}", names.join(", ")));
            }
        }
        for (column, then, now) in self.retagged() {
            notes.push(format!(
                "`{column}` is on {then} of {} line items before, on {now} of {} after",
                before.rows, after.rows
            ));
        }
        if before.invoiced_rows != after.invoiced_rows {
            notes.push(format!(
                "line items with an invoice id: {} of {} before, {} of {} after",
                before.invoiced_rows, before.rows, after.invoiced_rows, after.rows
            ));
        }
        notes
    }
}

fn has_net_costs(receipt: &Receipt) -> bool {
    let net = receipt
        .sums
        .iter()
        .filter(|(column, _)| column.contains("_net_"));
    net.map(|(_, sum)| *sum).any(|sum| sum != Money::ZERO)
}

impl Candidate {
    /// Does the plan read nothing but what these files tell truly?
    pub(super) fn answers(&self, plan: &LogicalPlan) -> Result<bool> {
        let Some(allowed) = &self.allowed else {
            return Ok(true);
        };
        let mut all = true;
        plan.apply(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let fields = scan.projected_schema.fields().iter();
                let filtered = scan.filters.iter().flat_map(|filter| filter.column_refs());
                let filtered: Vec<_> = filtered.map(|column| column.name.clone()).collect();
                let mut names = fields.map(|field| field.name()).chain(&filtered);
                all &= names.all(|name| allowed.iter().all(|allowed| allowed.has(name)));
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(all)
    }
}
