//! What the clients of a protocol expect of a session beside the engine's own tables.

use std::{fmt, sync::Arc};

use datafusion::{
    catalog::{SchemaProvider, TableFunctionImpl},
    execution::FunctionRegistry,
    logical_expr::ScalarUDF,
};

use crate::{Dialect, Engine, Relations, session::Sessions};

/// Schemas and functions that clients of a protocol look for, such as `pg_catalog`. They tell of the engine's tables, and
/// reach nothing that the session does not.
pub trait Extension: fmt::Debug + Send + Sync {
    /// Whether `name`, in lower case, is one that the catalog has for these clients, beside its own.
    fn is_catalog(&self, name: &str) -> bool;

    /// Its schema called `name`, in lower case; it hides the engine's own of this name.
    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>>;

    /// Its schema in which a table is looked up that was named without one, if it has that table.
    fn schema_of(&self, table: &str) -> Option<Arc<dyn SchemaProvider>>;

    /// Its functions.
    fn functions(&self) -> Vec<ScalarUDF>;

    /// Its functions that are tables, by name.
    fn table_functions(&self) -> Vec<(&'static str, Arc<dyn TableFunctionImpl>)>;
}

impl Engine {
    /// The same, in which statements in the generic dialect see `extension` too.
    #[must_use]
    pub fn extended(mut self, extension: Arc<dyn Extension>) -> Self {
        self.sessions = Arc::new(self.sessions.extended(&extension));
        self.extension = Some(extension);
        self.with_dialect(Dialect::Generic)
    }

    /// The tables and views that an extension may tell of.
    pub fn relations(&self) -> Relations {
        Relations::of(self.databases(), self.memory_limit)
    }
}

impl Sessions {
    /// The same, which know what `extension` has.
    fn extended(&self, extension: &Arc<dyn Extension>) -> Self {
        let mut state = self.of(Dialect::Generic).clone();
        // The extension's takes the place of DataFusion's own.
        let options = state.config_mut().options_mut();
        options.catalog.information_schema = false;
        let taken = "a session takes any function";
        for function in extension.functions() {
            state.register_udf(Arc::new(function)).expect(taken);
        }
        for (name, function) in extension.table_functions() {
            state.register_udtf(name, function);
        }
        self.with_generic(state)
    }
}
