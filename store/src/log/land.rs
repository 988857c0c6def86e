//! Bringing a change into a table, whoever else commits meanwhile.

use std::time::Duration;

use deltalake_core::{
    kernel::{Action, EagerSnapshot, transaction::TransactionError},
    protocol::DeltaOperation,
};

use super::{
    Store, commits,
    write::{self, Failure},
};
use crate::StoreError;

/// How often a commit is tried: each failure means that another writer's commit came first.
const ATTEMPTS: u32 = 200;

/// A table at one version, as far as a commit needs to know it.
pub(super) trait Base {
    /// Its log.
    fn log(&self) -> &EagerSnapshot;
}

/// A replacement of one part of a table, that can be made of any version in which the part is still the same.
pub(super) trait Change: Sync {
    /// The table at one version.
    type Base: Base + Send + Sync;

    /// The table's name.
    fn table(&self) -> &'static str;

    /// Identifies the commit.
    fn id(&self) -> &str;

    /// The operation as other Delta readers show it.
    fn operation(&self) -> DeltaOperation;

    /// The actions of the commit that follows `base`.
    fn actions(&self, base: Option<&Self::Base>) -> Result<Vec<Action>, StoreError>;

    /// The version that last replaced the part.
    fn tip(&self, base: Option<&Self::Base>) -> Option<u64>;

    /// What to say when somebody else replaced the part.
    fn conflict(&self) -> StoreError;

    /// The newest version of the table, if there is one.
    fn newest(
        &self,
        store: &Store,
    ) -> impl Future<Output = Result<Option<Self::Base>, StoreError>> + Send;
}

/// Commits `change`, which was made for `base`, and returns the version. Tries again when another writer committed to other
/// parts of the table meanwhile.
pub(super) async fn land<C: Change>(
    store: &Store,
    change: &C,
    base: Option<&C::Base>,
) -> Result<u64, StoreError> {
    let (table, id) = (change.table(), change.id());
    let mut newer: Option<C::Base> = None;
    for attempt in 0..ATTEMPTS {
        let current = newer.as_ref().or(base);
        let target = current.map_or(0, |base| base.log().version() + 1);
        let actions = change.actions(current)?;
        let log = current.map(Base::log);
        match write::commit(store, table, log, actions, change.operation()).await {
            Ok(version) => return Ok(version),
            Err(Failure::Outrun) => {}
            // Whether the commit was written is known only to the log.
            Err(Failure::Log(source)) => {
                let landed = commits::is(store, table, target, id).await;
                return if landed.unwrap_or(false) {
                    Ok(target)
                } else {
                    Err(StoreError::Log {
                        action: "cannot write",
                        table,
                        source: Box::new(source),
                    })
                };
            }
        }
        // The commit in the way may be this very one: when an answer gets lost, the repeated request finds its own object.
        if commits::is(store, table, target, id).await? {
            return Ok(target);
        }
        let newest = change.newest(store).await?;
        if change.tip(newest.as_ref()) != change.tip(base) {
            return Err(change.conflict());
        }
        tracing::debug!(table, attempt, "another commit came first, trying again");
        newer = newest;
        tokio::time::sleep(pause(attempt, id)).await;
    }
    Err(StoreError::Log {
        action: "cannot write",
        table,
        source: Box::new(TransactionError::MaxCommitAttempts(ATTEMPTS.cast_signed()).into()),
    })
}

/// How long to wait before trying again: longer from time to time, and not the same for two writers.
fn pause(attempt: u32, id: &str) -> Duration {
    let spread = id.bytes().fold(u64::from(attempt), |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    }) % 16;
    Duration::from_millis(u64::from(attempt.min(16)) * 2 + spread)
}
