//! One value of a column as text, exactly: amounts with all their digits, times in ISO 8601.

use std::{
    fmt,
    io::{self, Write},
    sync::Arc,
};

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Decimal256Array, LargeStringArray,
        ListArray, MapArray, StringArray, StringViewArray, StructArray,
    },
    compute::cast,
    datatypes::{
        DataType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
        TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
    error::ArrowError,
    util::display::{ArrayFormatter, FormatOptions},
};
use chrono::{DateTime, Datelike, NaiveDate, Timelike};

use arrow::datatypes::TimeUnit;

use super::intervals;

/// The values of one column of a batch.
pub(crate) struct Values(Kind);

enum Kind {
    Text(StringArray),
    LargeText(LargeStringArray),
    ViewText(StringViewArray),
    Boolean(BooleanArray),
    Signed(ArrayRef, fn(&dyn Array, usize) -> i64),
    Unsigned(ArrayRef, fn(&dyn Array, usize) -> u64),
    Real(ArrayRef),
    Double(ArrayRef),
    Decimal(Decimal128Array, i8),
    WideDecimal(Decimal256Array, i8),
    Date(ArrayRef),
    Timestamp(ArrayRef),
    Interval(ArrayRef),
    List(ListArray, Box<Values>),
    Struct(StructArray, Vec<(String, Values)>),
    Map(MapArray, Box<Values>, Box<Values>),
    Null,
    Other(ArrayRef),
}

