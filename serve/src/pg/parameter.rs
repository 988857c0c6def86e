//! Values of a statement's parameters, as clients send them.

mod array;
mod numeric;

use arrow::datatypes::IntervalMonthDayNano;
use bytes::Buf;
use datafusion::scalar::ScalarValue;

use super::{encode::Format, fail::Failure};

/// Days from 1970 to 2000, from where `PostgreSQL` counts.
const DAYS: i32 = 10_957;
/// The same in microseconds.
const MICROSECONDS: i64 = 946_684_800_000_000;

/// Numbers of types.
pub(super) mod oids {
    pub(in super::super) const BOOL: u32 = 16;
    pub(in super::super) const BYTEA: u32 = 17;
    pub(in super::super) const INT8: u32 = 20;
    pub(in super::super) const INT2: u32 = 21;
    pub(in super::super) const INT4: u32 = 23;
    pub(in super::super) const TEXT: u32 = 25;
    pub(in super::super) const OID: u32 = 26;
    pub(in super::super) const FLOAT4: u32 = 700;
    pub(in super::super) const FLOAT8: u32 = 701;
    pub(in super::super) const UNKNOWN: u32 = 705;
    pub(in super::super) const DATE: u32 = 1082;
    pub(in super::super) const TIME: u32 = 1083;
    pub(in super::super) const TIMESTAMP: u32 = 1114;
    pub(in super::super) const TIMESTAMPTZ: u32 = 1184;
    pub(in super::super) const INTERVAL: u32 = 1186;
    pub(in super::super) const NUMERIC: u32 = 1700;
    pub(in super::super) const UUID: u32 = 2950;
    pub(in super::super) const JSONB: u32 = 3802;
}

use oids::{
    BOOL, BYTEA, DATE, FLOAT4, FLOAT8, INT2, INT4, INT8, INTERVAL, JSONB, NUMERIC, OID, TIME,
    TIMESTAMP, TIMESTAMPTZ, UUID,
};

/// A value of the type with this number. What is sent as text stays text, which takes the type that its place asks for.
pub(super) fn value(
    place: usize,
    oid: u32,
    format: Format,
    bytes: Option<&[u8]>,
) -> Result<ScalarValue, Failure> {
    let Some(bytes) = bytes else {
        return Ok(ScalarValue::Utf8(None));
    };
    let found = match format {
        Format::Text => text(oid, bytes),
        Format::Binary => binary(oid, bytes),
    };
    found.ok_or_else(|| {
        let kind = array::name(oid);
        let form = match format {
            Format::Text => "text",
            Format::Binary => "binary",
        };
        let message = format!("parameter ${place} is no value of type {kind} in {form} form");
        Failure::new("22P03", message)
    })
}

fn text(oid: u32, bytes: &[u8]) -> Option<ScalarValue> {
    let text = std::str::from_utf8(bytes).ok()?;
    match oid {
        BYTEA => Some(ScalarValue::Binary(Some(hexadecimal(text)?))),
        // Casts know no exponents.
        NUMERIC => Some(ScalarValue::from(numeric::plain(text)?)),
        // JDBC tells a time zone with the day, others the time.
        DATE => {
            let day = text.trim().split([' ', 'T']).next().unwrap_or_default();
            Some(ScalarValue::from(day))
        }
        oid if array::is_array(oid) => array::of_text(oid, text),
        _ => Some(ScalarValue::from(text)),
    }
}

