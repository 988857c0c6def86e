//! Casts, and what becomes text without one.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::{
    common::{
        DFSchema,
        config::ConfigOptions,
        plan_err,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    functions::{datetime, math},
    logical_expr::{
        BinaryExpr, Cast, Expr, ExprSchemable, LogicalPlan, TryCast, cast as cast_to,
        expr::ScalarFunction, expr_rewriter::NamePreserver, utils::merge_schema,
    },
    optimizer::AnalyzerRule,
};

use super::{
    AMOUNT, double,
    kind::{Kind, literal},
    read::{Otherwise, read},
    text, timestamp, zone, zoned_timestamp,
};
use crate::functions;

/// Reads decimals from text in every form. It settles nothing else.
#[derive(Debug)]
pub(super) struct DecimalsOfText;

impl AnalyzerRule for DecimalsOfText {
    fn name(&self) -> &'static str {
        "decimals_of_text"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| {
            let schema = merge_schema(&plan.inputs());
            let names = NamePreserver::new(&plan);
            plan.map_expressions(|expr| {
                let name = names.save(&expr);
                let made = expr.transform_up(|part| Ok(decimal_of_text(part, &schema)))?;
                Ok(made.update_data(|expr| name.restore(expr)))
            })
        })
        .map(|plan| plan.data)
    }
}

fn decimal_of_text(expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
    let (inner, to, otherwise) = match &expr {
        Expr::Cast(Cast { expr, field }) => (expr, field.data_type(), Otherwise::Error),
        Expr::TryCast(TryCast { expr, field }) => (expr, field.data_type(), Otherwise::Null),
        _ => return Transformed::no(expr),
    };
    let is_text = (inner.get_type(schema)).is_ok_and(|from| Kind::of(&from) == Kind::Text);
    if !is_text || Kind::of(to) != Kind::Decimal || fraction_digits(to) < 0 {
        return Transformed::no(expr);
    }
    Transformed::yes(read(inner, to, otherwise))
}

/// A cast whose result is Trino's.
pub(super) fn cast(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let (inner, to) = match &expr {
        Expr::Cast(Cast { expr, field }) | Expr::TryCast(TryCast { expr, field }) => {
            (expr.as_ref(), field.data_type())
        }
        _ => return Ok(Transformed::no(expr)),
    };
    let Ok(from) = inner.get_type(schema) else {
        return Ok(Transformed::no(expr));
    };
    let otherwise = match &expr {
        Expr::TryCast(_) => Otherwise::Null,
        _ => Otherwise::Error,
    };
    // The same cast, of something else or to something else.
    let again = |inner: Expr, to: DataType| match &expr {
        Expr::TryCast(_) => Expr::TryCast(TryCast::new(Box::new(inner), to)),
        _ => cast_to(inner, to),
    };
    let made = match (Kind::of(&from), Kind::of(to)) {
        // JSON has its quotes.
        _ if from == functions::JSON && *to != functions::JSON => {
            functions::from_json(to, otherwise == Otherwise::Null).call(vec![inner.clone()])
        }
        (_, Kind::Text) => match as_text(inner, &from) {
            Some(text) => text,
            None => return Ok(Transformed::no(expr)),
        },
        // At once, so that it is seen where a whole number would keep an amount exact.
        (Kind::Integer | Kind::Decimal, Kind::Float) => match literal(inner) {
            Some(value) if *to == DataType::Float64 => {
                Expr::Literal(double::constant(value)?, None)
            }
            Some(value) => Expr::Literal(value.cast_to(to)?, None),
            None if *to == DataType::Float64 && double::is_taken(&from) => {
                double::function().call(vec![inner.clone()])
            }
            None => return Ok(Transformed::no(expr)),
        },
        (Kind::Float, Kind::Integer) if is_round(inner) => return Ok(Transformed::no(expr)),
        (Kind::Float, Kind::Integer) => again(
            Expr::ScalarFunction(ScalarFunction::new_udf(math::round(), vec![inner.clone()])),
            to.clone(),
        ),
        (Kind::Decimal, Kind::Integer) if fraction_digits(&from) > 0 => {
            // Arrow rounds from decimal to decimal, but cuts off from decimal to integer.
            let whole = match from {
                DataType::Decimal256(..) => DataType::Decimal256(76, 0),
                _ => DataType::Decimal128(38, 0),
            };
            again(again(inner.clone(), whole), to.clone())
        }
        // What a clock shows in that zone.
        (Kind::Timestamp, Kind::Date | Kind::Timestamp)
            if zone(&from).is_some() && (*to == DataType::Date32 || is_default_timestamp(to)) =>
        {
            let to = if *to == DataType::Date32 {
                to.clone()
            } else {
                timestamp()
            };
            again(datetime::to_local_time().call(vec![inner.clone()]), to)
        }
        (Kind::Text, Kind::Other) if to.is_nested() => {
            functions::from_json(to, otherwise == Otherwise::Null).call(vec![inner.clone()])
        }
        (Kind::Text, Kind::Timestamp) if is_default_timestamp(to) => {
            read(inner, &timestamp(), otherwise)
        }
        (Kind::Text, Kind::Timestamp) if *to == zoned_timestamp() => {
            again(read(inner, &timestamp(), otherwise), to.clone())
        }
        // It has a zone already.
        (Kind::Timestamp, Kind::Timestamp)
            if zone(&from).is_some() && *to == zoned_timestamp() && from != *to =>
        {
            inner.clone()
        }
        (Kind::Text, Kind::Decimal) if fraction_digits(to) >= 0 => read(inner, to, otherwise),
        (Kind::Date | Kind::Timestamp, Kind::Timestamp)
            if is_default_timestamp(to) && *to != timestamp() =>
        {
            again(inner.clone(), timestamp())
        }
        (from_kind, Kind::Timestamp) if from_kind.is_number() => {
            return plan_err!(
                "Cannot cast {from} to {to}: from_unixtime makes a timestamp of seconds since 1970"
            );
        }
        _ => return Ok(Transformed::no(expr)),
    };
    Ok(Transformed::yes(made))
}