impl Values {
    /// Prepares a column for reading.
    pub(crate) fn new(array: &ArrayRef) -> Result<Self, ArrowError> {
        let kind = match array.data_type() {
            DataType::Null => Kind::Null,
            DataType::Utf8 => Kind::Text(array.as_string().clone()),
            DataType::LargeUtf8 => Kind::LargeText(array.as_string().clone()),
            DataType::Utf8View => Kind::ViewText(array.as_string_view().clone()),
            DataType::Boolean => Kind::Boolean(array.as_boolean().clone()),
            DataType::Int8 => Kind::Signed(Arc::clone(array), |a, i| {
                a.as_primitive::<Int8Type>().value(i).into()
            }),
            DataType::Int16 => Kind::Signed(Arc::clone(array), |a, i| {
                a.as_primitive::<Int16Type>().value(i).into()
            }),
            DataType::Int32 => Kind::Signed(Arc::clone(array), |a, i| {
                a.as_primitive::<Int32Type>().value(i).into()
            }),
            DataType::Int64 => Kind::Signed(Arc::clone(array), |a, i| {
                a.as_primitive::<Int64Type>().value(i)
            }),
            DataType::UInt8 => Kind::Unsigned(Arc::clone(array), |a, i| {
                a.as_primitive::<UInt8Type>().value(i).into()
            }),
            DataType::UInt16 => Kind::Unsigned(Arc::clone(array), |a, i| {
                a.as_primitive::<UInt16Type>().value(i).into()
            }),
            DataType::UInt32 => Kind::Unsigned(Arc::clone(array), |a, i| {
                a.as_primitive::<UInt32Type>().value(i).into()
            }),
            DataType::UInt64 => Kind::Unsigned(Arc::clone(array), |a, i| {
                a.as_primitive::<UInt64Type>().value(i)
            }),
            DataType::Float32 => Kind::Real(Arc::clone(array)),
            DataType::Float64 => Kind::Double(Arc::clone(array)),
            DataType::Decimal128(_, scale) => Kind::Decimal(array.as_primitive().clone(), *scale),
            DataType::Decimal256(_, scale) => {
                Kind::WideDecimal(array.as_primitive().clone(), *scale)
            }
            DataType::Date32 => Kind::Date(Arc::clone(array)),
            DataType::Date64 => Kind::Date(cast(array, &DataType::Date32)?),
            DataType::Timestamp(_, zone) => {
                // Instants are stored in UTC whatever the zone they are to be shown in; ours are all shown in UTC.
                Kind::Timestamp(cast(
                    array,
                    &DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
                )?)
            }
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                Kind::List(list.clone(), Box::new(Self::new(list.values())?))
            }
            DataType::Struct(fields) => {
                let record = array.as_struct();
                let members = fields.iter().zip(record.columns());
                let members =
                    members.map(|(field, column)| Ok((field.name().clone(), Self::new(column)?)));
                Kind::Struct(record.clone(), members.collect::<Result<_, ArrowError>>()?)
            }
            DataType::Map(_, _) => {
                let map = array.as_map();
                let (keys, values) = (Self::new(map.keys())?, Self::new(map.values())?);
                Kind::Map(map.clone(), Box::new(keys), Box::new(values))
            }
            DataType::Dictionary(_, value) => return Self::new(&cast(array, value)?),
            data_type if intervals::is_interval(data_type) => Kind::Interval(Arc::clone(array)),
            _ => Kind::Other(Arc::clone(array)),
        };
        Ok(Self(kind))
    }

    /// Whether the value is NULL.
    pub(crate) fn is_null(&self, row: usize) -> bool {
        match &self.0 {
            Kind::Text(array) => array.is_null(row),
            Kind::LargeText(array) => array.is_null(row),
            Kind::ViewText(array) => array.is_null(row),
            Kind::Boolean(array) => array.is_null(row),
            Kind::Decimal(array, _) => array.is_null(row),
            Kind::WideDecimal(array, _) => array.is_null(row),
            Kind::List(array, _) => array.is_null(row),
            Kind::Struct(array, _) => array.is_null(row),
            Kind::Map(array, _, _) => array.is_null(row),
            Kind::Null => true,
            Kind::Signed(array, _)
            | Kind::Unsigned(array, _)
            | Kind::Real(array)
            | Kind::Double(array)
            | Kind::Date(array)
            | Kind::Timestamp(array)
            | Kind::Interval(array)
            | Kind::Other(array) => array.is_null(row),
        }
    }

    /// Writes the value as plain text: nothing for NULL, JSON for lists, structs and maps.
    pub(crate) fn plain(&self, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
        if self.is_null(row) {
            return Ok(());
        }
        match &self.0 {
            Kind::Text(array) => out.extend_from_slice(array.value(row).as_bytes()),
            Kind::LargeText(array) => out.extend_from_slice(array.value(row).as_bytes()),
            Kind::ViewText(array) => out.extend_from_slice(array.value(row).as_bytes()),
            Kind::Real(array) => float(array.as_primitive::<Float32Type>().value(row), out)?,
            Kind::Double(array) => float(array.as_primitive::<Float64Type>().value(row), out)?,
            Kind::Date(array) => date(array.as_primitive::<Date32Type>().value(row), out)?,
            Kind::Timestamp(array) => {
                timestamp(
                    array.as_primitive::<TimestampMicrosecondType>().value(row),
                    out,
                )?;
            }
            Kind::Interval(array) => intervals::write(array, row, out)?,
            Kind::Other(array) => out.extend_from_slice(other(array, row)?.as_bytes()),
            _ => self.json(row, out)?,
        }
        Ok(())
    }

    /// Writes the value as JSON. A number that JSON cannot express (NaN, infinity) is written as text.
    pub(crate) fn json(&self, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
        if self.is_null(row) {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        match &self.0 {
            Kind::Text(array) => quote(array.value(row), out)?,
            Kind::LargeText(array) => quote(array.value(row), out)?,
            Kind::ViewText(array) => quote(array.value(row), out)?,
            Kind::Boolean(array) => write!(out, "{}", array.value(row))?,
            Kind::Signed(array, value) => write!(out, "{}", value(array, row))?,
            Kind::Unsigned(array, value) => write!(out, "{}", value(array, row))?,
            Kind::Real(array) => {
                json_float(array.as_primitive::<Float32Type>().value(row), out)?;
            }
            Kind::Double(array) => {
                json_float(array.as_primitive::<Float64Type>().value(row), out)?;
            }
            Kind::Decimal(array, scale) => decimal(&array.value(row).to_string(), *scale, out),
            Kind::WideDecimal(array, scale) => decimal(&array.value(row).to_string(), *scale, out),
            Kind::Date(_) | Kind::Timestamp(_) | Kind::Interval(_) => {
                out.push(b'"');
                self.plain(row, out)?;
                out.push(b'"');
            }
            Kind::List(array, items) => {
                let offsets = array.value_offsets();
                sequence(
                    out,
                    *b"[]",
                    position(offsets[row])..position(offsets[row + 1]),
                    |item, out| items.json(item, out),
                )?;
            }
            Kind::Struct(_, members) => sequence(out, *b"{}", 0..members.len(), |member, out| {
                let (name, values) = &members[member];
                quote(name, out)?;
                out.push(b':');
                values.json(row, out)
            })?,
            Kind::Map(array, keys, values) => {
                let offsets = array.value_offsets();
                let mut name = Vec::new();
                sequence(
                    out,
                    *b"{}",
                    position(offsets[row])..position(offsets[row + 1]),
                    |entry, out| {
                        name.clear();
                        keys.plain(entry, &mut name)?;
                        quote(&String::from_utf8_lossy(&name), out)?;
                        out.push(b':');
                        values.json(entry, out)
                    },
                )?;
            }
            Kind::Null => out.extend_from_slice(b"null"),
            Kind::Other(array) => quote(&other(array, row)?, out)?,
        }
        Ok(())
    }
}

