//! What `UNNEST` is made of: arguments as arrays of what its rows are.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, Int64Builder, ListArray, ListBuilder, StructArray, UInt64Array,
        new_null_array,
    },
    buffer::OffsetBuffer,
    compute::{cast, concat, take},
    datatypes::{DataType, Field, Fields},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature,
        Volatility,
    },
};

/// An array of the entries of a map, or of rows, whose fields are called `f0`, `f1` ….
pub(crate) const ENTRIES: &str = "unnest_entries";
/// The array; one NULL where it is NULL or empty.
pub(crate) const NEVER_EMPTY: &str = "unnest_never_empty";
/// The numbers from 1 to the length of the longest array.
pub(crate) const ORDINALS: &str = "unnest_ordinals";

/// The array itself, if it makes one column: those of a map or of rows need names.
pub(crate) const UNNAMED: &str = "unnest_unnamed";

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    [
        (ENTRIES, TypeSignature::Any(1)),
        (NEVER_EMPTY, TypeSignature::Any(1)),
        (ORDINALS, TypeSignature::VariadicAny),
        (UNNAMED, TypeSignature::Any(1)),
    ]
    .into_iter()
    .map(|(name, signature)| {
        ScalarUDF::from(Part {
            name,
            signature: Signature::new(signature, Volatility::Immutable),
        })
    })
    .collect()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Part {
    name: &'static str,
    signature: Signature,
}

impl ScalarUDFImpl for Part {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        if self.name == ORDINALS {
            return Ok(DataType::new_list(DataType::Int64, true));
        }
        let Some(argument) = arguments.first() else {
            return refused(&DataType::Null);
        };
        let item = match argument {
            DataType::Map(entries, _) => entries.data_type(),
            DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
                item.data_type()
            }
            other => return refused(other),
        };
        if self.name == UNNAMED {
            return match item {
                DataType::Struct(fields) => Err(unnamed(argument, fields.len())),
                _ => Ok(argument.clone()),
            };
        }
        if self.name == NEVER_EMPTY {
            return Ok(DataType::new_list(item.clone(), true));
        }
        let DataType::Struct(fields) = item else {
            return Err(DataFusionError::Plan(
                "UNNEST of an array gives one column, and its alias names more".to_owned(),
            ));
        };
        Ok(DataType::new_list(DataType::Struct(numbered(fields)), true))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        if self.name == UNNAMED
            && let Some(array) = arguments.args.first()
        {
            return Ok(array.clone());
        }
        let lists = arguments
            .args
            .iter()
            .map(|argument| list(&argument.to_array(rows)?))
            .collect::<Result<Vec<_>>>()?;
        let made = match (self.name, lists.as_slice()) {
            (ORDINALS, lists) => ordinals(lists, rows),
            (NEVER_EMPTY, [list]) => never_empty(list)?,
            (_, [list]) => entries(list)?,
            _ => return refused(&DataType::Null),
        };
        Ok(ColumnarValue::Array(made))
    }
}

/// The error for columns without names.
fn unnamed(argument: &DataType, columns: usize) -> DataFusionError {
    let names: Vec<_> = match argument {
        DataType::Map(..) => vec!["key".to_owned(), "value".to_owned()],
        _ => (1..=columns).map(|place| format!("c{place}")).collect(),
    };
    DataFusionError::Plan(format!(
        "UNNEST of {} gives {columns} columns: name them, as in UNNEST(…) AS t ({})",
        if matches!(argument, DataType::Map(..)) {
            "a map"
        } else {
            "an array of rows"
        },
        names.join(", ")
    ))
}

fn refused<T>(data_type: &DataType) -> Result<T> {
    Err(DataFusionError::Plan(format!(
        "UNNEST takes an array or a map, not {data_type}"
    )))
}

/// The fields by their places.
fn numbered(fields: &Fields) -> Fields {
    fields
        .iter()
        .enumerate()
        .map(|(place, field)| Field::new(format!("f{place}"), field.data_type().clone(), true))
        .collect()
}

/// A map's entries, or an array, as one kind of list.
fn list(array: &ArrayRef) -> Result<ListArray> {
    match array.data_type() {
        DataType::Map(..) => {
            let map = array.as_map();
            let entries: ArrayRef = Arc::new(map.entries().clone());
            let field = Arc::new(Field::new_list_field(entries.data_type().clone(), true));
            let offsets = map.offsets().clone();
            Ok(ListArray::try_new(
                field,
                offsets,
                entries,
                map.nulls().cloned(),
            )?)
        }
        DataType::List(_) => Ok(array.as_list::<i32>().clone()),
        DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            let item = Arc::new(
                item.as_ref()
                    .clone()
                    .with_name(Field::LIST_FIELD_DEFAULT_NAME),
            );
            let list = cast(array, &DataType::List(item))?;
            Ok(list.as_list::<i32>().clone())
        }
        other => refused(other),
    }
}

fn entries(list: &ListArray) -> Result<ArrayRef> {
    let Some(values) = list.values().as_struct_opt() else {
        return refused(list.data_type());
    };
    let fields = numbered(values.fields());
    let values: ArrayRef = Arc::new(StructArray::try_new_with_length(
        fields,
        values.columns().to_vec(),
        values.nulls().cloned(),
        values.len(),
    )?);
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(
        field,
        list.offsets().clone(),
        values,
        list.nulls().cloned(),
    )?))
}

fn never_empty(list: &ListArray) -> Result<ArrayRef> {
    let values = list.values();
    // One NULL behind the values, for all the lists that are empty.
    let nothing = u64::try_from(values.len()).unwrap_or(u64::MAX);
    let with_null = concat(&[values.as_ref(), &new_null_array(values.data_type(), 1)])?;
    let mut picked = Vec::with_capacity(values.len() + list.len());
    let mut lengths = Vec::with_capacity(list.len());
    for row in 0..list.len() {
        let (from, to) = (list.value_offsets()[row], list.value_offsets()[row + 1]);
        let before = picked.len();
        if list.is_valid(row) {
            picked.extend((from..to).map(|place| u64::try_from(place).unwrap_or_default()));
        }
        if picked.len() == before {
            picked.push(nothing);
        }
        lengths.push(picked.len() - before);
    }
    let picked = take(&with_null, &UInt64Array::from(picked), None)?;
    let field = Arc::new(Field::new_list_field(picked.data_type().clone(), true));
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(field, offsets, picked, None)?))
}

fn ordinals(lists: &[ListArray], rows: usize) -> ArrayRef {
    let mut made = ListBuilder::new(Int64Builder::new());
    for row in 0..rows {
        let longest = lists
            .iter()
            .filter(|list| list.is_valid(row))
            .map(|list| i64::from(list.value_length(row)))
            .max();
        made.append_value((1..=longest.unwrap_or_default()).map(Some));
    }
    Arc::new(made.finish())
}
