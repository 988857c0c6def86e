//! How amounts compute: exactly where that is possible, as doubles where it is not.

mod average;
mod planner;
mod quotient;
mod rounded;
mod sum;

use std::sync::Arc;

use curtail_store::MONEY_SCALE;
use datafusion::{
    arrow::datatypes::DataType,
    logical_expr::{AggregateUDF, Expr, ScalarUDF, planner::ExprPlanner},
};

pub(crate) use sum::{LARGEST, add};

/// Makes doubles of amounts that are multiplied or divided.
pub(crate) fn planner() -> Arc<dyn ExprPlanner> {
    Arc::new(planner::AmountPlanner)
}

/// `sum`, which fails on amounts and whole numbers that do not fit where DataFusion's own would wrap around.
pub(crate) fn sum() -> AggregateUDF {
    AggregateUDF::new_from_impl(sum::CheckedSum::default())
}

/// `avg`, which is a double of amounts.
pub(crate) fn avg() -> AggregateUDF {
    AggregateUDF::new_from_impl(average::DoubleAverage::default())
}

/// What [`avg`] is of amounts with this sum, of which there are so many.
pub(crate) fn average_of(sum: Expr, count: Expr) -> Expr {
    quotient().call(vec![sum, count])
}

/// The function that it is made by, which no statement can name.
pub(crate) fn quotient() -> ScalarUDF {
    ScalarUDF::new_from_impl(quotient::Quotient::default())
}

/// Whether values of this type are amounts, or sums and differences of such.
fn is_amount(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Decimal128(38, scale) | DataType::Decimal256(_, scale) if *scale == MONEY_SCALE)
}
