//! Dates and times.
//!
//! Trino's `timestamp` is Arrow's timestamp in UTC here. One whose type names another zone, or UTC as `+00:00`, is a `timestamp with time
//! zone`: an instant, shown by that zone's clocks, and all functions go by these.

mod arithmetic;
mod calendar;
mod duration;
mod fields;
mod format;
mod iso;
mod iso8601;
mod joda;
mod mysql;
mod now;
mod parse;
mod parsed;
mod part;
mod pattern;
mod plain;
mod read;
mod truncate;
mod unit;
mod unix;
mod zone;
mod zones;

use std::sync::Arc;

use datafusion::logical_expr::{ScalarUDF, planner::ExprPlanner};

/// `now()`, which nothing makes fail.
pub(super) fn now() -> ScalarUDF {
    now::function()
}

/// The zone that the text of a time names.
pub(crate) fn zone_named(text: &str) -> Option<String> {
    Some(iso::parse(text)?.zone?.name())
}

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    let mut all = Vec::new();
    all.extend(format::all());
    all.extend(parse::all());
    all.extend(iso8601::all());
    all.extend(truncate::all());
    all.extend(arithmetic::all());
    all.extend(fields::all());
    all.extend(unix::all());
    all.extend(zones::all());
    all.extend(duration::all());
    all
}

/// What plans `EXTRACT`.
pub(super) fn extract() -> Arc<dyn ExprPlanner> {
    Arc::new(fields::Extract)
}
