//! `(a, b)` where a value stands: a row, of which DataFusion takes those alone that begin with a name or a literal.

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{BinaryOperator, Expr, Statement, UnaryOperator},
};

use super::{each_expression, take};
use crate::ast::{call, text};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
        if let Some(compared) = compared(expression) {
            *expression = compared;
        }
        if let Expr::Tuple(values) = expression
            && values.len() > 1
            && !is_plain(&values[0])
        {
            let values = values.iter_mut().enumerate();
            // The names that DataFusion gives to the others.
            let fields = values
                .flat_map(|(place, value)| [text(format!("c{place}")), take(value)])
                .collect();
            *expression = call("named_struct", fields);
        }
        Ok(())
    })
}

/// `(a, b) = (c, d)` and `(a, b) IN ((c, d), …)` with `<>` and `NOT IN`, value by value: what is unknown of one value is unknown of the row.
fn compared(expression: &Expr) -> Option<Expr> {
    let (equal, negated) = match expression {
        Expr::BinaryOp {
            left,
            op: op @ (BinaryOperator::Eq | BinaryOperator::NotEq),
            right,
        } => (equal(left, right)?, *op == BinaryOperator::NotEq),
        Expr::InList {
            expr,
            list,
            negated,
        } => {
            let any = list.iter().map(|row| equal(expr, row));
            let any = any.collect::<Option<Vec<_>>>()?;
            (joined(any, &BinaryOperator::Or)?, *negated)
        }
        _ => return None,
    };
    Some(if negated {
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: Box::new(equal),
        }
    } else {
        equal
    })
}

/// Whether two rows are the same, if both are written so.
fn equal(left: &Expr, right: &Expr) -> Option<Expr> {
    let (Expr::Tuple(left), Expr::Tuple(right)) = (left, right) else {
        return None;
    };
    if left.len() < 2 || left.len() != right.len() {
        return None;
    }
    let values = left.iter().zip(right).map(|(left, right)| Expr::BinaryOp {
        left: Box::new(Expr::Nested(Box::new(left.clone()))),
        op: BinaryOperator::Eq,
        right: Box::new(Expr::Nested(Box::new(right.clone()))),
    });
    joined(values.collect(), &BinaryOperator::And)
}

/// Conditions in brackets.
fn joined(conditions: Vec<Expr>, by: &BinaryOperator) -> Option<Expr> {
    let all = conditions.into_iter().reduce(|left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: by.clone(),
        right: Box::new(right),
    });
    all.map(|all| Expr::Nested(Box::new(all)))
}

fn is_plain(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_)
    )
}
