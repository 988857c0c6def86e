//! `month = '03'` and `month BETWEEN '01' AND '06'` mean the months that they name, though the partitions of a legacy report are
//! called `1` to `12`: the leading zero is what people write who know CUR 2.0's billing periods.

use datafusion::{
    arrow::datatypes::DataType,
    catalog::default_table_source::source_as_provider,
    common::{
        Column, Result, ScalarValue,
        tree_node::{Transformed, TreeNode},
    },
    config::ConfigOptions,
    logical_expr::{
        Between, BinaryExpr, Cast, Expr, LogicalPlan, Operator, cast, expr::InList,
        expr_rewriter::NamePreserver, lit,
    },
    optimizer::AnalyzerRule,
};

use super::scan::{DataFiles, MONTH};

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
    let names = NamePreserver::new(&plan);
    plan.map_expressions(|expression| {
        let name = names.save(&expression);
        let read = expression.transform_up(|part| Ok(read(part, &inputs)))?;
        let transformed = read.transformed;
        Ok(Transformed::new(
            name.restore(read.data),
            transformed,
            read.tnr,
        ))
    })
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
            let (month, value, turned) = match (month_of(left), month_of(right)) {
                (None, Some(value)) => (left, value, false),
                (Some(value), None) => (right, value, true),
                _ => return Transformed::no(part),
            };
            if !value.padded || !compares(*op) || !is_month(month) {
                return Transformed::no(part);
            }
            let (month, value) = (number(month), lit(value.number));
            let (left, right) = if turned {
                (value, month)
            } else {
                (month, value)
            };
            Expr::BinaryExpr(BinaryExpr::new(Box::new(left), *op, Box::new(right)))
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
        _ => return Transformed::no(part),
    };
    Transformed::yes(read)
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

fn number(month: &Expr) -> Expr {
    cast(month.clone(), DataType::Int32)
}

/// The column, if `expr` is one, be it as another form of text.
fn uncast(expr: &Expr) -> Option<&Column> {
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
    let below = |input: &LogicalPlan| {
        let place = plan.schema().maybe_index_of_column(column);
        place.is_some_and(|place| {
            let (qualifier, field) = input.schema().qualified_field(place);
            comes_from_files(input, &Column::from((qualifier, field)))
        })
    };
    match plan {
        LogicalPlan::TableScan(scan) => {
            let is_files = source_as_provider(&scan.source).is_ok_and(|table| {
                let table: &dyn std::any::Any = table.as_ref();
                let files = table.downcast_ref::<DataFiles>();
                files.is_some_and(|files| files.constant_names().contains(&MONTH))
            });
            column.name == MONTH && is_files
        }
        LogicalPlan::Projection(projection) => plan
            .schema()
            .maybe_index_of_column(column)
            .and_then(|place| match projection.expr[place].clone().unalias() {
                Expr::Column(inner) => Some(comes_from_files(&projection.input, &inner)),
                _ => None,
            })
            .unwrap_or_default(),
        LogicalPlan::SubqueryAlias(alias) => below(&alias.input),
        LogicalPlan::Union(union) => union.inputs.iter().all(|input| below(input)),
        LogicalPlan::Aggregate(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Join(_) => plan
            .inputs()
            .into_iter()
            .any(|input| input.schema().has_column(column) && comes_from_files(input, column)),
        _ => false,
    }
}