/// The expression as text, where a cast of DataFusion would print it otherwise than Trino does.
pub(super) fn as_text(expr: &Expr, from: &DataType) -> Option<Expr> {
    let differs = match from {
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Timestamp(..)
        | DataType::Duration(_) => true,
        DataType::Dictionary(_, values) => return as_text(expr, values),
        decimal => *decimal == AMOUNT,
    };
    differs.then(|| text::function().call(vec![expr.clone()]))
}

/// The expression as text, if it is not text yet.
pub(super) fn to_text(expr: &Expr, from: &DataType) -> Expr {
    match Kind::of(from) {
        Kind::Text | Kind::Null => expr.clone(),
        _ => as_text(expr, from).unwrap_or_else(|| cast_to(expr.clone(), DataType::Utf8View)),
    }
}

/// `||` with what is no text.
pub(super) fn concatenated(binary: &BinaryExpr, left: &DataType, right: &DataType) -> Option<Expr> {
    let made = [(&binary.left, left), (&binary.right, right)].map(|(expr, from)| {
        let text = as_text(expr, from);
        (
            text.is_some(),
            text.unwrap_or_else(|| expr.as_ref().clone()),
        )
    });
    let [(false, _), (false, _)] = made else {
        let [(_, left), (_, right)] = made;
        return Some(Expr::BinaryExpr(BinaryExpr::new(
            Box::new(left),
            binary.op,
            Box::new(right),
        )));
    };
    None
}

/// What the name `timestamp` means, to us or to DataFusion.
fn is_default_timestamp(data_type: &DataType) -> bool {
    *data_type == timestamp() || *data_type == DataType::Timestamp(TimeUnit::Nanosecond, None)
}

/// Whether a number is a whole one already, so that settling types twice changes nothing more.
fn is_round(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarFunction(function) if function.name() == "round" && function.args.len() == 1)
}

fn fraction_digits(decimal: &DataType) -> i8 {
    match decimal {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => *scale,
        DataType::Dictionary(_, values) => fraction_digits(values),
        _ => 0,
    }
}
