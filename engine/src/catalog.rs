//! What SQL sees: the catalog of one snapshot.

mod beside;
mod meta;
mod scan;
mod views;

use std::sync::Arc;

use curtail_store::{Snapshot, Store, Table};
use datafusion::{
    arrow::datatypes::DataType,
    catalog::{
        CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider, TableProvider,
    },
    error::Result,
    execution::SessionState,
};

pub(crate) use beside::Beside;
pub(crate) use scan::{DataFiles, allowed};
pub(crate) use views::counted_costs;

use crate::session::PUBLIC;

/// A table or view, for completion and listings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Its catalog.
    pub catalog: String,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<ColumnInfo>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Its name.
    pub name: String,
    /// Its type, as SQL writes it.
    pub data_type: String,
}

/// A connection as the configuration has it, for `meta.connections`. Holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionInfo {
    /// Its name.
    pub name: String,
    /// The account's 12 digits.
    pub account_id: String,
    /// `billing` or `resource`.
    pub kind: String,
    /// The ARN of its role.
    pub role: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Where its reports lie, if that is configured.
    pub reports: Vec<String>,
}

/// Tables by name.
pub(crate) type Tables = Vec<(&'static str, Arc<dyn TableProvider>)>;

/// The tables of the schemas `public` and `meta`.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) public: Tables,
    pub(crate) meta: Tables,
}

impl Catalog {
    /// The tables of `snapshot`; `session` plans the views.
    pub(crate) async fn of(
        store: &Store,
        snapshot: &Snapshot,
        beside: &Beside,
        session: &SessionState,
        rollups: bool,
    ) -> Result<Self> {
        let files = if rollups {
            DataFiles::or_rollups
        } else {
            DataFiles::new
        };
        let line_items = Arc::new(files(snapshot, Table::LineItems)?);
        let focus = Arc::new(files(snapshot, Table::Focus)?);
        let public = views::public(session, snapshot, beside, line_items, focus).await?;
        Ok(Self {
            public,
            meta: meta::tables(store, snapshot)?,
        })
    }

    /// The same tables, of which `cur`, `cur2`, `focus` and `costs` leave out the rows that `kept` is not true for.
    pub(crate) async fn restricted(
        &self,
        session: &SessionState,
        left_out: &crate::costs::LeftOut,
    ) -> Result<Self> {
        Ok(Self {
            public: views::restricted(session, &self.public, left_out).await?,
            meta: self.meta.clone(),
        })
    }

    /// The same, in which `meta.connections` lists these.
    pub(crate) fn with_connections(mut self, known: &[ConnectionInfo]) -> Result<Self> {
        let connections = meta::connections(known)?;
        for (name, table) in &mut self.meta {
            if *name == "connections" {
                *table = Arc::clone(&connections);
            }
        }
        Ok(self)
    }

    /// The catalog in DataFusion's form.
    pub(crate) fn provider(&self) -> Result<Arc<dyn CatalogProvider>> {
        let catalog = MemoryCatalogProvider::new();
        for (name, tables) in [(PUBLIC, &self.public), ("meta", &self.meta)] {
            let schema = MemorySchemaProvider::new();
            for (name, table) in tables {
                schema.register_table((*name).to_owned(), Arc::clone(table))?;
            }
            catalog.register_schema(name, Arc::new(schema))?;
        }
        Ok(Arc::new(catalog))
    }

    /// What it holds, for completion and listings.
    pub(crate) fn list(&self) -> Vec<TableInfo> {
        let schemas = [(PUBLIC, &self.public), ("meta", &self.meta)];
        let tables = schemas
            .into_iter()
            .flat_map(|(schema, tables)| tables.iter().map(move |table| (schema, table)));
        tables
            .map(|(schema, (name, table))| TableInfo {
                catalog: crate::session::CATALOG.to_owned(),
                schema: schema.to_owned(),
                name: (*name).to_owned(),
                columns: table
                    .schema()
                    .fields()
                    .iter()
                    .map(|field| ColumnInfo {
                        name: field.name().clone(),
                        data_type: sql_type(field.data_type()),
                    })
                    .collect(),
            })
            .collect()
    }
}

/// The type as SQL writes it.
fn sql_type(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "varchar".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision}, {scale})"),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int64 | DataType::UInt64 => "bigint".to_owned(),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) => {
                let types: Vec<_> = fields
                    .iter()
                    .map(|field| sql_type(field.data_type()))
                    .collect();
                format!("map({})", types.join(", "))
            }
            other => format!("map({other})"),
        },
        DataType::List(item) => format!("array({})", sql_type(item.data_type())),
        other => other.to_string().to_lowercase(),
    }
}
