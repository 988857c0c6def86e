//! The functions `text_map_of(key, value, …)` and `amount_map_of(key, value, …)`.

use std::sync::Arc;

use curtail_store::ColumnType;
use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, Decimal128Builder, MapArray, StringBuilder, StructArray,
        },
        buffer::OffsetBuffer,
        compute::cast,
        datatypes::{DataType, Decimal128Type},
    },
    common::exec_err,
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
    },
};

/// Makes one map per row of pairs of a constant key and a value, without the values that are NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct MapOf {
    amounts: bool,
    signature: Signature,
}

impl MapOf {
    /// The function for values of this type: decimals make a map of amounts, anything else one of text.
    pub(super) fn new(values: &DataType) -> Self {
        let any = vec![TypeSignature::VariadicAny, TypeSignature::Nullary];
        Self {
            amounts: values.is_decimal(),
            signature: Signature::one_of(any, Volatility::Immutable),
        }
    }

    /// The type of its maps.
    pub(super) fn map_type(&self) -> DataType {
        if self.amounts {
            ColumnType::AmountMap.arrow()
        } else {
            ColumnType::TextMap.arrow()
        }
    }
}

impl ScalarUDFImpl for MapOf {
    fn name(&self) -> &str {
        if self.amounts {
            "amount_map_of"
        } else {
            "text_map_of"
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.map_type())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let mut keys = Vec::with_capacity(arguments.args.len() / 2);
        let mut values = Vec::with_capacity(keys.capacity());
        for pair in arguments.args.chunks(2) {
            let [ColumnarValue::Scalar(key), value] = pair else {
                return exec_err!("{} takes pairs of a constant key and a value", self.name());
            };
            let Some(Some(key)) = key.try_as_str() else {
                return exec_err!("a key of {} is text", self.name());
            };
            keys.push(key.to_owned());
            values.push(value.to_array(rows)?);
        }
        let map = if self.amounts {
            amounts(&keys, &values, rows, &self.map_type())?
        } else {
            texts(&keys, &values, rows, &self.map_type())?
        };
        Ok(ColumnarValue::Array(Arc::new(map)))
    }
}

fn texts(
    keys: &[String],
    values: &[ArrayRef],
    rows: usize,
    map_type: &DataType,
) -> Result<MapArray> {
    let views = values
        .iter()
        .map(|values| cast(values, &DataType::Utf8View))
        .collect::<Result<Vec<_>, _>>()?;
    let views: Vec<_> = views.iter().map(AsArray::as_string_view).collect();
    let mut entries = StringBuilder::new();
    let (names, offsets) = collect(keys, rows, |column, row| {
        let present = views[column].is_valid(row);
        if present {
            entries.append_value(views[column].value(row));
        }
        present
    });
    build(map_type, names, Arc::new(entries.finish()), offsets)
}

fn amounts(
    keys: &[String],
    values: &[ArrayRef],
    rows: usize,
    map_type: &DataType,
) -> Result<MapArray> {
    let amount = ColumnType::Amount.arrow();
    let columns = values
        .iter()
        .map(|values| cast(values, &amount))
        .collect::<Result<Vec<_>, _>>()?;
    let columns: Vec<_> = columns
        .iter()
        .map(AsArray::as_primitive::<Decimal128Type>)
        .collect();
    let mut entries = Decimal128Builder::new().with_data_type(amount);
    let (names, offsets) = collect(keys, rows, |column, row| {
        let present = columns[column].is_valid(row);
        if present {
            entries.append_value(columns[column].value(row));
        }
        present
    });
    build(map_type, names, Arc::new(entries.finish()), offsets)
}

/// The keys of all entries, row by row, and how many entries each row has.
fn collect(
    keys: &[String],
    rows: usize,
    mut take: impl FnMut(usize, usize) -> bool,
) -> (ArrayRef, OffsetBuffer<i32>) {
    let mut names = StringBuilder::new();
    let mut lengths = Vec::with_capacity(rows);
    for row in 0..rows {
        let mut length = 0;
        for (column, key) in keys.iter().enumerate() {
            if take(column, row) {
                names.append_value(key);
                length += 1;
            }
        }
        lengths.push(length);
    }
    (
        Arc::new(names.finish()),
        OffsetBuffer::from_lengths(lengths),
    )
}

fn build(
    map_type: &DataType,
    keys: ArrayRef,
    values: ArrayRef,
    offsets: OffsetBuffer<i32>,
) -> Result<MapArray> {
    let DataType::Map(field, sorted) = map_type else {
        return exec_err!("not a map type: {map_type}");
    };
    let DataType::Struct(fields) = field.data_type() else {
        return exec_err!("not a map type: {map_type}");
    };
    let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
    Ok(MapArray::try_new(
        Arc::clone(field),
        offsets,
        entries,
        None,
        *sorted,
    )?)
}
