//! Comparisons of values of different types.

use std::sync::Arc;

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::{
    common::{Column, DFSchema, ScalarValue, plan_err, tree_node::Transformed},
    error::Result,
    logical_expr::{
        Between, BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator, Projection, binary_expr,
        cast,
        expr::{InList, InSubquery},
        lit, not, try_cast,
        utils::{conjunction, disjunction},
    },
};

use super::{
    AMOUNT, double,
    kind::{Kind, literal, literal_text, types},
    read::{Otherwise, read},
    timestamp,
};
use crate::functions;

/// The largest integer up to which a double holds all of them.
const EXACT: u64 = 1 << f64::MANTISSA_DIGITS;
/// A double tells decimals of so many digits from each other.
const DOUBLE_DIGITS: usize = 15;
/// Longer text is no date but a time.
const DATE_LENGTH: usize = 10;

/// A comparison, if its operands need other types than DataFusion would give them.
pub(super) fn binary(
    binary: &BinaryExpr,
    left_type: &DataType,
    right_type: &DataType,
) -> Result<Option<Expr>> {
    if let Some(made) = is_not_empty(binary, left_type, right_type) {
        return Ok(Some(made));
    }
    let made = comparable(&binary.left, left_type, &binary.right, right_type)?;
    Ok(made.map(|(left, right)| binary_expr(left, binary.op, right)))
}

/// `expr IN (…)`.
pub(super) fn in_list(list: InList, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let mut pairs = Vec::with_capacity(list.list.len());
    let mut changed = false;
    let (Ok(from), Some(types)) = (list.expr.get_type(schema), types(&list.list, schema)) else {
        return Ok(Transformed::no(Expr::InList(list)));
    };
    for (item, item_type) in list.list.iter().zip(&types) {
        let made = comparable(&list.expr, &from, item, item_type)?;
        changed |= made.is_some();
        pairs.push(made.unwrap_or_else(|| (list.expr.as_ref().clone(), item.clone())));
    }
    if !changed {
        return Ok(Transformed::no(Expr::InList(list)));
    }
    let alike = pairs.iter().all(|(expr, _)| *expr == pairs[0].0);
    let made = if alike {
        let expr = pairs[0].0.clone();
        let items = pairs.into_iter().map(|(_, item)| item).collect();
        Expr::InList(InList::new(Box::new(expr), items, list.negated))
    } else {
        let any = disjunction(pairs.into_iter().map(|(expr, item)| expr.eq(item)))
            .unwrap_or_else(|| lit(false));
        if list.negated { not(any) } else { any }
    };
    Ok(Transformed::yes(made))
}

/// `expr BETWEEN low AND high`.
pub(super) fn between(between: Between, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let Some(types) = types([&*between.expr, &*between.low, &*between.high], schema) else {
        return Ok(Transformed::no(Expr::Between(between)));
    };
    let side = |end: &Expr, place: usize| comparable(&between.expr, &types[0], end, &types[place]);
    let (low, high) = (side(&between.low, 1)?, side(&between.high, 2)?);
    if low.is_none() && high.is_none() {
        return Ok(Transformed::no(Expr::Between(between)));
    }
    let unchanged = |end: &Expr| (between.expr.as_ref().clone(), end.clone());
    let (above, low) = low.unwrap_or_else(|| unchanged(&between.low));
    let (below, high) = high.unwrap_or_else(|| unchanged(&between.high));
    let made = if above == below {
        Expr::Between(Between::new(
            Box::new(above),
            between.negated,
            Box::new(low),
            Box::new(high),
        ))
    } else {
        let both = conjunction([
            binary_expr(above, Operator::GtEq, low),
            binary_expr(below, Operator::LtEq, high),
        ])
        .unwrap_or_else(|| lit(true));
        if between.negated { not(both) } else { both }
    };
    Ok(Transformed::yes(made))
}

/// `expr IN (SELECT …)`.
pub(super) fn in_subquery(mut query: InSubquery, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let plan = &query.subquery.subquery;
    let [_] = plan.schema().fields().as_ref() else {
        return Ok(Transformed::no(Expr::InSubquery(query)));
    };
    let (qualifier, field) = plan.schema().qualified_field(0);
    let column = Expr::Column(Column::from((qualifier, field)));
    let Ok(from) = query.expr.get_type(schema) else {
        return Ok(Transformed::no(Expr::InSubquery(query)));
    };
    let Some((expr, item)) = comparable(&query.expr, &from, &column, field.data_type())? else {
        return Ok(Transformed::no(Expr::InSubquery(query)));
    };
    if item != column {
        let item = item.alias_qualified(qualifier.cloned(), field.name());
        query.subquery.subquery = Arc::new(LogicalPlan::Projection(Projection::try_new(
            vec![item],
            Arc::clone(plan),
        )?));
    }
    query.expr = Box::new(expr);
    Ok(Transformed::yes(Expr::InSubquery(query)))
}

