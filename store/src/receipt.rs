//! Receipts: what went into a billing period, told exactly enough to be recomputed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{BillingPeriod, Money, ReportKind, ReportName, Rollup, RollupName};

mod wide;

/// What one commit replaced a billing period of a report with.
///
/// Stored as JSON in the commit (`commitInfo`, key `curtail.receipt`); amounts are decimal text there, times RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Version of this form; 1.
    pub format: u32,
    /// The report's name in the store.
    pub report: ReportName,
    /// The kind of report.
    pub kind: ReportKind,
    /// The report definition's own identity (`reportId`, export ARN), or where its manifests lie if it states none.
    pub report_id: String,
    /// The billing period that was replaced.
    pub billing_period: BillingPeriod,
    /// Where the report was read from: a URL or folder, without credentials.
    pub location: String,
    /// The manifest that named the files.
    pub manifest: ManifestRef,
    /// AWS's id of this version of the report (`assemblyId`, `executionId`).
    pub assembly_id: String,
    /// The files read, in the manifest's order.
    pub files: Vec<SourceFile>,
    /// Rows in all files.
    pub rows: u64,
    /// Exact sum of each amount column that has any value, over all files.
    pub sums: BTreeMap<String, Money>,
    /// What rounding to 18 decimal places did.
    pub rounded: Rounded,
    /// Start of the earliest usage.
    pub usage_start: Option<DateTime<Utc>>,
    /// End of the latest usage.
    pub usage_end: Option<DateTime<Utc>>,
    /// Accounts that pay, in order.
    pub payer_accounts: Vec<String>,
    /// Currencies, in order.
    pub currencies: Vec<String>,
    /// Rows that carry an invoice id: all of them once the period is finalised.
    pub invoiced_rows: u64,
    /// What the columns of this version were, against the table's.
    pub columns: ColumnChanges,
    /// What was odd in the data, by kind.
    pub anomalies: BTreeMap<Anomaly, u64>,
    /// Hours (from the beginning of the billing period, in UTC) in which usage starts, as ranges from the first to the last.
    #[serde(default)]
    pub hours: Vec<(u32, u32)>,
    /// Linked accounts that have line items, in order.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Line items that carry each tag, by its column; filled in by [`crate::Replacement::commit`].
    #[serde(default)]
    pub tagged: BTreeMap<String, u64>,
    /// The data files written; [`crate::Replacement::commit`] fills them in.
    #[serde(default)]
    pub stored: Vec<StoredFile>,
    /// The rollups made of its line items. Those of a commit that came later may stand in for these.
    #[serde(default)]
    pub rollups: Vec<Rollup>,
    /// Built-in rollups that were considered and would have had too many rows to be worth having.
    #[serde(default)]
    pub forgone: Vec<RollupName>,
    /// When it was committed.
    pub ingested_at: DateTime<Utc>,
    /// How long reading and writing took, in milliseconds.
    pub milliseconds: u64,
    /// The version of curtail that wrote it.
    pub writer: String,
}

/// A manifest as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestRef {
    /// Its object key (within its bucket) or path (within the folder given).
    pub key: String,
    /// The store's entity tag for it, if it has one.
    pub etag: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// When it was delivered.
    #[serde(default)]
    pub modified: Option<DateTime<Utc>>,
}

/// One file of a report as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceFile {
    /// Its object key or path.
    pub key: String,
    /// The store's entity tag for it, if it has one.
    pub etag: Option<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Its size after decompression, in bytes; for Parquet, the same as `size`.
    pub decoded_size: u64,
    /// Rows in it.
    pub rows: u64,
    /// Exact sum of each amount column that has any value in it.
    pub sums: BTreeMap<String, Money>,
}

/// One Parquet file as it was written into the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredFile {
    /// Path within the store.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    #[serde(default)]
    pub sha256: String,
}

/// How many amounts had more than 18 decimal places, and what rounding them (half to even) did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rounded {
    /// Amounts that were rounded.
    pub values: u64,
    /// Sum of the absolute differences, in units of 10⁻³⁶; decimal text in JSON.
    #[serde(with = "wide")]
    pub difference_e36: u128,
}

/// The columns of one version of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnChanges {
    /// Columns (of the table) that the report has.
    pub seen: Vec<String>,
    /// Those of `seen` that are not documented by AWS and were kept as text.
    pub unknown: Vec<String>,
    /// Columns that the table got with this commit.
    pub added: Vec<String>,
    /// Columns that the report's previous version of the same period had and this one has not.
    pub missing: Vec<String>,
    /// Source names that share one column name; the later ones got a column of their own.
    pub collisions: BTreeMap<String, Vec<String>>,
}

/// Something odd in the data that does not make it wrong, and that was counted rather than hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Anomaly {
    /// Text that was not UTF-8; the invalid bytes were replaced.
    InvalidUtf8,
    /// A map cell that was no JSON object; it reads as NULL.
    InvalidMap,
    /// A line item type that is not documented.
    UnknownLineItemType,
    /// Usage outside the billing period.
    UsageOutsidePeriod,
    /// A column that stands twice in one header.
    DuplicateColumn,
    /// A file without rows.
    EmptyFile,
}
