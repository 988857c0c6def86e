//! Products and quotients of amounts are doubles, as in Athena, where all these columns are doubles: at 18 decimal places a
//! product of decimals would not fit, and no overflow may surprise a query that runs there.

use datafusion::{
    arrow::datatypes::DataType,
    common::DFSchema,
    error::Result,
    logical_expr::{
        Expr, ExprSchemable, cast,
        planner::{ExprPlanner, PlannerResult, RawBinaryExpr},
    },
    sql::sqlparser::ast::BinaryOperator,
};

#[derive(Debug)]
pub(super) struct AmountPlanner;

impl ExprPlanner for AmountPlanner {
    fn plan_binary_op(
        &self,
        mut expr: RawBinaryExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        if matches!(
            expr.op,
            BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Modulo
        ) {
            expr.left = inexact(expr.left, schema);
            expr.right = inexact(expr.right, schema);
        }
        Ok(PlannerResult::Original(expr))
    }
}

/// The operand, as a double if it is an amount. One whose type is not known yet (a placeholder) is left alone.
fn inexact(expr: Expr, schema: &DFSchema) -> Expr {
    match expr.get_type(schema) {
        Ok(data_type) if super::is_amount(&data_type) => cast(expr, DataType::Float64),
        _ => expr,
    }
}
