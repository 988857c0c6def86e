//! Expressions and columns that have one type although they are made of several.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field};
use datafusion::{
    common::{Column, DFSchema, tree_node::Transformed},
    error::Result,
    logical_expr::{
        Case, Expr, ExprSchemable, LogicalPlan, Operator, Projection, Union, binary_expr, cast,
        expr::ScalarFunction, lit, type_coercion::functions::fields_with_udf, when,
    },
};

use super::{
    AMOUNT,
    compare::{comparable, to_double, whole_decimal},
    convert::{as_text, to_text},
    kind::{Kind, literal, literal_text, types},
    read::{Otherwise, read},
    timestamp, zone,
};

/// Functions whose result is one of their arguments, or is made of all of them alike.
const UNIFYING: [&str; 6] = [
    "coalesce",
    "nvl",
    "ifnull",
    "greatest",
    "least",
    "make_array",
];

/// A CASE whose operand compares, and whose branches combine, as in Trino.
pub(super) fn case(case: Case, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let (case, searched) = searched(case, schema)?;
    let results = case
        .when_then_expr
        .iter()
        .map(|(_, then)| then.as_ref())
        .chain(case.else_expr.as_deref());
    let Some(mut results) = united(&results.collect::<Vec<_>>(), schema)?.map(Vec::into_iter)
    else {
        return Ok(if searched {
            Transformed::yes(Expr::Case(case))
        } else {
            Transformed::no(Expr::Case(case))
        });
    };
    let branches = case
        .when_then_expr
        .into_iter()
        .map(|(when, then)| (when, results.next().map_or(then, Box::new)))
        .collect();
    let otherwise = case
        .else_expr
        .map(|otherwise| results.next().map_or(otherwise, Box::new));
    Ok(Transformed::yes(Expr::Case(Case::new(
        case.expr, branches, otherwise,
    ))))
}

/// `CASE x WHEN y` as `CASE WHEN x = y`, if the types of `x` and `y` must be settled.
fn searched(case: Case, schema: &DFSchema) -> Result<(Case, bool)> {
    let Some(operand) = &case.expr else {
        return Ok((case, false));
    };
    let values = case.when_then_expr.iter().map(|(value, _)| value.as_ref());
    let (Ok(from), Some(types)) = (operand.get_type(schema), types(values, schema)) else {
        return Ok((case, false));
    };
    let mut conditions = Vec::with_capacity(case.when_then_expr.len());
    let mut changed = false;
    for ((value, _), value_type) in case.when_then_expr.iter().zip(&types) {
        let made = comparable(operand, &from, value, value_type)?;
        changed |= made.is_some();
        let (left, right) =
            made.unwrap_or_else(|| (operand.as_ref().clone(), value.as_ref().clone()));
        conditions.push(Box::new(binary_expr(left, Operator::Eq, right)));
    }
    if !changed {
        return Ok((case, false));
    }
    let thens = case.when_then_expr.into_iter().map(|(_, then)| then);
    let branches = conditions.into_iter().zip(thens).collect();
    Ok((Case::new(None, branches, case.else_expr), true))
}

