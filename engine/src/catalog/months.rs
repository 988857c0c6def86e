//! `month = '03'` and `month BETWEEN '01' AND '06'` mean the months that they name, though the partitions of a legacy report are
//! called `1` to `12`: the leading zero is what people write who know CUR 2.0's billing periods.

use datafusion::{
    arrow::datatypes::DataType,
    catalog::default_table_source::source_as_provider,
    common::{
        Column, JoinConstraint, Result, ScalarValue,
        tree_node::{Transformed, TreeNode},
    },
    config::ConfigOptions,
    logical_expr::{
        Between, BinaryExpr, Case, Cast, Expr, Join, LogicalPlan, Operator, cast, expr::InList,
        expr_rewriter::NamePreserver, lit,
    },
    optimizer::AnalyzerRule,
    prelude::ltrim,
};

use super::{
    comes_from,
    scan::{DataFiles, MONTH},
};

/// Reads months with a leading zero as numbers. Those without one compare as the text that they are, as in Athena.
#[derive(Debug)]
pub(crate) struct MonthsAsNumbers;

impl AnalyzerRule for MonthsAsNumbers {
    fn name(&self) -> &'static str {
        "months_as_numbers"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_down_with_subqueries(rewrite)
            .map(|plan| plan.data)
    }
}

fn rewrite(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let inputs: Vec<_> = plan.inputs().into_iter().cloned().collect();
    if inputs.is_empty() {
        return Ok(Transformed::no(plan));
    }
    let (plan, keys) = match plan {
        LogicalPlan::Join(join) => {
            let (join, changed) = keys(join);
            (LogicalPlan::Join(join), changed)
        }
        other => (other, false),
    };
    let names = NamePreserver::new(&plan);
    let read = plan.map_expressions(|expression| {
        let name = names.save(&expression);
        let read = expression.transform_up(|part| Ok(read(part, &inputs)))?;
        let transformed = read.transformed;
        Ok(Transformed::new(
            name.restore(read.data),
            transformed,
            read.tnr,
        ))
    })?;
    let transformed = read.transformed || keys;
    Ok(Transformed::new(read.data, transformed, read.tnr))
}

/// The join with keys that are compared with a month as a partition has them.
fn keys(mut join: Join) -> (Join, bool) {
    let of = |input: &LogicalPlan, key: &Expr| {
        uncast(key).is_some_and(|column| comes_from_files(input, column))
    };
    let mut changed = false;
    for (left, right) in &mut join.on {
        let (in_left, in_right) = (of(&join.left, left), of(&join.right, right));
        let found = match (in_left, in_right) {
            (true, false) => uncast(left).map(|month| (month.clone().into(), without_zero(right))),
            (false, true) => uncast(right).map(|month| (without_zero(left), month.clone().into())),
            _ => None,
        };
        if let Some(found) = found {
            (*left, *right) = found;
            changed = true;
        }
    }
    if changed {
        // Keys of USING are columns.
        join.join_constraint = JoinConstraint::On;
    }
    (join, changed)
}

/// One comparison of a month with constants.
fn read(part: Expr, inputs: &[LogicalPlan]) -> Transformed<Expr> {
    let is_month = |expr: &Expr| {
        uncast(expr).is_some_and(|column| {
            inputs
                .iter()
                .any(|input| input.schema().has_column(column) && comes_from_files(input, column))
        })
    };
    let read = match &part {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            match compared(left, *op, right, &is_month) {
                Some((left, right)) => {
                    Expr::BinaryExpr(BinaryExpr::new(Box::new(left), *op, Box::new(right)))
                }
                None => return Transformed::no(part),
            }
        }
        Expr::Between(Between {
            expr,
            negated,
            low,
            high,
        }) => match (month_of(low), month_of(high)) {
            (Some(low), Some(high)) if (low.padded || high.padded) && is_month(expr) => {
                Expr::Between(Between::new(
                    Box::new(number(expr)),
                    *negated,
                    Box::new(lit(low.number)),
                    Box::new(lit(high.number)),
                ))
            }
            _ => return Transformed::no(part),
        },
        Expr::InList(InList {
            expr,
            list,
            negated,
        }) => {
            let months: Option<Vec<_>> = list.iter().map(month_of).collect();
            match months {
                Some(months) if months.iter().any(|month| month.padded) && is_month(expr) => {
                    Expr::InList(InList::new(
                        Box::new(number(expr)),
                        months.into_iter().map(|month| lit(month.number)).collect(),
                        *negated,
                    ))
                }
                _ => return Transformed::no(part),
            }
        }
        Expr::Case(Case {
            expr: Some(expr),
            when_then_expr,
            else_expr,
        }) if is_month(expr) => {
            let months = when_then_expr.iter().map(|(value, _)| month_of(value));
            let months: Option<Vec<_>> = months.collect();
            match months {
                Some(months) if months.iter().any(|month| month.padded) => {
                    let thens = when_then_expr.iter().map(|(_, then)| then.clone());
                    let values = months.into_iter().map(|month| Box::new(lit(month.number)));
                    Expr::Case(Case::new(
                        Some(Box::new(number(expr))),
                        values.zip(thens).collect(),
                        else_expr.clone(),
                    ))
                }
                _ => return Transformed::no(part),
            }
        }
        _ => return Transformed::no(part),
    };
    Transformed::yes(read)
}

