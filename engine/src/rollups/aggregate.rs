//! An aggregate over line items, as one over rollups.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::{Result, ScalarValue},
    functions_aggregate::expr_fn,
    logical_expr::{
        Aggregate, Expr, LogicalPlan, Projection, cast, expr::AggregateFunction, lit, when,
    },
    prelude::coalesce,
};

use super::{
    class::{Class, Columns, Reason, class, finer},
    input::{Input, Instead, count_of, grains, over, tells_rows_apart},
};
use crate::money;

/// How an aggregate function is computed over rollups.
enum Way {
    /// As it stands.
    AsIs,
    /// A count, as the sum of the line items that rows stand for, where this is true (everywhere, if nothing is).
    Count(Option<Expr>),
}

/// The same aggregate over rollups, or why it has to read line items. `None` if it reads nothing that has rollups.
pub(super) fn over_rollups(aggregate: &Aggregate) -> Option<Result<Result<LogicalPlan, Reason>>> {
    let mut told = None;
    // What can be told from coarse rollups can be told from finer ones, too.
    for per in grains(&aggregate.input).into_iter().rev() {
        told = rewrite(aggregate, Instead::Rollups { per });
        if !matches!(told, Some(Ok(Err(_)))) {
            break;
        }
    }
    told
}

/// The same aggregate over what may be read `instead`, or why it has to read line items. `None` if it reads nothing that has
/// such.
pub(super) fn rewrite(
    aggregate: &Aggregate,
    instead: Instead<'_>,
) -> Option<Result<Result<LogicalPlan, Reason>>> {
    if !instead.is_for(&aggregate.input) {
        return None;
    }
    let ways = match prove(aggregate, instead) {
        Ok(ways) => ways,
        Err(reason) => return Some(Ok(Err(reason))),
    };
    let mut used = false;
    Some(build(aggregate, instead, &ways, &mut used).map(|plan| {
        if used {
            Ok(plan)
        } else {
            Err("no rollup has all the columns that are needed".to_owned())
        }
    }))
}

/// How each function may be computed.
fn prove(aggregate: &Aggregate, instead: Instead<'_>) -> Result<Vec<Way>, Reason> {
    let input = Input::of(&aggregate.input, instead)?;
    for group in &aggregate.group_expr {
        match class(group, &input)? {
            Class::Dimension | Class::Free => {}
            Class::Time => return Err(format!("`{group}` tells {}s apart", finer(input.grain()))),
            Class::Linear { .. } => return Err(format!("`{group}` tells amounts apart")),
        }
    }
    let ways = aggregate.aggr_expr.iter().map(|expr| way(expr, &input));
    ways.collect()
}

fn function(expr: &Expr) -> Option<&AggregateFunction> {
    match expr {
        Expr::AggregateFunction(function) => Some(function),
        Expr::Alias(alias) => function(&alias.expr),
        _ => None,
    }
}

fn way(expr: &Expr, input: &Input) -> Result<Way, Reason> {
    let function = function(expr).ok_or_else(|| format!("`{expr}` is no plain aggregate"))?;
    let params = &function.params;
    let refused = |why: &str| Err(format!("`{expr}` {why}"));
    if !params.order_by.is_empty() || params.null_treatment.is_some() {
        return refused("depends on the order of line items");
    }
    if let Some(filter) = &params.filter {
        tells_rows_apart(filter, input)?;
    }
    let [argument] = params.args.as_slice() else {
        return refused("takes other than one argument");
    };
    let of = class(argument, input)?;
    // By what it is, not by its name alone: another function of the same name would be another type.
    let own = |name: &str| function.func.name() == name;
    match (of, params.distinct) {
        (Class::Dimension | Class::Free, true) if own("count") || own("min") || own("max") => {
            Ok(Way::AsIs)
        }
        (_, true) => refused("counts or adds up distinct values"),
        (Class::Dimension | Class::Free, false) if own("min") || own("max") => Ok(Way::AsIs),
        (Class::Dimension | Class::Free, false) if own("count") => Ok(match argument {
            Expr::Literal(value, _) if !value.is_null() => Way::Count(None),
            argument => Way::Count(Some(argument.clone().is_not_null())),
        }),
        (Class::Linear { never_null }, false) if own("count") => {
            if never_null {
                Ok(Way::Count(None))
            } else {
                refused("counts line items with an amount, which rollups do not tell")
            }
        }
        (Class::Linear { .. }, false) if function.func.as_ref() == &money::sum() => Ok(Way::AsIs),
        (Class::Time, _) => refused(&format!("needs the {} of usage", finer(input.grain()))),
        _ => refused("is not linear"),
    }
}

fn build(
    aggregate: &Aggregate,
    instead: Instead<'_>,
    ways: &[Way],
    used: &mut bool,
) -> Result<LogicalPlan> {
    let counted = ways.iter().any(|way| matches!(way, Way::Count(_)));
    let input = over(&aggregate.input, instead, counted, used)?;
    if !counted {
        let rewritten = Aggregate::try_new_with_schema(
            Arc::new(input),
            aggregate.group_expr.clone(),
            aggregate.aggr_expr.clone(),
            Arc::clone(&aggregate.schema),
        )?;
        return Ok(LogicalPlan::Aggregate(rewritten));
    }
    let count = count_of(&input);
    let mut exprs = Vec::with_capacity(ways.len());
    for (index, (expr, way)) in aggregate.aggr_expr.iter().zip(ways).enumerate() {
        exprs.push(match way {
            Way::AsIs => expr.clone(),
            Way::Count(condition) => {
                let counted = match condition {
                    None => count.clone(),
                    Some(condition) => when(condition.clone(), count.clone())
                        .otherwise(Expr::Literal(ScalarValue::Int64(Some(0)), None))?,
                };
                let mut sum = expr_fn::sum(counted);
                if let (Expr::AggregateFunction(sum), Some(function)) = (&mut sum, function(expr)) {
                    sum.params.filter.clone_from(&function.params.filter);
                }
                sum.alias(format!("__count_{index}"))
            }
        });
    }
    let groups = aggregate.group_expr.clone();
    let counted = Aggregate::try_new(Arc::new(input), groups, exprs)?;
    let names = aggregate.schema.iter();
    let columns = counted.schema.columns();
    let functions = aggregate.schema.fields().len() - ways.len();
    let mut outputs = Vec::with_capacity(columns.len());
    for (index, ((qualifier, field), column)) in names.zip(columns).enumerate() {
        let expr = match index.checked_sub(functions).map(|index| &ways[index]) {
            // No line items at all count zero.
            Some(Way::Count(_)) => {
                let count = coalesce(vec![Expr::Column(column), lit(0_i64)]);
                cast(count, DataType::Int64)
            }
            _ => Expr::Column(column),
        };
        outputs.push(expr.alias_qualified(qualifier.cloned(), field.name()));
    }
    let counted = Arc::new(LogicalPlan::Aggregate(counted));
    Ok(LogicalPlan::Projection(Projection::try_new(
        outputs, counted,
    )?))
}
