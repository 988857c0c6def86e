//! Sums, differences and products of integers, which are errors where they do not fit: DataFusion's own wrap around.

use std::sync::{Arc, LazyLock};

use arrow::{
    compute::kernels::numeric::{add, mul, sub},
    datatypes::DataType,
};
use datafusion::{
    common::{ScalarValue, exec_datafusion_err, plan_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
        Volatility,
    },
    physical_expr_common::datum::apply,
};

/// The function of two integers of one type that `op` is.
pub(super) fn function(op: Operator) -> Arc<ScalarUDF> {
    static FUNCTIONS: LazyLock<[Arc<ScalarUDF>; 3]> = LazyLock::new(|| {
        [Operation::Add, Operation::Subtract, Operation::Multiply].map(|operation| {
            Arc::new(ScalarUDF::new_from_impl(Checked {
                operation,
                signature: Signature::any(2, Volatility::Immutable),
            }))
        })
    });
    let [sum, difference, product] = &*FUNCTIONS;
    Arc::clone(match op {
        Operator::Minus => difference,
        Operator::Multiply => product,
        _ => sum,
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Operation {
    Add,
    Subtract,
    Multiply,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Checked {
    operation: Operation,
    signature: Signature,
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &'static str {
        match self.operation {
            Operation::Add => "checked_add",
            Operation::Subtract => "checked_subtract",
            Operation::Multiply => "checked_multiply",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [left, right] if left == right => Ok(left.clone()),
            _ => plan_err!("{} takes two integers of one type", self.name()),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = arguments.args.as_slice() else {
            return plan_err!("{} takes two integers", self.name());
        };
        let made = match self.operation {
            Operation::Add => apply(left, right, add),
            Operation::Subtract => apply(left, right, sub),
            Operation::Multiply => apply(left, right, mul),
        };
        made.map_err(|error| {
            let of = match (left, right) {
                (ColumnarValue::Scalar(left), ColumnarValue::Scalar(right)) => {
                    format!(" of {left} and {right}")
                }
                _ => String::new(),
            };
            exec_datafusion_err!(
                "{} overflow{of}: {}",
                integer(&arguments.return_field.data_type().clone()),
                error.strip_backtrace()
            )
        })
        .map(|made| match (left, right, made) {
            // Both were constants, and so is what they come to.
            (ColumnarValue::Scalar(_), ColumnarValue::Scalar(_), ColumnarValue::Array(array)) => {
                ScalarValue::try_from_array(&array, 0)
                    .map_or(ColumnarValue::Array(array), ColumnarValue::Scalar)
            }
            (_, _, made) => made,
        })
    }
}

/// The type as Trino calls it.
fn integer(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Int8 => "tinyint",
        DataType::Int16 => "smallint",
        DataType::Int32 => "integer",
        _ => "bigint",
    }
}
