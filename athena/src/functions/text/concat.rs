//! `concat` and `concat_ws`, of text and of arrays.

use std::sync::Arc;

use arrow::array::{MutableArrayData, make_array};
use arrow::{
    array::{Array, ArrayRef, AsArray, ListArray, StringViewArray, new_null_array},
    buffer::{NullBuffer, OffsetBuffer, ScalarBuffer},
    compute::cast,
    datatypes::{DataType, Field},
};
use datafusion::{
    common::{exec_err, plan_err},
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
        type_coercion::binary::type_union_resolution,
    },
};

use super::{
    plain::{Texts, text_rows},
    split::list_of_texts,
};
use crate::functions::support::{TEXT, is_text, per_distinct_value};

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    let signature = || Signature::user_defined(Volatility::Immutable);
    vec![
        ScalarUDF::new_from_impl(Concat {
            signature: signature(),
        }),
        ScalarUDF::new_from_impl(ConcatWs {
            signature: signature(),
        }),
    ]
}

/// NULL if any argument is NULL; arrays become one array, to which an element may be added at either end.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Concat {
    signature: Signature,
}

impl ScalarUDFImpl for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        if given.is_empty() {
            return plan_err!("concat takes at least 1 argument");
        }
        if given.iter().any(is_list) {
            let items: Vec<_> = given
                .iter()
                .map(|given| item(given).unwrap_or(given).clone())
                .collect();
            let Some(common) = type_union_resolution(&items) else {
                return plan_err!("concat cannot make one array of {}", shown(given));
            };
            return Ok(given
                .iter()
                .map(|given| {
                    if is_list(given) {
                        DataType::new_list(common.clone(), true)
                    } else {
                        common.clone()
                    }
                })
                .collect());
        }
        if given.iter().all(DataType::is_binary) {
            return Ok(vec![DataType::Binary; given.len()]);
        }
        given
            .iter()
            .map(|data_type| match data_type {
                text if is_text(text) => Ok(text.clone()),
                other if other.is_nested() => plan_err!("concat cannot take {}", shown(given)),
                _ => Ok(TEXT),
            })
            .collect()
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        Ok(given
            .iter()
            .find(|given| is_list(given) || given.is_binary())
            .cloned()
            .unwrap_or(TEXT))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let types: Vec<_> = arguments
            .args
            .iter()
            .map(ColumnarValue::data_type)
            .collect();
        if types.iter().any(is_list) {
            per_distinct_value(&arguments, joined_lists)
        } else if types.iter().all(DataType::is_binary) {
            per_distinct_value(&arguments, joined_bytes)
        } else {
            per_distinct_value(&arguments, joined_texts)
        }
    }
}

fn joined_texts(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = arguments
        .iter()
        .map(|argument| Texts::of(argument, rows))
        .collect::<Result<Vec<_>>>()?;
    text_rows(rows, |row, made| {
        for text in &texts {
            let Some(text) = text.get(row) else {
                return Ok(false);
            };
            made.push_str(text);
        }
        Ok(true)
    })
}

fn joined_bytes(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let arrays = ColumnarValue::values_to_arrays(arguments)?;
    let mut made = arrow::array::BinaryBuilder::with_capacity(rows, 0);
    let mut buffer = Vec::new();
    for row in 0..rows {
        buffer.clear();
        // Constants are arrays of one row where all arguments are constants, of all rows otherwise.
        if arrays.iter().any(|array| array.is_null(row)) {
            made.append_null();
            continue;
        }
        for array in &arrays {
            buffer.extend_from_slice(array.as_binary::<i32>().value(row));
        }
        made.append_value(&buffer);
    }
    Ok(Arc::new(made.finish()))
}

