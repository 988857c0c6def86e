//! Sort keys that conditions fix: of rows in which `service = 'AmazonEC2'`, `upper(service) > 'A'` is the same in all.
//!
//! Physical plans know such keys and sort without them, but of a union DataFusion 55 forgets them before it checks the order of what it
//! merges, and refuses its own plan.

use datafusion::{
    arrow::datatypes::DataType,
    common::{
        Column, DFSchemaRef, Result, ScalarValue,
        tree_node::{Transformed, TreeNode},
    },
    logical_expr::{
        BinaryExpr, Expr, ExprSchemable, Limit, LogicalPlan, Operator, Sort, lit,
        utils::split_conjunction,
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

/// Leaves out keys that are the same in all rows.
#[derive(Debug)]
pub(crate) struct FixedKeys;

impl OptimizerRule for FixedKeys {
    fn name(&self) -> &'static str {
        "fixed_keys"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(
        &self,
        plan: LogicalPlan,
        _: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Sort(sort) = plan else {
            return Ok(Transformed::no(plan));
        };
        let mut kept = Vec::with_capacity(sort.expr.len());
        for key in &sort.expr {
            if !is_fixed(key.expr.clone(), &sort.input)? {
                kept.push(key.clone());
            }
        }
        if kept.len() == sort.expr.len() {
            return Ok(Transformed::no(LogicalPlan::Sort(sort)));
        }
        Ok(Transformed::yes(if !kept.is_empty() {
            LogicalPlan::Sort(Sort { expr: kept, ..sort })
        } else if let Some(fetch) = sort.fetch {
            let fetch = i64::try_from(fetch).unwrap_or(i64::MAX);
            LogicalPlan::Limit(Limit {
                skip: None,
                fetch: Some(Box::new(lit(fetch))),
                input: sort.input,
            })
        } else {
            sort.input.as_ref().clone()
        }))
    }
}

/// Whether a key over the rows of a plan is the same in all of them.
fn is_fixed(mut key: Expr, mut plan: &LogicalPlan) -> Result<bool> {
    if key.is_volatile() || asks(&key)? {
        return Ok(false);
    }
    loop {
        if key.column_refs().is_empty() {
            return Ok(true);
        }
        plan = match plan {
            LogicalPlan::Projection(projection) => {
                let Some(below) = in_place(key, &projection.schema, &projection.expr)? else {
                    return Ok(false);
                };
                if below.is_volatile() || asks(&below)? {
                    return Ok(false);
                }
                key = below;
                &projection.input
            }
            LogicalPlan::SubqueryAlias(alias) => {
                let columns = alias.input.schema().columns();
                let columns: Vec<_> = columns.into_iter().map(Expr::Column).collect();
                let Some(below) = in_place(key, &alias.schema, &columns)? else {
                    return Ok(false);
                };
                key = below;
                &alias.input
            }
            LogicalPlan::Aggregate(aggregate) => {
                let is_set = |expr: &Expr| matches!(expr, Expr::GroupingSet(_));
                if aggregate.group_expr.iter().any(is_set) {
                    return Ok(false);
                }
                let Some(below) = in_place(key, &aggregate.schema, &aggregate.group_expr)? else {
                    return Ok(false);
                };
                key = below;
                &aggregate.input
            }
            LogicalPlan::Filter(filter) => {
                for condition in split_conjunction(&filter.predicate) {
                    key = without(key, condition, filter.input.schema())?;
                }
                &filter.input
            }
            LogicalPlan::Sort(sort) => &sort.input,
            LogicalPlan::Limit(limit) => &limit.input,
            LogicalPlan::Distinct(datafusion::logical_expr::Distinct::All(input)) => input,
            _ => return Ok(false),
        };
    }
}

/// Whether an expression asks a sub-query.
fn asks(expr: &Expr) -> Result<bool> {
    expr.exists(|part| {
        Ok(matches!(
            part,
            Expr::ScalarSubquery(_)
                | Expr::Exists(_)
                | Expr::InSubquery(_)
                | Expr::SetComparison(_)
                | Expr::OuterReferenceColumn(..)
        ))
    })
}

/// The key with what its columns are made of in their place; `None` if that does not stand in `made`.
fn in_place(key: Expr, schema: &DFSchemaRef, made: &[Expr]) -> Result<Option<Expr>> {
    let of = |column: &Column| {
        let place = schema.maybe_index_of_column(column)?;
        made.get(place).cloned().map(Expr::unalias)
    };
    if key
        .column_refs()
        .into_iter()
        .any(|column| of(column).is_none())
    {
        return Ok(None);
    }
    let below = key.transform_up(|part| match &part {
        Expr::Column(column) => {
            Ok(of(column).map_or_else(|| Transformed::no(part.clone()), Transformed::yes))
        }
        _ => Ok(Transformed::no(part)),
    })?;
    Ok(Some(below.data))
}

/// The key with a literal in the place of what a condition says to be equal to it.
fn without(key: Expr, condition: &Expr, schema: &DFSchemaRef) -> Result<Expr> {
    let Expr::BinaryExpr(BinaryExpr {
        left,
        op: Operator::Eq,
        right,
    }) = condition
    else {
        return Ok(key);
    };
    let (fixed, value) = match (literal(left), literal(right)) {
        (None, Some(value)) => (left.as_ref(), value),
        (Some(value), None) => (right.as_ref(), value),
        _ => return Ok(key),
    };
    let is_alike = |of: &DataType| *of == value.data_type() && !of.is_floating();
    if fixed.is_volatile() || !fixed.get_type(schema).is_ok_and(|of| is_alike(&of)) {
        return Ok(key);
    }
    let value = Expr::Literal(value, None);
    let made = key.transform_down(|part| {
        if part == *fixed {
            Ok(Transformed::yes(value.clone()))
        } else {
            Ok(Transformed::no(part))
        }
    })?;
    Ok(made.data)
}

/// The value that was written, perhaps as one of another type.
fn literal(expr: &Expr) -> Option<ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value.clone()),
        Expr::Cast(cast) => literal(&cast.expr)?.cast_to(cast.field.data_type()).ok(),
        _ => None,
    }
}
