//! What functions share: reading text in whatever form it comes, and doing work once per distinct value.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, StringViewArray, StringViewBuilder, downcast_dictionary_array,
    },
    compute::{cast, take},
    datatypes::DataType,
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{ColumnarValue, ScalarFunctionArgs},
};

/// Functions of this type have unique names, so that these stand for them when plans are compared.
macro_rules! equal_by_name {
    ($function:ty) => {
        impl PartialEq for $function {
            fn eq(&self, other: &Self) -> bool {
                self.name == other.name
            }
        }

        impl Eq for $function {}

        impl std::hash::Hash for $function {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.name.hash(state);
            }
        }
    };
}
pub(in crate::functions) use equal_by_name;

/// Text results of functions have this type: it groups, joins and filters fastest.
pub(super) const TEXT: DataType = DataType::Utf8View;

/// Whether values of this type are text, dictionaries of text included.
pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// An argument as text of one value per row.
pub(super) fn texts(argument: &ColumnarValue, rows: usize) -> Result<StringViewArray> {
    let array = argument.to_array(rows)?;
    Ok(cast(&array, &TEXT)?.as_string_view().clone())
}

/// A constant argument's text; `None` if it is no constant, `Some(None)` if it is NULL.
#[expect(
    clippy::option_option,
    reason = "no constant and a constant NULL differ"
)]
pub(super) fn constant_text(argument: &ColumnarValue) -> Option<Option<&str>> {
    match argument {
        ColumnarValue::Scalar(ScalarValue::Null) => Some(None),
        ColumnarValue::Scalar(scalar) => scalar.try_as_str(),
        ColumnarValue::Array(_) => None,
    }
}

/// Text made of text row by row, `None` for NULL; `make` appends to the buffer that it is given, and says whether it made a value.
pub(super) fn map_texts(
    input: &StringViewArray,
    mut make: impl FnMut(&str, &mut String) -> Result<bool>,
) -> Result<ArrayRef> {
    let mut made = StringViewBuilder::with_capacity(input.len());
    let mut buffer = String::new();
    for text in input {
        buffer.clear();
        match text {
            Some(text) if make(text, &mut buffer)? => made.append_value(&buffer),
            _ => made.append_null(),
        }
    }
    Ok(Arc::new(made.finish()))
}

/// Runs a function whose only argument that is no constant may be a dictionary on the values of the dictionary, and anything
/// else as it is. A function of constants alone gives a constant.
///
/// Only for functions of which every value depends on the arguments of its row alone.
pub(super) fn per_distinct_value(
    arguments: &ScalarFunctionArgs,
    run: impl Fn(&[ColumnarValue], usize) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let rows = arguments.number_rows;
    let mut arrays = arguments
        .args
        .iter()
        .enumerate()
        .filter_map(|(place, value)| match value {
            ColumnarValue::Array(array) => Some((place, Arc::clone(array))),
            ColumnarValue::Scalar(_) => None,
        });
    match (arrays.next(), arrays.next()) {
        (None, _) => {
            let made = run(&arguments.args, 1)?;
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                &made, 0,
            )?))
        }
        (Some((place, array)), None) => {
            let Some((values, keys)) = dictionary(&array) else {
                return Ok(ColumnarValue::Array(run(&arguments.args, rows)?));
            };
            // Values that no row has must not fail the query: then each row is asked by itself.
            let mut inner = arguments.args.clone();
            inner[place] = ColumnarValue::Array(Arc::clone(&values));
            if let Ok(made) = run(&inner, values.len()) {
                return Ok(ColumnarValue::Array(take(&made, &keys, None)?));
            }
            inner[place] = ColumnarValue::Array(take(&values, &keys, None)?);
            Ok(ColumnarValue::Array(run(&inner, rows)?))
        }
        _ => Ok(ColumnarValue::Array(run(&arguments.args, rows)?)),
    }
}

/// A dictionary's values and keys, if it has fewer values than rows.
fn dictionary(array: &ArrayRef) -> Option<(ArrayRef, ArrayRef)> {
    downcast_dictionary_array!(
        array => {
            (array.values().len() <= array.len())
                .then(|| (Arc::clone(array.values()), Arc::new(array.keys().clone()) as ArrayRef))
        }
        _ => None
    )
}
