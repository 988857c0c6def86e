//! What discovery finds and ingest takes: one billing period of one report, as currently delivered.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use curtail_store::{BillingPeriod, Definition, ManifestRef, Money, ReportKind, ReportName, Table};
use object_store::path::Path;

use crate::layout::Place;

/// The current version of one billing period of one report, as its manifest describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// The report's name: its own, made distinct from others found in the same place.
    pub report: ReportName,
    /// The kind of report.
    pub kind: ReportKind,
    /// The billing period.
    pub period: BillingPeriod,
    /// The manifest.
    pub manifest: ManifestRef,
    /// AWS's id of this version (`assemblyId`, `executionId`).
    pub assembly_id: String,
    /// The report definition's identity (`reportId`, export ARN), or where it lies if the manifest states none.
    pub report_id: String,
    /// The account that owns the report, if the manifest states one.
    pub account: Option<String>,
    /// The files, as the manifest names them, in its order. None: nothing was delivered yet.
    pub files: Vec<String>,
    /// Where the manifest is.
    pub(crate) path: Path,
    /// What the manifest's key says, if it is in one of AWS's layouts.
    pub(crate) place: Option<Place>,
    /// The compression that the manifest states.
    pub(crate) compression: Option<String>,
    /// Why the manifest cannot be used. Told when it is ingested, so that other periods are not held up by it.
    pub fault: Option<String>,
    /// When the manifest was written, which decides between copies of it.
    pub modified: DateTime<Utc>,
    /// The columns that it lists; those of legacy reports as `category/name`.
    pub columns: Vec<String>,
}

/// How to ingest.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes that all buffers together may take.
    pub memory: u64,
    /// Threads that decode and encode.
    pub threads: usize,
    /// Ingest again what the store already holds.
    pub force: bool,
    /// Find out what would be done, and do nothing.
    pub dry_run: bool,
    /// The report's name in the store, instead of its own.
    pub name: Option<ReportName>,
    /// Which billing periods are wanted; all of them if empty. Applied by [`Options::wants`], not by `ingest`.
    pub periods: Vec<RangeInclusive<BillingPeriod>>,
    /// Rollups to be made beside those that are built in.
    pub rollups: Vec<Definition>,
}

impl Options {
    /// Whether `delivery` is among the billing periods wanted.
    pub fn wants(&self, delivery: &Delivery) -> bool {
        self.periods.is_empty()
            || self
                .periods
                .iter()
                .any(|range| range.contains(&delivery.period))
    }

    /// The rollups asked for that are of this table.
    pub(crate) fn rollups_of(&self, table: Table) -> Vec<Definition> {
        let own = self.rollups.iter().filter(|it| it.table == table);
        own.cloned().collect()
    }
}

impl Default for Options {
    /// 1 GiB, all cores, everything that is new.
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            force: false,
            dry_run: false,
            name: None,
            periods: Vec::new(),
            rollups: Vec::new(),
        }
    }
}

/// What was done about a delivery (or would be, in a dry run).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// The store had nothing of this period.
    Added,
    /// The store had another version of it.
    Replaced,
    /// The store has this very version.
    Unchanged,
    /// AWS has not finished (or begun) to deliver it.
    Waiting,
    /// It could not be ingested.
    Failed,
}

impl Action {
    /// The action in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
        }
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// How the ingest of one delivery ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The report's name in the store.
    pub report: ReportName,
    /// The billing period.
    pub billing_period: BillingPeriod,
    /// The version of the table that holds it, if any does.
    pub version: Option<u64>,
    /// What was done.
    pub action: Action,
    /// Files of the report.
    pub files: u64,
    /// Rows in them; 0 if they were not read.
    pub rows: u64,
    /// Size of the files as they are stored, in bytes; 0 if they were not looked at.
    pub bytes: u64,
    /// Exact sum of unblended (FOCUS: billed) cost; `None` if the files were not read, have no costs, or have them in
    /// several currencies.
    pub unblended_cost: Option<Money>,
    /// The currency; several, separated by blanks, if there are several.
    pub currency: Option<String>,
    /// Why nothing was done, if it is still being delivered.
    pub why: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

impl Outcome {
    /// An outcome that came about without reading the files.
    pub(crate) fn unread(delivery: &Delivery, report: ReportName, action: Action) -> Self {
        Self {
            report,
            billing_period: delivery.period,
            version: None,
            action,
            files: delivery.files.len() as u64,
            rows: 0,
            bytes: 0,
            unblended_cost: None,
            currency: None,
            why: None,
            seconds: 0.0,
        }
    }

    /// The outcome of a delivery whose ingest gave an error.
    pub fn failed(delivery: &Delivery) -> Self {
        Self::unread(delivery, delivery.report.clone(), Action::Failed)
    }
}
