//! `x > ALL (SELECT …)` and `x > ANY (SELECT …)` as values: what is compared with all or any values is compared with the least or the
//! greatest of them.

use std::sync::Arc;

use super::{counted, member, scalar};
use datafusion::{
    common::{Column, DFSchema, ScalarValue, not_impl_err},
    error::Result,
    functions_aggregate::{
        count::count_udaf,
        min_max::{max_udaf, min_udaf},
    },
    logical_expr::{
        AggregateUDF, Expr, LogicalPlanBuilder, Operator, binary_expr,
        expr::{AggregateFunction, InSubquery, SetComparison, SetQuantifier},
        lit, when,
    },
};

pub(super) fn compared(comparison: SetComparison, schema: &DFSchema) -> Result<Expr> {
    let SetComparison {
        expr,
        subquery,
        op,
        quantifier,
    } = comparison;
    let expr = *expr;
    let all = quantifier == SetQuantifier::All;
    match (op, all) {
        (Operator::Eq, false) | (Operator::NotEq, true) => {
            return member(InSubquery::new(Box::new(expr), subquery, all), schema);
        }
        _ => {}
    }
    let outer = &subquery.outer_ref_columns;
    let plan = subquery.subquery.as_ref();
    let column = Expr::Column(Column::from(plan.schema().qualified_field(0)));
    let of_values = |function: Arc<AggregateUDF>| -> Result<Expr> {
        let arguments = vec![column.clone()];
        let made = AggregateFunction::new_udf(function, arguments, false, None, vec![], None);
        let made = Expr::AggregateFunction(made).alias("__value");
        let plan = LogicalPlanBuilder::from(plan.clone())
            .aggregate(Vec::<Expr>::new(), vec![made])?
            .build()?;
        Ok(scalar(plan, outer.clone()))
    };
    // It holds for the hardest of all values, or for the easiest.
    let holds = match op {
        Operator::Gt | Operator::GtEq => {
            let other = of_values(if all { max_udaf() } else { min_udaf() })?;
            binary_expr(expr, op, other)
        }
        Operator::Lt | Operator::LtEq => {
            let other = of_values(if all { min_udaf() } else { max_udaf() })?;
            binary_expr(expr, op, other)
        }
        Operator::Eq => {
            let (least, greatest) = (of_values(min_udaf())?, of_values(max_udaf())?);
            expr.clone().eq(least).and(expr.eq(greatest))
        }
        Operator::NotEq => {
            let (least, greatest) = (of_values(min_udaf())?, of_values(max_udaf())?);
            expr.clone().not_eq(least).or(expr.not_eq(greatest))
        }
        other => return not_impl_err!("{other} with ANY or ALL is not supported"),
    };
    let (rows, known) = (counted(plan.clone(), outer)?, of_values(count_udaf())?);
    let decided = if all { !holds.clone() } else { holds.clone() };
    when(rows.clone().eq(lit(0_i64)), lit(all))
        .when(decided, lit(!all))
        .when(known.lt(rows), lit(ScalarValue::Boolean(None)))
        .otherwise(holds)
}
