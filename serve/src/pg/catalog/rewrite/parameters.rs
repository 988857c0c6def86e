//! Parameters of what was rewritten away: a client gives values for all that it wrote.

use std::{collections::BTreeSet, ops::ControlFlow};

use sqlparser::ast::{BinaryOperator, Expr, SetExpr, Statement, Value, Visit, Visitor};

use super::make;

/// The placeholders of a statement.
pub(super) fn of(statement: &Statement) -> BTreeSet<String> {
    let mut found = Placeholders(BTreeSet::new());
    let _ = statement.visit(&mut found);
    found.0
}

struct Placeholders(BTreeSet<String>);

impl Visitor for Placeholders {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Expr::Value(value) = expr
            && let Value::Placeholder(name) = &value.value
        {
            self.0.insert(name.clone());
        }
        ControlFlow::Continue(())
    }
}

/// Puts those of `asked` that are gone into a condition that holds whatever their values are.
pub(super) fn keep(statement: &mut Statement, asked: &BTreeSet<String>) {
    let kept = of(statement);
    let gone: Vec<_> = asked.difference(&kept).collect();
    if gone.is_empty() {
        return;
    }
    let query = match statement {
        Statement::Query(query) => query,
        Statement::Explain { statement, .. } => return keep(statement, asked),
        _ => return,
    };
    let mut body = query.body.as_mut();
    let select = loop {
        match body {
            SetExpr::Select(select) => break select,
            SetExpr::SetOperation { left, .. } => body = left,
            SetExpr::Query(query) => body = query.body.as_mut(),
            _ => return,
        }
    };
    for name in gone {
        let value = Expr::value(Value::Placeholder(name.clone()));
        let either = Expr::BinaryOp {
            left: Box::new(Expr::IsNull(Box::new(value))),
            op: BinaryOperator::Or,
            right: Box::new(make::truth(true)),
        };
        let either = Expr::Nested(Box::new(either));
        select.selection = Some(match select.selection.take() {
            Some(condition) => Expr::BinaryOp {
                left: Box::new(Expr::Nested(Box::new(condition))),
                op: BinaryOperator::And,
                right: Box::new(either),
            },
            None => either,
        });
    }
}
