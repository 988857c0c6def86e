//! Writing files, and one commit.

use bytes::Bytes;
use deltalake_core::{
    DeltaTableError,
    kernel::{
        Action, EagerSnapshot,
        transaction::{CommitBuilder, CommitProperties, TableReference, TransactionError},
    },
    protocol::DeltaOperation,
};
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart, path::Path};

use super::{Store, table};

/// Files above this size are put in parts, so that a broken connection costs a part and not the file.
const LARGEST_PUT: usize = 64 << 20;

/// Why a commit was not written.
pub(super) enum Failure {
    /// Another commit came first.
    Outrun,
    /// The log could not be written, or it is unknown whether it was.
    Log(DeltaTableError),
}

/// Writes the commit that follows `base` of the table called `table`, unless there is one already. Returns its version.
pub(super) async fn commit(
    store: &Store,
    table: &str,
    base: Option<&EagerSnapshot>,
    actions: Vec<Action>,
    operation: DeltaOperation,
) -> Result<u64, Failure> {
    // Not deltalake's own retries: they would write actions made for an older version.
    let properties = CommitProperties::default()
        .with_max_retries(0)
        .with_cleanup_expired_logs(Some(false));
    let reference = base.map(|base| base as &dyn TableReference);
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
        tracing::warn!(table, version, %error, "no checkpoint could be written");
    }
    Ok(version)
}

/// Puts an object, a large one in parts.
pub(super) async fn put(
    objects: &dyn ObjectStore,
    path: &Path,
    bytes: Bytes,
) -> Result<(), object_store::Error> {
    if bytes.len() <= LARGEST_PUT {
        return objects.put(path, bytes.into()).await.map(drop);
    }
    let mut parts =
        WriteMultipart::new_with_chunk_size(objects.put_multipart(path).await?, LARGEST_PUT / 4);
    parts.put(bytes);
    parts.finish().await.map(drop)
}
