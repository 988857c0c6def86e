//! `TRY(x)`: NULL where x fails.
//!
//! Every part of x that can fail becomes one that gives NULL instead.

use std::{collections::HashSet, ops::ControlFlow, sync::LazyLock};

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{
        BinaryOperator, CastKind, Expr, ObjectNamePart, Statement, VisitMut, VisitorMut,
    },
};

use super::{each_expression, take};
use crate::{
    ast::{arguments, bare, call, name},
    functions,
};

/// Functions that have a form which gives NULL instead of failing.
static ATTEMPTED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    functions::scalar()
        .iter()
        .flat_map(|function| {
            let aliases = function.aliases().iter().map(String::as_str);
            let names = std::iter::once(function.name()).chain(aliases);
            names
                .filter_map(|name| name.strip_prefix(functions::ATTEMPT))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
});

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        while let Some(mut inner) = attempted(expression) {
            each_expression(&mut inner, |part| {
                attempt(part);
                Ok(())
            })?;
            let _: ControlFlow<()> = inner.visit(&mut Arithmetic);
            *expression = inner;
        }
        Ok(())
    })
}

/// What `TRY` is asked of.
fn attempted(expression: &Expr) -> Option<Expr> {
    let Expr::Function(function) = expression else {
        return None;
    };
    if name(function) != Some("try") {
        return None;
    }
    match arguments(function)?.as_slice() {
        [inner] => Some(Expr::Nested(Box::new((*inner).clone()))),
        _ => None,
    }
}

/// Marks sums, differences and products, those inside before those around them.
struct Arithmetic;

impl VisitorMut for Arithmetic {
    type Break = ();

    fn post_visit_expr(&mut self, part: &mut Expr) -> ControlFlow<()> {
        if let Expr::BinaryOp {
            left,
            op: BinaryOperator::Plus | BinaryOperator::Minus | BinaryOperator::Multiply,
            right,
        } = part
            && !is_interval(left)
            && !is_interval(right)
        {
            *part = call(functions::ATTEMPTED_ARITHMETIC, vec![take(part)]);
        }
        ControlFlow::Continue(())
    }
}

/// Whether it is an interval, or so many of one: such sums have a meaning of their own.
fn is_interval(expression: &Expr) -> bool {
    match bare(expression) {
        Expr::Interval(_) => true,
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Multiply,
            right,
        } => is_interval(left) || is_interval(right),
        Expr::UnaryOp { expr, .. } => is_interval(expr),
        _ => false,
    }
}

fn attempt(part: &mut Expr) {
    match part {
        Expr::Cast { kind, .. } => *kind = CastKind::TryCast,
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Divide | BinaryOperator::Modulo,
            right,
        } => {
            let already = matches!(right.as_ref(), Expr::Function(function)
                if name(function) == Some(functions::DIVISOR));
            if !already {
                let divisor = take(right);
                **right = call(functions::DIVISOR, vec![left.as_ref().clone(), divisor]);
            }
        }
        Expr::Function(function) => {
            let attempted = name(function)
                .filter(|name| ATTEMPTED.contains(*name))
                .map(|name| format!("{}{name}", functions::ATTEMPT));
            if let (Some(attempted), [ObjectNamePart::Identifier(ident)]) =
                (attempted, function.name.0.as_mut_slice())
            {
                ident.value = attempted;
            }
        }
        _ => {}
    }
}
