//! Statements that need few of the columns of `costs`.

use std::sync::Arc;

use datafusion::{execution::SessionState, logical_expr::LogicalPlan, sql::parser::Statement};

use crate::{
    Engine,
    catalog::{Narrow, Words},
    provisional,
};

impl Engine {
    /// The plan of a statement over `costs` without the columns that it does not name. `None` if it may mean them all the same, if notes are
    /// made of the whole table, or if there is no such plan: why not, the whole table tells.
    pub(super) async fn narrow(
        &self,
        state: &SessionState,
        statement: &Statement,
    ) -> Option<LogicalPlan> {
        let words = Words::about_costs(statement)?;
        let is_noted = !self.left_out.is_empty()
            || provisional::summary(&self.snapshot, self.coverage()).is_some();
        if is_noted {
            return None;
        }
        let costs = self.catalog.narrow_costs(&words).await.ok()??;
        let mut state = state.clone();
        let catalogs = Arc::clone(state.catalog_list());
        state.register_catalog_list(Narrow::new(catalogs, &costs));
        state.statement_to_plan(statement.clone()).await.ok()
    }
}
