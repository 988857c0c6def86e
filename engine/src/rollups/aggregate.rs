//! An aggregate over line items, as one over rollups.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::Result,
    functions_aggregate::expr_fn,
    logical_expr::{Aggregate, Expr, LogicalPlan, Projection, cast, expr::AggregateFunction, lit},
    prelude::coalesce,
};

use super::{
    class::{Class, Columns, Reason, class, finer, tells_rows_apart},
    input::{Input, Instead, grains},
    looked::Looked,
    over::{Refusal, over},
    told::{Tell, extreme, told_by, with},
};
use crate::money;

/// How an aggregate function is computed over rollups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// As it stands.
    AsIs,
    /// A count, as the sum of how many line items have a value.
    Count,
    /// The least or the `most` amount, of those of rows.
    Extreme { most: bool },
    /// An average, as a sum divided by a count.
    Average,
}

impl Way {
    /// How many aggregates it takes.
    fn parts(self) -> usize {
        if self == Self::Average { 2 } else { 1 }
    }
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
    let mut used = false;
    match proven(aggregate, instead, &mut used) {
        Ok(plan) if used => Some(Ok(Ok(plan))),
        Ok(_) => Some(Ok(Err(
            "no rollup has all the columns that are needed".to_owned()
        ))),
        Err(Refusal::Because(reason)) => Some(Ok(Err(reason))),
        Err(Refusal::Failed(error)) => Some(Err(error)),
    }
}

fn proven(
    aggregate: &Aggregate,
    instead: Instead<'_>,
    used: &mut bool,
) -> std::result::Result<LogicalPlan, Refusal> {
    let input = Input::of(&aggregate.input, instead)?;
    let ways = prove(aggregate, &input)?;
    build(aggregate, instead, &input, &ways, used)
}

/// How each function may be computed.
fn prove(aggregate: &Aggregate, input: &Input) -> Result<Vec<Way>, Reason> {
    for group in &aggregate.group_expr {
        match class(group, input)? {
            Class::Dimension | Class::Free => {}
            Class::Time => return Err(format!("`{group}` tells {}s apart", finer(input.grain()))),
            Class::Linear { .. } => return Err(format!("`{group}` tells amounts apart")),
        }
    }
    let ways = aggregate.aggr_expr.iter().map(|expr| way(expr, input));
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
        (Class::Dimension | Class::Free | Class::Linear { .. }, false) if own("count") => {
            Ok(Way::Count)
        }
        (Class::Linear { .. }, false) if own("min") || own("max") => {
            Ok(Way::Extreme { most: own("max") })
        }
        (Class::Linear { .. }, false) if function.func.as_ref() == &money::sum() => Ok(Way::AsIs),
        (Class::Linear { .. }, false) if function.func.as_ref() == &money::avg() => {
            Ok(Way::Average)
        }
        (Class::Time, _) => refused(&format!("needs the {} of usage", finer(input.grain()))),
        _ => refused("is not linear"),
    }
}

/// The aggregates over rows that stand for line items, of which `expr` is computed.
fn parts(expr: &Expr, way: Way, input: &Input, tell: &mut Tell<'_>) -> Result<Vec<Expr>, Reason> {
    let Some((function, [argument])) =
        function(expr).map(|function| (function, function.params.args.as_slice()))
    else {
        return Err(format!("`{expr}` is no plain aggregate"));
    };
    let filtered = |mut aggregate: Expr| {
        if let Expr::AggregateFunction(aggregate) = &mut aggregate {
            aggregate.params.filter.clone_from(&function.params.filter);
        }
        aggregate
    };
    let parts = match way {
        Way::AsIs => return Ok(vec![expr.clone()]),
        Way::Count => vec![expr_fn::sum(with(argument, input, tell)?)],
        Way::Extreme { most } => {
            let amount = extreme(argument, most, input, tell)?;
            let aggregate = if most { expr_fn::max } else { expr_fn::min };
            vec![aggregate(amount)]
        }
        Way::Average => vec![
            money::sum().call(vec![argument.clone()]),
            expr_fn::sum(with(argument, input, tell)?),
        ],
    };
    Ok(parts.into_iter().map(filtered).collect())
}

fn build(
    aggregate: &Aggregate,
    instead: Instead<'_>,
    input: &Input,
    ways: &[Way],
    used: &mut bool,
) -> std::result::Result<LogicalPlan, Refusal> {
    let functions = || aggregate.aggr_expr.iter().zip(ways);
    let mut asked = Vec::new();
    let mut looked = Looked::by(&aggregate.group_expr, &input.schema)?;
    for (expr, way) in functions() {
        let parts = parts(expr, *way, input, &mut |told| {
            if !asked.contains(&told) {
                asked.push(told);
            }
            lit(0_i64)
        })?;
        looked.also(&parts, &input.schema)?;
    }
    let below = over(&aggregate.input, instead, &asked, &looked, used)?;
    if ways.iter().all(|way| *way == Way::AsIs) {
        let rewritten = Aggregate::try_new_with_schema(
            Arc::new(below),
            aggregate.group_expr.clone(),
            aggregate.aggr_expr.clone(),
            Arc::clone(&aggregate.schema),
        )?;
        return Ok(LogicalPlan::Aggregate(rewritten));
    }
    let tell = told_by(&below, &asked);
    let mut exprs = Vec::with_capacity(ways.len());
    for (index, (expr, way)) in functions().enumerate() {
        let parts = parts(expr, *way, input, &mut |told| tell(told))?;
        for (part, expr) in parts.into_iter().enumerate() {
            exprs.push(match way {
                Way::AsIs => expr,
                _ => expr.alias(format!("__part_{part}_of_{index}")),
            });
        }
    }
    let groups = aggregate.group_expr.clone();
    let of_parts = Aggregate::try_new(Arc::new(below), groups, exprs)?;
    let mut columns = of_parts.schema.columns().into_iter().map(Expr::Column);
    let mut outputs: Vec<Expr> = Vec::new();
    let taken: usize = ways.iter().map(|way| way.parts()).sum();
    outputs.extend(
        columns
            .by_ref()
            .take(of_parts.schema.fields().len() - taken),
    );
    for way in ways {
        let parts: Vec<_> = columns.by_ref().take(way.parts()).collect();
        outputs.push(match (way, parts.as_slice()) {
            // No line items at all count zero.
            (Way::Count, [count]) => {
                cast(coalesce(vec![count.clone(), lit(0_i64)]), DataType::Int64)
            }
            (Way::Average, [sum, count]) => money::average_of(sum.clone(), count.clone()),
            (_, [part, ..]) => part.clone(),
            (_, []) => return Err(Refusal::because("a part of an aggregate is missing")),
        });
    }
    let names = aggregate.schema.iter();
    let outputs = outputs
        .into_iter()
        .zip(names)
        .map(|(expr, (qualifier, field))| expr.alias_qualified(qualifier.cloned(), field.name()));
    let of_parts = Arc::new(LogicalPlan::Aggregate(of_parts));
    let projected = Projection::try_new(outputs.collect(), of_parts)?;
    Ok(LogicalPlan::Projection(projected))
}
