//! What can go wrong with a store.

use crate::{BillingPeriod, ReportName, SidePart};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The location is neither a folder nor an `s3://` URL that can be used.
    #[error("`{location}` cannot hold a store: {why}")]
    Location {
        /// The location as it was given.
        location: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing was ever ingested here.
    #[error("there is no store at `{0}`")]
    Absent(String),
    /// Another writer replaced the same billing period first.
    #[error(
        "billing period {period} of report `{report}` was replaced by another writer at the same time"
    )]
    Conflict {
        /// The report.
        report: ReportName,
        /// Its billing period.
        period: BillingPeriod,
    },
    /// The process stood still for so long that another one took it for dead, and may have deleted its files.
    #[error(
        "replacing billing period {period} of report `{report}` took too long a pause and was given up"
    )]
    Overdue {
        /// The report.
        report: ReportName,
        /// Its billing period.
        period: BillingPeriod,
    },
    /// Another writer replaced the same part of a side table first.
    #[error("{0} was replaced by another writer at the same time")]
    PartConflict(SidePart),
    /// As [`Self::Overdue`], of a part of a side table.
    #[error("replacing {0} took too long a pause and was given up")]
    PartOverdue(SidePart),
    /// No version of the store is as old as that, or as new.
    #[error("the store has no version {asked}: {why}")]
    NoVersion {
        /// What was asked for.
        asked: String,
        /// What there is instead.
        why: String,
    },
    /// A view cannot be kept under this name.
    #[error("`{name}` is no name for a view: it takes 1 to {longest} bytes")]
    ViewName {
        /// The name as written.
        name: String,
        /// The most bytes that it may take.
        longest: usize,
    },
    /// What is in the store contradicts itself.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The receipt of a commit does not fit the files that it comes with.
    #[error("the receipt does not fit the data: {0}")]
    Receipt(String),
    /// A column does not fit the table or the data file that has it.
    #[error("column `{column}` {why}")]
    Column {
        /// The column's name.
        column: String,
        /// What is wrong with it.
        why: String,
    },
    /// The Delta log could not be read or written.
    #[error("{action} the Delta log of `{table}`: {source}")]
    Log {
        /// What was being done.
        action: &'static str,
        /// The table's name.
        table: &'static str,
        /// Why it failed.
        #[source]
        source: Box<deltalake_core::DeltaTableError>,
    },
    /// An object of the store could not be read or written.
    #[error("{action} `{path}` in the store: {source}")]
    Object {
        /// What was being done.
        action: &'static str,
        /// The object's path within the store.
        path: String,
        /// Why it failed.
        #[source]
        source: object_store::Error,
    },
}
