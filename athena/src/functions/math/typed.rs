//! The names of types.

use arrow::datatypes::DataType;
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

use super::super::{names::type_name, support::TEXT};

pub(super) fn type_of() -> ScalarUDF {
    ScalarUDF::from(TypeOf {
        signature: Signature::any(1, Volatility::Immutable),
    })
}

/// `typeof(x)`: what Trino calls the type of its argument.
#[derive(Debug, PartialEq, Eq, Hash)]
struct TypeOf {
    signature: Signature,
}

impl ScalarUDFImpl for TypeOf {
    fn name(&self) -> &'static str {
        "typeof"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(TEXT)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let name = arguments
            .arg_fields
            .first()
            .map(|field| type_name(field.data_type()));
        Ok(ColumnarValue::Scalar(ScalarValue::Utf8View(name)))
    }
}
