//! What is empty in a report: NULL in our tables, `''` in those that Athena reads most reports by.
//!
//! Queries for Athena are written for either. Where they speak of `''` they mean what is empty, and get it (`compared.rs`). Where they only
//! exclude other text, NULL goes with it, as SQL has it, and a note tells so (`told.rs`).

mod compared;
mod told;

use std::{any::Any, cell::RefCell};

use curtail_store::Table;
use datafusion::{
    catalog::default_table_source::source_as_provider,
    common::Column,
    logical_expr::{Expr, Join, JoinType, LogicalPlan},
};

pub(crate) use compared::EmptyText;
pub(crate) use told::notes;

use crate::catalog::{DataFiles, comes_from, uncast, usage_start};

/// Our own table, in which what is unknown is NULL wherever it comes from.
const COSTS: &str = "costs";

/// Functions that make empty text of empty text.
const KEEPING: [&str; 7] = [
    "trim", "btrim", "ltrim", "rtrim", "lower", "upper", "reverse",
];

/// A column of a report.
struct Reported {
    name: String,
    /// Whether the report is one of line items. What FOCUS has no value for is NULL in Athena, too.
    of_line_items: bool,
}

/// The column of a report that `column` of `inputs` is, if rows have it just as the report does.
fn in_report(inputs: &[&LogicalPlan], column: &Column) -> Option<Reported> {
    let found = RefCell::new(None);
    let told = |plan: &LogicalPlan, column: &Column| match plan {
        LogicalPlan::TableScan(scan) => {
            let table = source_as_provider(&scan.source).ok()?;
            let table: &dyn Any = table.as_ref();
            let files = table.downcast_ref::<DataFiles>();
            let files = files.filter(|files| files.is_text_of_reports(&column.name));
            found.replace(files.map(|files| Reported {
                name: column.name.clone(),
                of_line_items: files.usage_start() == Some(usage_start(Table::LineItems)),
            }));
            Some(files.is_some())
        }
        LogicalPlan::SubqueryAlias(alias) if alias.alias.table() == COSTS => Some(false),
        // Totals have NULL where nothing is empty.
        LogicalPlan::Aggregate(aggregate) => {
            let is_set = |expr: &Expr| matches!(expr, Expr::GroupingSet(_));
            aggregate.group_expr.iter().any(is_set).then_some(false)
        }
        LogicalPlan::Join(join) => fills_up(join, column).then_some(false),
        _ => None,
    };
    let is_found = inputs
        .iter()
        .any(|input| input.schema().has_column(column) && comes_from(input, column, &told));
    if is_found { found.take() } else { None }
}

/// Whether a join has rows in which the column is NULL because its side has none that fits.
fn fills_up(join: &Join, column: &Column) -> bool {
    let (left, right) = match join.join_type {
        JoinType::Left => (false, true),
        JoinType::Right => (true, false),
        JoinType::Full => (true, true),
        _ => (false, false),
    };
    left && join.left.schema().has_column(column) || right && join.right.schema().has_column(column)
}

/// The text that a literal is, in whatever form.
fn written(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(value, _) => value.try_as_str().flatten(),
        Expr::Cast(cast) => written(&cast.expr),
        _ => None,
    }
}

/// The column that an expression is, be it trimmed, in small letters or the like.
fn kept(expr: &Expr) -> Option<&Column> {
    match expr {
        Expr::ScalarFunction(function) if KEEPING.contains(&function.name()) => {
            let (text, others) = function.args.split_first()?;
            let constant = others.iter().all(|other| written(other).is_some());
            constant.then(|| kept(text)).flatten()
        }
        other => uncast(other),
    }
}
