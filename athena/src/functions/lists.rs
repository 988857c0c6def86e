//! Lists as values and the ranges of rows in them, and lists made by picking values.

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, ListArray, MapArray, NullBufferBuilder, UInt64Array,
        new_null_array,
    },
    buffer::{NullBuffer, OffsetBuffer},
    compute::{SortOptions, take},
    datatypes::{DataType, Field},
    row::{RowConverter, Rows, SortField},
};
use datafusion::{
    common::{exec_err, plan_err},
    error::{DataFusionError, Result},
    logical_expr_common::type_coercion::binary::type_union_resolution,
};

use super::support::{TEXT, is_text};

/// Arrays of lists, or maps, by their parts.
pub(super) struct Lists {
    pub(super) offsets: OffsetBuffer<i32>,
    /// The elements of all lists; the entries of maps.
    pub(super) values: ArrayRef,
    nulls: Option<NullBuffer>,
}

impl Lists {
    /// The parts of an array of lists; of one of another type, lists that are all NULL.
    pub(super) fn of(array: &ArrayRef) -> Self {
        if let Some(lists) = array.as_list_opt::<i32>() {
            return Self {
                offsets: lists.offsets().clone(),
                values: Arc::clone(lists.values()),
                nulls: lists.nulls().cloned(),
            };
        }
        Self {
            offsets: OffsetBuffer::new_zeroed(array.len()),
            values: arrow::array::new_empty_array(&DataType::Null),
            nulls: Some(NullBuffer::new_null(array.len())),
        }
    }

    /// The parts of an array of maps.
    pub(super) fn of_map(maps: &MapArray) -> Self {
        Self {
            offsets: maps.offsets().clone(),
            values: Arc::new(maps.entries().clone()),
            nulls: maps.nulls().cloned(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Where the values of a row are; `None` if it is NULL.
    #[expect(clippy::cast_sign_loss, reason = "offsets are never negative")]
    pub(super) fn get(&self, row: usize) -> Option<Range<usize>> {
        match &self.nulls {
            Some(nulls) if nulls.is_null(row) => None,
            _ => Some(self.offsets[row] as usize..self.offsets[row + 1] as usize),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Option<Range<usize>>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }
}

/// Lists of values that are picked from an array by their places.
#[derive(Default)]
pub(super) struct Picked {
    places: Vec<Option<u64>>,
    lengths: Vec<usize>,
    valid: Vec<bool>,
    begun: usize,
}

impl Picked {
    /// One more value of the list that is being made; `None` for a NULL.
    pub(super) fn push(&mut self, place: Option<usize>) {
        self.places.push(place.map(|place| place as u64));
    }

    pub(super) fn extend(&mut self, places: impl IntoIterator<Item = usize>) {
        self.places
            .extend(places.into_iter().map(|place| Some(place as u64)));
    }

    /// Ends the list that is being made.
    pub(super) fn end(&mut self) {
        self.lengths.push(self.places.len() - self.begun);
        self.valid.push(true);
        self.begun = self.places.len();
    }

    /// A NULL in the place of a list.
    pub(super) fn end_null(&mut self) {
        self.places.truncate(self.begun);
        self.lengths.push(0);
        self.valid.push(false);
    }

    /// The values picked, without their lists.
    pub(super) fn values(&self, from: &ArrayRef) -> Result<ArrayRef> {
        if from.is_empty() {
            return Ok(new_null_array(from.data_type(), self.places.len()));
        }
        Ok(take(from, &UInt64Array::from(self.places.clone()), None)?)
    }

    pub(super) fn offsets(&self) -> Result<OffsetBuffer<i32>> {
        if i32::try_from(self.places.len()).is_err() {
            return exec_err!(
                "arrays of {} elements in all are too many",
                self.places.len()
            );
        }
        Ok(OffsetBuffer::from_lengths(self.lengths.iter().copied()))
    }

    pub(super) fn nulls(&self) -> Option<NullBuffer> {
        nulls_of(&self.valid)
    }

    /// The lists, of values in `from`.
    pub(super) fn finish(self, from: &ArrayRef) -> Result<ArrayRef> {
        list_array(self.offsets()?, self.values(from)?, self.nulls())
    }
}

/// A buffer of which rows have a value; `None` if all have.
pub(super) fn nulls_of(valid: &[bool]) -> Option<NullBuffer> {
    let mut nulls = NullBufferBuilder::new(valid.len());
    for &valid in valid {
        nulls.append(valid);
    }
    nulls.finish()
}

/// An array of lists, whose elements may be NULL.
pub(super) fn list_array(
    offsets: OffsetBuffer<i32>,
    values: ArrayRef,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef> {
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(field, offsets, values, nulls)?))
}

/// Values as bytes that are equal where the values are, and ordered as they are, NULLs last.
pub(super) fn rows(values: &ArrayRef) -> Result<Rows> {
    Ok(converter(values.data_type())?.convert_columns(&[Arc::clone(values)])?)
}

/// What makes bytes of values of a type, and values of these bytes.
pub(super) fn converter(data_type: &DataType) -> Result<RowConverter> {
    let options = SortOptions {
        descending: false,
        nulls_first: false,
    };
    let field = SortField::new_with_options(data_type.clone(), options);
    Ok(RowConverter::new(vec![field])?)
}

/// Which values are NULL, for every type.
pub(super) fn is_null(values: &ArrayRef) -> impl Fn(usize) -> bool + use<> {
    let nulls = values.logical_nulls();
    move |place| nulls.as_ref().is_some_and(|nulls| nulls.is_null(place))
}

/// Which values are no numbers.
pub(super) fn is_nan(values: &ArrayRef) -> impl Fn(usize) -> bool + use<> {
    use arrow::datatypes::{Float32Type, Float64Type};
    let doubles = values.as_primitive_opt::<Float64Type>().cloned();
    let reals = values.as_primitive_opt::<Float32Type>().cloned();
    move |place| {
        doubles
            .as_ref()
            .is_some_and(|values| values.value(place).is_nan())
            || reals
                .as_ref()
                .is_some_and(|values| values.value(place).is_nan())
    }
}

/// The list of elements of a type.
pub(super) fn list_of(element: &DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(element.clone(), true)))
}

/// The type of a list's elements; a NULL stands for a list of NULLs.
pub(super) fn element(list: &DataType) -> Option<DataType> {
    match list {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::ListView(field)
        | DataType::LargeListView(field)
        | DataType::FixedSizeList(field, _) => Some(plain(field.data_type())),
        DataType::Null => Some(DataType::Null),
        _ => None,
    }
}

/// The type without dictionaries and with lists of the usual kind.
pub(super) fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values) => plain(values),
        DataType::Null => DataType::Null,
        other => match element(other) {
            Some(element) => list_of(&element),
            None => other.clone(),
        },
    }
}

