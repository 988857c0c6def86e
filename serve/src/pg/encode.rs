//! Values as `PostgreSQL`'s clients read them, as text and in binary.

mod digits;
mod json;
mod list;
mod time;

use std::io::Write;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Decimal128Array, Decimal256Array,
        Float32Array, Float64Array, Int16Array, Int32Array, Int64Array, IntervalMonthDayNanoArray,
        LargeStringArray, StringArray, StringViewArray,
    },
    compute::cast,
    datatypes::{DataType, Field, IntervalUnit, TimeUnit},
    error::ArrowError,
};

use self::{json::Json, list::List};
use super::catalog;

/// How a value is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// As text.
    Text,
    /// In the binary form of its type.
    Binary,
}

/// What clients are told of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// The name of its type.
    pub(super) kind: &'static str,
    /// The number of its type.
    pub(super) oid: u32,
    /// The bytes that values of the type have, negative if they differ.
    pub(super) size: i16,
    /// What the type is narrowed to, such as digits and places; -1 for nothing.
    pub(super) modifier: i32,
}

impl Column {
    pub(super) fn of(field: &Field) -> Self {
        let (kind, modifier) = catalog::type_of(field);
        Self {
            name: catalog::shown_name(field.name()).to_owned(),
            kind,
            oid: oid(kind),
            size: size(kind),
            modifier: i32::try_from(modifier).unwrap_or(-1),
        }
    }
}

/// The number of the type of this name.
pub(super) fn oid(kind: &str) -> u32 {
    catalog::type_number(kind)
}

fn size(kind: &str) -> i16 {
    match kind {
        "bool" | "char" => 1,
        "int2" => 2,
        "int4" | "float4" | "date" | "oid" | "xid" | "cid" | "regclass" | "regtype"
        | "regnamespace" | "regrole" => 4,
        "int8" | "float8" | "time" | "timestamp" | "timestamptz" => 8,
        "interval" => 16,
        "name" => 64,
        _ => -1,
    }
}

/// The values of one column of a batch, in the form of the type that clients were told.
pub(super) struct Values {
    array: ArrayRef,
    kind: Kind,
}

enum Kind {
    Null,
    Bool(BooleanArray),
    Int2(Int16Array),
    Int4(Int32Array),
    Int8(Int64Array),
    /// A number without a sign, in four bytes.
    Oid(Int64Array),
    Float4(Float32Array),
    Float8(Float64Array),
    Numeric(Decimal128Array, i8),
    WideNumeric(Decimal256Array, i8),
    Text(StringArray),
    LargeText(LargeStringArray),
    ViewText(StringViewArray),
    Bytes(BinaryArray),
    Date(Int32Array),
    Time(Int64Array),
    Timestamp(Int64Array, bool),
    Interval(IntervalMonthDayNanoArray),
    List(Box<List>),
    Json(Box<Json>),
}

impl Values {
    /// The values of `array`, which clients were told to be of the type called `kind`.
    pub(super) fn new(array: &ArrayRef, kind: &str) -> Result<Self, ArrowError> {
        let array = plain(array)?;
        let values = match array.data_type() {
            DataType::Null => Kind::Null,
            DataType::Boolean => Kind::Bool(array.as_boolean().clone()),
            DataType::Int16 => Kind::Int2(array.as_primitive().clone()),
            DataType::Int32 => Kind::Int4(array.as_primitive().clone()),
            DataType::Int64 if size(kind) == 4 => Kind::Oid(array.as_primitive().clone()),
            DataType::Int64 => Kind::Int8(array.as_primitive().clone()),
            DataType::Float32 => Kind::Float4(array.as_primitive().clone()),
            DataType::Float64 => Kind::Float8(array.as_primitive().clone()),
            DataType::Decimal128(_, scale) => Kind::Numeric(array.as_primitive().clone(), *scale),
            DataType::Decimal256(_, scale) => {
                Kind::WideNumeric(array.as_primitive().clone(), *scale)
            }
            DataType::Utf8 => Kind::Text(array.as_string().clone()),
            DataType::LargeUtf8 => Kind::LargeText(array.as_string().clone()),
            DataType::Utf8View => Kind::ViewText(array.as_string_view().clone()),
            DataType::Binary => Kind::Bytes(array.as_binary().clone()),
            DataType::Date32 => Kind::Date(reinterpreted(&array)?.as_primitive().clone()),
            DataType::Time64(_) => Kind::Time(reinterpreted(&array)?.as_primitive().clone()),
            DataType::Timestamp(_, zone) => {
                let zoned = zone.is_some();
                Kind::Timestamp(reinterpreted(&array)?.as_primitive().clone(), zoned)
            }
            DataType::Interval(_) => Kind::Interval(array.as_primitive().clone()),
            DataType::List(_) => Kind::List(Box::new(List::new(array.as_list(), kind)?)),
            _ => Kind::Json(Box::new(Json::new(&array)?)),
        };
        Ok(Self {
            array,
            kind: values,
        })
    }

    /// Appends a value with its length before it.
    pub(super) fn put(&self, row: usize, format: Format, out: &mut Vec<u8>) {
        if self.is_null(row) {
            out.extend((-1_i32).to_be_bytes());
            return;
        }
        let start = out.len();
        out.extend([0; 4]);
        match format {
            Format::Text => self.text(row, out),
            Format::Binary => self.binary(row, out),
        }
        let length = i32::try_from(out.len() - start - 4).unwrap_or(i32::MAX);
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        matches!(self.kind, Kind::Null) || self.array.is_null(row)
    }

