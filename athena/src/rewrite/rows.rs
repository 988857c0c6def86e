//! `(a, b)` where a value stands: a row, of which DataFusion takes those alone that begin with a name or a literal.

use datafusion::{
    error::Result,
    sql::sqlparser::ast::{Expr, Statement},
};

use super::{each_expression, take};
use crate::ast::{call, text};

pub(super) fn rewrite(statement: &mut Statement) -> Result<()> {
    each_expression(statement, |expression| {
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

fn is_plain(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_)
    )
}
