//! The schema `meta`: what is in the store and how it came there.

mod rows;

use std::sync::Arc;

use async_trait::async_trait;
use curtail_store::{Snapshot, Store, Table, TableSchema as StoreSchema};
use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    catalog::{MemTable, TableProvider, streaming::StreamingTable},
    error::{DataFusionError, Result},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_plan::{stream::RecordBatchStreamAdapter, streaming::PartitionStream},
};
use futures::stream;

use super::lazy::{Lazy, MakeTables};
use crate::ConnectionInfo;

/// The tables of a snapshot's schema `meta`.
#[derive(Debug)]
pub(super) struct Meta {
    store: Store,
    snapshot: Arc<Snapshot>,
    connections: Vec<ConnectionInfo>,
}

impl Meta {
    /// A store knows no connections: these are those of the configuration.
    pub(super) fn new(
        store: &Store,
        snapshot: &Arc<Snapshot>,
        connections: Vec<ConnectionInfo>,
    ) -> Self {
        Self {
            store: store.clone(),
            snapshot: Arc::clone(snapshot),
            connections,
        }
    }

    fn columns(&self) -> Result<RecordBatch> {
        let schemas = Table::ALL.iter();
        let schemas = schemas.map(|table| (*table, schema(&self.snapshot, *table)));
        rows::columns(&schemas.collect::<Vec<_>>())
    }
}

#[async_trait]
impl MakeTables for Meta {
    fn names(&self) -> &[&'static str] {
        &[
            "periods",
            "versions",
            "files",
            "receipts",
            "columns",
            "rollups",
            "connections",
        ]
    }

    async fn make(&self, name: &str) -> Result<Arc<dyn TableProvider>> {
        let periods: Vec<_> = self.snapshot.periods().collect();
        let rows = match name {
            "periods" => rows::periods(&periods),
            "files" => {
                let tables = Table::ALL.iter();
                let found = tables.filter_map(|table| self.snapshot.table(*table));
                rows::files(&found.collect::<Vec<_>>())
            }
            "receipts" => rows::receipts(&periods),
            "columns" => self.columns(),
            "rollups" => rows::rollups(&periods),
            "connections" => rows::connections(&self.connections),
            _ => return versions(&self.store),
        };
        held(rows?)
    }
}

/// The schema `meta` of those who see a part of the rows: the columns that these have.
#[derive(Debug)]
pub(super) struct Seen {
    snapshot: Arc<Snapshot>,
    public: Arc<Lazy>,
}

impl Seen {
    /// Of the tables `public`, which have no other columns.
    pub(super) fn new(snapshot: &Arc<Snapshot>, public: &Arc<Lazy>) -> Self {
        Self {
            snapshot: Arc::clone(snapshot),
            public: Arc::clone(public),
        }
    }
}

#[async_trait]
impl MakeTables for Seen {
    fn names(&self) -> &[&'static str] {
        &["columns"]
    }

    async fn make(&self, _: &str) -> Result<Arc<dyn TableProvider>> {
        let mut schemas = Vec::with_capacity(Table::ALL.len());
        for table in Table::ALL {
            let name = match table {
                Table::LineItems => "cur",
                Table::Focus => "focus",
            };
            let seen = self.public.get(name).await?;
            let seen = seen.map(|seen| seen.schema());
            let has = |name: &str| {
                let seen = seen.as_ref();
                seen.is_some_and(|seen| seen.column_with_name(name).is_some())
            };
            let columns = schema(&self.snapshot, table).columns().to_vec();
            let columns = columns.into_iter().filter(|column| has(&column.name));
            schemas.push((table, StoreSchema::new(columns.collect())));
        }
        held(rows::columns(&schemas)?)
    }
}

/// The columns of a table, those that are documented if the snapshot has no such table.
fn schema(snapshot: &Snapshot, table: Table) -> StoreSchema {
    match snapshot.table(table) {
        Some(found) => found.schema.clone(),
        None => StoreSchema::documented(table),
    }
}

fn held(rows: RecordBatch) -> Result<Arc<dyn TableProvider>> {
    Ok(Arc::new(MemTable::try_new(
        rows.schema(),
        vec![vec![rows]],
    )?))
}

fn versions(store: &Store) -> Result<Arc<dyn TableProvider>> {
    let versions = Versions {
        store: store.clone(),
        schema: rows::periods(&[])?.schema(),
    };
    Ok(Arc::new(StreamingTable::try_new(
        Arc::clone(&versions.schema),
        vec![Arc::new(versions)],
    )?))
}

/// Every version of every billing period: read from the log when asked for, since the log may be long.
#[derive(Debug)]
struct Versions {
    store: Store,
    schema: SchemaRef,
}

impl PartitionStream for Versions {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let store = self.store.clone();
        let rows = async move {
            let history = store
                .history()
                .await
                .map_err(|error| DataFusionError::External(Box::new(error)))?;
            rows::periods(&history.iter().collect::<Vec<_>>())
        };
        Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.schema),
            stream::once(rows),
        ))
    }
}
