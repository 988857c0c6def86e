//! The answer to a statement: its columns, its rows as they come, and what it took.

use std::sync::Arc;

use datafusion::{
    arrow::{array::RecordBatch, datatypes::SchemaRef},
    execution::TaskContext,
    physical_plan::{
        ExecutionPlan, ExecutionPlanVisitor, accept, displayable, execute_stream,
        metrics::MetricValue,
    },
};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};

use crate::{
    EngineError,
    merging::{FILES, LINE_ITEMS, PRUNED, ROW_GROUPS},
    mistake,
};

/// The rows of an answer, as they come.
pub type Batches = BoxStream<'static, Result<RecordBatch, EngineError>>;

/// A planned statement; it runs when its rows are asked for.
#[derive(Debug)]
pub struct Answer {
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
    memory_limit: u64,
    notes: Vec<String>,
    from_rollups: bool,
    /// The statement, if users wrote it: in it errors have their place.
    text: Option<Arc<str>>,
}

/// What the scans of an answer did; complete once all rows have been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanStats {
    /// Data files that were to be read (those that no filter on partitions ruled out).
    pub files: u64,
    /// Of these, files that statistics ruled out.
    pub files_pruned: u64,
    /// Row groups that were looked at.
    pub row_groups: u64,
    /// Of these, row groups that statistics ruled out.
    pub row_groups_pruned: u64,
    /// Bytes read from the store.
    pub bytes_scanned: u64,
    /// Rows that the scans put out.
    pub rows_scanned: u64,
    /// Bytes that operators wrote to temporary files for want of memory.
    pub bytes_spilled: u64,
}

impl Answer {
    pub(crate) fn new(
        plan: Arc<dyn ExecutionPlan>,
        context: Arc<TaskContext>,
        memory_limit: u64,
    ) -> Self {
        Self {
            plan,
            context,
            memory_limit,
            notes: Vec::new(),
            from_rollups: false,
            text: None,
        }
    }

    pub(crate) fn reading_rollups(mut self, reading: bool) -> Self {
        self.from_rollups = reading;
        self
    }

    /// The same, to a statement that users wrote so.
    pub(crate) fn of_text(mut self, text: &str) -> Self {
        self.text = Some(Arc::from(text));
        self
    }

    pub(crate) fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }

    /// The columns. Text may be `Utf8View`, amounts are `Decimal128` with 18 decimal places.
    pub fn schema(&self) -> SchemaRef {
        self.plan.schema()
    }

    /// Whether rollups are read for it.
    pub fn reads_rollups(&self) -> bool {
        self.from_rollups
    }

    /// What one should know about the answer, such as reports that were left out.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Runs it: the rows, as they come. Must be called within a tokio runtime; dropping the stream stops the work.
    pub fn batches(&self) -> Result<Batches, EngineError> {
        let (limit, text) = (self.memory_limit, self.text.clone());
        let told = move |error| {
            let error = EngineError::from_datafusion(error, limit);
            let Some(text) = &text else { return error };
            let (error, place) = mistake::value(error, None, text);
            mistake::at(error, place, text)
        };
        match execute_stream(Arc::clone(&self.plan), Arc::clone(&self.context)) {
            Ok(stream) => Ok(stream.map_err(told).boxed()),
            Err(error) => Err(told(error)),
        }
    }

    /// Runs it and keeps all rows in memory.
    pub async fn collect(&self) -> Result<Vec<RecordBatch>, EngineError> {
        self.batches()?.try_collect().await
    }

    /// What the scans did so far.
    pub fn stats(&self) -> ScanStats {
        let mut stats = ScanStats::default();
        accept(self.plan.as_ref(), &mut stats).expect("adding up never fails");
        stats
    }

    /// The physical plan as text, one operator per line.
    pub fn plan(&self) -> String {
        displayable(self.plan.as_ref()).indent(false).to_string()
    }

    /// The physical plan as text with what each operator did so far.
    pub fn plan_with_metrics(&self) -> String {
        datafusion::physical_plan::display::DisplayableExecutionPlan::with_metrics(
            self.plan.as_ref(),
        )
        .indent(false)
        .to_string()
    }
}

impl ExecutionPlanVisitor for ScanStats {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, plan: &dyn ExecutionPlan) -> Result<bool, Self::Error> {
        let Some(metrics) = plan.metrics() else {
            return Ok(true);
        };
        let merged = metrics.sum_by_name(LINE_ITEMS).is_some();
        let scan = plan.children().is_empty() && !merged;
        for metric in metrics.iter() {
            let value = metric.value();
            let plain = u64::try_from(value.as_usize()).unwrap_or(u64::MAX);
            let pruning = |value: &MetricValue| match value {
                MetricValue::PruningMetrics {
                    pruning_metrics, ..
                } => {
                    let (pruned, matched) = (
                        pruning_metrics.pruned() as u64,
                        pruning_metrics.matched() as u64,
                    );
                    Some((pruned, pruned + matched))
                }
                _ => None,
            };
            match value.name() {
                "bytes_scanned" => self.bytes_scanned += plain,
                "spilled_bytes" => self.bytes_spilled += plain,
                LINE_ITEMS => self.rows_scanned += plain,
                FILES => self.files += plain,
                ROW_GROUPS => self.row_groups += plain,
                PRUNED => {
                    self.row_groups += plain;
                    self.row_groups_pruned += plain;
                }
                "output_rows" if scan => self.rows_scanned += plain,
                "files_ranges_pruned_statistics" => {
                    if let Some((pruned, all)) = pruning(value) {
                        self.files_pruned += pruned;
                        self.files += all;
                    }
                }
                "row_groups_pruned_statistics" => {
                    if let Some((pruned, all)) = pruning(value) {
                        self.row_groups_pruned += pruned;
                        self.row_groups += all;
                    }
                }
                _ => {}
            }
        }
        Ok(true)
    }
}
