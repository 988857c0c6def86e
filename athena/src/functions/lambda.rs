//! Functions that take lambdas.

use std::sync::Arc;

use datafusion::{
    functions_nested::{
        array_filter::array_filter_higher_order_function,
        array_transform::array_transform_higher_order_function,
    },
    logical_expr::HigherOrderUDF,
};

/// DataFusion's functions of arrays and lambdas by Trino's names. `any_match` has the same name in both.
pub(super) fn all() -> Vec<HigherOrderUDF> {
    let named =
        |function: Arc<HigherOrderUDF>, name| function.as_ref().clone().with_aliases([name]);
    vec![
        named(array_transform_higher_order_function(), "transform"),
        named(array_filter_higher_order_function(), "filter"),
    ]
}
