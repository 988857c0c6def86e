//! What one should know of an answer from `costs`: charges that it tells several times, and those that are provisional.

use std::{cell::Cell, collections::BTreeSet, mem::discriminant, ops::RangeInclusive, sync::Arc};

use curtail_store::BillingPeriod;
use datafusion::{
    catalog::TableProvider,
    common::{Column, tree_node::TreeNodeRecursion},
    error::Result,
    logical_expr::{Expr, LogicalPlan},
};

use crate::{Engine, catalog::comes_from, provisional};

/// The table that notes are about.
const COSTS: &str = "costs";

impl Engine {
    /// Notes on the provisional costs in `costs`, for plans that read it and do not look at what is provisional themselves.
    pub(crate) async fn provisional_notes(&self, plan: &LogicalPlan) -> Vec<String> {
        let told = provisional::summary(&self.snapshot, self.coverage());
        if told.is_none() || !self.reads_blindly(plan, "provisional").await {
            return Vec::new();
        }
        told.into_iter().collect()
    }

    /// Warnings for plans that read `costs` if it tells the same charges several times, unless they tell reports apart themselves.
    pub(crate) async fn overlap_notes(&self, plan: &LogicalPlan) -> Vec<String> {
        let warnings = self.left_out().warnings();
        if warnings.is_empty() || !self.reads_blindly(plan, "report").await {
            return Vec::new();
        }
        warnings
    }

    /// Which of the billing periods that are asked for the store knows nothing of.
    pub(crate) fn absent_notes(&self, asked: &[RangeInclusive<BillingPeriod>]) -> Vec<String> {
        if self.is_limited() {
            return Vec::new();
        }
        let reported = self.snapshot.periods();
        let reported = reported.map(|version| version.receipt.billing_period);
        let told = self.snapshot.provisional();
        let told = told.filter_map(|version| version.receipt.part.billing_period);
        let known: BTreeSet<_> = reported.chain(told).collect();
        let (Some(first), Some(last)) = (known.first(), known.last()) else {
            return Vec::new();
        };
        let asked = asked.iter();
        let absent = asked.filter(|range| !known.iter().any(|period| range.contains(period)));
        let there = if first == last {
            format!("its only billing period is {first}")
        } else {
            format!("its billing periods are from {first} to {last}")
        };
        let absent = absent.map(|range| {
            let asked = match (range.start(), range.end()) {
                (first, last) if first == last => first.to_string(),
                (first, last) => format!("{first} to {last}"),
            };
            format!("the store has no costs of {asked}: {there}")
        });
        absent.collect()
    }

    /// Whether a plan reads `costs`, by whatever views, and neither chooses nor groups by `column`, nor shows it.
    async fn reads_blindly(&self, plan: &LogicalPlan, column: &str) -> bool {
        let Ok(Some(costs)) = self.catalog.public(COSTS).await else {
            return false;
        };
        let costs: &dyn TableProvider = costs.as_ref();
        let Some(costs) = costs.get_logical_plan() else {
            return false;
        };
        let plan = match plan {
            LogicalPlan::Explain(explain) => explain.plan.as_ref(),
            LogicalPlan::Analyze(analyze) => analyze.input.as_ref(),
            other => other,
        };
        let search = Search {
            costs: &costs,
            column,
            reads: Cell::new(false),
            looks: Cell::new(false),
        };
        // What cannot be searched is no reason to keep the answer back.
        if search.within(plan).is_err() {
            return false;
        }
        search.reads.get() && !search.looks.get() && !search.is_shown(plan)
    }
}

/// A search for `costs` and for a look at one of its columns.
struct Search<'a> {
    costs: &'a LogicalPlan,
    column: &'a str,
    reads: Cell<bool>,
    looks: Cell<bool>,
}

impl Search<'_> {
    /// Searches `plan` from above, down to `costs`.
    fn within(&self, plan: &LogicalPlan) -> Result<()> {
        if self.is_costs(plan) {
            self.reads.set(true);
            return Ok(());
        }
        let passes_on = matches!(plan, LogicalPlan::Projection(_));
        plan.apply_expressions(|expr| {
            let plain = match expr {
                Expr::Alias(alias) => alias.expr.as_ref(),
                other => other,
            };
            let plain = passes_on && matches!(plain, Expr::Column(_));
            if !plain
                && expr
                    .column_refs()
                    .into_iter()
                    .any(|column| self.is_looked_for(plan, column))
            {
                self.looks.set(true);
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        plan.apply_subqueries(|subquery| {
            self.within(subquery)?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        for input in plan.inputs() {
            self.within(input)?;
        }
        Ok(())
    }

    /// Whether a column that an expression of `plan` names is the one of `costs`.
    fn is_looked_for(&self, plan: &LogicalPlan, column: &Column) -> bool {
        plan.inputs()
            .into_iter()
            .any(|input| input.schema().has_column(column) && self.comes_from_costs(input, column))
    }

    /// Whether the rows of `plan` show the column.
    fn is_shown(&self, plan: &LogicalPlan) -> bool {
        let columns = plan.schema().columns();
        columns
            .iter()
            .any(|column| self.comes_from_costs(plan, column))
    }

    fn comes_from_costs(&self, plan: &LogicalPlan, column: &Column) -> bool {
        comes_from(plan, column, &|plan, column| {
            self.is_costs(plan).then(|| column.name == self.column)
        })
    }

    /// Whether this is what the table stands for, which keeps its schema however plans around it are rewritten.
    fn is_costs(&self, plan: &LogicalPlan) -> bool {
        discriminant(plan) == discriminant(self.costs)
            && Arc::ptr_eq(plan.schema(), self.costs.schema())
    }
}
