//! The rule that settles types in all expressions of a plan.

use arrow::datatypes::DataType;
use datafusion::{
    common::{
        DFSchema, ScalarValue,
        config::ConfigOptions,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{
        Expr, ExprSchemable, Join, LogicalPlan, Operator, expr::GroupingSet,
        expr_rewriter::NamePreserver, utils::merge_schema,
    },
    optimizer::AnalyzerRule,
};

use super::{arithmetic, branches, checked, compare, convert};
use crate::functions::ATTEMPTED_ARITHMETIC;

/// Settles types as Trino does, before DataFusion's `TypeCoercion`.
#[derive(Debug)]
pub(super) struct TrinoTypes;

impl AnalyzerRule for TrinoTypes {
    fn name(&self) -> &'static str {
        "trino_types"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        // Once something has another type, so may everything above it.
        let mut changed = false;
        plan.transform_up_with_subqueries(|plan| {
            let mut plan = expressions(plan)?;
            if plan.transformed || changed {
                changed = true;
                plan = plan.map_data(LogicalPlan::recompute_schema)?;
            }
            match plan.data {
                LogicalPlan::Union(union) => {
                    let union = branches::union(union, changed)?;
                    changed |= union.transformed;
                    Ok(union.update_data(LogicalPlan::Union))
                }
                LogicalPlan::Join(mut join) => {
                    plan.transformed |= keys(&mut join)?;
                    plan.data = LogicalPlan::Join(join);
                    Ok(plan)
                }
                _ => Ok(plan),
            }
        })
        .map(|plan| plan.data)
    }
}

/// The node with its own expressions settled.
fn expressions(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    // DataFusion understands plain sums of integers only.
    if matches!(plan, LogicalPlan::Limit(_)) {
        return Ok(Transformed::no(plan));
    }
    let mut concerned = false;
    plan.apply_expressions(|expr| {
        concerned |= is_concerned(expr)?;
        Ok(TreeNodeRecursion::Continue)
    })?;
    if !concerned {
        return Ok(Transformed::no(plan));
    }
    let mut schema = merge_schema(&plan.inputs());
    if let LogicalPlan::TableScan(scan) = &plan {
        schema.merge(&DFSchema::try_from_qualified_schema(
            scan.table_name.clone(),
            &scan.source.schema(),
        )?);
    }
    let names = NamePreserver::new(&plan);
    plan.map_expressions(|expr| named(expr, &names, &schema))
}

/// Makes the keys of a join comparable.
fn keys(join: &mut Join) -> Result<bool> {
    let mut changed = false;
    for (left, right) in &mut join.on {
        let types = (
            left.get_type(join.left.schema())?,
            right.get_type(join.right.schema())?,
        );
        if let Some(made) = compare::comparable(left, &types.0, right, &types.1)? {
            (*left, *right) = made;
            changed = true;
        }
    }
    Ok(changed)
}

/// The expression settled, under the name that it had.
fn named(expr: Expr, names: &NamePreserver, schema: &DFSchema) -> Result<Transformed<Expr>> {
    if !is_concerned(&expr)? {
        return Ok(Transformed::no(expr));
    }
    if let Expr::GroupingSet(set) = expr {
        return grouping_set(set, names, schema);
    }
    let name = names.save(&expr);
    let made = expr.transform_up(|part| settled(part, schema))?;
    Ok(if made.transformed {
        made.update_data(|expr| name.restore(expr))
    } else {
        made
    })
}

/// Each expression of a grouping set is a column of its own.
fn grouping_set(
    set: GroupingSet,
    names: &NamePreserver,
    schema: &DFSchema,
) -> Result<Transformed<Expr>> {
    let each = |exprs: Vec<Expr>| {
        exprs
            .into_iter()
            .map(|expr| Ok(named(expr, names, schema)?.data))
            .collect::<Result<Vec<_>>>()
    };
    let set = match set {
        GroupingSet::Rollup(exprs) => GroupingSet::Rollup(each(exprs)?),
        GroupingSet::Cube(exprs) => GroupingSet::Cube(each(exprs)?),
        GroupingSet::GroupingSets(sets) => {
            GroupingSet::GroupingSets(sets.into_iter().map(each).collect::<Result<_>>()?)
        }
    };
    Ok(Transformed::yes(Expr::GroupingSet(set)))
}

/// Whether any part of an expression may have to be settled.
fn is_concerned(expr: &Expr) -> Result<bool> {
    expr.exists(|part| {
        Ok(match part {
            Expr::Literal(value, _) => is_power_of_ten(value),
            part => matches!(
                part,
                Expr::Cast(_)
                    | Expr::TryCast(_)
                    | Expr::BinaryExpr(_)
                    | Expr::Negative(_)
                    | Expr::InList(_)
                    | Expr::InSubquery(_)
                    | Expr::Between(_)
                    | Expr::Case(_)
                    | Expr::ScalarFunction(_)
            ),
        })
    })
}

/// Whether a number was written with an exponent, as `1e10` was: such are doubles.
fn is_power_of_ten(value: &ScalarValue) -> bool {
    matches!(value, ScalarValue::Decimal128(_, _, scale) if *scale < 0)
}

/// One expression whose parts are settled already.
fn settled(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    match expr {
        Expr::Cast(_) | Expr::TryCast(_) => convert::cast(expr, schema),
        Expr::BinaryExpr(binary) => {
            let (Ok(left), Ok(right)) =
                (binary.left.get_type(schema), binary.right.get_type(schema))
            else {
                return Ok(Transformed::no(Expr::BinaryExpr(binary)));
            };
            let made = match binary.op {
                op if is_comparison(op) => compare::binary(&binary, &left, &right)?,
                Operator::StringConcat => convert::concatenated(&binary, &left, &right),
                _ => arithmetic::binary(&binary, &left, &right, schema)?,
            };
            Ok(made.map_or_else(
                || Transformed::no(Expr::BinaryExpr(binary)),
                Transformed::yes,
            ))
        }
        Expr::Negative(inner) => {
            let made = match inner.get_type(schema) {
                Ok(from) => arithmetic::negative(&inner, &from)?,
                Err(_) => None,
            };
            Ok(made.map_or_else(|| Transformed::no(Expr::Negative(inner)), Transformed::yes))
        }
        Expr::InList(list) => compare::in_list(list, schema),
        Expr::Between(between) => compare::between(between, schema),
        Expr::InSubquery(query) => compare::in_subquery(query, schema),
        Expr::Literal(value, _) if is_power_of_ten(&value) => Ok(Transformed::yes(Expr::Literal(
            value.cast_to(&DataType::Float64)?,
            None,
        ))),
        Expr::Case(case) => branches::case(case, schema),
        Expr::ScalarFunction(mut function) if function.name() == ATTEMPTED_ARITHMETIC => {
            Ok(match function.args.pop() {
                Some(operation) => Transformed::yes(checked::attempted(operation)),
                None => Transformed::no(Expr::ScalarFunction(function)),
            })
        }
        Expr::ScalarFunction(function) => branches::function(function, schema),
        other => Ok(Transformed::no(other)),
    }
}

fn is_comparison(op: Operator) -> bool {
    matches!(
        op,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
    )
}
