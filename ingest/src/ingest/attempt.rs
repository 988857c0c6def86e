//! A replacement under way, whose files do not outlive its failure.

use curtail_store::{
    BillingPeriod, Receipt, Replacement, ReportName, Rollup, RollupName, Store, StoreError, Table,
    TableSchema,
};
use tokio::sync::mpsc;

use super::writing::{Request, Written, serve};
use crate::{IngestError, convert::MadeRollup};

/// A [`Replacement`] with the files written so far. Unless it is committed, they are deleted: at once by
/// [`Attempt::abandon`]; in the background, as far as the runtime still lives, when it is dropped.
#[derive(Debug)]
pub(super) struct Attempt {
    replacement: Option<Replacement>,
    written: Written,
}

impl Attempt {
    pub(super) async fn begin(
        store: &Store,
        table: Table,
        report: &ReportName,
        period: BillingPeriod,
    ) -> Result<Self, IngestError> {
        let replacement = store.replace(table, report, period).await?;
        Ok(Self {
            replacement: Some(replacement),
            written: Written::default(),
        })
    }

    pub(super) fn replacement(&self) -> Result<&Replacement, IngestError> {
        self.replacement
            .as_ref()
            .ok_or_else(|| IngestError::Internal("the replacement has ended".to_owned()))
    }

    /// Writes what `work` requests until it ends; deletes it again if it ends in an error.
    pub(super) async fn during<T>(
        mut self,
        requests: mpsc::Receiver<Request>,
        work: impl Future<Output = Result<T, IngestError>>,
    ) -> Result<(Self, T), IngestError> {
        let Self {
            replacement,
            written,
        } = &mut self;
        let replacement = replacement
            .as_ref()
            .ok_or_else(|| IngestError::Internal("the replacement has ended".to_owned()))?;
        match serve(replacement, written, requests, work).await {
            Ok(done) => Ok((self, done)),
            Err(error) => {
                self.abandon().await;
                Err(error)
            }
        }
    }

    /// The files of each of `rollups`.
    pub(super) fn rollups(&self, made: &[MadeRollup]) -> Vec<Rollup> {
        let files = |name: &RollupName| {
            let own = self.written.rollups.iter().filter(|(of, _)| of == name);
            own.map(|(_, file)| file.clone()).collect()
        };
        let rollup = |made: &MadeRollup| Rollup {
            name: made.name.clone(),
            per: made.per,
            dimensions: made.dimensions.clone(),
            partly: made.partly.clone(),
            measures: made.measures.clone(),
            beside: made.beside.clone(),
            definition: made.definition.clone(),
            files: files(&made.name),
        };
        made.iter().map(rollup).collect()
    }

    pub(super) async fn abandon(&mut self) {
        if let Some(replacement) = self.replacement.take() {
            let (files, rollups) = std::mem::take(&mut self.written).into_parts();
            replacement.abandon(files, rollups).await;
        }
    }

    pub(super) async fn commit(
        mut self,
        schema: &TableSchema,
        receipt: &Receipt,
    ) -> Result<u64, IngestError> {
        let replacement = self.take()?;
        let written = std::mem::take(&mut self.written);
        let committed = replacement.commit(written.files, schema, receipt).await;
        committed.map_err(conflicting)
    }

    /// Commits rollups alone.
    pub(super) async fn amend(
        mut self,
        rollups: Vec<Rollup>,
        forgone: Vec<RollupName>,
    ) -> Result<u64, IngestError> {
        let replacement = self.take()?;
        let amended = replacement.amend(rollups, forgone).await;
        amended.map_err(conflicting)
    }

    fn take(&mut self) -> Result<Replacement, IngestError> {
        self.replacement
            .take()
            .ok_or_else(|| IngestError::Internal("committed twice".to_owned()))
    }
}

fn conflicting(error: StoreError) -> IngestError {
    match error {
        StoreError::Conflict { report, period } => IngestError::Conflict { report, period },
        error => error.into(),
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let Some(replacement) = self.replacement.take() else {
            return;
        };
        let (files, rollups) = std::mem::take(&mut self.written).into_parts();
        let none = files.is_empty() && rollups.is_empty();
        if let (false, Ok(runtime)) = (none, tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { replacement.abandon(files, rollups).await });
        }
    }
}
