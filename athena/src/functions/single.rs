//! The one value of a sub-query that stands where a value is asked for.

use std::sync::{Arc, LazyLock};

use arrow::{array::AsArray, compute, datatypes::DataType, datatypes::Int64Type};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

/// The function of a value and of how many rows there were to take it from: the value, or an error if they were more than one.
pub(crate) fn single_row() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
        Arc::new(ScalarUDF::new_from_impl(SingleRow {
            signature: Signature::any(2, Volatility::Immutable),
        }))
    });
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct SingleRow {
    signature: Signature,
}

impl ScalarUDFImpl for SingleRow {
    fn name(&self) -> &'static str {
        "single_row"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(arguments[0].clone())
    }

    fn invoke_with_args(&self, mut arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.args[1].to_array(arguments.number_rows)?;
        let most = compute::max(rows.as_primitive::<Int64Type>());
        if most.is_some_and(|most| most > 1) {
            // As DataFusion says it of a sub-query that is the same for all rows.
            return exec_err!("Scalar subquery returned more than one row");
        }
        Ok(arguments.args.swap_remove(0))
    }
}
