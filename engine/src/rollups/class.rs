//! Which expressions mean on a rollup's row what they mean on the line items that it stands for.

use chrono::{DateTime, Datelike, NaiveTime};
use curtail_store::Grain;
use datafusion::{
    arrow::datatypes::{DataType, TimeUnit},
    common::{Column, DFSchema, ScalarValue},
    logical_expr::{BinaryExpr, Case, Expr, ExprSchemable, Operator, expr::ScalarFunction},
};

use super::times;

/// Microseconds in an hour.
const HOUR: i64 = 3_600_000_000;

/// What an expression is on the row of a rollup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// The same as on each line item: they all have it.
    Dimension,
    /// The sum of what it is on the line items, of which NULLs are left out; NULL if all of them are.
    Linear {
        /// Whether it is NULL on no line item.
        never_null: bool,
    },
    /// The start of usage: on the row, the beginning of its stretch of time.
    Time,
    /// It stands on line items only: anything may be done with it.
    Free,
}

/// Why an expression is of no class.
pub(super) type Reason = String;

/// The classes of the columns that an expression may speak of.
pub(super) trait Columns {
    /// The class of a column.
    fn class(&self, column: &Column) -> Result<Class, Reason>;
    /// What they are the columns of.
    fn schema(&self) -> &DFSchema;
    /// The stretches of time that rows tell apart.
    fn grain(&self) -> Grain;
}

/// What is finer than what rows tell apart, for people.
pub(super) fn finer(grain: Grain) -> &'static str {
    match grain {
        Grain::Hour => "minute",
        Grain::Day => "hour",
        Grain::Month => "day",
        Grain::Period => "time",
    }
}

/// The class of `expr`, or why it has none.
pub(super) fn class(expr: &Expr, columns: &dyn Columns) -> Result<Class, Reason> {
    if expr.is_volatile_node() {
        return Err(format!("`{expr}` is not the same each time"));
    }
    match expr {
        Expr::Column(column) => columns.class(column),
        Expr::Literal(..) => Ok(Class::Dimension),
        Expr::Alias(alias) => class(&alias.expr, columns),
        Expr::Case(case) => of_case(case, expr, columns),
        Expr::BinaryExpr(binary) => of_binary(binary, expr, columns),
        Expr::Negative(inner) => match class(inner, columns)? {
            linear @ Class::Linear { .. } => Ok(linear),
            of => alike(expr, [(inner.as_ref(), of)], columns),
        },
        Expr::Cast(cast) => {
            let to = cast.field.data_type();
            match class(&cast.expr, columns)? {
                linear @ Class::Linear { .. } => {
                    of_amount_as(to, linear, &cast.expr, expr, columns)
                }
                Class::Time => of_time_as(to, &cast.expr, expr, columns),
                of => alike(expr, [(cast.expr.as_ref(), of)], columns),
            }
        }
        Expr::TryCast(cast) => match class(&cast.expr, columns)? {
            Class::Time => of_time_as(cast.field.data_type(), &cast.expr, expr, columns),
            of => alike(expr, [(cast.expr.as_ref(), of)], columns),
        },
        // It is computed once, whatever it reads.
        Expr::ScalarSubquery(query) if query.outer_ref_columns.is_empty() => Ok(Class::Dimension),
        Expr::ScalarFunction(function) => of_function(function, expr, columns),
        _ => of_parts(expr, columns),
    }
}

/// Whether a condition is the same for all line items of a rollup's row.
pub(super) fn tells_rows_apart(condition: &Expr, columns: &dyn Columns) -> Result<(), Reason> {
    match class(condition, columns)? {
        Class::Dimension | Class::Free => Ok(()),
        _ => Err(format!("`{condition}` holds line item by line item")),
    }
}

/// The class of an amount that is made a value of another type.
fn of_amount_as(
    to: &DataType,
    linear: Class,
    amount: &Expr,
    expr: &Expr,
    columns: &dyn Columns,
) -> Result<Class, Reason> {
    match (amount.get_type(columns.schema()), to) {
        (Ok(DataType::Decimal128(_, from)), DataType::Decimal128(38, to)) if from == *to => {
            Ok(linear)
        }
        (Ok(from), to) if from == *to => Ok(linear),
        (_, to) => Err(depends(expr, to)),
    }
}

/// Why an amount in another type is no amount.
fn depends(expr: &Expr, to: &DataType) -> Reason {
    format!("`{expr}`: a sum of {to} depends on what it is summed of")
}

/// The class of a time of usage that is made a value of another type.
fn of_time_as(
    to: &DataType,
    time: &Expr,
    expr: &Expr,
    columns: &dyn Columns,
) -> Result<Class, Reason> {
    match to {
        DataType::Date32 if columns.grain() <= Grain::Day => Ok(Class::Dimension),
        // Nothing is cut off.
        DataType::Timestamp(TimeUnit::Microsecond | TimeUnit::Nanosecond, zone)
            if (zone.as_deref()).is_none_or(|zone| matches!(zone, "UTC" | "+00:00")) =>
        {
            Ok(Class::Time)
        }
        _ => alike(expr, [(time, Class::Time)], columns),
    }
}

