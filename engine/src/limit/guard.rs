//! The condition that a scan's rows have to meet, and what may be computed beside it.

use std::collections::BTreeSet;

use datafusion::{
    arrow::datatypes::{DataType, Schema},
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

/// Whether an expression over columns of `schema` has a value for any row whatever: computed on rows that are left out, it tells nothing of
/// them. What is not known to be so is not.
pub(crate) fn cannot_fail(expr: &Expr, schema: &Schema) -> bool {
    let cannot = |part: &Expr| cannot_fail(part, schema);
    match expr {
        Expr::Column(_) | Expr::Literal(..) => true,
        Expr::Alias(alias) => cannot(&alias.expr),
        Expr::Not(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsUnknown(inner)
        | Expr::IsNotUnknown(inner) => cannot(inner),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            compares(*op) && cannot(left) && cannot(right)
        }
        Expr::Between(between) => [&between.expr, &between.low, &between.high]
            .into_iter()
            .all(|part| cannot(part)),
        Expr::InList(list) => cannot(&list.expr) && list.list.iter().all(cannot),
        Expr::Like(like) => {
            matches!(like.pattern.as_ref(), Expr::Literal(..)) && cannot(&like.expr)
        }
        Expr::Case(case) => parts(case).all(cannot),
        Expr::Cast(cast) => is_safe(cast, schema),
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

/// Whether any value of the column that is cast has one of the other type: what is no nested value has a text, a time has a day, and the months
/// of partitions are numbers.
fn is_safe(cast: &Cast, schema: &Schema) -> bool {
    let Expr::Column(column) = cast.expr.as_ref() else {
        return false;
    };
    let Ok(field) = schema.field_with_name(&column.name) else {
        return false;
    };
    match cast.field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => !field.data_type().is_nested(),
        DataType::Date32 => matches!(
            field.data_type(),
            DataType::Timestamp(..) | DataType::Date32
        ),
        DataType::Int32 | DataType::Int64 => NUMBERS.contains(&column.name.as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::{
        arrow::datatypes::{Field, TimeUnit},
        logical_expr::{cast, lit, when},
        prelude::{col, random},
    };

    use super::*;

    #[test]
    fn comparisons_cannot_fail_and_arithmetic_can() {
        let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let schema = Schema::new(vec![
            Field::new("account", DataType::Utf8View, true),
            Field::new("month", DataType::Utf8View, true),
            Field::new("start", time, true),
        ]);
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
            cast(col("start"), DataType::Date32).is_null(),
        ] {
            assert!(cannot_fail(&safe, &schema), "{safe}");
        }
        for unsafe_one in [
            (lit(1) / chosen.clone()).eq(lit(1)),
            (lit(i64::MAX) + chosen.clone()).eq(lit(1)),
            (-chosen).eq(lit(1)),
            cast(account(), DataType::Int32).eq(lit(1)),
            cast(lit("a"), DataType::Date32).is_null(),
            cast(account(), DataType::Date32).is_null(),
            cast(col("nothing"), DataType::Utf8View).is_null(),
            account().like(col("pattern")),
            random().gt(lit(0.5)),
        ] {
            assert!(!cannot_fail(&unsafe_one, &schema), "{unsafe_one}");
        }
    }
}
