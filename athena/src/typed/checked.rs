//! Sums, differences and products of integers, which are errors where they do not fit, or NULL in `TRY`: DataFusion's own wrap around.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray},
    compute::kernels::numeric::{add, mul, sub},
    datatypes::{ArrowNativeTypeOp, DataType, Int8Type, Int16Type, Int32Type, Int64Type},
    error::ArrowError,
};
use datafusion::{
    common::{ScalarValue, exec_datafusion_err, plan_err},
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Expr, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
        Volatility, expr::ScalarFunction,
    },
    physical_expr_common::datum::apply,
};

/// The function of two integers of one type that `op` is.
pub(super) fn function(op: Operator) -> Arc<ScalarUDF> {
    let operation = match op {
        Operator::Minus => Operation::Subtract,
        Operator::Multiply => Operation::Multiply,
        _ => Operation::Add,
    };
    of(operation, false)
}

/// What `TRY` makes of an operation whose types are settled: NULL where it does not fit, if it is one of integers.
pub(super) fn attempted(operation: Expr) -> Expr {
    let name = match &operation {
        Expr::ScalarFunction(function) => function.name(),
        _ => return operation,
    };
    let found = [Operation::Add, Operation::Subtract, Operation::Multiply]
        .into_iter()
        .map(|operation| (of(operation, false), of(operation, true)))
        .find(|(checked, _)| checked.name() == name);
    match (found, operation) {
        (Some((_, attempt)), Expr::ScalarFunction(ScalarFunction { args, .. })) => {
            attempt.call(args)
        }
        (_, operation) => operation,
    }
}

/// Every one of these functions.
pub(super) fn all() -> &'static [Arc<ScalarUDF>] {
    static FUNCTIONS: LazyLock<Vec<Arc<ScalarUDF>>> = LazyLock::new(|| {
        [Operation::Add, Operation::Subtract, Operation::Multiply]
            .into_iter()
            .flat_map(|operation| [(operation, false), (operation, true)])
            .map(|(operation, is_attempt)| {
                Arc::new(ScalarUDF::new_from_impl(Checked {
                    operation,
                    is_attempt,
                    signature: Signature::any(2, Volatility::Immutable),
                }))
            })
            .collect()
    });
    &FUNCTIONS
}

fn of(operation: Operation, is_attempt: bool) -> Arc<ScalarUDF> {
    Arc::clone(&all()[2 * operation as usize + usize::from(is_attempt)])
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
    /// Whether what does not fit is NULL.
    is_attempt: bool,
    signature: Signature,
}

impl ScalarUDFImpl for Checked {
    fn name(&self) -> &'static str {
        match (self.operation, self.is_attempt) {
            (Operation::Add, false) => "checked_add",
            (Operation::Subtract, false) => "checked_subtract",
            (Operation::Multiply, false) => "checked_multiply",
            (Operation::Add, true) => "try_checked_add",
            (Operation::Subtract, true) => "try_checked_subtract",
            (Operation::Multiply, true) => "try_checked_multiply",
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
        let made = match made {
            Err(_) if self.is_attempt => ColumnarValue::Array(self.fitting(&arguments)?),
            made => made.map_err(|error| self.overflow(&error, &arguments))?,
        };
        match (left, right, made) {
            // Both were constants, and so is what they come to.
            (ColumnarValue::Scalar(_), ColumnarValue::Scalar(_), ColumnarValue::Array(array)) => {
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                    &array, 0,
                )?))
            }
            (_, _, made) => Ok(made),
        }
    }
}

impl Checked {
    /// What each row comes to, if that fits.
    fn fitting(&self, arguments: &ScalarFunctionArgs) -> Result<ArrayRef> {
        let is_constant = |value: &ColumnarValue| matches!(value, ColumnarValue::Scalar(_));
        let rows = if arguments.args.iter().all(is_constant) {
            1
        } else {
            arguments.number_rows
        };
        let arrays = arguments
            .args
            .iter()
            .map(|argument| argument.to_array(rows))
            .collect::<Result<Vec<_>>>()?;
        Ok(match arguments.return_field.data_type() {
            DataType::Int8 => self.rows::<Int8Type>(&arrays),
            DataType::Int16 => self.rows::<Int16Type>(&arrays),
            DataType::Int32 => self.rows::<Int32Type>(&arrays),
            _ => self.rows::<Int64Type>(&arrays),
        })
    }

    fn rows<T: ArrowPrimitiveType>(&self, arrays: &[ArrayRef]) -> ArrayRef {
        let operation = match self.operation {
            Operation::Add => T::Native::add_checked,
            Operation::Subtract => T::Native::sub_checked,
            Operation::Multiply => T::Native::mul_checked,
        };
        let (left, right) = (arrays[0].as_primitive::<T>(), arrays[1].as_primitive::<T>());
        let made: PrimitiveArray<T> = left
            .iter()
            .zip(right)
            .map(|(left, right)| operation(left?, right?).ok())
            .collect();
        Arc::new(made)
    }

    /// The error of an operation that does not fit, in Trino's words.
    fn overflow(&self, error: &DataFusionError, arguments: &ScalarFunctionArgs) -> DataFusionError {
        let operation = match self.operation {
            Operation::Add => "addition",
            Operation::Subtract => "subtraction",
            Operation::Multiply => "multiplication",
        };
        let data_type = integer(arguments.return_field.data_type());
        let message = match error.find_root() {
            DataFusionError::ArrowError(error, _) => match error.as_ref() {
                ArrowError::ArithmeticOverflow(message) => message.clone(),
                other => other.to_string(),
            },
            other => other.strip_backtrace(),
        };
        // Arrow says which numbers it were.
        let numbers = message.rsplit_once(": ").map_or("", |(_, numbers)| numbers);
        exec_datafusion_err!("{data_type} {operation} overflow: {numbers}")
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
