//! Trino's functions.
//!
//! Where DataFusion has a function of the same name that answers differently, ours takes its place.

mod aggregate;
mod array;
mod attempt;
mod define;
mod json;
mod lambda;
mod lists;
mod map;
mod math;
mod names;
mod printed;
mod regexp;
mod support;
mod text;
mod time;
mod unnest;

use std::sync::Arc;

use datafusion::logical_expr::{
    AggregateUDF, HigherOrderUDF, ScalarUDF, WindowUDF, planner::ExprPlanner,
};

pub(crate) use attempt::{ATTEMPT, DIVISOR};
pub(crate) use unnest::{ENTRIES, NEVER_EMPTY, ORDINALS};

/// Every scalar function.
pub fn scalar() -> Vec<ScalarUDF> {
    let mut all = Vec::new();
    all.extend(time::all());
    all.extend(text::all());
    all.extend(regexp::all());
    all.extend(json::all());
    all.extend(array::all());
    all.extend(map::all());
    all.extend(math::all());
    let mut all = attempt::with_attempts(all);
    all.extend(unnest::all());
    all
}

/// Every aggregate function.
pub fn aggregate() -> Vec<AggregateUDF> {
    aggregate::all()
}

/// Every function that takes lambdas.
pub fn higher_order() -> Vec<HigherOrderUDF> {
    lambda::all()
}

/// Every window function.
pub fn window() -> Vec<WindowUDF> {
    Vec::new()
}

/// The elements of a JSON array as text.
pub(crate) fn json_elements() -> ScalarUDF {
    json::elements_as_text()
}

/// `element_at`, which `map[key]` is where keys are not the plain text that DataFusion's own lookup compares with.
pub(crate) fn element_at() -> Option<ScalarUDF> {
    let mut all = array::all().into_iter();
    all.find(|function| function.name() == "element_at")
}

/// Planners of expressions that stand for functions.
pub(crate) fn expression_planners() -> Vec<Arc<dyn ExprPlanner>> {
    vec![time::extract(), Arc::new(text::TextPlanner)]
}
