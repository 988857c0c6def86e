//! Scalar functions that are no more than a name, a rule for their types and a function of arrays.

use arrow::{array::ArrayRef, datatypes::DataType};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

use super::support::equal_by_name;

/// The types that the arguments are cast to.
type Coerce = fn(&[DataType]) -> Result<Vec<DataType>>;
/// The type of the result, by the types of arguments as they were cast.
type Returns = fn(&[DataType]) -> Result<DataType>;
/// The result, of the type given, for arguments of equal length.
type Run = fn(&[ArrayRef], &DataType) -> Result<ArrayRef>;

/// A function by its parts. Two of one name are the same function.
#[derive(Debug)]
struct Defined {
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    coerce: Coerce,
    returns: Returns,
    run: Run,
}

/// A function whose value depends on its arguments alone. Without arguments it makes one row.
pub(super) fn scalar(
    names: &[&'static str],
    coerce: Coerce,
    returns: Returns,
    run: Run,
) -> ScalarUDF {
    let (name, aliases) = names
        .split_first()
        .map_or(("", names), |(name, rest)| (*name, rest));
    ScalarUDF::from(Defined {
        name,
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        signature: Signature::user_defined(Volatility::Immutable),
        coerce,
        returns,
        run,
    })
}

equal_by_name!(Defined);

impl ScalarUDFImpl for Defined {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        (self.coerce)(arguments)
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        (self.returns)(arguments)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = arguments
            .args
            .iter()
            .all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { arguments.number_rows };
        let arrays = arguments
            .args
            .iter()
            .map(|argument| argument.to_array(rows))
            .collect::<Result<Vec<_>>>()?;
        let made = (self.run)(&arrays, arguments.return_field.data_type())?;
        if constant {
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &made, 0,
            )?))
        } else {
            Ok(ColumnarValue::Array(made))
        }
    }
}
