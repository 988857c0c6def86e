//! Scans of which only some rows are shown.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::{
    catalog::{Session, TableProvider},
    common::DFSchema,
    error::Result,
    logical_expr::{
        Expr,
        utils::{conjunction, split_conjunction_owned},
    },
    physical_plan::{ExecutionPlan, filter::FilterExecBuilder},
};

use super::DataFiles;
use crate::limit::{Barrier, Guard};

impl DataFiles {
    /// The same, of which only the rows are shown that meet `guard`. What stands in for the files later is guarded, too.
    pub(crate) fn guarded(self, guard: &Arc<Guard>) -> Self {
        Self {
            guard: Some(Arc::clone(guard)),
            ..self
        }
    }

    /// The condition on the rows that are shown, if not all are.
    pub(crate) fn guard(&self) -> Option<&Guard> {
        self.guard.as_deref()
    }

    /// What has to be read where `needed` is: the columns of the guard, too.
    pub(super) fn and_guarded(&self, needed: &BTreeSet<String>) -> BTreeSet<String> {
        let guarded = self.guard.iter().flat_map(|guard| guard.columns());
        needed.iter().chain(guarded).cloned().collect()
    }

    /// The scan with the guard right above, then those of `filters`, none of which can fail, and then a barrier.
    pub(super) async fn guarded_scan(
        &self,
        guard: &Guard,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = TableProvider::schema(self);
        let mut conditions = split_conjunction_owned(guard.condition().clone());
        conditions.extend_from_slice(filters);
        let all = || (0..schema.fields().len()).collect();
        let asked = projection.cloned().unwrap_or_else(all);
        let mut read = asked.clone();
        for column in conditions.iter().flat_map(Expr::column_refs) {
            let place = schema.index_of(&column.name)?;
            if !read.contains(&place) {
                read.push(place);
            }
        }
        let scan = self.whole_scan(session, Some(&read), &conditions, None);
        let scan = scan.await?;
        let read = DFSchema::try_from(scan.schema())?;
        let condition = conjunction(conditions).unwrap_or_else(|| guard.condition().clone());
        let holds = session.create_physical_expr(condition, &read)?;
        let shown = FilterExecBuilder::new(holds, scan)
            .apply_projection(Some((0..asked.len()).collect()))?
            .build()?;
        Ok(Arc::new(Barrier::over(Arc::new(shown))))
    }
}