fn joined_lists(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let lists = arguments
        .iter()
        .map(|argument| {
            let array = argument.to_array(rows)?;
            Ok(match array.as_list_opt::<i32>() {
                Some(list) => list.clone(),
                None => lists_of_one(array)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let Some(field) = lists.first().map(list_field) else {
        return exec_err!("concat takes at least 1 argument");
    };
    let values: Vec<_> = lists.iter().map(|list| list.values().to_data()).collect();
    let mut made = MutableArrayData::new(values.iter().collect(), true, 0);
    let mut offsets = vec![0_i32];
    let mut valid = Vec::with_capacity(rows);
    for row in 0..rows {
        let is_valid = lists.iter().all(|list| list.is_valid(row));
        valid.push(is_valid);
        if is_valid {
            for (place, list) in lists.iter().enumerate() {
                let range = list.value_offsets();
                let (Ok(from), Ok(until)) =
                    (usize::try_from(range[row]), usize::try_from(range[row + 1]))
                else {
                    return exec_err!("concat: an array has no beginning");
                };
                made.try_extend(place, from, until)?;
            }
        }
        let Ok(end) = i32::try_from(made.len()) else {
            return exec_err!("concat: more than {} elements in one batch", i32::MAX);
        };
        offsets.push(end);
    }
    Ok(Arc::new(ListArray::try_new(
        field,
        OffsetBuffer::new(ScalarBuffer::from(offsets)),
        make_array(made.freeze()),
        Some(NullBuffer::from(valid)),
    )?))
}

/// Arrays of one element each; a NULL is an element.
fn lists_of_one(elements: ArrayRef) -> Result<ListArray> {
    let field = Arc::new(Field::new_list_field(elements.data_type().clone(), true));
    let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(1, elements.len()));
    Ok(ListArray::try_new(field, offsets, elements, None)?)
}

fn list_field(list: &ListArray) -> Arc<Field> {
    Arc::new(Field::new_list_field(list.value_type(), true))
}

/// The first argument between all others that are not NULL; arrays of text give their elements.
#[derive(Debug, PartialEq, Eq, Hash)]
struct ConcatWs {
    signature: Signature,
}

impl ScalarUDFImpl for ConcatWs {
    fn name(&self) -> &'static str {
        "concat_ws"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        if given.len() < 2 {
            return plan_err!(
                "concat_ws takes a separator and at least 1 more argument, not {}",
                given.len()
            );
        }
        given
            .iter()
            .enumerate()
            .map(|(place, data_type)| match data_type {
                text if is_text(text) => Ok(text.clone()),
                list if is_list(list) && place > 0 => Ok(list_of_texts()),
                other if other.is_nested() => plan_err!("concat_ws cannot take {}", shown(given)),
                _ => Ok(TEXT),
            })
            .collect()
    }

    fn return_type(&self, _given: &[DataType]) -> Result<DataType> {
        Ok(TEXT)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        per_distinct_value(&arguments, separated)
    }
}

/// An argument of `concat_ws`.
enum Part<'a> {
    Text(Texts<'a>),
    List(ListArray, StringViewArray),
}

fn separated(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let separator = Texts::of(&arguments[0], rows)?;
    let parts = arguments[1..]
        .iter()
        .map(|argument| {
            if !is_list(&argument.data_type()) {
                return Ok(Part::Text(Texts::of(argument, rows)?));
            }
            let list = argument.to_array(rows)?.as_list::<i32>().clone();
            let values = if list.values().data_type().is_null() {
                new_null_array(&TEXT, list.values().len())
            } else {
                cast(list.values(), &TEXT)?
            };
            Ok(Part::List(list, values.as_string_view().clone()))
        })
        .collect::<Result<Vec<_>>>()?;
    text_rows(rows, |row, made| {
        let Some(separator) = separator.get(row) else {
            return Ok(false);
        };
        let mut is_first = true;
        let mut add = |text: &str| {
            if !is_first {
                made.push_str(separator);
            }
            is_first = false;
            made.push_str(text);
        };
        for part in &parts {
            match part {
                Part::Text(text) => text.get(row).into_iter().for_each(&mut add),
                Part::List(list, values) if list.is_valid(row) => {
                    let range = list.value_offsets();
                    for place in range[row]..range[row + 1] {
                        let place = usize::try_from(place).unwrap_or(0);
                        if values.is_valid(place) {
                            add(values.value(place));
                        }
                    }
                }
                Part::List(..) => {}
            }
        }
        Ok(true)
    })
}

fn is_list(data_type: &DataType) -> bool {
    item(data_type).is_some()
}

fn item(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => Some(item.data_type()),
        _ => None,
    }
}

fn shown(types: &[DataType]) -> String {
    let types: Vec<_> = types.iter().map(ToString::to_string).collect();
    types.join(", ")
}
