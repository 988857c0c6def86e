//! Text.

mod bytes;
mod character;
mod concat;
mod format;
pub(super) mod hash;
mod normal;
pub(super) mod number;
mod part;
pub(super) mod plain;
mod search;
pub(super) mod split;
mod url;

use datafusion::logical_expr::ScalarUDF;
pub(crate) use search::TextPlanner;

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    [
        concat::all(),
        split::all(),
        part::all(),
        search::all(),
        character::all(),
        normal::all(),
        bytes::all(),
        url::all(),
        format::all(),
        number::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
