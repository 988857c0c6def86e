//! The condition that a scan's rows have to meet, and what may be computed beside it.

use std::collections::BTreeSet;

use datafusion::{
    arrow::datatypes::DataType,
    logical_expr::{BinaryExpr, Case, Cast, Expr, Operator},
};

/// Columns of data files that hold nothing but digits, by how the store makes them.
const NUMBERS: [&str; 2] = ["year", "month"];

/// A condition over the columns of data files.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    condition: Expr,
    columns: BTreeSet<String>,
}

impl Guard {
    /// Of a condition over columns without qualifiers.
    pub(crate) fn new(condition: Expr) -> Self {
        let columns = condition.column_refs();
        Self {
            columns: columns
                .into_iter()
                .map(|column| column.name.clone())
                .collect(),
            condition,
        }
    }

    /// The condition.
    pub(crate) fn condition(&self) -> &Expr {
        &self.condition
    }

    /// The columns that it speaks of.
    pub(crate) fn columns(&self) -> &BTreeSet<String> {
        &self.columns
    }
}

/// Whether an expression has a value for any row whatever: computed on rows that are left out, it tells nothing of them. What is not known
/// to be so is not.
pub(crate) fn cannot_fail(expr: &Expr) -> bool {
    match expr {
        Expr::Column(_) | Expr::Literal(..) => true,
        Expr::Alias(alias) => cannot_fail(&alias.expr),
        Expr::Not(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsUnknown(inner)
        | Expr::IsNotUnknown(inner) => cannot_fail(inner),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            compares(*op) && cannot_fail(left) && cannot_fail(right)
        }
        Expr::Between(between) => [&between.expr, &between.low, &between.high]
            .into_iter()
            .all(|part| cannot_fail(part)),
        Expr::InList(list) => cannot_fail(&list.expr) && list.list.iter().all(cannot_fail),
        Expr::Like(like) => {
            matches!(like.pattern.as_ref(), Expr::Literal(..)) && cannot_fail(&like.expr)
        }
        Expr::Case(case) => parts(case).all(cannot_fail),
        Expr::Cast(cast) => is_safe(cast) && cannot_fail(&cast.expr),
        _ => false,
    }
}

fn compares(op: Operator) -> bool {
    matches!(
        op,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::And
            | Operator::Or
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
    )
}

fn parts(case: &Case) -> impl Iterator<Item = &Expr> {
    let branches = case.when_then_expr.iter();
    let branches = branches.flat_map(|(when, then)| [when.as_ref(), then.as_ref()]);
    branches
        .chain(case.expr.as_deref())
        .chain(case.else_expr.as_deref())
}

/// Whether any value of what is cast has one of the other type: everything has a text, every time of the store a day, and the months of
/// its partitions are numbers.
fn is_safe(cast: &Cast) -> bool {
    let Expr::Column(column) = cast.expr.as_ref() else {
        return false;
    };
    match cast.field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Date32 => true,
        DataType::Int32 | DataType::Int64 => NUMBERS.contains(&column.name.as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::{
        logical_expr::{cast, lit, when},
        prelude::{col, random},
    };

    use super::*;

    #[test]
    fn comparisons_cannot_fail_and_arithmetic_can() {
        let account = || col("account");
        let equal = account().eq(lit("1"));
        let chosen = when(equal.clone(), lit(1))
            .otherwise(lit(0))
            .expect("it is one");
        for safe in [
            equal.clone(),
            account().in_list(vec![lit("1"), lit("2")], true),
            account().like(lit("1%")).or(!equal.clone()),
            account().between(lit("1"), col("other")),
            chosen.clone().eq(lit(1)),
            cast(col("month"), DataType::Int32).lt(lit(3)),
            cast(account(), DataType::Utf8View).is_null(),
        ] {
            assert!(cannot_fail(&safe), "{safe}");
        }
        for unsafe_one in [
            (lit(1) / chosen.clone()).eq(lit(1)),
            (lit(i64::MAX) + chosen.clone()).eq(lit(1)),
            (-chosen).eq(lit(1)),
            cast(account(), DataType::Int32).eq(lit(1)),
            cast(lit("a"), DataType::Date32).is_null(),
            account().like(col("pattern")),
            random().gt(lit(0.5)),
        ] {
            assert!(!cannot_fail(&unsafe_one), "{unsafe_one}");
        }
    }
}
