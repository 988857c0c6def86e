//! Which expressions mean on a rollup's row what they mean on the line items that it stands for.

use chrono::{DateTime, Datelike, NaiveTime};
use curtail_store::Grain;
use datafusion::{
    arrow::datatypes::DataType,
    common::{Column, DFSchema, ScalarValue},
    logical_expr::{BinaryExpr, Case, Expr, ExprSchemable, Operator, expr::ScalarFunction},
};

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
    if expr.is_volatile() {
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
            _ => of_parts(expr, columns),
        },
        Expr::Cast(cast) => match class(&cast.expr, columns)? {
            linear @ Class::Linear { .. } => {
                let from = cast.expr.get_type(columns.schema());
                match (from, cast.field.data_type()) {
                    (Ok(DataType::Decimal128(_, from)), DataType::Decimal128(38, to))
                        if from == *to =>
                    {
                        Ok(linear)
                    }
                    (Ok(from), to) if from == *to => Ok(linear),
                    (_, to) => Err(format!(
                        "`{expr}`: a sum of {to} depends on what it is summed of"
                    )),
                }
            }
            Class::Time
                if *cast.field.data_type() == DataType::Date32 && columns.grain() <= Grain::Day =>
            {
                Ok(Class::Dimension)
            }
            _ => of_parts(expr, columns),
        },
        Expr::ScalarFunction(function) => of_function(function, expr, columns),
        _ => of_parts(expr, columns),
    }
}

/// An expression that is the same for all line items because all that it is made of is.
fn of_parts(expr: &Expr, columns: &dyn Columns) -> Result<Class, Reason> {
    let mut parts = Vec::new();
    let whole = datafusion::common::tree_node::TreeNode::apply_children(expr, |part| {
        parts.push(part.clone());
        Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
    });
    whole.map_err(|error| error.to_string())?;
    if parts.is_empty() || is_query(expr) {
        return Err(format!("`{expr}` cannot be told from rollups"));
    }
    let mut all = Class::Free;
    for part in &parts {
        match class(part, columns)? {
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

/// What `expr` adds to a sum: NULL and zero add nothing, whatever they stand for.
fn term(expr: &Expr, columns: &dyn Columns) -> Result<Class, Reason> {
    match literal(expr) {
        Some(value) if value.is_null() => Ok(Class::Linear { never_null: false }),
        Some(value) if is_zero(value) => Ok(Class::Linear { never_null: true }),
        _ => class(expr, columns),
    }
}

fn literal(expr: &Expr) -> Option<&ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value),
        Expr::Alias(alias) => literal(&alias.expr),
        Expr::Cast(cast) => literal(&cast.expr),
        _ => None,
    }
}

fn is_zero(value: &ScalarValue) -> bool {
    matches!(
        value,
        ScalarValue::Decimal128(Some(0), ..)
            | ScalarValue::Int64(Some(0))
            | ScalarValue::Int32(Some(0))
    )
}

/// The class of a choice between `terms`, which is made alike for all line items of a row.
fn choice<'a>(
    expr: &Expr,
    terms: impl Iterator<Item = &'a Expr> + Clone,
    columns: &dyn Columns,
) -> Result<Class, Reason> {
    let classes: Vec<_> = terms
        .clone()
        .map(|part| class(part, columns))
        .collect::<Result<_, _>>()?;
    let linear = |class: &Class| matches!(class, Class::Linear { .. });
    if !classes.iter().any(linear) {
        return of_parts(expr, columns);
    }
    let mut never_null = true;
    for part in terms {
        match term(part, columns)? {
            Class::Linear { never_null: never } => never_null &= never,
            _ => return Err(format!("`{expr}` mixes sums with `{part}`")),
        }
    }
    Ok(Class::Linear { never_null })
}