/// A function whose arguments have one type, or become text.
pub(super) fn function(function: ScalarFunction, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let name = function.name();
    if name == "nullif" {
        return null_if(function, schema);
    }
    if UNIFYING.contains(&name) {
        let arguments: Vec<&Expr> = function.args.iter().collect();
        return Ok(match united(&arguments, schema)? {
            Some(arguments) => Transformed::yes(function.func.call(arguments)),
            None => Transformed::no(Expr::ScalarFunction(function)),
        });
    }
    // Only what is printed otherwise needs a look at what the function takes.
    let mut fields = Vec::with_capacity(function.args.len());
    let mut prints = false;
    for argument in &function.args {
        let Ok((_, field)) = argument.to_field(schema) else {
            return Ok(Transformed::no(Expr::ScalarFunction(function)));
        };
        prints |= as_text(argument, field.data_type()).is_some();
        fields.push(field);
    }
    if !prints {
        return Ok(Transformed::no(Expr::ScalarFunction(function)));
    }
    let Ok(taken) = fields_with_udf(&fields, function.func.as_ref()) else {
        return Ok(Transformed::no(Expr::ScalarFunction(function)));
    };
    let mut changed = false;
    let arguments = function
        .args
        .iter()
        .zip(fields.iter().zip(&taken))
        .map(|(argument, (from, to))| {
            let becomes_text = Kind::of(to.data_type()) == Kind::Text;
            let text = as_text(argument, from.data_type()).filter(|_| becomes_text);
            changed |= text.is_some();
            text.unwrap_or_else(|| argument.clone())
        })
        .collect();
    Ok(if changed {
        Transformed::yes(function.func.call(arguments))
    } else {
        Transformed::no(Expr::ScalarFunction(function))
    })
}

/// `nullif(x, y)`, which compares.
fn null_if(function: ScalarFunction, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let [value, other] = function.args.as_slice() else {
        return Ok(Transformed::no(Expr::ScalarFunction(function)));
    };
    let Some(types) = types(&function.args, schema) else {
        return Ok(Transformed::no(Expr::ScalarFunction(function)));
    };
    let Some((left, right)) = comparable(value, &types[0], other, &types[1])? else {
        return Ok(Transformed::no(Expr::ScalarFunction(function)));
    };
    let null = Expr::Literal((&types[0]).try_into()?, None);
    let made = when(binary_expr(left, Operator::Eq, right), null).otherwise(value.clone())?;
    Ok(Transformed::yes(made))
}

/// A UNION whose columns combine as in Trino.
///
/// If types have changed below, those of the union start from its inputs once more.
pub(super) fn union(mut union: Union, changed: bool) -> Result<Transformed<Union>> {
    let mut made: Vec<Vec<Option<Expr>>> = union
        .inputs
        .iter()
        .map(|input| vec![None; input.schema().fields().len()])
        .collect();
    let columns = union.schema.fields().len();
    if made.iter().any(|exprs| exprs.len() != columns) {
        return Ok(Transformed::no(union));
    }
    for place in 0..columns {
        let column = |input: &Arc<LogicalPlan>| {
            let (qualifier, field) = input.schema().qualified_field(place);
            (
                Expr::Column(Column::from((qualifier, field))),
                field.data_type().clone(),
            )
        };
        let (exprs, types): (Vec<_>, Vec<_>) = union.inputs.iter().map(column).unzip();
        let exprs: Vec<&Expr> = exprs.iter().collect();
        if let Some(united) = united_of(&exprs, &types)? {
            for (row, expr) in made.iter_mut().zip(united) {
                row[place] = Some(expr);
            }
        }
    }
    let settled = made.iter().flatten().any(Option::is_some);
    if !settled && !changed {
        return Ok(Transformed::no(union));
    }
    for (input, exprs) in union.inputs.iter_mut().zip(made) {
        if exprs.iter().any(Option::is_some) {
            *input = Arc::new(projected(input, exprs)?);
        }
    }
    union.schema = Arc::new(schema_of_first(&union)?);
    Ok(Transformed::yes(union))
}

/// The input with some of its columns replaced, under the same names.
fn projected(input: &Arc<LogicalPlan>, exprs: Vec<Option<Expr>>) -> Result<LogicalPlan> {
    let exprs = exprs
        .into_iter()
        .zip(input.schema().iter())
        .map(|(expr, (qualifier, field))| match expr {
            Some(expr @ Expr::Column(_)) => expr,
            Some(expr) => expr.alias_qualified(qualifier.cloned(), field.name()),
            None => Expr::Column(Column::from((qualifier, field))),
        })
        .collect();
    Ok(LogicalPlan::Projection(Projection::try_new(
        exprs,
        Arc::clone(input),
    )?))
}

