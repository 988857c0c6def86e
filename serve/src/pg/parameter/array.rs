//! Arrays of one dimension.

use arrow::datatypes::{DataType, TimeUnit};
use bytes::Buf;
use datafusion::scalar::ScalarValue;

use super::{
    binary,
    oids::{
        BOOL, DATE, FLOAT4, FLOAT8, INT2, INT4, INT8, NUMERIC, OID, TEXT, TIMESTAMP, TIMESTAMPTZ,
        UNKNOWN, UUID,
    },
};

/// Types of arrays with those of their elements.
const ARRAYS: [(u32, u32); 16] = [
    (1000, BOOL),
    (1002, TEXT),
    (1003, TEXT),
    (1005, INT2),
    (1007, INT4),
    (1009, TEXT),
    (1014, TEXT),
    (1015, TEXT),
    (1016, INT8),
    (1021, FLOAT4),
    (1022, FLOAT8),
    (1028, OID),
    (1115, TIMESTAMP),
    (1182, DATE),
    (1185, TIMESTAMPTZ),
    (1231, NUMERIC),
];
/// The type of arrays of UUIDs.
const UUIDS: u32 = 2951;

pub(super) fn is_array(oid: u32) -> bool {
    element(oid).is_some()
}

/// The name of a type, to tell a user.
pub(super) fn name(oid: u32) -> String {
    match oid {
        TEXT | UNKNOWN => "text".to_owned(),
        BOOL => "boolean".to_owned(),
        INT2 => "smallint".to_owned(),
        INT4 => "integer".to_owned(),
        INT8 => "bigint".to_owned(),
        FLOAT4 => "real".to_owned(),
        FLOAT8 => "double precision".to_owned(),
        NUMERIC => "numeric".to_owned(),
        DATE => "date".to_owned(),
        TIMESTAMP => "timestamp".to_owned(),
        TIMESTAMPTZ => "timestamp with time zone".to_owned(),
        oid => match element(oid) {
            Some(element) => format!("{}[]", name(element)),
            None => format!("number {oid}"),
        },
    }
}

fn element(oid: u32) -> Option<u32> {
    if oid == UUIDS {
        return Some(UUID);
    }
    let found = ARRAYS.iter().find(|(array, _)| *array == oid);
    found.map(|(_, element)| *element)
}

/// The array in `{1,2,NULL}`.
pub(super) fn of_text(oid: u32, text: &str) -> Option<ScalarValue> {
    let element = element(oid)?;
    let data_type = arrow(element);
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let values = elements(inner)?.into_iter().map(|text| match text {
        Some(text) => ScalarValue::from(text).cast_to(&data_type).ok(),
        None => ScalarValue::try_from(&data_type).ok(),
    });
    Some(list(&values.collect::<Option<Vec<_>>>()?, &data_type))
}

pub(super) fn of_binary(oid: u32, mut bytes: &[u8]) -> Option<ScalarValue> {
    let element = element(oid)?;
    let data_type = arrow(element);
    let dimensions = bytes.try_get_i32().ok()?;
    let _nulls = bytes.try_get_i32().ok()?;
    let _element = bytes.try_get_u32().ok()?;
    let length = match dimensions {
        0 => 0,
        1 => {
            let length = bytes.try_get_i32().ok()?;
            let _first = bytes.try_get_i32().ok()?;
            length
        }
        _ => return None,
    };
    let mut values = Vec::new();
    for _ in 0..length {
        let length = bytes.try_get_i32().ok()?;
        let value = if length == -1 {
            ScalarValue::try_from(&data_type).ok()?
        } else {
            let (value, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
            bytes = rest;
            binary(element, value)?.cast_to(&data_type).ok()?
        };
        values.push(value);
    }
    bytes.is_empty().then(|| list(&values, &data_type))
}

fn list(values: &[ScalarValue], data_type: &DataType) -> ScalarValue {
    ScalarValue::List(ScalarValue::new_list_nullable(values, data_type))
}

fn arrow(oid: u32) -> DataType {
    match oid {
        BOOL => DataType::Boolean,
        INT2 => DataType::Int16,
        INT4 => DataType::Int32,
        INT8 | OID => DataType::Int64,
        FLOAT4 => DataType::Float32,
        FLOAT8 => DataType::Float64,
        NUMERIC => DataType::Decimal128(38, 18),
        DATE => DataType::Date32,
        TIMESTAMP => DataType::Timestamp(TimeUnit::Microsecond, None),
        TIMESTAMPTZ => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
        _ => DataType::Utf8,
    }
}

/// The elements between the braces; `None` is NULL.
fn elements(text: &str) -> Option<Vec<Option<String>>> {
    let mut found = Vec::new();
    let mut characters = text.chars().peekable();
    if text.trim().is_empty() {
        return Some(found);
    }
    loop {
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        let mut element = String::new();
        if characters.next_if_eq(&'"').is_some() {
            loop {
                match characters.next()? {
                    '"' => break,
                    '\\' => element.push(characters.next()?),
                    character => element.push(character),
                }
            }
            found.push(Some(element));
        } else {
            while let Some(character) = characters.next_if(|c| *c != ',') {
                match character {
                    '\\' => element.push(characters.next()?),
                    // An array within the array.
                    '{' | '}' | '"' => return None,
                    character => element.push(character),
                }
            }
            let element = element.trim_end();
            let null = element.eq_ignore_ascii_case("null");
            found.push((!null).then(|| element.to_owned()));
        }
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        match characters.next() {
            Some(',') => {}
            Some(_) => return None,
            None => return Some(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_as_text_and_in_binary() {
        let numbers = [ScalarValue::Int32(Some(1)), ScalarValue::Int32(None)];
        let expected = list(&numbers, &DataType::Int32);
        assert_eq!(of_text(1007, "{1,NULL}"), Some(expected.clone()));
        let words = [1, 1, 23, 2, 1, 4, 1, -1];
        let bytes: Vec<u8> = words
            .iter()
            .flat_map(|word: &i32| word.to_be_bytes())
            .collect();
        assert_eq!(of_binary(1007, &bytes), Some(expected));
        let texts = [r#"a "b" \"#, "", "c d"].map(ScalarValue::from);
        let expected = list(&texts, &DataType::Utf8);
        assert_eq!(of_text(1009, r#"{"a \"b\" \\","", c d}"#), Some(expected));
    }

    #[test]
    fn an_empty_array_has_no_elements() {
        let empty = list(&[], &DataType::Int32);
        assert_eq!(of_text(1007, "{}"), Some(empty.clone()));
        assert_eq!(
            of_binary(1007, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23]),
            Some(empty)
        );
    }

    #[test]
    fn what_is_no_array() {
        for text in ["", "{", "1,2", "{{1},{2}}", "{\"a}", "{x}", "{1,\"2\"3}"] {
            assert_eq!(of_text(1007, text), None, "{text}");
        }
        assert_eq!(
            of_binary(1007, &[0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 23]),
            None
        );
    }
}
