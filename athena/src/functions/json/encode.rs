//! JSON of any value, as `CAST(… AS JSON)` makes it.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, Int64Array,
        ListArray, MapArray, StringArray, StringViewArray, StructArray, TimestampMicrosecondArray,
    },
    compute::cast,
    datatypes::{
        DataType, Decimal128Type, Float32Type, Float64Type, Int64Type, TimeUnit,
        TimestampMicrosecondType,
    },
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::{
    decode::JSON,
    value::{compare_keys, quote},
};
use crate::functions::{
    support::{TEXT, is_text},
    text::{
        number::{Digits, java_double},
        plain::{Kind::Any, Plain, text_rows},
    },
};

/// The function from values to JSON, in which the keys of maps are in order.
pub(in crate::functions) fn json_of() -> ScalarUDF {
    Plain::new("to_json", &[Any], TEXT, to_json).into()
}

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        json_of(),
        Plain::new(
            "map_to_json",
            &[Any],
            TEXT,
            |arguments, rows| match arguments[0].data_type() {
                DataType::Map(..) | DataType::Null => to_json(arguments, rows),
                other => exec_err!("map_to_json takes a map, not {other}"),
            },
        )
        .into(),
    ]
}

fn to_json(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let encoder = Encoder::of(&arguments[0].to_array(rows)?)?;
    text_rows(rows, |row, made| {
        let is_valid = encoder.is_valid(row);
        if is_valid {
            encoder.write(row, made);
        }
        Ok(is_valid)
    })
}

/// An array, ready to be written as JSON.
enum Encoder {
    Null,
    Text(StringViewArray),
    /// What is JSON already.
    Json(StringViewArray),
    Truth(BooleanArray),
    Integer(Int64Array),
    Decimal(Decimal128Array, i8),
    Double(Float64Array),
    Timestamp(TimestampMicrosecondArray),
    /// What is written as Arrow prints it, between quotes.
    Shown(StringArray),
    List(ListArray, Box<Self>),
    Map(MapArray, Box<Self>, Box<Self>),
    Row(StructArray, Vec<(String, Self)>),
}

