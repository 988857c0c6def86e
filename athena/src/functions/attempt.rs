//! What `TRY` is made of: functions that give NULL where another fails.

use std::sync::Arc;

use arrow::{
    compute::concat,
    datatypes::{DataType, FieldRef},
};
use datafusion::{
    common::{ScalarValue, plan_err},
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
        Signature, TypeSignature, Volatility,
        simplify::{ExprSimplifyResult, SimplifyContext},
    },
};

/// What the names of such functions begin with.
pub(crate) const ATTEMPT: &str = "try_";

/// Gives its second argument, a divisor of the first, as NULL where the division would fail.
pub(crate) const DIVISOR: &str = "try_divisor";

/// Marks a sum, difference or product that is NULL where it does not fit; the types decide whether that can be.
pub(crate) const ATTEMPTED_ARITHMETIC: &str = "try_arithmetic";

/// The functions, and for each one that gives NULL where it fails.
pub(super) fn with_attempts(mut functions: Vec<ScalarUDF>) -> Vec<ScalarUDF> {
    let attempts: Vec<_> = functions
        .iter()
        .map(|function| ScalarUDF::from(Attempt::new(function.clone())))
        .collect();
    functions.extend(attempts);
    functions.push(ScalarUDF::from(Divisor {
        signature: Signature::new(TypeSignature::Any(2), Volatility::Immutable),
    }));
    functions.push(ScalarUDF::from(Arithmetic {
        signature: Signature::any(1, Volatility::Immutable),
    }));
    functions
}

/// A function that gives NULL for the rows in which the inner one fails.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Attempt {
    inner: ScalarUDF,
    name: String,
    aliases: Vec<String>,
}

impl Attempt {
    fn new(inner: ScalarUDF) -> Self {
        let named = |name: &str| format!("{ATTEMPT}{name}");
        Self {
            name: named(inner.name()),
            aliases: inner.aliases().iter().map(|alias| named(alias)).collect(),
            inner,
        }
    }

    /// One row by itself.
    fn row(&self, arguments: &ScalarFunctionArgs, row: usize) -> Result<ScalarValue> {
        let mut one = arguments.clone();
        one.number_rows = 1;
        for argument in &mut one.args {
            if let ColumnarValue::Array(array) = argument {
                *argument = ColumnarValue::Array(array.slice(row, 1));
            }
        }
        match self.inner.invoke_with_args(one) {
            Ok(value) => ScalarValue::try_from_array(value.into_array(1)?.as_ref(), 0),
            Err(error) if is_of_the_value(&error) => {
                ScalarValue::try_from(arguments.return_field.data_type())
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether it is the values that are wrong, and not the function or what it runs in.
fn is_of_the_value(error: &DataFusionError) -> bool {
    !matches!(
        error.find_root(),
        DataFusionError::Internal(_)
            | DataFusionError::NotImplemented(_)
            | DataFusionError::ResourcesExhausted(_)
    )
}

impl ScalarUDFImpl for Attempt {
    fn name(&self) -> &str {
        &self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.inner.return_type(arguments)
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let field = self.inner.return_field_from_args(arguments)?;
        Ok(Arc::new(field.as_ref().clone().with_nullable(true)))
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(arguments)
    }

    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        self.inner.simplify(args, info)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match self.inner.invoke_with_args(arguments.clone()) {
            Err(error) if is_of_the_value(&error) => {}
            made => return made,
        }
        let constants = arguments
            .args
            .iter()
            .all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        if constants {
            return Ok(ColumnarValue::Scalar(self.row(&arguments, 0)?));
        }
        let mut rows = Vec::with_capacity(arguments.number_rows);
        for row in 0..arguments.number_rows {
            rows.push(self.row(&arguments, row)?.to_array()?);
        }
        let rows: Vec<_> = rows.iter().map(AsRef::as_ref).collect();
        Ok(ColumnarValue::Array(concat(&rows)?))
    }
}

/// See [`DIVISOR`].
#[derive(Debug, PartialEq, Eq, Hash)]
struct Divisor {
    signature: Signature,
}

impl ScalarUDFImpl for Divisor {
    fn name(&self) -> &'static str {
        DIVISOR
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [_, divisor] => Ok(divisor.clone()),
            _ => Err(DataFusionError::Plan(format!(
                "{DIVISOR} takes two arguments"
            ))),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [dividend, divisor] = arguments.args.as_slice() else {
            return Err(DataFusionError::Plan(format!(
                "{DIVISOR} takes two arguments"
            )));
        };
        if !fails(&dividend.data_type()) || !fails(&divisor.data_type()) {
            return Ok(divisor.clone());
        }
        let zero = ScalarValue::new_zero(&divisor.data_type())?;
        match divisor {
            ColumnarValue::Scalar(value) if *value == zero => Ok(ColumnarValue::Scalar(
                ScalarValue::try_from(value.data_type())?,
            )),
            ColumnarValue::Scalar(_) => Ok(divisor.clone()),
            ColumnarValue::Array(array) => {
                let zeros = arrow::compute::kernels::cmp::eq(array, &zero.to_scalar()?)?;
                Ok(ColumnarValue::Array(arrow::compute::nullif(array, &zeros)?))
            }
        }
    }
}

/// See [`ATTEMPTED_ARITHMETIC`]. It goes when types are settled; where it stays, nothing that it marks can fail.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Arithmetic {
    signature: Signature,
}

impl ScalarUDFImpl for Arithmetic {
    fn name(&self) -> &'static str {
        ATTEMPTED_ARITHMETIC
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        let [operation] = arguments else {
            return plan_err!("{ATTEMPTED_ARITHMETIC} takes one argument");
        };
        Ok(operation.clone())
    }