/// The type that values of all these types have in common.
pub(super) fn common(types: &[DataType]) -> Option<DataType> {
    let mut known: Vec<_> = types
        .iter()
        .map(plain)
        .filter(|data_type| !data_type.is_null())
        .collect();
    known.dedup();
    match known.as_slice() {
        [] => Some(DataType::Null),
        [one] => Some(one.clone()),
        texts if texts.iter().all(is_text) => Some(TEXT),
        lists if lists.iter().all(|list| element(list).is_some()) => {
            let elements: Vec<_> = lists.iter().filter_map(element).collect();
            Some(list_of(&common(&elements)?))
        }
        mixed => type_union_resolution(mixed),
    }
}

/// As [`common`], with an error for those that have none.
pub(super) fn common_or_error(types: &[DataType]) -> Result<DataType> {
    if let Some(common) = common(types) {
        return Ok(common);
    }
    let types: Vec<_> = types.iter().map(super::names::type_name).collect();
    plan_err!("values of types {} cannot be compared", types.join(" and "))
}

/// The error for arguments that a function does not take.
pub(super) fn unexpected<T>(name: &str, takes: &str, types: &[DataType]) -> Result<T> {
    let types: Vec<_> = types.iter().map(super::names::type_name).collect();
    Err(DataFusionError::Plan(format!(
        "{name} takes {takes}, not ({})",
        types.join(", ")
    )))
}

/// The rule for a function of one list.
pub(super) fn one_list(name: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [list] if element(list).is_some() => Ok(vec![plain_list(list)]),
        _ => unexpected(name, "an array", types),
    }
}

/// The rule for a function of a list and an integer.
pub(super) fn list_and_integers(
    name: &str,
    takes: &str,
    integers: usize,
    types: &[DataType],
) -> Result<Vec<DataType>> {
    match types.split_first() {
        Some((list, rest)) if element(list).is_some() && rest.len() == integers => {
            let mut coerced = vec![plain_list(list)];
            coerced.resize(integers + 1, DataType::Int64);
            Ok(coerced)
        }
        _ => unexpected(name, takes, types),
    }
}

/// The rule for a function of two lists.
pub(super) fn two_lists(name: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [left, right] => match (element(left), element(right)) {
            (Some(left), Some(right)) => {
                let both = list_of(&common_or_error(&[left, right])?);
                Ok(vec![both.clone(), both])
            }
            _ => unexpected(name, "two arrays", types),
        },
        _ => unexpected(name, "two arrays", types),
    }
}

/// The rule for a function of a list and a value that may be in it.
pub(super) fn list_and_element(name: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [list, value] => match element(list) {
            Some(element) => {
                let common = common_or_error(&[element, value.clone()])?;
                Ok(vec![list_of(&common), common])
            }
            None => unexpected(name, "an array and a value", types),
        },
        _ => unexpected(name, "an array and a value", types),
    }
}

/// A list type in its usual form.
pub(super) fn plain_list(list: &DataType) -> DataType {
    list_of(&element(list).unwrap_or(DataType::Null))
}
