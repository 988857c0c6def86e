//! Trino's functions.
//!
//! Where DataFusion has a function of the same name that answers differently, ours takes its place.

mod aggregate;
mod array;
mod attempt;
mod collected;
mod define;
mod json;
mod lambda;
mod listed;
mod lists;
mod map;
mod math;
mod names;
mod printed;
mod reduce;
mod regexp;
mod single;
mod sorted;
mod support;
mod text;
mod time;
mod unnest;
mod window;

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::logical_expr::{
    AggregateUDF, HigherOrderUDF, ScalarUDF, WindowUDF, planner::ExprPlanner,
};

pub(crate) use array::is_member;
pub(crate) use attempt::{ATTEMPT, ATTEMPTED_ARITHMETIC, DIVISOR};
pub(crate) use collected::{MOST_FREQUENT, TRUNCATED};
pub(crate) use json::decode::JSON;
pub(crate) use map::{FIRST_OF_EACH, ZIPPED};
pub(crate) use regexp::{FILLED, GAPS, GROUPS};
pub(crate) use single::single_row;
pub(crate) use sorted::SORTED;
pub(crate) use time::zone_named;
pub(crate) use unnest::{ENTRIES, NEVER_EMPTY, ORDINALS, UNNAMED};

pub use listed::{REWRITTEN, is_part};

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
    all.extend(collected::all());
    let mut all = attempt::with_attempts(all);
    all.push(time::now());
    all.extend(unnest::all());
    all
}

/// Every aggregate function.
pub fn aggregate() -> Vec<AggregateUDF> {
    aggregate::all()
}

/// Every function that takes lambdas.
pub fn higher_order() -> Vec<HigherOrderUDF> {
    let mut all = lambda::all();
    all.push(reduce::reduce());
    all.push(sorted::sorted());
    all
}

/// Every window function.
pub fn window() -> Vec<WindowUDF> {
    window::all()
}

/// The function from JSON to values of a type: what cannot be one is an error, or NULL in an attempt.
pub(crate) fn from_json(to: &DataType, is_attempt: bool) -> ScalarUDF {
    json::decode::from_json(to, is_attempt)
}

/// What maps are compared by: text that is the same if they have the same entries.
pub(crate) fn text_of_map() -> ScalarUDF {
    json::json_of()
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