/// Whether values of this type are numbers, to be aligned to the right.
pub(crate) fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}

fn position(offset: i32) -> usize {
    usize::try_from(offset).expect("Arrow offsets are not negative")
}

fn sequence(
    out: &mut Vec<u8>,
    brackets: [u8; 2],
    range: std::ops::Range<usize>,
    mut item: impl FnMut(usize, &mut Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    out.push(brackets[0]);
    for (position, index) in range.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        item(index, out)?;
    }
    out.push(brackets[1]);
    Ok(())
}

/// Writes text as a JSON string.
pub(crate) fn quote(text: &str, out: &mut Vec<u8>) -> io::Result<()> {
    serde_json::to_writer(out, text).map_err(io::Error::from)
}

/// Writes `digits` (an integer) divided by 10^`scale`, with all significant digits and no trailing zeros.
fn decimal(digits: &str, scale: i8, out: &mut Vec<u8>) {
    let (sign, digits) = digits
        .strip_prefix('-')
        .map_or(("", digits), |rest| ("-", rest));
    let Ok(places) = usize::try_from(scale) else {
        let zeros = usize::from(scale.unsigned_abs());
        let zeros = if digits == "0" { 0 } else { zeros };
        out.extend_from_slice(format!("{sign}{digits}{}", "0".repeat(zeros)).as_bytes());
        return;
    };
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let fraction = fraction.trim_end_matches('0');
    out.extend_from_slice(sign.as_bytes());
    out.extend_from_slice(whole.as_bytes());
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend_from_slice(fraction.as_bytes());
    }
}

/// Writes a number in the fewest digits that tell it from others of its type.
fn float(number: impl Into<f64> + Copy + fmt::Display, out: &mut Vec<u8>) -> io::Result<()> {
    let double: f64 = number.into();
    if double.is_infinite() {
        let sign = if double < 0.0 { "-" } else { "" };
        return write!(out, "{sign}Infinity");
    }
    write!(out, "{number}")
}

/// The same in JSON, which has no number that is infinite, or none.
fn json_float(number: impl Into<f64> + Copy + fmt::Display, out: &mut Vec<u8>) -> io::Result<()> {
    if number.into().is_finite() {
        return float(number, out);
    }
    out.push(b'"');
    float(number, out)?;
    out.push(b'"');
    Ok(())
}

fn date(days: i32, out: &mut Vec<u8>) -> io::Result<()> {
    match NaiveDate::from_epoch_days(days) {
        Some(date) => write!(
            out,
            "{:04}-{:02}-{:02}",
            date.year(),
            date.month(),
            date.day()
        ),
        None => write!(out, "day {days}"),
    }
}

fn timestamp(micros: i64, out: &mut Vec<u8>) -> io::Result<()> {
    let Some(time) = DateTime::from_timestamp_micros(micros) else {
        return write!(out, "{micros} us");
    };
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    write!(
        out,
        "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}",
        time.year(),
        time.month(),
        time.day()
    )?;
    let fraction = format!("{:06}", time.timestamp_subsec_micros());
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        write!(out, ".{fraction}")?;
    }
    out.push(b'Z');
    Ok(())
}

