//! The functions that clients of `PostgreSQL` call.

mod constants;
mod keywords;
mod lookups;
mod strings;

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, Int64Array, StringArray},
        compute::cast,
        datatypes::{DataType, Int64Type},
    },
    catalog::TableFunctionImpl,
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature,
        Volatility,
    },
};

use super::Known;
pub(super) use strings::{elements, escaped};

/// All of them that give one value per row.
pub(super) fn scalar(known: &Arc<Known>) -> Vec<ScalarUDF> {
    let defined = constants::all().into_iter();
    let defined = defined.chain(lookups::all()).chain(strings::all());
    let functions = defined.map(|definition| {
        ScalarUDF::new_from_impl(Function {
            definition,
            known: Arc::clone(known),
        })
    });
    functions.collect()
}

/// All of them that are tables.
pub(super) fn tables() -> Vec<(&'static str, Arc<dyn TableFunctionImpl>)> {
    vec![("pg_get_keywords", Arc::new(keywords::Keywords))]
}

/// What a function does with its arguments, for so many rows.
type Body = Box<dyn Fn(&Known, &[ArrayRef], usize) -> Result<ArrayRef> + Send + Sync>;

/// A function's name, type and meaning.
struct Definition {
    name: &'static str,
    returns: fn(&[DataType]) -> DataType,
    signature: Signature,
    body: Body,
}

impl Definition {
    /// A function of any arguments whose values stay the same within a statement.
    fn new(
        name: &'static str,
        returns: fn(&[DataType]) -> DataType,
        body: impl Fn(&Known, &[ArrayRef], usize) -> Result<ArrayRef> + Send + Sync + 'static,
    ) -> Self {
        let any = vec![TypeSignature::VariadicAny, TypeSignature::Nullary];
        Self {
            name,
            returns,
            signature: Signature::one_of(any, Volatility::Stable),
            body: Box::new(body),
        }
    }

    /// The same, called anew for each row.
    fn volatile(mut self) -> Self {
        self.signature.volatility = Volatility::Volatile;
        self
    }
}

struct Function {
    definition: Definition,
    known: Arc<Known>,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Function")
            .field(&self.definition.name)
            .finish()
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name && Arc::ptr_eq(&self.known, &other.known)
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.definition.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok((self.definition.returns)(arguments))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        // Constants come as arrays of one row.
        let constant = arguments
            .args
            .iter()
            .all(|argument| matches!(argument, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { rows };
        let result = (self.definition.body)(&self.known, &arrays, rows)?;
        if constant && result.len() == 1 {
            let value = datafusion::common::ScalarValue::try_from_array(&result, 0)?;
            return Ok(ColumnarValue::Scalar(value));
        }
        Ok(ColumnarValue::Array(result))
    }
}

/// An argument as numbers; NULL where it is none, or where there is no such argument.
fn numbers(arguments: &[ArrayRef], place: usize, rows: usize) -> Result<Int64Array> {
    match arguments.get(place) {
        Some(array) => Ok(cast(array, &DataType::Int64)?
            .as_primitive::<Int64Type>()
            .clone()),
        None => Ok(Int64Array::new_null(rows)),
    }
}

/// An argument as text; NULL where there is no such argument.
fn texts(arguments: &[ArrayRef], place: usize, rows: usize) -> Result<StringArray> {
    match arguments.get(place) {
        Some(array) => Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()),
        None => Ok(StringArray::new_null(rows)),
    }
}

fn is_number(data_type: &DataType) -> bool {
    data_type.is_integer()
}

fn as_text(_: &[DataType]) -> DataType {
    DataType::Utf8
}

fn as_number(_: &[DataType]) -> DataType {
    DataType::Int64
}

fn as_truth(_: &[DataType]) -> DataType {
    DataType::Boolean
}

fn as_texts(_: &[DataType]) -> DataType {
    DataType::new_list(DataType::Utf8, true)
}
