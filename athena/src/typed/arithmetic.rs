//! `+`, `-`, `*` and `/`.

use arrow::datatypes::DataType;
use datafusion::{
    common::{DFSchema, ScalarValue},
    error::Result,
    logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator, binary_expr, cast},
};

use super::{
    checked,
    compare::to_double,
    divide,
    kind::{Kind, literal},
    timestamp,
};

/// An operation, if it differs in Trino.
pub(super) fn binary(
    binary: &BinaryExpr,
    left: &DataType,
    right: &DataType,
    schema: &DFSchema,
) -> Result<Option<Expr>> {
    Ok(match (Kind::of(left), binary.op, Kind::of(right)) {
        (
            Kind::Integer,
            op @ (Operator::Plus | Operator::Minus | Operator::Multiply),
            Kind::Integer,
        ) => match common_integer(left, right) {
            Some(common) => Some(checked::function(op).call(vec![
                binary.left.as_ref().clone().cast_to(&common, schema)?,
                binary.right.as_ref().clone().cast_to(&common, schema)?,
            ])),
            None => None,
        },
        (Kind::Integer | Kind::Decimal, Operator::Divide, Kind::Integer | Kind::Decimal) => {
            match (as_decimal(left), as_decimal(right)) {
                (Some(dividend), Some(divisor)) if left.is_decimal() || right.is_decimal() => {
                    Some(divide::function().call(vec![
                        binary.left.as_ref().clone().cast_to(&dividend, schema)?,
                        binary.right.as_ref().clone().cast_to(&divisor, schema)?,
                    ]))
                }
                _ => None,
            }
        }
        (Kind::Decimal, op, Kind::Float) => Some(binary_expr(
            to_double(&binary.left, left)?,
            op,
            binary.right.as_ref().clone(),
        )),
        (Kind::Float, op, Kind::Decimal) => Some(binary_expr(
            binary.left.as_ref().clone(),
            op,
            to_double(&binary.right, right)?,
        )),
        (_, Operator::Minus, _) => time_between(&binary.left, left, &binary.right, right),
        _ => None,
    })
}

/// `-x` of an integer, which is `0 - x`; `None` of anything else.
pub(super) fn negative(inner: &Expr, from: &DataType) -> Result<Option<Expr>> {
    let is_ours = Kind::of(from) == Kind::Integer && common_integer(from, from).is_some();
    if !is_ours || literal(inner).is_some() {
        return Ok(None);
    }
    let zero = Expr::Literal(ScalarValue::new_zero(from)?, None);
    Ok(Some(
        checked::function(Operator::Minus).call(vec![zero, inner.clone()]),
    ))
}

/// A date or timestamp less another, of which one is a timestamp, in one type; `None` if it is right as it is.
fn time_between(
    left: &Expr,
    left_type: &DataType,
    right: &Expr,
    right_type: &DataType,
) -> Option<Expr> {
    let is_timestamp = |data_type: &DataType| Kind::of(data_type) == Kind::Timestamp;
    let is_ours = |data_type: &DataType| *data_type == timestamp();
    if !is_timestamp(left_type) && !is_timestamp(right_type)
        || is_ours(left_type) && is_ours(right_type)
    {
        return None;
    }
    interval(left, left_type, right, right_type)
}

/// A date or timestamp less another as a stretch of time.
fn interval(
    left: &Expr,
    left_type: &DataType,
    right: &Expr,
    right_type: &DataType,
) -> Option<Expr> {
    let instant = |expr: &Expr, from: &DataType| {
        if *from == timestamp() {
            expr.clone()
        } else {
            cast(expr.clone(), timestamp())
        }
    };
    let are_times = Kind::of(left_type).is_time() && Kind::of(right_type).is_time();
    are_times.then(|| {
        binary_expr(
            instant(left, left_type),
            Operator::Minus,
            instant(right, right_type),
        )
    })
}

/// The days between two dates, which are a number, as a stretch of time, if that is what `expr` is.
pub(super) fn days_as_interval(expr: &Expr, schema: &DFSchema) -> Option<Expr> {
    let Expr::BinaryExpr(BinaryExpr {
        left,
        op: Operator::Minus,
        right,
    }) = expr
    else {
        return None;
    };
    let (left_type, right_type) = (left.get_type(schema).ok()?, right.get_type(schema).ok()?);
    interval(left, &left_type, right, &right_type)
}

/// The type of what two integers come to; `None` where it is not one of Trino's.
fn common_integer(left: &DataType, right: &DataType) -> Option<DataType> {
    let width = |data_type: &DataType| match data_type {
        DataType::Int8 => Some(1),
        DataType::Int16 => Some(2),
        DataType::Int32 => Some(4),
        DataType::Int64 => Some(8),
        _ => None,
    };
    Some(if width(left)? >= width(right)? {
        left.clone()
    } else {
        right.clone()
    })
}

/// The decimal that an operand of a division is.
fn as_decimal(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::Int8 => Some(DataType::Decimal128(3, 0)),
        DataType::Int16 => Some(DataType::Decimal128(5, 0)),
        DataType::Int32 => Some(DataType::Decimal128(10, 0)),
        DataType::Int64 => Some(DataType::Decimal128(19, 0)),
        DataType::Decimal128(_, scale) if *scale >= 0 => Some(data_type.clone()),
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale)
            if *scale >= 0 =>
        {
            Some(DataType::Decimal128(*precision, *scale))
        }
        _ => None,
    }
}
