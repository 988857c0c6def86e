//! Aggregates that are functions of others: of arrays in an order, of a histogram, of the best values.

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{
        BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
        FunctionArguments, Ident, LambdaFunction, LambdaFunctionParameter, LambdaSyntax,
        ListAggOnOverflow, NullTreatment, ObjectName, ObjectNamePart, OneOrManyWithParens,
        OrderByExpr, Statement,
    },
};

use super::each_expression;
use crate::{
    ast::{call, name, number, text},
    functions::{FIRST_OF_EACH, MOST_FREQUENT, TRUNCATED},
};

/// What stands for values that are left out, where nothing else is said.
const FILLER: &str = "...";

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        if let Expr::Function(function) = expression
            && let Some(made) = made(function)
        {
            *expression = made;
        }
        Ok(())
    })
}

/// What takes the place of an aggregate.
fn made(function: &Function) -> Option<Expr> {
    let values = values(function)?;
    match (name(function)?, values.as_slice()) {
        ("max", [value, count]) => Some(best(function, "max_by", value, count)),
        ("min", [value, count]) => Some(best(function, "min_by", value, count)),
        ("approx_most_frequent", [buckets, value, _]) => {
            let counts = with_values(function, "histogram", vec![value.clone()]);
            Some(call(MOST_FREQUENT, vec![counts, buckets.clone()]))
        }
        ("map_agg", [key, value]) => {
            Some(call(FIRST_OF_EACH, vec![entries(function, key, value)?]))
        }
        ("multimap_agg", [key, value]) => Some(call(
            "multimap_from_entries",
            vec![entries(function, key, value)?],
        )),
        ("set_agg", [_]) => {
            order(function)?;
            let all = with_values(function, "array_agg", values);
            Some(call("array_distinct", vec![all]))
        }
        // What two states come to matters to engines alone that keep several.
        ("reduce_agg", [value, state, merge @ Expr::Lambda(_), Expr::Lambda(_)]) => {
            let all = with_values(function, "array_agg", vec![value.clone()]);
            let all = of_known(all, value);
            let same = Expr::Lambda(itself());
            Some(call(
                "reduce",
                vec![all, state.clone(), merge.clone(), same],
            ))
        }
        // The first value that is not NULL.
        ("arbitrary" | "any_value", [_]) => {
            order(function)?;
            let mut first = renamed(function, "first_value");
            first.null_treatment = Some(NullTreatment::IgnoreNulls);
            Some(Expr::Function(first))
        }
        ("listagg", [value, rest @ ..]) => {
            let separator = rest.first().cloned().unwrap_or_else(|| text(""));
            listed(function, value, separator)
        }
        _ => None,
    }
}

/// `state -> state`.
fn itself() -> LambdaFunction {
    let state = Ident::new("__state");
    LambdaFunction {
        params: OneOrManyWithParens::One(LambdaFunctionParameter {
            name: state.clone(),
            data_type: None,
        }),
        body: Box::new(Expr::Identifier(state)),
        syntax: LambdaSyntax::Arrow,
    }
}

/// The arguments, whatever stands behind them.
fn values(function: &Function) -> Option<Vec<Expr>> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    list.args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value.clone()),
            _ => None,
        })
        .collect()
}

fn clauses(function: &Function) -> &[FunctionArgumentClause] {
    match &function.args {
        FunctionArguments::List(list) => &list.clauses,
        _ => &[],
    }
}

/// The order in which values are to come; `None` if none is asked for.
fn order(function: &Function) -> Option<&[OrderByExpr]> {
    clauses(function).iter().find_map(|clause| match clause {
        FunctionArgumentClause::OrderBy(keys) => Some(keys.as_slice()),
        _ => None,
    })
}

fn renamed(function: &Function, to: &str) -> Function {
    let mut made = function.clone();
    match made.name.0.as_mut_slice() {
        [ObjectNamePart::Identifier(ident)] => to.clone_into(&mut ident.value),
        _ => made.name = ObjectName::from(vec![Ident::new(to)]),
    }
    made
}

/// The same aggregate of other values, by another name.
fn with_values(function: &Function, to: &str, values: Vec<Expr>) -> Expr {
    let mut made = renamed(function, to);
    if let FunctionArguments::List(list) = &mut made.args {
        list.args = values
            .into_iter()
            .map(|value| FunctionArg::Unnamed(FunctionArgExpr::Expr(value)))
            .collect();
    }
    Expr::Function(made)
}

/// `max(x, n)` is `max_by(x, x, n)`.
fn best(function: &Function, to: &str, value: &Expr, count: &Expr) -> Expr {
    with_values(
        function,
        to,
        vec![value.clone(), value.clone(), count.clone()],
    )
}

/// The array of keys with their values, in the order that is asked for.
fn entries(function: &Function, key: &Expr, value: &Expr) -> Option<Expr> {
    order(function)?;
    let entry = call("row", vec![key.clone(), value.clone()]);
    Some(of_known(
        with_values(function, "array_agg", vec![entry]),
        key,
    ))
}

/// An aggregate of the rows in which `value` is not NULL.
fn of_known(aggregate: Expr, value: &Expr) -> Expr {
    let Expr::Function(mut function) = aggregate else {
        return aggregate;
    };
    let known = Expr::IsNotNull(Box::new(Expr::Nested(Box::new(value.clone()))));
    function.filter = Some(Box::new(match function.filter.take() {
        Some(filter) => Expr::BinaryOp {
            left: Box::new(Expr::Nested(filter)),
            op: BinaryOperator::And,
            right: Box::new(known),
        },
        None => known,
    }));
    Expr::Function(function)
}

/// `listagg` of an array of all values, where they come in an order or are not all to be listed. Two aggregates that ask for their rows in
/// orders of their own cannot stand side by side, while arrays are put in order by themselves.
fn listed(function: &Function, value: &Expr, separator: Expr) -> Option<Expr> {
    let truncate = clauses(function).iter().find_map(|clause| match clause {
        FunctionArgumentClause::OnOverflow(ListAggOnOverflow::Truncate { filler, with_count }) => {
            Some((filler.as_deref().cloned(), *with_count))
        }
        _ => None,
    });
    let mut function = function.clone();
    let order = std::mem::take(&mut function.within_group);
    if let FunctionArguments::List(list) = &mut function.args {
        list.clauses
            .retain(|clause| !matches!(clause, FunctionArgumentClause::OnOverflow(_)));
        if !order.is_empty() {
            list.clauses.push(FunctionArgumentClause::OrderBy(order));
        }
    }
    let all = with_values(&function, "array_agg", vec![value.clone()]);
    let all = of_known(all, value);
    let Some((filler, with_count)) = truncate else {
        self::order(&function)?;
        return Some(call("array_join", vec![all, separator]));
    };
    let filler = filler.unwrap_or_else(|| text(FILLER));
    let counted = if with_count { number(&1) } else { number(&0) };
    Some(call(TRUNCATED, vec![all, separator, filler, counted]))
}
