//! Types as far as their combination goes.

use arrow::datatypes::DataType;
use datafusion::{
    common::{DFSchema, ScalarValue},
    logical_expr::{Expr, ExprSchemable},
};

/// What kind of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Float,
    Decimal,
    Boolean,
    Date,
    Timestamp,
    Null,
    Other,
}

impl Kind {
    pub(super) fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Self::Float,
            DataType::Boolean => Self::Boolean,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(..) => Self::Timestamp,
            DataType::Null => Self::Null,
            DataType::Dictionary(_, values) => Self::of(values),
            decimal if decimal.is_decimal() => Self::Decimal,
            integer if integer.is_integer() => Self::Integer,
            _ => Self::Other,
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float | Self::Decimal)
    }

    pub(super) fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }
}

/// The types of expressions; `None` if one is not known yet, as that of a placeholder is not.
pub(super) fn types<'a>(
    exprs: impl IntoIterator<Item = &'a Expr>,
    schema: &DFSchema,
) -> Option<Vec<DataType>> {
    exprs
        .into_iter()
        .map(|expr| expr.get_type(schema).ok())
        .collect()
}

/// The value of a literal.
pub(super) fn literal(expr: &Expr) -> Option<&ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value),
        Expr::Alias(alias) => literal(&alias.expr),
        _ => None,
    }
}

/// The text of a literal that is text.
pub(super) fn literal_text(expr: &Expr) -> Option<&str> {
    literal(expr)?.try_as_str()?
}
