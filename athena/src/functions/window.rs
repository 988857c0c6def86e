//! Window functions.

mod rank;
mod shift;

use datafusion::logical_expr::WindowUDF;

/// The functions of this family.
pub(super) fn all() -> Vec<WindowUDF> {
    shift::all().chain(rank::all()).collect()
}
