//! Whether a snapshot is still the newest one, without reading the log.

use futures::future::try_join_all;
use object_store::ObjectStoreExt;

use super::Store;
use crate::{SideTable, Snapshot, StoreError, Table, paths};

impl Store {
    /// Whether nothing was committed since `snapshot`, a newest version of this store, was opened: whether the log of each table ends with the
    /// commit that it did, or is still not there. Takes at most two small requests per table, all at the same time, however long the log is.
    pub async fn is_newest(&self, snapshot: &Snapshot) -> Result<bool, StoreError> {
        let tables = Table::ALL.iter().map(|table| {
            let seen = snapshot.table(*table).map(|table| table.version);
            (table.name(), seen)
        });
        let sides = SideTable::ALL.iter().map(|table| {
            let seen = snapshot.side(*table).map(|side| side.version);
            (table.name(), seen)
        });
        let ends = tables
            .chain(sides)
            .map(|(table, seen)| self.ends_with(table, seen));
        let ends = try_join_all(ends).await?;
        Ok(ends.into_iter().all(|ends| ends))
    }

    /// Whether the log of a table ends with this version.
    async fn ends_with(&self, table: &str, version: Option<u64>) -> Result<bool, StoreError> {
        let Some(version) = version else {
            return Ok(!self.has_commit(table, 0).await?);
        };
        let next = version.saturating_add(1);
        // Where the last commit is gone, too, somebody has cleaned up, or removed the store.
        Ok(!self.has_commit(table, next).await? && self.has_commit(table, version).await?)
    }

    async fn has_commit(&self, table: &str, version: u64) -> Result<bool, StoreError> {
        let path = paths::in_store(table, &paths::commit(version));
        match self.objects().head(&paths::object(&path)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(source) => Err(StoreError::Object {
                action: "cannot look for",
                path,
                source,
            }),
        }
    }
}
