//! A snapshot of the store to answers: catalog, views, cost queries, execution.
//!
//! **Owns** what SQL sees (`cur`, `cur2`, `focus`, `costs`, `cost_explorer`, `accounts`, `meta.*`), how money computes in it, and how a query runs.
//!
//! **Does not own** what is on disk (`curtail-store`), what the metrics mean (`curtail-queries` has the formulas), or how
//! an answer is shown.
//!
//! **Invariants**: an engine reads one snapshot, whatever is committed meanwhile; only reading statements are accepted, and those that
//! define views; what users write is in a [`Dialect`], our own statements are in DataFusion's;
//! sums, differences, `CASE` and `coalesce` of amounts are exact decimals, products, quotients and averages are doubles, and a
//! sum that does not fit is an error; plans are plain Parquet scans, scans that merge line items ([`Scans`]) and standard operators,
//! so that they can be computed [`Elsewhere`].
//!
//! Start at [`Engine`].

mod accounts;
mod answer;
mod asked;
mod budget;
mod catalog;
mod costs;
mod dialect;
mod diff;
mod elsewhere;
mod empty;
mod engine;
mod equijoins;
mod error;
mod extension;
mod fixed_keys;
mod functions;
mod keys;
mod lambdas;
mod limit;
mod maps;
mod merging;
mod mistake;
mod money;
mod notes;
mod params;
mod plans;
mod provisional;
mod rollups;
mod session;
mod statement;
mod suggest;
mod unions;
mod views;
mod yielding;

pub use answer::{Answer, Batches, ScanStats};
pub use asked::{Parameter, Prepared};
pub use catalog::{ColumnInfo, ConnectionInfo, Relation, Relations, TableInfo};
pub use costs::{
    ACTIVE_HOURS, CostQuery, Dimension, Granularity, Metric, ParseCostError, ResourceQuery,
    ResourceSort, Sort,
};
pub use dialect::Dialect;
pub use diff::DiffQuery;
pub use elsewhere::{Elsewhere, RemoteError, is_of_store, runtime};
pub use engine::{Engine, EngineOptions};
pub use error::EngineError;
pub use extension::Extension;
pub use functions::Functions;
pub use merging::Scans;
pub use params::Params;
pub use provisional::{ProvisionalComparison, ProvisionalScope, provisional_note};
pub use rollups::{DefinitionError, RollupCheck, define};
pub use statement::split;
