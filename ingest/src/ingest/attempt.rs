//! A replacement under way, whose files do not outlive its failure.

use curtail_store::{
    BillingPeriod, DataFile, Receipt, Replacement, ReportKind, ReportName, Store, StoreError,
    TableSchema,
};
use tokio::sync::mpsc;

use super::writing::{Request, serve};
use crate::IngestError;

/// A [`Replacement`] with the files written so far. Unless it is committed, they are deleted: at once by
/// [`Attempt::abandon`]; in the background, as far as the runtime still lives, when it is dropped.
#[derive(Debug)]
pub(super) struct Attempt {
    replacement: Option<Replacement>,
    files: Vec<DataFile>,
}

impl Attempt {
    pub(super) async fn begin(
        store: &Store,
        kind: ReportKind,
        report: &ReportName,
        period: BillingPeriod,
    ) -> Result<Self, IngestError> {
        let replacement = store.replace(kind.table(), report, period).await?;
        Ok(Self {
            replacement: Some(replacement),
            files: Vec::new(),
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
        let Self { replacement, files } = &mut self;
        let replacement = replacement
            .as_ref()
            .ok_or_else(|| IngestError::Internal("the replacement has ended".to_owned()))?;
        match serve(replacement, files, requests, work).await {
            Ok(done) => Ok((self, done)),
            Err(error) => {
                self.abandon().await;
                Err(error)
            }
        }
    }

    pub(super) async fn abandon(&mut self) {
        if let Some(replacement) = self.replacement.take() {
            replacement.abandon(std::mem::take(&mut self.files)).await;
        }
    }

    pub(super) async fn commit(
        mut self,
        schema: &TableSchema,
        receipt: &Receipt,
    ) -> Result<u64, IngestError> {
        let replacement = self
            .replacement
            .take()
            .ok_or_else(|| IngestError::Internal("committed twice".to_owned()))?;
        let files = std::mem::take(&mut self.files);
        replacement
            .commit(files, schema, receipt)
            .await
            .map_err(|error| match error {
                StoreError::Conflict { report, period } => IngestError::Conflict { report, period },
                error => error.into(),
            })
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let Some(replacement) = self.replacement.take() else {
            return;
        };
        let files = std::mem::take(&mut self.files);
        if let (false, Ok(runtime)) = (files.is_empty(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { replacement.abandon(files).await });
        }
    }
}
