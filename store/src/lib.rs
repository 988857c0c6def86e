//! What is on disk: the tables of a store, their schema, Delta commits and snapshots, and receipts.
//!
//! **Owns** every path inside a store, the schema of its tables, the form of a receipt, and the one way in
//! ([`Replacement`]) and out ([`Snapshot`]).
//!
//! **Does not own** where reports come from (`curtail-ingest`) or how they are queried (`curtail-engine`); it links no
//! DataFusion.
//!
//! **Invariants**: a data file never changes after it was written, and only a commit makes it visible; one commit
//! replaces one billing period of one report, whole, and carries its [`Receipt`]. The same holds for the parts of tables that are kept
//! beside reports ([`SideTable`]).

mod cache;
mod check;
mod error;
mod hash;
mod log;
mod money;
mod paths;
mod period;
mod reading;
mod receipt;
mod report;
mod rollup;
mod schema;
mod side;
mod snapshot;
mod stats;
mod sums;
mod view;

pub use cache::ReadCache;
pub use error::StoreError;
pub use log::{
    AsOf, DataFile, Dropped, DroppedPart, ParseAsOfError, Problem, Replacement, Store, Vacuumed,
    Verification,
};
pub use money::{MONEY_PRECISION, MONEY_SCALE, Money, ParseMoneyError};
pub use period::{BillingPeriod, ParsePeriodError};
pub use receipt::{Anomaly, ColumnChanges, ManifestRef, Receipt, Rounded, SourceFile, StoredFile};
pub use report::{InvalidReportName, ReportKind, ReportName};
pub use rollup::{
    Beside, BuiltIn, Definition, Fact, Grain, InvalidRollupName, Partly, ROW_COUNT, Rollup,
    RollupName,
};
pub use schema::{Column, ColumnType, Table, TableSchema};
pub use side::{
    Fetched, LinkedAccount, ProvisionalCost, SideFile, SidePart, SideReceipt, SideSnapshot,
    SideTable, SideVersion,
};
pub use snapshot::{FileEntry, PeriodVersion, Snapshot, Standing, TableSnapshot};
pub use sums::{Sums, sums};