    /// Appends a value that is not NULL as text.
    pub(super) fn text(&self, row: usize, out: &mut Vec<u8>) {
        // Writing into memory does not fail.
        let _ = match &self.kind {
            Kind::Null => Ok(()),
            Kind::Bool(array) => {
                out.push(if array.value(row) { b't' } else { b'f' });
                Ok(())
            }
            Kind::Int2(array) => write!(out, "{}", array.value(row)),
            Kind::Int4(array) => write!(out, "{}", array.value(row)),
            Kind::Int8(array) | Kind::Oid(array) => write!(out, "{}", array.value(row)),
            Kind::Float4(array) => digits::float(array.value(row), out),
            Kind::Float8(array) => digits::float(array.value(row), out),
            Kind::Numeric(array, scale) => digits::text(array.value(row), *scale, out),
            Kind::WideNumeric(array, scale) => digits::wide_text(array.value(row), *scale, out),
            Kind::Text(array) => out.write_all(array.value(row).as_bytes()),
            Kind::LargeText(array) => out.write_all(array.value(row).as_bytes()),
            Kind::ViewText(array) => out.write_all(array.value(row).as_bytes()),
            Kind::Bytes(array) => {
                out.extend(b"\\x");
                array
                    .value(row)
                    .iter()
                    .try_for_each(|byte| write!(out, "{byte:02x}"))
            }
            Kind::Date(array) => time::date(array.value(row), out),
            Kind::Time(array) => time::time(array.value(row), out),
            Kind::Timestamp(array, zoned) => time::timestamp(array.value(row), *zoned, out),
            Kind::Interval(array) => time::interval(array.value(row), out),
            Kind::List(list) => {
                list.text(row, out);
                Ok(())
            }
            Kind::Json(json) => {
                json.put(row, out);
                Ok(())
            }
        };
    }

    /// Appends a value that is not NULL in the binary form of its type.
    pub(super) fn binary(&self, row: usize, out: &mut Vec<u8>) {
        match &self.kind {
            Kind::Bool(array) => out.push(u8::from(array.value(row))),
            Kind::Int2(array) => out.extend(array.value(row).to_be_bytes()),
            Kind::Int4(array) => out.extend(array.value(row).to_be_bytes()),
            Kind::Int8(array) | Kind::Time(array) => out.extend(array.value(row).to_be_bytes()),
            Kind::Oid(array) => {
                let number = u32::try_from(array.value(row)).unwrap_or_default();
                out.extend(number.to_be_bytes());
            }
            Kind::Float4(array) => out.extend(array.value(row).to_be_bytes()),
            Kind::Float8(array) => out.extend(array.value(row).to_be_bytes()),
            Kind::Numeric(array, scale) => digits::binary(array.value(row), *scale, out),
            Kind::WideNumeric(array, scale) => digits::wide_binary(array.value(row), *scale, out),
            Kind::Bytes(array) => out.extend(array.value(row)),
            Kind::Date(array) => out.extend(time::days(array.value(row)).to_be_bytes()),
            Kind::Timestamp(array, _) => {
                out.extend(time::microseconds(array.value(row)).to_be_bytes());
            }
            Kind::Interval(array) => {
                let value = array.value(row);
                out.extend((value.nanoseconds / 1000).to_be_bytes());
                out.extend(value.days.to_be_bytes());
                out.extend(value.months.to_be_bytes());
            }
            Kind::List(list) => list.binary(row, out),
            // Text is its own binary form, that of JSON too.
            Kind::Null | Kind::Text(_) | Kind::LargeText(_) | Kind::ViewText(_) | Kind::Json(_) => {
                self.text(row, out);
            }
        }
    }
}

/// The array in one of the types that have a form of their own.
fn plain(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let list = |item: &Field| DataType::List(std::sync::Arc::new(item.clone()));
    let wanted = match array.data_type() {
        DataType::Dictionary(_, values) => {
            let values = cast(array, values)?;
            return plain(&values);
        }
        DataType::RunEndEncoded(_, values) => {
            let values = cast(array, values.data_type())?;
            return plain(&values);
        }
        DataType::Int8 | DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 => DataType::Int64,
        DataType::UInt64 => DataType::Decimal128(20, 0),
        DataType::Float16 => DataType::Float32,
        DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) => {
            DataType::Decimal128(38, *scale)
        }
        DataType::Date64 => DataType::Date32,
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Microsecond),
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        DataType::Interval(_) | DataType::Duration(_) => {
            DataType::Interval(IntervalUnit::MonthDayNano)
        }
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            DataType::Binary
        }
        DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _) => list(item),
        _ => return Ok(ArrayRef::clone(array)),
    };
    if *array.data_type() == wanted {
        return Ok(ArrayRef::clone(array));
    }
    cast(array, &wanted)
}

/// The whole numbers that dates and times are kept as.
fn reinterpreted(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let wanted = match array.data_type() {
        DataType::Date32 => DataType::Int32,
        _ => DataType::Int64,
    };
    cast(array, &wanted)
}

#[cfg(test)]
mod tests;
