//! `x = ''` finds what is empty in a report, `x <> ''` what is not.

use datafusion::{
    common::{
        Column, Result, ScalarValue,
        tree_node::{Transformed, TreeNode},
    },
    config::ConfigOptions,
    logical_expr::{
        BinaryExpr, Case, Expr, LogicalPlan, Operator, expr::InList, expr_rewriter::NamePreserver,
        lit,
    },
    optimizer::AnalyzerRule,
    prelude::coalesce,
};

use super::{in_report, kept, written};
use crate::catalog::uncast;

/// Compares columns of reports with `''` as if what is empty were `''`.
#[derive(Debug)]
pub(crate) struct EmptyText;

impl AnalyzerRule for EmptyText {
    fn name(&self) -> &'static str {
        "empty_text"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_down_with_subqueries(node)
            .map(|plan| plan.data)
    }
}

fn node(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let mut speaks = false;
    for expr in plan.expressions() {
        speaks |= expr.exists(|part| Ok(written(part) == Some("")))?;
    }
    if !speaks {
        return Ok(Transformed::no(plan));
    }
    let inputs: Vec<_> = plan.inputs().into_iter().cloned().collect();
    let inputs: Vec<_> = inputs.iter().collect();
    let names = NamePreserver::new(&plan);
    plan.map_expressions(|expr| {
        let name = names.save(&expr);
        let made = expr.transform_up(|part| made(part, &inputs))?;
        Ok(made.update_data(|expr| name.restore(expr)))
    })
}

fn made(part: Expr, inputs: &[&LogicalPlan]) -> Result<Transformed<Expr>> {
    let made = match &part {
        Expr::BinaryExpr(binary) => binary_with_empty(binary, inputs)?,
        Expr::InList(list) => in_list(list, inputs)?,
        Expr::Case(case) => case_of(case, inputs)?,
        _ => None,
    };
    Ok(made.map_or_else(|| Transformed::no(part), Transformed::yes))
}

/// `x = ''`, either way round.
fn binary_with_empty(binary: &BinaryExpr, inputs: &[&LogicalPlan]) -> Result<Option<Expr>> {
    let equal = match binary.op {
        Operator::Eq | Operator::IsNotDistinctFrom => true,
        Operator::NotEq | Operator::IsDistinctFrom => false,
        _ => return Ok(None),
    };
    let compared = match (written(&binary.left), written(&binary.right)) {
        (None, Some("")) => &binary.left,
        (Some(""), None) => &binary.right,
        _ => return Ok(None),
    };
    if column(compared, inputs).is_none() {
        return Ok(None);
    }
    if uncast(compared).is_some() {
        let column = compared.as_ref().clone();
        return Ok(Some(if equal {
            column.is_null()
        } else {
            column.is_not_null()
        }));
    }
    let compared = Box::new(filled(compared)?);
    let empty = if written(&binary.left).is_some() {
        &binary.left
    } else {
        &binary.right
    };
    Ok(Some(Expr::BinaryExpr(BinaryExpr::new(
        compared,
        binary.op,
        empty.clone(),
    ))))
}

/// `x IN ('', 'a')`: nothing in our files is `''`, so that it is NULL alone that stands for it.
fn in_list(list: &InList, inputs: &[&LogicalPlan]) -> Result<Option<Expr>> {
    let is_empty = |item: &Expr| written(item) == Some("");
    if !list.list.iter().any(is_empty) || column(&list.expr, inputs).is_none() {
        return Ok(None);
    }
    if uncast(&list.expr).is_none() {
        let expr = Box::new(filled(&list.expr)?);
        let list = InList::new(expr, list.list.clone(), list.negated);
        return Ok(Some(Expr::InList(list)));
    }
    let others = list.list.iter().filter(|item| !is_empty(item)).cloned();
    let others: Vec<_> = others.collect();
    let of = |column: &Expr| {
        if list.negated {
            column.clone().is_not_null()
        } else {
            column.clone().is_null()
        }
    };
    let empty = of(&list.expr);
    if others.is_empty() {
        return Ok(Some(empty));
    }
    let others = Expr::InList(InList::new(list.expr.clone(), others, list.negated));
    Ok(Some(if list.negated {
        empty.and(others)
    } else {
        empty.or(others)
    }))
}

/// `CASE x WHEN '' THEN …`.
fn case_of(case: &Case, inputs: &[&LogicalPlan]) -> Result<Option<Expr>> {
    let Some(operand) = &case.expr else {
        return Ok(None);
    };
    let mut values = case.when_then_expr.iter();
    if !values.any(|(value, _)| written(value) == Some("")) || column(operand, inputs).is_none() {
        return Ok(None);
    }
    Ok(Some(Expr::Case(Case::new(
        Some(Box::new(filled(operand)?)),
        case.when_then_expr.clone(),
        case.else_expr.clone(),
    ))))
}

/// The column of a report that is compared, as it is or trimmed and the like.
fn column<'a>(expr: &'a Expr, inputs: &[&LogicalPlan]) -> Option<&'a Column> {
    let column = kept(expr)?;
    in_report(inputs, column).map(|_| column)
}

/// The expression with `''` where its column is NULL.
fn filled(expr: &Expr) -> Result<Expr> {
    let empty = || lit(ScalarValue::Utf8View(Some(String::new())));
    let made = expr.clone().transform_up(|part| match part {
        Expr::Column(_) => Ok(Transformed::yes(coalesce(vec![part, empty()]))),
        other => Ok(Transformed::no(other)),
    })?;
    Ok(made.data)
}
