//! Values for the `$name` placeholders of a statement.

use std::{
    collections::{BTreeMap, HashMap},
    ops::ControlFlow,
};

use datafusion::{
    arrow::datatypes::DataType,
    common::{
        ParamValues, ScalarValue,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    logical_expr::{Expr, LogicalPlan},
    sql::sqlparser::ast::{Expr as Expression, Statement as Ast, Value, visit_expressions_mut},
};

use crate::EngineError;

/// Values for placeholders, by name (without the `$`), as text; `None` is NULL.
///
/// A value takes the type that its place in the statement asks for: beside a decimal column it is read as a decimal.
pub type Params = BTreeMap<String, Option<String>>;

/// Puts `params` in place of the plan's placeholders; each one must have its value, and each value its placeholder.
pub(crate) fn bind(plan: LogicalPlan, params: &Params) -> Result<LogicalPlan, EngineError> {
    let mut types = plan
        .get_parameter_types()
        .map_err(|error| EngineError::from_datafusion(error, 0))?;
    for name in limits(&plan) {
        types.insert(name, Some(DataType::Int64));
    }
    let names: Vec<_> = types
        .keys()
        .map(|name| name.trim_start_matches('$'))
        .collect();
    if let Some(unused) = params.keys().find(|name| !names.contains(&name.as_str())) {
        return Err(wrong(unused, "the statement has no such placeholder"));
    }
    if types.is_empty() {
        return Ok(plan);
    }
    let values: HashMap<String, ScalarValue> = types
        .iter()
        .map(|(placeholder, data_type)| {
            let name = placeholder.trim_start_matches('$');
            let text = params
                .get(name)
                .ok_or_else(|| wrong(name, "no value was given"))?;
            Ok((
                name.to_owned(),
                value(name, text.as_deref(), data_type.as_ref())?,
            ))
        })
        .collect::<Result<_, EngineError>>()?;
    plan.with_param_values(ParamValues::from(values))
        .map_err(|error| EngineError::from_datafusion(error, 0))
}

/// The placeholders of a plan with the types that their places ask for, if these tell one.
pub(crate) fn typed(plan: &LogicalPlan) -> Result<BTreeMap<String, Option<DataType>>, EngineError> {
    let mut types = BTreeMap::<String, Option<DataType>>::new();
    let seen = plan.apply_with_subqueries(|plan| {
        plan.apply_expressions(|expr| {
            expr.apply(|expr| {
                if let Expr::Placeholder(placeholder) = expr {
                    let name = placeholder.id.trim_start_matches('$').to_owned();
                    let told = placeholder.field.as_ref();
                    let told = told.map(|field| field.data_type().clone());
                    let known = types.entry(name).or_default();
                    // The first place that tells one decides.
                    if known.is_none() {
                        *known = told;
                    }
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    seen.map_err(|error| EngineError::from_datafusion(error, 0))?;
    for name in limits(plan) {
        let name = name.trim_start_matches('$').to_owned();
        types.insert(name, Some(DataType::Int64));
    }
    Ok(types)
}

/// Puts values in place of the plan's placeholders. Text takes the type that its place asks for, other values keep theirs.
pub(crate) fn fill_in(
    plan: LogicalPlan,
    types: &BTreeMap<String, Option<DataType>>,
    values: &HashMap<String, ScalarValue>,
) -> Result<LogicalPlan, EngineError> {
    if types.is_empty() {
        return Ok(plan);
    }
    let limits = limits(&plan);
    let limits: Vec<_> = (limits.iter().map(|name| name.trim_start_matches('$'))).collect();
    let mut filled = HashMap::new();
    for (name, data_type) in types {
        let given = values.get(name);
        let given = given.ok_or_else(|| wrong(name, "no value was given"))?;
        let value = match given {
            ScalarValue::Utf8(text) => value(name, text.as_deref(), data_type.as_ref())?,
            typed if limits.contains(&name.as_str()) => typed
                .cast_to(&DataType::Int64)
                .map_err(|_| wrong(name, &format!("`{typed}` is no whole number")))?,
            typed => typed.clone(),
        };
        filled.insert(name.clone(), value);
    }
    plan.with_param_values(ParamValues::from(filled))
        .map_err(|error| EngineError::from_datafusion(error, 0))
}

/// Gives the placeholders `?` of a statement names, `$1` and so on in their order. Returns how many there are.
pub(crate) fn number(statement: &mut Ast) -> usize {
    let mut count = 0;
    each_unnamed(statement, |place| {
        count += 1;
        *place = Expression::value(Value::Placeholder(format!("${count}")));
    });
    count
}

/// Puts `values` in the place of the placeholders `?` of a statement, in their order. Returns how many placeholders there are.
pub(crate) fn fill(statement: &mut Ast, values: &[Expression]) -> usize {
    let mut count = 0;
    each_unnamed(statement, |place| {
        if let Some(value) = values.get(count) {
            *place = value.clone();
        }
        count += 1;
    });
    count
}

fn each_unnamed(statement: &mut Ast, mut change: impl FnMut(&mut Expression)) {
    let _ = visit_expressions_mut(statement, |expression| {
        let unnamed = matches!(expression, Expression::Value(value)
            if matches!(&value.value, Value::Placeholder(name) if name == "?"));
        if unnamed {
            change(expression);
        }
        ControlFlow::<()>::Continue(())
    });
}

/// Placeholders in LIMIT and OFFSET, for which DataFusion infers no type.
fn limits(plan: &LogicalPlan) -> Vec<String> {
    let mut names = Vec::new();
    plan.apply_with_subqueries(|plan| {
        if let LogicalPlan::Limit(limit) = plan {
            let parts = [&limit.skip, &limit.fetch].into_iter().flatten();
            names.extend(parts.filter_map(|expr| match expr.as_ref() {
                Expr::Placeholder(placeholder) => Some(placeholder.id.clone()),
                _ => None,
            }));
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .expect("collecting names never fails");
    names
}

fn value(
    name: &str,
    text: Option<&str>,
    data_type: Option<&DataType>,
) -> Result<ScalarValue, EngineError> {
    let Some(text) = text else {
        return data_type
            .map_or(Ok(ScalarValue::Utf8(None)), ScalarValue::try_from)
            .map_err(|error| wrong(name, &error.strip_backtrace()));
    };
    let plain = ScalarValue::from(text);
    match data_type {
        None | Some(DataType::Null | DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8) => {
            Ok(plain)
        }
        Some(data_type) => plain
            .cast_to(data_type)
            .map_err(|_| wrong(name, &format!("`{text}` is no {}", kind(data_type)))),
    }
}

fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Date32 | DataType::Date64 => "date (YYYY-MM-DD)",
        DataType::Timestamp(..) => "time (YYYY-MM-DDThh:mm:ssZ)",
        DataType::Boolean => "truth value",
        data_type if data_type.is_integer() => "whole number",
        _ => "number",
    }
}

fn wrong(name: &str, why: &str) -> EngineError {
    EngineError::Parameter {
        name: name.to_owned(),
        why: why.to_owned(),
    }
}
