//! What must be settled while a statement is planned, because DataFusion's planner would refuse it.

use std::sync::LazyLock;

use arrow::datatypes::DataType;
use datafusion::{
    common::{
        DFSchema, ScalarValue, plan_err,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    error::Result,
    functions::core,
    logical_expr::{
        BinaryExpr, Expr, ExprSchemable, GetFieldAccess, Operator, ScalarUDF,
        binary::BinaryTypeCoercer,
        expr::AggregateFunction,
        lit,
        planner::{
            ExprPlanner, PlannerResult, RawAggregateExpr, RawBinaryExpr, RawFieldAccessExpr,
        },
    },
    sql::sqlparser::ast::BinaryOperator,
};

use super::{arithmetic, compare::comparable, convert::to_text, kind::Kind};
use crate::functions;

static ELEMENT_AT: LazyLock<Option<ScalarUDF>> = LazyLock::new(functions::element_at);

/// Plans what no common type would be found for.
#[derive(Debug)]
pub(super) struct TrinoPlanner;

impl ExprPlanner for TrinoPlanner {
    fn plan_binary_op(
        &self,
        expr: RawBinaryExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        let op = match expr.op {
            BinaryOperator::Eq => Operator::Eq,
            BinaryOperator::NotEq => Operator::NotEq,
            BinaryOperator::Lt => Operator::Lt,
            BinaryOperator::LtEq => Operator::LtEq,
            BinaryOperator::Gt => Operator::Gt,
            BinaryOperator::GtEq => Operator::GtEq,
            BinaryOperator::StringConcat => Operator::StringConcat,
            _ => return Ok(PlannerResult::Original(expr)),
        };
        let (Ok(left), Ok(right)) = (expr.left.get_type(schema), expr.right.get_type(schema))
        else {
            return Ok(PlannerResult::Original(expr));
        };
        let is_list = |data_type: &DataType| Kind::of(data_type) == Kind::Other;
        let concatenates_lists =
            op == Operator::StringConcat && (is_list(&left) || is_list(&right));
        if concatenates_lists
            || BinaryTypeCoercer::new(&left, &op, &right)
                .get_result_type()
                .is_ok()
        {
            return Ok(PlannerResult::Original(expr));
        }
        let made = if op == Operator::StringConcat {
            Some((to_text(&expr.left, &left), to_text(&expr.right, &right)))
        } else if let Some(made) = days_with_interval(&expr, schema) {
            Some(made)
        } else {
            comparable(&expr.left, &left, &expr.right, &right)?
        };
        Ok(match made {
            Some((left, right)) => PlannerResult::Planned(Expr::BinaryExpr(BinaryExpr::new(
                Box::new(left),
                op,
                Box::new(right),
            ))),
            None => PlannerResult::Original(expr),
        })
    }

    /// DataFusion looks constant keys up in maps of plain text, and finds none in others; fields of rows it does not count.
    fn plan_field_access(
        &self,
        expr: RawFieldAccessExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawFieldAccessExpr>> {
        let key = match &expr.field_access {
            GetFieldAccess::ListIndex { key } => key.as_ref().clone(),
            GetFieldAccess::NamedStructField { name } => lit(name.clone()),
            GetFieldAccess::ListRange { .. } => return Ok(PlannerResult::Original(expr)),
        };
        if let Ok(DataType::Struct(fields)) = expr.expr.get_type(schema)
            && let Expr::Literal(ScalarValue::Int64(Some(place)), _) = &key
        {
            let field = usize::try_from(*place)
                .ok()
                .and_then(|place| fields.get(place.checked_sub(1)?));
            let Some(field) = field else {
                return plan_err!("a row of {} fields has no field {place}", fields.len());
            };
            let arguments = vec![expr.expr, lit(field.name().clone())];
            return Ok(PlannerResult::Planned(core::get_field().call(arguments)));
        }
        let is_plain = |entries: &DataType| match entries {
            DataType::Struct(fields) => fields[0].data_type() == &DataType::Utf8,
            _ => false,
        };
        match (expr.expr.get_type(schema), ELEMENT_AT.as_ref()) {
            (Ok(DataType::Map(entries, _)), Some(function))
                if !is_plain(entries.data_type()) || !matches!(key, Expr::Literal(..)) =>
            {
                let arguments = vec![expr.expr, key];
                Ok(PlannerResult::Planned(function.call(arguments)))
            }
            _ => Ok(PlannerResult::Original(expr)),
        }
    }

    /// DataFusion leaves casts out of names, so that the sums of two casts of a column would be one column twice: casts get
    /// names of their own.
    fn plan_aggregate(
        &self,
        mut expr: RawAggregateExpr,
    ) -> Result<PlannerResult<RawAggregateExpr>> {
        if !expr.args.iter().any(is_cast) {
            return Ok(PlannerResult::Original(expr));
        }
        for argument in &mut expr.args {
            if is_cast(argument) {
                let name = argument.to_string();
                *argument = std::mem::take(argument).alias(name);
            }
        }
        let RawAggregateExpr {
            func,
            args,
            distinct,
            filter,
            order_by,
            null_treatment,
        } = expr;
        Ok(PlannerResult::Planned(Expr::AggregateFunction(
            AggregateFunction::new_udf(func, args, distinct, filter, order_by, null_treatment),
        )))
    }
}

/// The days between two dates, which are a number otherwise, compared with an interval.
fn days_with_interval(expr: &RawBinaryExpr, schema: &DFSchema) -> Option<(Expr, Expr)> {
    let is_interval = |expr: &Expr| matches!(expr.get_type(schema), Ok(DataType::Interval(_)));
    if is_interval(&expr.right) {
        let days = arithmetic::days_as_interval(&expr.left, schema)?;
        return Some((days, expr.right.clone()));
    }
    if is_interval(&expr.left) {
        let days = arithmetic::days_as_interval(&expr.right, schema)?;
        return Some((expr.left.clone(), days));
    }
    None
}

/// Whether the expression is a cast, or one that may fail is anywhere in it.
fn is_cast(expr: &Expr) -> bool {
    let mut found = matches!(expr, Expr::Cast(_));
    let searched = expr.apply(|part| {
        found |= matches!(part, Expr::TryCast(_));
        Ok(if found {
            TreeNodeRecursion::Stop
        } else {
            TreeNodeRecursion::Continue
        })
    });
    found && searched.is_ok()
}