fn binary(oid: u32, mut bytes: &[u8]) -> Option<ScalarValue> {
    let all = bytes.len();
    let exactly = |length| (all == length).then_some(());
    Some(match oid {
        BOOL => {
            exactly(1)?;
            ScalarValue::Boolean(Some(bytes[0] != 0))
        }
        INT2 => {
            exactly(2)?;
            ScalarValue::Int16(Some(bytes.get_i16()))
        }
        INT4 => {
            exactly(4)?;
            ScalarValue::Int32(Some(bytes.get_i32()))
        }
        INT8 => {
            exactly(8)?;
            ScalarValue::Int64(Some(bytes.get_i64()))
        }
        OID => {
            exactly(4)?;
            ScalarValue::Int64(Some(i64::from(bytes.get_u32())))
        }
        FLOAT4 => {
            exactly(4)?;
            ScalarValue::Float32(Some(bytes.get_f32()))
        }
        FLOAT8 => {
            exactly(8)?;
            ScalarValue::Float64(Some(bytes.get_f64()))
        }
        DATE => {
            exactly(4)?;
            ScalarValue::Date32(Some(bytes.get_i32().checked_add(DAYS)?))
        }
        TIME => {
            exactly(8)?;
            ScalarValue::Time64Microsecond(Some(bytes.get_i64()))
        }
        TIMESTAMP | TIMESTAMPTZ => {
            exactly(8)?;
            let moment = bytes.get_i64().checked_add(MICROSECONDS)?;
            let zone = (oid == TIMESTAMPTZ).then(|| "+00:00".into());
            ScalarValue::TimestampMicrosecond(Some(moment), zone)
        }
        INTERVAL => {
            exactly(16)?;
            let nanoseconds = bytes.get_i64().checked_mul(1000)?;
            let (days, months) = (bytes.get_i32(), bytes.get_i32());
            let interval = IntervalMonthDayNano::new(months, days, nanoseconds);
            ScalarValue::IntervalMonthDayNano(Some(interval))
        }
        // As text it takes the scale that its place has.
        NUMERIC => ScalarValue::from(numeric::text(bytes)?),
        BYTEA => ScalarValue::Binary(Some(bytes.to_vec())),
        UUID => {
            exactly(16)?;
            let hex = |bytes: &[u8]| {
                bytes
                    .iter()
                    .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
            };
            let parts = [
                &bytes[..4],
                &bytes[4..6],
                &bytes[6..8],
                &bytes[8..10],
                &bytes[10..],
            ];
            ScalarValue::from(parts.map(hex).join("-"))
        }
        JSONB => ScalarValue::from(std::str::from_utf8(bytes.strip_prefix(&[1])?).ok()?),
        oid if array::is_array(oid) => array::of_binary(oid, bytes)?,
        // Text is its own binary form.
        _ => ScalarValue::from(std::str::from_utf8(bytes).ok()?),
    })
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let Some(digits) = text.strip_prefix("\\x") else {
        return Some(text.as_bytes().to_vec());
    };
    if digits.len() % 2 != 0 || !digits.is_ascii() {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(oid: u32, bytes: &[u8]) -> ScalarValue {
        value(1, oid, Format::Binary, Some(bytes)).unwrap()
    }

    #[test]
    fn binary_values() {
        assert_eq!(of(INT4, &[0, 0, 0, 7]), ScalarValue::from(7_i32));
        assert_eq!(of(BOOL, &[1]), ScalarValue::from(true));
        assert_eq!(
            of(DATE, &0_i32.to_be_bytes()),
            ScalarValue::Date32(Some(10_957))
        );
        assert_eq!(
            of(TIMESTAMP, &0_i64.to_be_bytes()),
            ScalarValue::TimestampMicrosecond(Some(MICROSECONDS), None)
        );
        assert_eq!(of(25, "é".as_bytes()), ScalarValue::from("é"));
        // 12345.678: groups 1, 2345, 6780 from 10000^1 on, with three places.
        let numeric = [0, 3, 0, 1, 0, 0, 0, 3, 0, 1, 0x09, 0x29, 0x1a, 0x7c];
        assert_eq!(of(NUMERIC, &numeric), ScalarValue::from("12345.678"));
        assert_eq!(
            of(UUID, &[0x12; 16]),
            ScalarValue::from("12121212-1212-1212-1212-121212121212")
        );
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for (oid, bytes) in [
            (INT4, &[0, 0, 0][..]),
            (BOOL, &[]),
            (DATE, &i32::MAX.to_be_bytes()),
            (TIMESTAMP, &i64::MAX.to_be_bytes()),
            (INTERVAL, &[0xff; 15]),
            (25, &[0xff]),
            (NUMERIC, &[0, 9, 0, 0]),
            (1009, &[0, 0, 0, 1]),
        ] {
            let refused = value(1, oid, Format::Binary, Some(bytes)).unwrap_err();
            assert_eq!(refused.code, "22P03", "{oid}");
        }
        assert!(value(1, BYTEA, Format::Text, Some(b"\\x0")).is_err());
        let bytes = value(1, BYTEA, Format::Text, Some(b"\\x00ff")).unwrap();
        assert_eq!(bytes, ScalarValue::Binary(Some(vec![0, 255])));
        let day = value(1, DATE, Format::Text, Some(b"2026-10-01 +00")).unwrap();
        assert_eq!(day, ScalarValue::from("2026-10-01"));
        let null = value(1, INT4, Format::Binary, None).unwrap();
        assert_eq!(null, ScalarValue::Utf8(None));
    }
}