impl Encoder {
    fn of(array: &ArrayRef) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Null => Self::Null,
            json if *json == JSON => Self::Json(cast(array, &TEXT)?.as_string_view().clone()),
            text if is_text(text) => Self::Text(cast(array, &TEXT)?.as_string_view().clone()),
            DataType::Dictionary(_, values) => Self::of(&cast(array, values)?)?,
            DataType::Boolean => Self::Truth(array.as_boolean().clone()),
            DataType::UInt64 => Self::of(&cast(array, &DataType::Decimal128(20, 0))?)?,
            integer if integer.is_integer() => {
                let array = cast(array, &DataType::Int64)?;
                Self::Integer(array.as_primitive::<Int64Type>().clone())
            }
            DataType::Decimal128(_, scale) => {
                Self::Decimal(array.as_primitive::<Decimal128Type>().clone(), *scale)
            }
            DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
                Self::of(&cast(array, &DataType::Decimal128(*precision, *scale))?)?
            }
            DataType::Float64 => Self::Double(array.as_primitive::<Float64Type>().clone()),
            DataType::Float32 => {
                // 0.1 of `real` is written 0.1, not as the double that is nearest to it.
                let doubles: Float64Array = array
                    .as_primitive::<Float32Type>()
                    .iter()
                    .map(|real| real.and_then(|real| real.to_string().parse::<f64>().ok()))
                    .collect();
                Self::Double(doubles)
            }
            DataType::Timestamp(..) => {
                let array = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, None))?;
                Self::Timestamp(array.as_primitive::<TimestampMicrosecondType>().clone())
            }
            DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_) => {
                Self::Shown(cast(array, &DataType::Utf8)?.as_string::<i32>().clone())
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>().clone();
                let items = Self::of(list.values())?;
                Self::List(list, Box::new(items))
            }
            DataType::LargeList(item)
            | DataType::ListView(item)
            | DataType::LargeListView(item)
            | DataType::FixedSizeList(item, _) => {
                Self::of(&cast(array, &DataType::List(Arc::clone(item)))?)?
            }
            DataType::Map(..) => {
                let map = array.as_map().clone();
                let keys = Self::of(map.keys())?;
                let values = Self::of(map.values())?;
                Self::Map(map, Box::new(keys), Box::new(values))
            }
            DataType::Struct(fields) => {
                let row = array.as_struct().clone();
                let fields = fields
                    .iter()
                    .zip(row.columns())
                    .map(|(field, column)| Ok((field.name().clone(), Self::of(column)?)))
                    .collect::<Result<_>>()?;
                Self::Row(row, fields)
            }
            other => return exec_err!("{other} cannot be made JSON"),
        })
    }

    fn is_valid(&self, row: usize) -> bool {
        match self {
            Self::Null => false,
            Self::Text(array) | Self::Json(array) => array.is_valid(row),
            Self::Truth(array) => array.is_valid(row),
            Self::Integer(array) => array.is_valid(row),
            Self::Decimal(array, _) => array.is_valid(row),
            Self::Double(array) => array.is_valid(row),
            Self::Timestamp(array) => array.is_valid(row),
            Self::Shown(array) => array.is_valid(row),
            Self::List(array, _) => array.is_valid(row),
            Self::Map(array, ..) => array.is_valid(row),
            Self::Row(array, _) => array.is_valid(row),
        }
    }

    fn write(&self, row: usize, made: &mut String) {
        if !self.is_valid(row) {
            made.push_str("null");
            return;
        }
        match self {
            Self::Null => made.push_str("null"),
            Self::Text(array) => quote(array.value(row), made),
            Self::Json(array) => made.push_str(array.value(row)),
            Self::Truth(array) => made.push_str(if array.value(row) { "true" } else { "false" }),
            Self::Integer(array) => made.push_str(&array.value(row).to_string()),
            Self::Decimal(array, scale) => {
                made.push_str(&decimal(array.value(row), *scale));
            }
            Self::Double(array) => {
                let double = array.value(row);
                let shown = java_double(double);
                if double.is_finite() {
                    made.push_str(&shown);
                } else {
                    quote(&shown, made);
                }
            }
            Self::Timestamp(array) => {
                let shown = array.value_as_datetime(row).map_or_else(
                    || array.value(row).to_string(),
                    |at| at.format("%Y-%m-%d %H:%M:%S%.3f").to_string(),
                );
                quote(&shown, made);
            }
            Self::Shown(array) => quote(array.value(row), made),
            Self::List(list, items) => {
                made.push('[');
                for (place, item) in places(list.value_offsets(), row).enumerate() {
                    if place > 0 {
                        made.push(',');
                    }
                    items.write(item, made);
                }
                made.push(']');
            }
            Self::Map(map, keys, values) => {
                let mut entries: Vec<_> = places(map.value_offsets(), row)
                    .map(|entry| (keys.key(entry), entry))
                    .collect();
                entries.sort_by(|(left, _), (right, _)| compare_keys(left, right));
                made.push('{');
                for (place, (key, entry)) in entries.into_iter().enumerate() {
                    if place > 0 {
                        made.push(',');
                    }
                    quote(&key, made);
                    made.push(':');
                    values.write(entry, made);
                }
                made.push('}');
            }
            Self::Row(_, fields) => {
                made.push('{');
                for (place, (name, values)) in fields.iter().enumerate() {
                    if place > 0 {
                        made.push(',');
                    }
                    quote(name, made);
                    made.push(':');
                    values.write(row, made);
                }
                made.push('}');
            }
        }
    }

    /// A value as an object's key.
    fn key(&self, row: usize) -> String {
        if let Self::Text(array) = self
            && array.is_valid(row)
        {
            return array.value(row).to_owned();
        }
        let mut made = String::new();
        self.write(row, &mut made);
        made.trim_matches('"').to_owned()
    }
}

/// Where the elements of a row's list are.
fn places(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let place = |row: usize| {
        offsets
            .get(row)
            .and_then(|offset| usize::try_from(*offset).ok())
            .unwrap_or(0)
    };
    place(row)..place(row + 1)
}

/// With its scale's digits; amounts of money, which Athena has as doubles, only with those that count.
fn decimal(unscaled: i128, scale: i8) -> String {
    const OF_MONEY: i8 = 18;
    let digits = Digits::of_decimal(unscaled, scale);
    let Ok(places @ 1..) = usize::try_from(scale) else {
        return digits.plain();
    };
    if scale == OF_MONEY {
        let plain = digits.plain();
        return if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        };
    }
    let (whole, fraction) = digits.fixed(places);
    let sign = if digits.is_negative { "-" } else { "" };
    format!("{sign}{whole}.{fraction}")
}
