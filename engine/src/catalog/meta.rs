//! The schema `meta`: what is in the store and how it came there.

mod rows;

use std::sync::Arc;

use curtail_store::{Snapshot, Store, Table, TableSchema as StoreSchema};
use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    catalog::{MemTable, TableProvider, streaming::StreamingTable},
    error::{DataFusionError, Result},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_plan::{stream::RecordBatchStreamAdapter, streaming::PartitionStream},
};
use futures::stream;

use super::Tables;
use crate::ConnectionInfo;

/// `periods`, `versions`, `files`, `receipts`, `columns`, `rollups`, and `connections`, of which a store knows none.
pub(super) fn tables(store: &Store, snapshot: &Snapshot) -> Result<Tables> {
    let periods: Vec<_> = snapshot.periods().collect();
    let files: Vec<_> = Table::ALL
        .iter()
        .filter_map(|table| snapshot.table(*table))
        .collect();
    let schemas: Vec<_> = Table::ALL
        .iter()
        .map(|table| {
            (
                *table,
                snapshot.table(*table).map_or_else(
                    || StoreSchema::documented(*table),
                    |found| found.schema.clone(),
                ),
            )
        })
        .collect();
    Ok(vec![
        ("periods", held(rows::periods(&periods)?)?),
        ("versions", versions(store)?),
        ("files", held(rows::files(&files)?)?),
        ("receipts", held(rows::receipts(&periods)?)?),
        ("columns", held(rows::columns(&schemas)?)?),
        ("rollups", held(rows::rollups(&periods)?)?),
        ("connections", connections(&[])?),
    ])
}

/// The table `connections`.
pub(super) fn connections(known: &[ConnectionInfo]) -> Result<Arc<dyn TableProvider>> {
    held(rows::connections(known)?)
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
