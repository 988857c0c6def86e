//! What can go wrong between a report and a committed billing period.

use curtail_store::{BillingPeriod, ReportKind, ReportName, StoreError};

/// An error of an ingest. The store is as it was before, whatever the error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// The source cannot be used at all, such as a folder that does not exist.
    #[error("cannot read `{location}`: {why}")]
    Source {
        /// The source as it was given.
        location: String,
        /// What is wrong with it.
        why: String,
    },
    /// No manifest of a known kind lies below the source.
    #[error("found no cost report in `{location}`: {seen}")]
    NothingFound {
        /// Where was searched.
        location: String,
        /// What was there instead.
        seen: String,
    },
    /// A manifest does not say what a manifest has to say.
    #[error("manifest `{key}` cannot be used: {why}")]
    Manifest {
        /// The manifest's key or path.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file that the manifest names is not there.
    #[error("manifest `{manifest}` names `{key}`, which does not exist")]
    MissingFile {
        /// The manifest's key or path.
        manifest: String,
        /// The key as the manifest gives it.
        key: String,
    },
    /// The object store refused access.
    #[error("access to `{key}` was denied: {why}")]
    Denied {
        /// The object's key, or the prefix that was listed.
        key: String,
        /// What the object store said.
        why: String,
    },
    /// An object changed while the report was being read, so nothing was kept of it.
    #[error(
        "`{key}` changed while it was being read: a new version of the report is being delivered"
    )]
    Changed {
        /// The object's key or path.
        key: String,
    },
    /// The bucket does not exist.
    #[error("`{location}`: there is no such bucket")]
    NoSuchBucket {
        /// The source as it was given.
        location: String,
    },
    /// The bucket lives in another region than the one that requests are signed for.
    #[error("cannot read `{key}`: wrong region: {why}")]
    WrongRegion {
        /// The object, or the prefix that was listed.
        key: String,
        /// What the object store said.
        why: String,
    },
    /// An object was archived (Glacier) and has to be restored before it can be read.
    #[error("`{key}` is archived: {why}")]
    Archived {
        /// The object.
        key: String,
        /// What the object store said.
        why: String,
    },
    /// Something could not be read, for a reason of the network, the server or the disk.
    #[error("cannot read `{key}`: {why}")]
    Read {
        /// The object, or the prefix that was listed.
        key: String,
        /// Why it failed.
        why: String,
    },
    /// A key that this object store client cannot spell, such as one with `//` in it.
    #[error("object `{key}` cannot be addressed: {why}")]
    Key {
        /// The key as it stands in the manifest.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// The store holds another report under the same name.
    #[error(
        "the store already holds another report named `{name}` ({held_kind} `{held_id}`), not this one ({kind} `{id}`)"
    )]
    NameTaken {
        /// The name.
        name: ReportName,
        /// Kind of the report in the store.
        held_kind: ReportKind,
        /// Identity of the report in the store.
        held_id: String,
        /// Kind of the report that was to be ingested.
        kind: ReportKind,
        /// Its identity.
        id: String,
    },
    /// Another process replaced the same billing period at the same time.
    #[error(
        "billing period {period} of `{report}` was replaced by another process at the same time"
    )]
    Conflict {
        /// The report.
        report: ReportName,
        /// Its billing period.
        period: BillingPeriod,
    },
    /// The compressed data ends early or is damaged.
    #[error("`{object}` is truncated or corrupt: {detail}")]
    Truncated {
        /// The object's key or path.
        object: String,
        /// What was wrong.
        detail: String,
    },
    /// CSV text that cannot be split into records.
    #[error("`{object}`, line {line}: {why}")]
    Malformed {
        /// The object's key or path.
        object: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        why: String,
    },
    /// A CSV record has more or fewer fields than the header.
    #[error("`{object}`, line {line}: {found} fields, but the header has {expected}")]
    FieldCount {
        /// The object's key or path.
        object: String,
        /// The line that the record begins on, from 1.
        line: u64,
        /// Fields in the header.
        expected: usize,
        /// Fields in the record.
        found: usize,
    },
    /// A value in a column of amounts that is no number.
    #[error("`{object}`, line {line}, column `{column}`: `{value}` is not a decimal number")]
    BadAmount {
        /// The object's key or path.
        object: String,
        /// The line of a CSV file, or the row of a Parquet file, from 1.
        line: u64,
        /// The column, as the file names it.
        column: String,
        /// The value, shortened.
        value: String,
    },
    /// A value in a column of times that is none.
    #[error("`{object}`, line {line}, column `{column}`: `{value}` is not a point in time")]
    BadTimestamp {
        /// The object's key or path.
        object: String,
        /// The line of a CSV file, or the row of a Parquet file, from 1.
        line: u64,
        /// The column, as the file names it.
        column: String,
        /// The value, shortened.
        value: String,
    },
    /// An amount of more than 20 digits before the point.
    #[error(
        "`{object}`, line {line}, column `{column}`: `{value}` has more than 20 digits before the point"
    )]
    AmountOverflow {
        /// The object's key or path.
        object: String,
        /// The line of a CSV file, or the row of a Parquet file, from 1.
        line: u64,
        /// The column, as the file names it.
        column: String,
        /// The value, shortened.
        value: String,
    },
    /// The amounts of a column add up to more than can be stored.
    #[error(
        "`{object}`: the amounts in column `{column}` add up to more than 20 digits before the point"
    )]
    SumOverflow {
        /// The object in which it happened.
        object: String,
        /// The column.
        column: String,
    },
    /// A file lacks a column without which its rows say nothing about cost.
    #[error("`{object}` has no column `{column}`")]
    MissingColumn {
        /// The object's key or path.
        object: String,
        /// The column, as AWS names it.
        column: String,
    },
    /// A table would get more columns, or longer names of them, than any report has.
    #[error(
        "with `{object}`, the table would have more than {columns} columns, or more than {bytes} bytes of names of new ones"
    )]
    TooManyColumns {
        /// The object's key or path.
        object: String,
        /// Columns that a table may have.
        columns: usize,
        /// Bytes that their names may have.
        bytes: usize,
    },
    /// A Parquet file that cannot be read.
    #[error("`{object}` is no readable Parquet file: {why}")]
    UnreadableParquet {
        /// The object's key or path.
        object: String,
        /// What is wrong.
        why: String,
    },
    /// A ZIP archive that holds another number of files than one.
    #[error("`{object}` is a ZIP archive of {members} files, where one was expected")]
    ZipMembers {
        /// The object's key or path.
        object: String,
        /// Files in it; 2 stands for any larger number.
        members: usize,
    },
    /// A file that does not fit into the memory allowed could not be kept in a temporary file either.
    #[error("cannot keep `{object}` in a temporary file: {why}")]
    Spill {
        /// The object's key or path.
        object: String,
        /// What was wrong.
        why: String,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A part of the program broke its own rules; a defect.
    #[error("internal error: {0}")]
    Internal(String),
}
