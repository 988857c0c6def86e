//! How types combine and print.
//!
//! DataFusion brings the operands of an expression to a common type in one analyzer rule, `TypeCoercion`. Ours, [`TrinoTypes`],
//! runs just before it and settles whatever Trino settles differently, so that nothing is left to coerce there. What already has
//! the types it needs is not touched: filters on plain columns stay as they were written, and prune.
//!
//! The rules:
//! * a decimal with a double is a double, and so are columns of both, but an amount with a whole number stays an amount;
//! * text that meets a number, a boolean or a time in a comparison is read as one; text that is no number, or empty, is NULL then;
//! * branches of text and of something else are text;
//! * what becomes text prints as in Trino: `2026-03-05 00:00:00.000`, `1.0E10`. Amounts are doubles in Athena, so they print in
//!   the form of a double (`0.1`, `12.0`, `1.0E-7`), but with all of their own digits;
//! * what becomes an integer is rounded, half away from zero;
//! * a decimal becomes the double that is nearest to it;
//! * quotients of decimals have the larger of both scales, `a + b`, `a * b` and `-a` of integers that do not fit are errors.

mod arithmetic;
mod branches;
mod checked;
mod coercion;
mod compare;
mod convert;
mod divide;
mod double;
mod kind;
mod planner;
mod read;
mod sql_types;
mod text;

use std::sync::Arc;

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::{
    logical_expr::{
        ScalarUDF,
        planner::{ExprPlanner, TypePlanner},
    },
    optimizer::{Analyzer, AnalyzerRule},
};

use coercion::TrinoTypes;
use convert::DecimalsOfText;
use read::Otherwise;

use crate::functions;

/// The scalar functions that rules put into plans, and that no statement can name.
pub fn unnamed() -> Vec<Arc<ScalarUDF>> {
    let mut all = vec![
        text::function(),
        double::function(),
        divide::function(),
        functions::is_member(),
        functions::single_row(),
    ];
    all.extend(checked::all().iter().cloned());
    all
}

/// The function of this name that makes values of the type `to`, if there is one: rules put it into plans, too.
pub fn converting(name: &str, to: &DataType) -> Option<ScalarUDF> {
    let all = [Otherwise::Error, Otherwise::Null]
        .into_iter()
        .flat_map(|otherwise| {
            let is_attempt = otherwise == Otherwise::Null;
            [
                read::function(to, otherwise),
                functions::from_json(to, is_attempt),
            ]
        });
    let mut all = all.filter(|function| function.name() == name);
    all.next()
}

/// Amounts of money.
const AMOUNT: DataType = DataType::Decimal128(38, 18);

/// Trino's `timestamp`.
fn timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// Trino's `timestamp with time zone` in UTC.
fn zoned_timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()))
}

/// The zone of a time that has one.
fn zone(data_type: &DataType) -> Option<&str> {
    match data_type {
        DataType::Timestamp(_, Some(zone)) if zone.as_ref() != "UTC" => Some(zone),
        _ => None,
    }
}

/// Planners of expressions, which come before DataFusion's own.
pub fn expression_planners() -> Vec<Arc<dyn ExprPlanner>> {
    let mut planners: Vec<Arc<dyn ExprPlanner>> = vec![Arc::new(planner::TrinoPlanner)];
    planners.extend(functions::expression_planners());
    planners
}

/// The planner of types' names, for `with_type_planner`.
pub fn type_planner() -> Arc<dyn TypePlanner> {
    Arc::new(sql_types::TrinoTypeNames)
}

/// All rules of the analyzer, DataFusion's included, for `with_analyzer_rules`.
pub fn analyzer_rules() -> Vec<Arc<dyn AnalyzerRule + Send + Sync>> {
    let mut rules = Analyzer::new().rules;
    let coercion = rules.iter().position(|rule| rule.name() == "type_coercion");
    rules.insert(coercion.unwrap_or(rules.len()), Arc::new(TrinoTypes));
    rules.push(Arc::new(crate::multisets::Multisets));
    rules.push(Arc::new(crate::offsets::Offsets));
    rules.push(Arc::new(crate::subqueries::SubqueriesAsValues));
    rules.push(Arc::new(crate::unnest::UnnestsOfColumns));
    rules.push(Arc::new(crate::correlated::CorrelatedSubqueries));
    rules
}

/// The rule that reads decimals from text in every form, for sessions in another dialect: exponents, of which DataFusion knows nothing.
pub fn decimals_of_text() -> Arc<dyn AnalyzerRule + Send + Sync> {
    Arc::new(DecimalsOfText)
}
