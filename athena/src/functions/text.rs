//! Text.

use datafusion::logical_expr::ScalarUDF;

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    Vec::new()
}