/// An expression that is the same for all line items because all that it is made of is.
fn of_parts(expr: &Expr, columns: &dyn Columns) -> Result<Class, Reason> {
    let mut parts = Vec::new();
    let whole = datafusion::common::tree_node::TreeNode::apply_children(expr, |part| {
        parts.push(class(part, columns).map(|class| (part.clone(), class)));
        Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
    });
    whole.map_err(|error| error.to_string())?;
    let parts = parts.into_iter().collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() || is_query(expr) {
        return Err(format!("`{expr}` cannot be told from rollups"));
    }
    alike(
        expr,
        parts.iter().map(|(part, class)| (part, *class)),
        columns,
    )
}

/// The same of an expression whose parts are of these classes.
fn alike<'a>(
    expr: &Expr,
    parts: impl IntoIterator<Item = (&'a Expr, Class)>,
    columns: &dyn Columns,
) -> Result<Class, Reason> {
    let mut all = Class::Free;
    for (part, class) in parts {
        match class {
            Class::Free => {}
            Class::Dimension => all = Class::Dimension,
            Class::Linear { .. } => {
                return Err(format!("`{expr}` is not linear in `{part}`"));
            }
            Class::Time => {
                let finer = finer(columns.grain());
                return Err(format!("`{expr}` needs the {finer} of `{part}`"));
            }
        }
    }
    Ok(all)
}

fn is_query(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Exists(_)
            | Expr::InSubquery(_)
            | Expr::ScalarSubquery(_)
            | Expr::SetComparison(_)
            | Expr::OuterReferenceColumn(..)
            | Expr::AggregateFunction(_)
            | Expr::WindowFunction(_)
            | Expr::Unnest(_)
    )
}

/// What `expr`, which is of this class, adds to a sum: NULL and zero add nothing, whatever they stand for.
fn term(expr: &Expr, class: Class) -> Class {
    match literal(expr) {
        Some(value) if value.is_null() => Class::Linear { never_null: false },
        Some(value) if is_zero(value) => Class::Linear { never_null: true },
        _ => class,
    }
}

/// The constant that an expression is.
pub(super) fn literal(expr: &Expr) -> Option<&ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value),
        Expr::Alias(alias) => literal(&alias.expr),
        Expr::Cast(cast) => literal(&cast.expr),
        _ => None,
    }
}

/// Whether a constant is an amount of nothing.
pub(super) fn is_zero(value: &ScalarValue) -> bool {
    matches!(
        value,
        ScalarValue::Decimal128(Some(0), ..)
            | ScalarValue::Int64(Some(0))
            | ScalarValue::Int32(Some(0))
    )
}

fn is_linear(class: Class) -> bool {
    matches!(class, Class::Linear { .. })
}

/// The amount of `CASE WHEN amount IS NOT NULL THEN amount ELSE 0 END`, which is what becomes of `coalesce(amount, 0)`.
pub(super) fn or_zero(case: &Case) -> Option<&Expr> {
    let [(when, then)] = case.when_then_expr.as_slice() else {
        return None;
    };
    let Expr::IsNotNull(amount) = when.as_ref() else {
        return None;
    };
    let otherwise = case.else_expr.as_deref().and_then(literal)?;
    (case.expr.is_none() && amount == then && is_zero(otherwise)).then_some(amount)
}

/// A choice between terms, which is made alike for all line items of a row.
fn of_case(case: &Case, expr: &Expr, columns: &dyn Columns) -> Result<Class, Reason> {
    if let Some(amount) = or_zero(case)
        && is_linear(class(amount, columns)?)
    {
        return Ok(Class::Linear { never_null: true });
    }
    let conditions = case.when_then_expr.iter().map(|(when, _)| when.as_ref());
    let mut all = Class::Free;
    for condition in conditions.chain(case.expr.as_deref()) {
        match class(condition, columns)? {
            Class::Free => {}
            Class::Dimension => all = Class::Dimension,
            _ => return Err(format!("`{condition}` decides line item by line item")),
        }
    }
    let thens = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
    let terms = thens.chain(case.else_expr.as_deref());
    let terms = terms.map(|part| class(part, columns).map(|class| (part, class)));
    let terms = terms.collect::<Result<Vec<_>, _>>()?;
    if !terms.iter().any(|(_, class)| is_linear(*class)) {
        let chosen = alike(expr, terms, columns)?;
        return Ok(if chosen == Class::Free { all } else { chosen });
    }
    // Without ELSE, what no condition holds for is NULL.
    let mut never_null = case.else_expr.is_some();
    for (part, class) in terms {
        match term(part, class) {
            Class::Linear { never_null: never } => never_null &= never,
            _ => return Err(format!("`{expr}` mixes sums with `{part}`")),
        }
    }
    Ok(Class::Linear { never_null })
}