/// The amount of `CASE WHEN amount IS NOT NULL THEN amount ELSE 0 END`, which is what becomes of `coalesce(amount, 0)`.
fn or_zero(case: &Case) -> Option<&Expr> {
    let [(when, then)] = case.when_then_expr.as_slice() else {
        return None;
    };
    let Expr::IsNotNull(amount) = when.as_ref() else {
        return None;
    };
    let otherwise = case.else_expr.as_deref().and_then(literal)?;
    (case.expr.is_none() && amount == then && is_zero(otherwise)).then_some(amount)
}

fn of_case(case: &Case, expr: &Expr, columns: &dyn Columns) -> Result<Class, Reason> {
    if let Some(amount) = or_zero(case)
        && let Class::Linear { .. } = class(amount, columns)?
    {
        return Ok(Class::Linear { never_null: true });
    }
    let conditions = case.when_then_expr.iter().map(|(when, _)| when.as_ref());
    for condition in conditions.chain(case.expr.as_deref()) {
        match class(condition, columns)? {
            Class::Dimension | Class::Free => {}
            _ => return Err(format!("`{condition}` decides line item by line item")),
        }
    }
    let thens = case.when_then_expr.iter().map(|(_, then)| then.as_ref());
    let terms: Vec<&Expr> = thens.chain(case.else_expr.as_deref()).collect();
    let chosen = choice(expr, terms.iter().copied(), columns)?;
    Ok(match chosen {
        // Without ELSE, what no condition holds for is NULL.
        Class::Linear { .. } if case.else_expr.is_none() => Class::Linear { never_null: false },
        chosen => chosen,
    })
}

fn of_binary(binary: &BinaryExpr, expr: &Expr, columns: &dyn Columns) -> Result<Class, Reason> {
    let (left, right) = (
        class(&binary.left, columns)?,
        class(&binary.right, columns)?,
    );
    let is_linear = |class: Class| matches!(class, Class::Linear { .. });
    match (left, binary.op, right) {
        (Class::Time, Operator::GtEq | Operator::Lt, _)
            if is_boundary(&binary.right, columns.grain()) =>
        {
            Ok(Class::Dimension)
        }
        (_, Operator::LtEq | Operator::Gt, Class::Time)
            if is_boundary(&binary.left, columns.grain()) =>
        {
            Ok(Class::Dimension)
        }
        (left, Operator::Plus | Operator::Minus, right) if is_linear(left) || is_linear(right) => {
            let terms = [term(&binary.left, columns)?, term(&binary.right, columns)?];
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
        _ => of_parts(expr, columns),
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

/// Whether cutting off, or taking out, this part of a time tells nothing finer than stretches of `grain`.
fn is_told(unit: &str, grain: Grain) -> bool {
    let months = ["month", "quarter", "year"];
    let days = ["day", "week", "dow", "doy", "isodow", "isoyear"];
    months.contains(&unit) && grain <= Grain::Month
        || days.contains(&unit) && grain <= Grain::Day
        || unit == "hour" && grain <= Grain::Hour
}

fn of_function(
    function: &ScalarFunction,
    expr: &Expr,
    columns: &dyn Columns,
) -> Result<Class, Reason> {
    let arguments = &function.args;
    match (function.name(), arguments.as_slice()) {
        ("coalesce", [first, rest @ ..]) if !rest.is_empty() => match class(first, columns)? {
            Class::Linear { .. } => {
                if let [zero] = rest
                    && literal(zero).is_some_and(is_zero)
                {
                    return Ok(Class::Linear { never_null: true });
                }
                Err(format!("`{expr}` falls back line item by line item"))
            }
            _ => of_parts(expr, columns),
        },
        ("date_trunc" | "date_part", [unit, time]) if class(time, columns)? == Class::Time => {
            let unit = literal(unit).and_then(|unit| unit.try_as_str().flatten());
            let unit = unit.unwrap_or_default().to_lowercase();
            if is_told(&unit, columns.grain()) {
                Ok(Class::Dimension)
            } else {
                let finer = finer(columns.grain());
                Err(format!("`{expr}` needs the {finer} of usage"))
            }
        }
        _ => of_parts(expr, columns),
    }
}
