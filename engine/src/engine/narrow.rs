//! Statements that need few of the columns of a table.

use std::sync::Arc;

use datafusion::{execution::SessionState, logical_expr::LogicalPlan, sql::parser::Statement};

use crate::{
    Engine,
    catalog::{Narrow, Words},
    provisional,
};

impl Engine {
    /// The plan of a statement over tables without the columns that it does not name. `None` if it may mean them all the same, or if there is
    /// no such plan: why not, the whole tables tell.
    pub(super) async fn narrow(
        &self,
        state: &SessionState,
        statement: &Statement,
    ) -> Option<LogicalPlan> {
        if !self.left_out.is_empty() {
            return None;
        }
        let words = Words::of_statement(statement)?;
        // Notes on what is provisional are made of the whole table.
        let is_noted = provisional::summary(&self.snapshot, self.coverage()).is_some();
        let mut tables = Vec::new();
        for name in ["costs", "cur"] {
            if words.has(name) && !(is_noted && name == "costs") {
                let table = self.catalog.narrow(name, &words).await.ok()?;
                tables.extend(table.map(|table| (name, table)));
            }
        }
        if tables.is_empty() {
            return None;
        }
        let mut state = state.clone();
        let catalogs = Arc::clone(state.catalog_list());
        state.register_catalog_list(Narrow::new(catalogs, &Arc::new(tables)));
        state.statement_to_plan(statement.clone()).await.ok()
    }
}