/// Both sides of a comparison in types that compare as in Trino, or `None` if they do already.
pub(super) fn comparable(
    left: &Expr,
    left_type: &DataType,
    right: &Expr,
    right_type: &DataType,
) -> Result<Option<(Expr, Expr)>> {
    // Nothing compares maps as such.
    if let (DataType::Map(..), DataType::Map(..)) = (left_type, right_type) {
        let text = |map: &Expr| functions::text_of_map().call(vec![map.clone()]);
        return Ok(Some((text(left), text(right))));
    }
    if left_type == right_type {
        return Ok(None);
    }
    if let Some(made) = one_sided(left, left_type, right, right_type)? {
        return Ok(Some(made));
    }
    Ok(one_sided(right, right_type, left, left_type)?.map(|(right, left)| (left, right)))
}

/// What becomes of `expr` compared with `other`, and of `other`, where it is `expr` that decides.
fn one_sided(
    expr: &Expr,
    from: &DataType,
    other: &Expr,
    other_type: &DataType,
) -> Result<Option<(Expr, Expr)>> {
    let same = || other.clone();
    Ok(match (Kind::of(from), Kind::of(other_type)) {
        (Kind::Text, number) if number.is_number() => {
            Some(text_with_number(expr, other, other_type)?)
        }
        (Kind::Text, Kind::Boolean) => Some((boolean(expr)?, same())),
        (Kind::Text, time) if time.is_time() => Some(text_with_time(expr, other, time)),
        (Kind::Other, Kind::Other)
            if matches!(
                (from, other_type),
                (DataType::Duration(_), DataType::Interval(_))
            ) =>
        {
            Some(duration_with_interval(expr, other)?)
        }
        (Kind::Decimal, Kind::Float) => Some(decimal_with_double(expr, from, other)?),
        // Columns are timestamps of microseconds: it is the other side that is converted, so that filters prune.
        (Kind::Timestamp | Kind::Date, Kind::Timestamp)
            if *other_type == timestamp() && *from != timestamp() =>
        {
            Some((cast(expr.clone(), timestamp()), same()))
        }
        _ => None,
    })
}

/// `amount <> ''` is true of every amount: an older report has these columns as text, which is empty where there is none.
fn is_not_empty(binary: &BinaryExpr, left_type: &DataType, right_type: &DataType) -> Option<Expr> {
    let is_empty = |expr: &Expr| literal_text(expr).is_some_and(str::is_empty);
    let number = if Kind::of(left_type).is_number() && is_empty(&binary.right) {
        &binary.left
    } else if Kind::of(right_type).is_number() && is_empty(&binary.left) {
        &binary.right
    } else {
        return None;
    };
    (binary.op == Operator::NotEq).then(|| number.as_ref().clone().is_not_null())
}

/// Text with a number is a number, or NULL if it is none.
fn text_with_number(expr: &Expr, other: &Expr, number: &DataType) -> Result<(Expr, Expr)> {
    if let Some(text) = literal_text(expr) {
        let Some(value) = number_in(text) else {
            return Ok((null(number)?, other.clone()));
        };
        let value_type = value.data_type();
        let value = Expr::Literal(value, None);
        // The text says a decimal where the other side is a double.
        let made = comparable(&value, &value_type, other, number)?;
        return Ok(made.unwrap_or_else(|| (value, other.clone())));
    }
    let double = || try_cast(expr.clone(), DataType::Float64);
    if let Some(value) = literal(other)
        && let Some(value) = exact_double(value)?
    {
        return Ok((double(), lit(value)));
    }
    Ok(match Kind::of(number) {
        Kind::Float => (double(), other.clone()),
        _ => (read(expr, &AMOUNT, Otherwise::Null), other.clone()),
    })
}

/// The number that a text is, as an integer or a decimal if that is exact.
fn number_in(text: &str) -> Option<ScalarValue> {
    let text = text.trim();
    if let Ok(integer) = text.parse::<i64>() {
        return Some(ScalarValue::Int64(Some(integer)));
    }
    let value: f64 = text.parse().ok()?;
    if !value.is_finite() {
        return None;
    }
    Some(decimal_in(text).unwrap_or(ScalarValue::Float64(Some(value))))
}