/// Both sides of a comparison with a month, if it is to be made otherwise than as text.
fn compared(
    left: &Expr,
    op: Operator,
    right: &Expr,
    is_month: &dyn Fn(&Expr) -> bool,
) -> Option<(Expr, Expr)> {
    if !compares(op) {
        return None;
    }
    match (month_of(left), month_of(right)) {
        (None, Some(value)) => {
            (value.padded && is_month(left)).then(|| (number(left), lit(value.number)))
        }
        (Some(value), None) => {
            (value.padded && is_month(right)).then(|| (lit(value.number), number(right)))
        }
        (Some(_), Some(_)) => None,
        (None, None) if !matches!(op, Operator::Eq | Operator::NotEq) => None,
        (None, None) => equal(left, right, is_month)
            .or_else(|| equal(right, left, is_month).map(|(right, left)| (left, right))),
    }
}

/// A month and something that is only known while the query runs, such as `date_format(current_date, '%m')`.
fn equal(month: &Expr, value: &Expr, is_month: &dyn Fn(&Expr) -> bool) -> Option<(Expr, Expr)> {
    // What a query makes of the month itself it may compare with it as it likes.
    let is_other = !matches!(value, Expr::Literal(..))
        && !value
            .column_refs()
            .into_iter()
            .any(|column| is_month(&Expr::Column(column.clone())));
    let column = uncast(month).filter(|_| is_other && is_month(month))?;
    Some((Expr::Column(column.clone()), without_zero(value)))
}

/// A month that a query names.
struct Month {
    number: i32,
    padded: bool,
}

fn compares(op: Operator) -> bool {
    matches!(
        op,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
    )
}

fn month_of(expr: &Expr) -> Option<Month> {
    let value = match expr {
        Expr::Literal(value, _) => value,
        Expr::Cast(Cast { expr, field }) if is_text(field.data_type()) => return month_of(expr),
        _ => return None,
    };
    let text = value.try_as_str()??;
    let number: i32 = text.parse().ok()?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (1..=12).contains(&number)).then_some(Month {
        number,
        padded: text.starts_with('0'),
    })
}

/// Text as a month's partition has it: without zeros in front.
fn without_zero(value: &Expr) -> Expr {
    let zero = ScalarValue::Utf8View(Some("0".to_owned()));
    ltrim(vec![cast(value.clone(), DataType::Utf8View), lit(zero)])
}

fn number(month: &Expr) -> Expr {
    cast(month.clone(), DataType::Int32)
}

/// The column, if `expr` is one, be it as another form of text.
pub(crate) fn uncast(expr: &Expr) -> Option<&Column> {
    match expr {
        Expr::Column(column) => Some(column),
        Expr::Cast(Cast { expr, field }) if is_text(field.data_type()) => uncast(expr),
        _ => None,
    }
}

fn is_text(data_type: &DataType) -> bool {
    ScalarValue::try_from(data_type).is_ok_and(|value| value.try_as_str().is_some())
}

/// Whether the column is the month of line items, as it stands in their partitions.
fn comes_from_files(plan: &LogicalPlan, column: &Column) -> bool {
    comes_from(plan, column, &|plan, column| {
        let LogicalPlan::TableScan(scan) = plan else {
            return None;
        };
        let is_files = source_as_provider(&scan.source).is_ok_and(|table| {
            let table: &dyn std::any::Any = table.as_ref();
            let files = table.downcast_ref::<DataFiles>();
            files.is_some_and(|files| files.constant_names().contains(&MONTH))
        });
        Some(column.name == MONTH && is_files)
    })
}