    fn invoke_with_args(&self, mut arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let Some(operation) = arguments.args.pop() else {
            return plan_err!("{ATTEMPTED_ARITHMETIC} takes one argument");
        };
        Ok(operation)
    }
}

/// Whether numbers of this type cannot be divided by zero: doubles can, and so can amounts of money, which act as doubles.
fn fails(data_type: &DataType) -> bool {
    data_type.is_integer()
        || data_type.is_decimal() && !matches!(data_type, DataType::Decimal128(38, 18))
        || matches!(data_type, DataType::Null)
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{ArrayRef, AsArray, Int64Array},
        datatypes::{Field, Int64Type},
    };
    use datafusion::{config::ConfigOptions, logical_expr::create_udf};

    use super::*;

    /// The number itself, and an error for any that is negative.
    fn natural() -> ScalarUDF {
        let run = |arguments: &[ColumnarValue]| {
            let rows = match &arguments[0] {
                ColumnarValue::Array(array) => array.len(),
                ColumnarValue::Scalar(_) => 1,
            };
            let numbers = arguments[0].to_array(rows)?;
            if numbers
                .as_primitive::<Int64Type>()
                .iter()
                .flatten()
                .any(|n| n < 0)
            {
                return Err(DataFusionError::Execution("negative".to_owned()));
            }
            Ok(arguments[0].clone())
        };
        create_udf(
            "natural",
            vec![DataType::Int64],
            DataType::Int64,
            Volatility::Immutable,
            Arc::new(run),
        )
    }

    fn attempted(argument: ColumnarValue, rows: usize) -> ArrayRef {
        let field: FieldRef = Arc::new(Field::new("n", DataType::Int64, true));
        let arguments = ScalarFunctionArgs {
            args: vec![argument],
            arg_fields: vec![Arc::clone(&field)],
            number_rows: rows,
            return_field: field,
            config_options: Arc::new(ConfigOptions::default()),
        };
        let made = Attempt::new(natural()).invoke_with_args(arguments).unwrap();
        made.to_array(rows).unwrap()
    }

    #[test]
    fn rows_that_fail_are_null_and_others_keep_their_values() {
        let numbers = Int64Array::from(vec![Some(1), Some(-2), None, Some(4)]);
        let made = attempted(ColumnarValue::Array(Arc::new(numbers)), 4);
        let expected = Int64Array::from(vec![Some(1), None, None, Some(4)]);
        assert_eq!(made.as_primitive::<Int64Type>(), &expected);
    }

    #[test]
    fn a_constant_that_fails_is_null() {
        let made = attempted(ColumnarValue::Scalar(ScalarValue::Int64(Some(-1))), 2);
        assert_eq!(made.null_count(), 2);
    }

    #[test]
    fn names_begin_with_try() {
        assert_eq!(Attempt::new(natural()).name(), "try_natural");
    }
}
