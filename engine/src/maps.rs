//! Maps made of flat columns: a row's entries are those of its columns that are not NULL.

mod function;
mod lookup;
mod spelling;

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::ScalarValue,
    error::Result,
    execution::{FunctionRegistry, SessionState},
    logical_expr::{Expr, ScalarUDF, expr::ScalarFunction, lit},
};

use function::MapOf;
pub(crate) use lookup::MapLookup;

/// A map from the names of `entries` to their columns, with values of type `values`.
pub(crate) fn map_of<'a>(
    values: &DataType,
    entries: impl Iterator<Item = (&'a str, Expr)>,
) -> Expr {
    let arguments = entries
        .flat_map(|(key, column)| [lit(key), column])
        .collect();
    Expr::ScalarFunction(ScalarFunction::new_udf(
        Arc::new(ScalarUDF::new_from_impl(MapOf::new(values))),
        arguments,
    ))
}

/// The map of a column that is not there.
pub(crate) fn missing(values: &DataType) -> Result<Expr> {
    let map_type = MapOf::new(values).map_type();
    Ok(lit(ScalarValue::try_from(&map_type)?))
}

/// Makes the functions known by name, so that plans that have been sent elsewhere find them.
pub(crate) fn register(state: &mut SessionState) {
    for values in [DataType::Utf8, DataType::Decimal128(38, 18)] {
        let function = Arc::new(ScalarUDF::new_from_impl(MapOf::new(&values)));
        state
            .register_udf(function)
            .expect("a session takes any function");
    }
}