fn of_binary(binary: &BinaryExpr, expr: &Expr, columns: &dyn Columns) -> Result<Class, Reason> {
    let (left, right) = (
        class(&binary.left, columns)?,
        class(&binary.right, columns)?,
    );
    let grain = columns.grain();
    let moves = |interval: &Expr| {
        literal(interval).is_some_and(|interval| times::moves_whole(interval, grain))
    };
    match (left, binary.op, right) {
        (Class::Time, Operator::GtEq | Operator::Lt, _) if is_boundary(&binary.right, grain) => {
            Ok(Class::Dimension)
        }
        (_, Operator::LtEq | Operator::Gt, Class::Time) if is_boundary(&binary.left, grain) => {
            Ok(Class::Dimension)
        }
        (Class::Time, Operator::Plus | Operator::Minus, _) if moves(&binary.right) => {
            Ok(Class::Time)
        }
        (_, Operator::Plus, Class::Time) if moves(&binary.left) => Ok(Class::Time),
        (left, Operator::Plus | Operator::Minus, right) if is_linear(left) || is_linear(right) => {
            let terms = [term(&binary.left, left), term(&binary.right, right)];
            let zero = |expr: &Expr| literal(expr).is_some_and(is_zero);
            match terms {
                // Nothing but the sign changes.
                [_, Class::Linear { never_null }] if zero(&binary.left) => {
                    Ok(Class::Linear { never_null })
                }
                [Class::Linear { never_null }, _] if zero(&binary.right) => {
                    Ok(Class::Linear { never_null })
                }
                [
                    Class::Linear { never_null: true },
                    Class::Linear { never_null: true },
                ] => Ok(Class::Linear { never_null: true }),
                [Class::Linear { .. }, Class::Linear { .. }] => Err(format!(
                    "`{expr}` is NULL where one part of it is: put coalesce(…, 0) around both"
                )),
                _ => Err(format!("`{expr}` adds something else to a sum")),
            }
        }
        (left, _, right) => {
            let parts = [(binary.left.as_ref(), left), (binary.right.as_ref(), right)];
            alike(expr, parts, columns)
        }
    }
}

/// Whether a stretch of time begins here, so that comparing with it tells whole stretches.
fn is_boundary(expr: &Expr, grain: Grain) -> bool {
    let micros = match literal(expr) {
        Some(&ScalarValue::TimestampMicrosecond(Some(time), _)) => Some(time),
        Some(&ScalarValue::TimestampMillisecond(Some(time), _)) => time.checked_mul(1_000),
        Some(&ScalarValue::TimestampSecond(Some(time), _)) => time.checked_mul(1_000_000),
        Some(&ScalarValue::TimestampNanosecond(Some(time), _)) => {
            (time % 1_000 == 0).then_some(time / 1_000)
        }
        Some(&ScalarValue::Date32(Some(day))) => Some(i64::from(day) * 24 * HOUR),
        _ => None,
    };
    micros.is_some_and(|micros| match grain {
        Grain::Hour => micros % HOUR == 0,
        Grain::Day => micros % (24 * HOUR) == 0,
        Grain::Month => DateTime::from_timestamp_micros(micros)
            .is_some_and(|time| time.day() == 1 && time.time() == NaiveTime::MIN),
        Grain::Period => false,
    })
}

fn of_function(
    function: &ScalarFunction,
    expr: &Expr,
    columns: &dyn Columns,
) -> Result<Class, Reason> {
    let arguments = function.args.as_slice();
    let classes = arguments.iter().map(|argument| class(argument, columns));
    let classes = classes.collect::<Result<Vec<_>, _>>()?;
    let told = |name: &str, rest: &[&Expr]| {
        let coarsest = times::coarsest(name, rest);
        if coarsest.is_some_and(|coarsest| columns.grain() <= coarsest) {
            Ok(Class::Dimension)
        } else {
            let finer = finer(columns.grain());
            Err(format!("`{expr}` needs the {finer} of usage"))
        }
    };
    match (function.name(), arguments, classes.as_slice()) {
        // What users' casts to doubles become.
        ("as_double", [_], [Class::Linear { .. }]) => Err(depends(expr, &DataType::Float64)),
        ("coalesce", [_, zero], [Class::Linear { .. }, _])
            if literal(zero).is_some_and(is_zero) =>
        {
            Ok(Class::Linear { never_null: true })
        }
        ("coalesce", [_, _, ..], [Class::Linear { .. }, ..]) => {
            Err(format!("`{expr}` falls back line item by line item"))
        }
        ("date_add", [unit, ..], [_, Class::Dimension | Class::Free, Class::Time])
            if times::unit_moves_whole(unit, columns.grain()) =>
        {
            Ok(Class::Time)
        }
        (name, [_], [Class::Time]) => told(name, &[]),
        // A pattern comes behind the time, a unit before it.
        (name, [_, pattern], [Class::Time, Class::Dimension]) => told(name, &[pattern]),
        (name, [unit, _], [Class::Dimension, Class::Time]) => told(name, &[unit]),
        (_, [], _) => Err(format!("`{expr}` cannot be told from rollups")),
        _ => alike(expr, arguments.iter().zip(classes), columns),
    }
}
