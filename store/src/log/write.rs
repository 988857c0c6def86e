//! Writing one commit.

use deltalake_core::{
    DeltaTableError,
    kernel::{
        Action,
        transaction::{CommitBuilder, CommitProperties, TableReference, TransactionError},
    },
    protocol::DeltaOperation,
};

use super::{
    Store,
    table::{self, Loaded},
};
use crate::Table;

/// Why a commit was not written.
pub(super) enum Failure {
    /// Another commit came first.
    Outrun,
    /// The log could not be written, or it is unknown whether it was.
    Log(DeltaTableError),
}

/// Writes the commit that follows `base`, unless there is one already. Returns its version.
pub(super) async fn commit(
    store: &Store,
    table: Table,
    base: Option<&Loaded>,
    actions: Vec<Action>,
    operation: DeltaOperation,
) -> Result<u64, Failure> {
    // Not deltalake's own retries: they would write actions made for an older version.
    let properties = CommitProperties::default()
        .with_max_retries(0)
        .with_cleanup_expired_logs(Some(false));
    let reference = base.map(|base| &base.delta as &dyn TableReference);
    let log = table::log_store(store, table);
    let commit = CommitBuilder::from(properties)
        .with_actions(actions)
        .build(reference, log, operation);
    let prepared = commit
        .into_prepared_commit_future()
        .await
        .map_err(Failure::Log)?;
    let committed = prepared.await.map_err(|error| match error {
        DeltaTableError::Transaction {
            source: TransactionError::MaxCommitAttempts(_),
        }
        | DeltaTableError::VersionAlreadyExists(_) => Failure::Outrun,
        error => Failure::Log(error),
    })?;
    let version = committed.version;
    // From here on the commit stands; what follows (a checkpoint, now and then) only makes reading faster.
    if let Err(error) = committed.await {
        tracing::warn!(table = table.name(), version, %error, "no checkpoint could be written");
    }
    Ok(version)
}