/// The decimal that digits with a point are, if it has not too many of them.
fn decimal_in(text: &str) -> Option<ScalarValue> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let scale = i8::try_from(fraction.len()).ok()?;
    let unscaled: i128 = format!("{whole}{fraction}").parse().ok()?;
    let digits = unscaled
        .unsigned_abs()
        .to_string()
        .len()
        .max(fraction.len());
    let precision = u8::try_from(digits).ok().filter(|digits| *digits <= 38)?;
    Some(ScalarValue::Decimal128(Some(unscaled), precision, scale))
}

/// The double that an integer or a decimal is, if no other integer or decimal that short is the same.
fn exact_double(value: &ScalarValue) -> Result<Option<f64>> {
    if value.is_null() {
        return Ok(None);
    }
    let exact = match value {
        ScalarValue::Decimal128(Some(unscaled), ..) => {
            unscaled.unsigned_abs().to_string().len() <= DOUBLE_DIGITS
        }
        other if other.data_type().is_integer() => match other.cast_to(&DataType::Int64)? {
            ScalarValue::Int64(Some(integer)) => integer.unsigned_abs() <= EXACT,
            _ => false,
        },
        _ => false,
    };
    match value.cast_to(&DataType::Float64)? {
        ScalarValue::Float64(value) if exact => Ok(value),
        _ => Ok(None),
    }
}

/// Text with a time is a time. Text that says none is an error if it was written so, NULL if it is empty or in a row.
fn text_with_time(expr: &Expr, other: &Expr, time: Kind) -> (Expr, Expr) {
    let written = literal_text(expr)
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let made = match (written, time) {
        (Some(text), Kind::Date) if text.len() <= DATE_LENGTH => {
            cast(expr.clone(), DataType::Date32)
        }
        (Some(_), _) => read(expr, &timestamp(), Otherwise::Error),
        (None, _) => read(expr, &timestamp(), Otherwise::Null),
    };
    (made, other.clone())
}

/// A stretch of time with an interval: DataFusion would tell months, days and nanoseconds apart, so that 36 hours were less than
/// a day.
fn duration_with_interval(duration: &Expr, interval: &Expr) -> Result<(Expr, Expr)> {
    let micros = match literal(interval) {
        Some(ScalarValue::IntervalMonthDayNano(Some(value))) if value.months == 0 => {
            i64::from(value.days)
                .checked_mul(86_400_000_000)
                .and_then(|micros| micros.checked_add(value.nanoseconds / 1_000))
        }
        Some(value) if value.is_null() => {
            return Ok((
                duration.clone(),
                null(&DataType::Duration(TimeUnit::Microsecond))?,
            ));
        }
        _ => None,
    };
    if micros.is_none() {
        return plan_err!(
            "Cannot compare the time between two dates with {interval}: compare date_diff('day', …) with a number"
        );
    }
    let micros = ScalarValue::DurationMicrosecond(micros);
    Ok((duration.clone(), Expr::Literal(micros, None)))
}

/// A decimal with a double is a double, unless the double is a whole number that was written.
pub(super) fn decimal_with_double(
    decimal: &Expr,
    from: &DataType,
    double: &Expr,
) -> Result<(Expr, Expr)> {
    if *from == AMOUNT
        && let Some(whole) = literal(double).and_then(whole_decimal)
    {
        return Ok((decimal.clone(), Expr::Literal(whole, None)));
    }
    Ok((to_double(decimal, from)?, double.clone()))
}

/// A decimal as a double, at once if it is a literal.
pub(super) fn to_double(decimal: &Expr, from: &DataType) -> Result<Expr> {
    Ok(match literal(decimal) {
        Some(value) => Expr::Literal(double::constant(value)?, None),
        None if double::is_taken(from) => double::function().call(vec![decimal.clone()]),
        None => cast(decimal.clone(), DataType::Float64),
    })
}

/// The whole number that a double is, as an amount.
pub(super) fn whole_decimal(value: &ScalarValue) -> Option<ScalarValue> {
    let double = match value {
        ScalarValue::Float64(Some(double)) => *double,
        ScalarValue::Float32(Some(double)) => f64::from(*double),
        _ => return None,
    };
    let whole = double.fract() == 0.0 && double.abs() <= 1e15;
    if !whole {
        return None;
    }
    ScalarValue::Float64(Some(double)).cast_to(&AMOUNT).ok()
}

/// Text as a boolean, or NULL.
fn boolean(expr: &Expr) -> Result<Expr> {
    if literal_text(expr).is_none() {
        return Ok(try_cast(expr.clone(), DataType::Boolean));
    }
    match literal(expr).map(|value| value.cast_to(&DataType::Boolean)) {
        Some(Ok(value)) => Ok(Expr::Literal(value, None)),
        _ => null(&DataType::Boolean),
    }
}

fn null(of: &DataType) -> Result<Expr> {
    Ok(Expr::Literal(ScalarValue::try_new_null(of)?, None))
}
