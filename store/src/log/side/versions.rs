//! Which versions of side tables there are.

use chrono::{DateTime, Utc};
use futures::future::join_all;

use super::{Side, load};
use crate::{
    AsOf, SideTable, SideVersion, StoreError,
    log::{Store, commits},
};

/// The side tables that there are. Of a store without any, one listing tells.
pub(in crate::log) async fn all(store: &Store) -> Result<Vec<Side>, StoreError> {
    let listed = match store.objects().list_with_delimiter(None).await {
        Ok(listed) => listed.common_prefixes,
        Err(object_store::Error::NotFound { .. }) => Vec::new(),
        Err(source) => {
            return Err(StoreError::Object {
                action: "cannot list",
                path: String::new(),
                source,
            });
        }
    };
    let tables = SideTable::ALL.into_iter().filter(|table| {
        let mut names = listed.iter().filter_map(|path| path.filename());
        names.any(|name| name == table.name())
    });
    let loads: Vec<_> = tables.map(|table| load(store, table, None)).collect();
    // Every one is waited for: reading a log blocks a thread.
    let loaded: Result<Vec<_>, _> = join_all(loads).await.into_iter().collect();
    Ok(loaded?.into_iter().flatten().collect())
}

/// `newest` as it was at `time`; `None` if nothing had been committed to it yet. Refuses if files of a part were dropped
/// since, and says so of what was `asked`.
pub(in crate::log) async fn at(
    store: &Store,
    newest: &Side,
    time: DateTime<Utc>,
    asked: AsOf,
) -> Result<Option<Side>, StoreError> {
    let history = store.side_history(newest).await?;
    let by_then = |version: &&SideVersion| version.receipt.fetched_at <= time;
    match history.iter().rev().find(by_then) {
        Some(version) => at_version(store, newest, version.version, asked).await,
        None => Ok(None),
    }
}

/// The same at a version.
pub(in crate::log) async fn at_version(
    store: &Store,
    newest: &Side,
    version: u64,
    asked: AsOf,
) -> Result<Option<Side>, StoreError> {
    let Some(then) = load(store, newest.table, Some(version)).await? else {
        return Ok(None);
    };
    let name = newest.table.name();
    let dropped = commits::dropped(store, name, version + 1, newest.version()).await?;
    let mut parts = then.parts.iter();
    match parts.find(|part| dropped.contains(&part.version)) {
        None => Ok(Some(then)),
        Some(gone) => Err(StoreError::NoVersion {
            asked: asked.to_string(),
            why: format!(
                "version {} of {} was dropped by `vacuum`",
                gone.version, gone.receipt.part
            ),
        }),
    }
}

impl Store {
    /// Every version of one side table, in the order of commits.
    pub(in crate::log) async fn side_history(
        &self,
        side: &Side,
    ) -> Result<Vec<SideVersion>, StoreError> {
        commits::all_parts(self, side.table.name(), side.version()).await
    }
}
