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

use super::lazy::MakeTables;
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
        let schema = |table: Table| match self.snapshot.table(table) {
            Some(found) => found.schema.clone(),
            None => StoreSchema::documented(table),
        };
        let schemas = Table::ALL.iter().map(|table| (*table, schema(*table)));
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