/// The union's columns in the types of its first input.
fn schema_of_first(union: &Union) -> Result<DFSchema> {
    let Some(first) = union.inputs.first() else {
        return Ok(union.schema.as_ref().clone());
    };
    let fields = union
        .schema
        .iter()
        .zip(first.schema().fields())
        .map(|((qualifier, field), first)| {
            let field = Field::clone(field).with_data_type(first.data_type().clone());
            (qualifier.cloned(), Arc::new(field))
        })
        .collect();
    DFSchema::new_with_metadata(fields, union.schema.metadata().clone())
}

/// All in one type, or `None` if DataFusion's choice is right.
fn united(exprs: &[&Expr], schema: &DFSchema) -> Result<Option<Vec<Expr>>> {
    match types(exprs.iter().copied(), schema) {
        Some(types) => united_of(exprs, &types),
        None => Ok(None),
    }
}

fn united_of(exprs: &[&Expr], types: &[DataType]) -> Result<Option<Vec<Expr>>> {
    let Some(first) = types.first() else {
        return Ok(None);
    };
    if types.iter().all(|other| other == first) {
        return Ok(None);
    }
    let kinds: Vec<Kind> = types.iter().map(Kind::of).collect();
    let has = |kind: Kind| kinds.contains(&kind);
    let all = || exprs.iter().zip(types).zip(&kinds);
    let map = |each: &dyn Fn(&Expr, &DataType, Kind) -> Result<Expr>| {
        all()
            .map(|((expr, from), kind)| each(expr, from, *kind))
            .collect::<Result<Vec<_>>>()
            .map(Some)
    };
    if has(Kind::Other) {
        return Ok(None);
    }
    let has_time = has(Kind::Timestamp) || has(Kind::Date);
    if has(Kind::Text) {
        if !kinds
            .iter()
            .any(|kind| !matches!(kind, Kind::Text | Kind::Null))
        {
            return Ok(None);
        }
        let only_times = all().all(|((expr, _), kind)| match kind {
            Kind::Text => literal_text(expr).is_some_and(is_time),
            kind => kind.is_time() || *kind == Kind::Null,
        });
        if has_time && only_times {
            return map(&|expr, _, kind| {
                Ok(match kind {
                    Kind::Null => expr.clone(),
                    Kind::Text => read(expr, &timestamp(), Otherwise::Error),
                    _ => cast(expr.clone(), timestamp()),
                })
            });
        }
        return map(&|expr, from, _| Ok(to_text(expr, from)));
    }
    if has(Kind::Decimal) && has(Kind::Float) {
        let has_amount = types.contains(&AMOUNT);
        let whole = has_amount
            && all().all(|((expr, _), kind)| {
                *kind != Kind::Float || literal(expr).and_then(whole_decimal).is_some()
            });
        return map(&|expr, from, kind| match kind {
            Kind::Float if whole => Ok(literal(expr)
                .and_then(whole_decimal)
                .map_or_else(|| expr.clone(), |value| Expr::Literal(value, None))),
            Kind::Decimal if !whole => to_double(expr, from),
            _ => Ok(expr.clone()),
        });
    }
    if has(Kind::Timestamp)
        && kinds
            .iter()
            .all(|kind| kind.is_time() || *kind == Kind::Null)
    {
        let mut known = types.iter().filter(|data_type| !data_type.is_null());
        // A zone that all have stays.
        if let Some(zoned) = known.next().filter(|first| zone(first).is_some())
            && known.all(|other| other == zoned)
        {
            return Ok(None);
        }
        return map(&|expr, from, kind| {
            Ok(if kind == Kind::Null || *from == timestamp() {
                expr.clone()
            } else {
                cast(expr.clone(), timestamp())
            })
        });
    }
    Ok(None)
}

/// Whether text is a date or a time as they are written.
fn is_time(text: &str) -> bool {
    let read = read(&lit(text), &timestamp(), Otherwise::Null);
    literal(&read).is_some_and(|value| !value.is_null())
}
