//! What a condition may be that rows are limited by.

use datafusion::sql::sqlparser::{
    ast::{
        AccessExpr, BinaryOperator, Expr, Ident, Subscript, UnaryOperator, Value, ValueWithSpan,
    },
    dialect::GenericDialect,
    parser::Parser,
};

use crate::{EngineError, suggest};

/// The columns of `costs` that every table can tell.
const COLUMNS: [&str; 8] = [
    "account_id",
    "payer_account_id",
    "report",
    "billing_period",
    "service",
    "region",
    "tags",
    "cost_categories",
];

/// Those of them that are maps.
const MAPS: [&str; 2] = ["tags", "cost_categories"];

/// The condition in `text` as one that can stand within a statement: comparisons of columns with constants, and nothing that could fail,
/// ask anything else, or do anything.
pub(crate) fn checked(text: &str) -> Result<String, EngineError> {
    let wrong = |why: String| EngineError::Condition {
        condition: text.to_owned(),
        why,
    };
    let text = curtail_queries::condition(text).map_err(|error| wrong(error.to_string()))?;
    let parsed = Parser::new(&GenericDialect {})
        .try_with_sql(&text)
        .and_then(|mut parser| parser.parse_expr())
        .map_err(|error| wrong(error.to_string()))?;
    predicate(&parsed).map_err(wrong)?;
    Ok(parsed.to_string())
}

/// Something that is true or false.
fn predicate(expr: &Expr) -> Result<(), String> {
    match expr {
        Expr::Nested(inner)
        | Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: inner,
        } => predicate(inner),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And | BinaryOperator::Or,
            right,
        } => {
            predicate(left)?;
            predicate(right)
        }
        Expr::BinaryOp {
            left,
            op:
                BinaryOperator::Eq
                | BinaryOperator::NotEq
                | BinaryOperator::Lt
                | BinaryOperator::LtEq
                | BinaryOperator::Gt
                | BinaryOperator::GtEq,
            right,
        }
        | Expr::IsDistinctFrom(left, right)
        | Expr::IsNotDistinctFrom(left, right) => {
            value(left)?;
            value(right)
        }
        Expr::IsNull(inner) | Expr::IsNotNull(inner) => value(inner),
        Expr::InList { expr, list, .. } => {
            value(expr)?;
            list.iter().try_for_each(text)
        }
        Expr::Between {
            expr, low, high, ..
        } => [expr, low, high].into_iter().try_for_each(|it| value(it)),
        Expr::Like {
            any: false,
            expr,
            pattern,
            escape_char: None,
            ..
        }
        | Expr::ILike {
            any: false,
            expr,
            pattern,
            escape_char: None,
            ..
        } => {
            value(expr)?;
            text(pattern)
        }
        Expr::Value(ValueWithSpan {
            value: Value::Boolean(_),
            ..
        }) => Ok(()),
        other => Err(format!(
            "`{other}` is no comparison of a column with a constant"
        )),
    }
}

/// A column, the value of a key in a map, or a text.
fn value(expr: &Expr) -> Result<(), String> {
    match expr {
        Expr::Nested(inner) => value(inner),
        Expr::Identifier(name) => match column(name)? {
            name if MAPS.contains(&name) => {
                Err(format!("`{name}` is a map: compare `{name}['key']`"))
            }
            _ => Ok(()),
        },
        Expr::CompoundFieldAccess { root, access_chain } => {
            match (root.as_ref(), access_chain.as_slice()) {
                (Expr::Identifier(name), [AccessExpr::Subscript(Subscript::Index { index })])
                    if MAPS.contains(&column(name)?) =>
                {
                    text(index)
                }
                _ => Err(format!(
                    "`{expr}` is no value of `tags` or `cost_categories`"
                )),
            }
        }
        other => text(other),
    }
}

fn text(expr: &Expr) -> Result<(), String> {
    match expr {
        Expr::Nested(inner) => text(inner),
        Expr::Value(ValueWithSpan {
            value: Value::SingleQuotedString(_),
            ..
        }) => Ok(()),
        Expr::Value(ValueWithSpan {
            value: number @ Value::Number(..),
            ..
        }) => Err(format!(
            "all columns are text, account ids too: write '{number}' for {number}"
        )),
        other => Err(format!(
            "`{other}` is neither a column nor a text in quotes"
        )),
    }
}

/// The column that is named, as everywhere in any case unless it is quoted.
fn column(name: &Ident) -> Result<&'static str, String> {
    let written = match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    };
    let known = COLUMNS.into_iter().find(|known| *known == written);
    known.ok_or_else(|| {
        let similar = suggest::similar(&written, COLUMNS);
        match similar.first() {
            Some(meant) => format!("`{name}` is no column for it: did you mean `{meant}`?"),
            None => format!(
                "`{name}` is no column for it: there are {}",
                COLUMNS.join(", ")
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_accepted() {
        for (text, printed) in [
            (
                "account_id in ('000000000007')",
                "account_id IN ('000000000007')",
            ),
            ("Service <> 'a' and not (region is null)", ""),
            (
                "tags['team'] = 'it''s' or cost_categories['unit'] like 'x%'",
                "",
            ),
            ("billing_period between '2026-01' and '2026-03'", ""),
            ("account_id is distinct from payer_account_id", ""),
            ("false", ""),
        ] {
            let found = checked(text).unwrap();
            assert!(printed.is_empty() || found == printed, "{found}");
            assert_eq!(checked(&found).unwrap(), found);
        }
    }

    #[test]
    fn everything_else_is_refused_and_says_why() {
        for (text, why) in [
            ("", "sql parser error"),
            ("account_id in ('1'); drop table costs", "sql parser error"),
            ("account_id", "no comparison"),
            ("account_id = 123", "write '123'"),
            ("acount_id = '1'", "did you mean `account_id`"),
            ("costs.account_id = '1'", "neither a column"),
            ("unblended_cost > '1'", "no column"),
            ("tags = 'x'", "tags['key']"),
            ("tags[service] = 'x'", "neither a column"),
            ("service['x'] = 'x'", "no value of"),
            ("lower(service) = 'x'", "neither a column"),
            (
                "account_id in (select account_id from costs)",
                "no comparison",
            ),
            ("exists (select 1)", "no comparison"),
            (
                "account_id = (select max(account_id) from costs)",
                "neither a column",
            ),
            ("random() > '0'", "neither a column"),
            ("case when true then true end", "no comparison"),
            ("account_id::int = '1'", "neither a column"),
            ("account_id ~ '1'", "no comparison"),
            ("account_id = $1", "neither a column"),
            ("service like '%' escape 'x'", "no comparison"),
        ] {
            let error = checked(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