fn other(array: &ArrayRef, row: usize) -> io::Result<String> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options).map_err(io::Error::other)?;
    formatter
        .value(row)
        .try_to_string()
        .map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        Date32Array, Float32Array, Float64Array, MapBuilder, StringBuilder,
        StringDictionaryBuilder, TimestampMicrosecondArray,
    };
    use arrow::datatypes::Int32Type;

    use super::*;

    fn shared(array: impl Array + 'static) -> ArrayRef {
        Arc::new(array)
    }

    fn plain(array: &ArrayRef) -> Vec<String> {
        let values = Values::new(array).unwrap();
        let text = |row| {
            let mut out = Vec::new();
            values.plain(row, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        (0..array.len()).map(text).collect()
    }

    fn json(array: &ArrayRef) -> Vec<String> {
        let values = Values::new(array).unwrap();
        let text = |row| {
            let mut out = Vec::new();
            values.json(row, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        (0..array.len()).map(text).collect()
    }

    #[test]
    fn amounts_keep_every_digit() {
        let units = [
            0,
            1,
            -1,
            10_i128.pow(18),
            -1_500_000_000_000_000_000,
            i128::from(i64::MAX),
        ];
        let array = Decimal128Array::from(units.to_vec())
            .with_precision_and_scale(38, 18)
            .unwrap();
        let expected = [
            "0",
            "0.000000000000000001",
            "-0.000000000000000001",
            "1",
            "-1.5",
            "9.223372036854775807",
        ];
        assert_eq!(plain(&shared(array.clone())), expected);
        assert_eq!(json(&shared(array)), expected);
    }

    #[test]
    fn scales_of_zero_and_below_are_whole_numbers() {
        let whole = Decimal128Array::from(vec![120, 0])
            .with_precision_and_scale(10, 0)
            .unwrap();
        assert_eq!(plain(&shared(whole)), ["120", "0"]);
        let hundreds = Decimal128Array::from(vec![-12, 0])
            .with_precision_and_scale(10, -2)
            .unwrap();
        assert_eq!(plain(&shared(hundreds)), ["-1200", "0"]);
    }

    #[test]
    fn times_are_iso_8601_in_utc() {
        let micros = vec![
            Some(1_791_205_200_000_000),
            Some(1_791_205_200_120_000),
            None,
            Some(-1),
        ];
        let array = TimestampMicrosecondArray::from(micros).with_timezone("UTC");
        let expected = [
            "2026-10-05T13:00:00Z",
            "2026-10-05T13:00:00.12Z",
            "",
            "1969-12-31T23:59:59.999999Z",
        ];
        assert_eq!(plain(&shared(array)), expected);
        assert_eq!(
            plain(&shared(Date32Array::from(vec![20_731]))),
            ["2026-10-05"]
        );
    }

    #[test]
    fn maps_and_text_are_json_with_escapes() {
        let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        map.keys().append_value("a\"b");
        map.values().append_value("x\ny");
        map.keys().append_value("none");
        map.values().append_null();
        map.append(true).unwrap();
        map.append(false).unwrap();
        let array: ArrayRef = Arc::new(map.finish());
        assert_eq!(json(&array), [r#"{"a\"b":"x\ny","none":null}"#, "null"]);
        assert_eq!(plain(&array), [r#"{"a\"b":"x\ny","none":null}"#, ""]);
    }

    #[test]
    fn dictionaries_and_floats_read_as_their_values() {
        let mut dictionary = StringDictionaryBuilder::<Int32Type>::new();
        dictionary.append_value("eu-west-1");
        dictionary.append_null();
        assert_eq!(
            json(&shared(dictionary.finish())),
            ["\"eu-west-1\"", "null"]
        );
        let doubles = [0.1, 1e21, f64::NAN, f64::NEG_INFINITY];
        let doubles: ArrayRef = Arc::new(Float64Array::from(doubles.to_vec()));
        assert_eq!(
            json(&doubles),
            ["0.1", "1000000000000000000000", "\"NaN\"", "\"-Infinity\""]
        );
        assert_eq!(plain(&doubles)[3], "-Infinity");
        let reals: ArrayRef = Arc::new(Float32Array::from(vec![1.005]));
        assert_eq!(plain(&reals), ["1.005"]);
    }
}
