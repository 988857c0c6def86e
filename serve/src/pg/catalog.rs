//! What clients of a `PostgreSQL` server ask it about itself: `pg_catalog` and `information_schema` over the engine's tables, the
//! functions that go with them, and statements over both, made such that DataFusion plans them.
//!
//! Tables about what there is none of here (indexes, constraints, triggers) are there without rows, with all their columns.

mod functions;
mod information;
mod listing;
mod provider;
mod relations;
mod rewrite;
mod rows;
mod tables;
#[cfg(test)]
mod tests;
mod types;

use std::{fmt, sync::Arc};

use curtail_engine::{Engine, EngineError, Extension};
use datafusion::{
    catalog::{SchemaProvider, TableFunctionImpl},
    logical_expr::ScalarUDF,
};

use self::{
    listing::{INFORMATION_SCHEMA, Listing, PG_CATALOG},
    provider::Schema,
};

pub(crate) use self::{
    listing::{META, searched},
    rewrite::{concerns, parse, qualify, rewrite, shown_name},
    types::{number as type_number, of_field as type_of},
};

/// What the catalog asks of a connection.
pub(crate) trait Connection: fmt::Debug + Send + Sync {
    /// Who is connected.
    fn user(&self) -> String;

    /// To which database, as the client called it.
    fn database(&self) -> String;

    /// The number that the client was told to cancel by.
    fn pid(&self) -> i32;

    /// What `version()` says.
    fn version(&self) -> String;

    /// The value of a setting, as `SHOW` tells it.
    fn setting(&self, name: &str) -> Option<String>;

    /// All settings.
    fn settings(&self) -> Vec<Setting>;

    /// Changes a setting, as `SET` does; the error says why not.
    fn set(&self, name: &str, value: &str) -> Result<(), String>;
}

/// A setting as `pg_settings` lists it.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) name: String,
    /// Its value, as a number of its unit if it has one.
    pub(crate) value: String,
    pub(crate) unit: Option<&'static str>,
    /// `bool`, `integer`, `real`, `enum` or `string`.
    pub(crate) kind: &'static str,
    /// Who may change it: `user`, `superuser`, or `internal` for nobody.
    pub(crate) context: &'static str,
}

/// `pg_catalog` and what goes with it, for one connection.
#[derive(Debug)]
pub(crate) struct PgCatalog {
    known: Arc<Known>,
}

/// What tables and functions of the catalog tell of.
#[derive(Debug)]
struct Known {
    listing: Listing,
    connection: Arc<dyn Connection>,
    /// When the session began, in microseconds since 1970.
    started: i64,
}

impl PgCatalog {
    /// The catalog of what `engine` has, for a connection.
    pub(crate) async fn open(
        engine: &Engine,
        connection: Arc<dyn Connection>,
    ) -> Result<Arc<Self>, EngineError> {
        let known = Known {
            listing: Listing::of(engine.relations()).await?,
            connection,
            started: chrono::Utc::now().timestamp_micros(),
        };
        Ok(Arc::new(Self {
            known: Arc::new(known),
        }))
    }

    fn provider(&self, schema: &'static str) -> Arc<dyn SchemaProvider> {
        Arc::new(Schema::of(schema, &self.known))
    }
}

impl Extension for PgCatalog {
    fn is_catalog(&self, name: &str) -> bool {
        name == self.known.connection.database().to_lowercase()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let own = [PG_CATALOG, INFORMATION_SCHEMA];
        let found = own.into_iter().find(|own| *own == name)?;
        Some(self.provider(found))
    }

    fn schema_of(&self, table: &str) -> Option<Arc<dyn SchemaProvider>> {
        relations::named(PG_CATALOG, table).map(|_| self.provider(PG_CATALOG))
    }

    fn functions(&self) -> Vec<ScalarUDF> {
        functions::scalar(&self.known)
    }

    fn table_functions(&self) -> Vec<(&'static str, Arc<dyn TableFunctionImpl>)> {
        functions::tables()
    }
}
