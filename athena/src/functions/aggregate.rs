//! Aggregates.

use datafusion::logical_expr::AggregateUDF;

/// The aggregates of Trino that DataFusion lacks, or answers differently.
pub(super) fn all() -> Vec<AggregateUDF> {
    Vec::new()
}
