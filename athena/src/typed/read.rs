//! Text read as a timestamp or a decimal, in every form that Trino reads: a time without seconds, a decimal with an exponent.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringViewArray, TimestampMicrosecondArray},
    compute::{
        CastOptions, cast, cast_with_options, kernels::cast_utils::string_to_datetime, take,
    },
    datatypes::{DataType, TimeUnit},
};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use datafusion::{
    common::{ScalarValue, exec_err},
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

use super::{
    kind::{Kind, literal},
    timestamp,
};

/// No decimal has digits so far from its point.
const FARTHEST: i32 = 100;

/// What text that says no value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Otherwise {
    Error,
    Null,
}

/// `text` as a value of the type `to`, a timestamp or a decimal; at once if it is a literal.
pub(super) fn read(text: &Expr, to: &DataType, otherwise: Otherwise) -> Expr {
    if let Some(value) = literal(text)
        && let Ok(array) = value.to_array()
        && let Ok(made) = values(&array, to, otherwise)
        && let Ok(value) = ScalarValue::try_from_array(&made, 0)
    {
        return Expr::Literal(value, None);
    }
    function(to, otherwise).call(vec![text.clone()])
}

/// The function from text to values of the type `to`.
pub(super) fn function(to: &DataType, otherwise: Otherwise) -> ScalarUDF {
    ScalarUDF::new_from_impl(Read {
        to: to.clone(),
        otherwise,
        signature: Signature::any(1, Volatility::Immutable),
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Read {
    to: DataType,
    otherwise: Otherwise,
    signature: Signature,
}

impl ScalarUDFImpl for Read {
    fn name(&self) -> &'static str {
        match (Kind::of(&self.to), self.otherwise) {
            (Kind::Timestamp, Otherwise::Error) => "read_timestamp",
            (Kind::Timestamp, Otherwise::Null) => "try_read_timestamp",
            (_, Otherwise::Error) => "read_decimal",
            (_, Otherwise::Null) => "try_read_decimal",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.to.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match arguments.args.as_slice() {
            [ColumnarValue::Scalar(scalar)] => {
                let made = values(&scalar.to_array()?, &self.to, self.otherwise)?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(
                    &made, 0,
                )?))
            }
            [ColumnarValue::Array(array)] => Ok(ColumnarValue::Array(values(
                array,
                &self.to,
                self.otherwise,
            )?)),
            _ => exec_err!("{} takes one text", self.name()),
        }
    }
}

fn values(array: &ArrayRef, to: &DataType, otherwise: Otherwise) -> Result<ArrayRef> {
    // Each value of a dictionary is read once; none fails that no row may have.
    if otherwise == Otherwise::Null
        && let Some(dictionary) = array.as_any_dictionary_opt()
        && dictionary.values().len() <= array.len()
    {
        let made = values(dictionary.values(), to, otherwise)?;
        return Ok(take(&made, dictionary.keys(), None)?);
    }
    let texts = cast(array, &DataType::Utf8View)?;
    let texts = texts.as_string_view();
    match Kind::of(to) {
        Kind::Timestamp => timestamps(texts, otherwise),
        _ => decimals(texts, to, otherwise),
    }
}

fn timestamps(texts: &StringViewArray, otherwise: Otherwise) -> Result<ArrayRef> {
    let made = texts
        .iter()
        .map(|text| {
            let Some(text) = text else {
                return Ok(None);
            };
            match instant(text) {
                Some(micros) => Ok(Some(micros)),
                None if otherwise == Otherwise::Null => Ok(None),
                None => exec_err!("Value cannot be cast to timestamp: '{text}'"),
            }
        })
        .collect::<Result<TimestampMicrosecondArray>>()?;
    debug_assert_eq!(
        timestamp(),
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
    );
    Ok(Arc::new(made.with_timezone("UTC")))
}

/// The instant that a text says, in microseconds from 1970.
fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = string_to_datetime(&Utc, text) {
        return Some(time.timestamp_micros());
    }
    // Forms that arrow does not read: digits left out, no seconds, no time at all before a zone.
    let (date, rest) = match text.split_once([' ', 'T', 't']) {
        Some((date, rest)) => (date, rest.trim_start()),
        None => (text, ""),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() < 4 {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(number(year)?, number(month)?, number(day)?)?;
    let end = rest
        .find(|next: char| !next.is_ascii_digit() && next != ':' && next != '.')
        .unwrap_or(rest.len());
    let (time, zone) = rest.split_at(end);
    let local = date.and_time(if time.is_empty() {
        chrono::NaiveTime::MIN
    } else {
        time_of_day(time)?
    });
    in_zone(local, zone.trim())
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    (!digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()))
        .then(|| digits.parse().ok())?
}

/// `h:m`, `h:m:s` or `h:m:s.fraction`.
fn time_of_day(text: &str) -> Option<chrono::NaiveTime> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let (second, fraction) = match parts.next() {
        Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "0")),
        None => ("0", "0"),
    };
    let nanos: String = fraction.chars().chain("00000000".chars()).take(9).collect();
    chrono::NaiveTime::from_hms_nano_opt(hour, minute, number(second)?, number(&nanos)?)
}

fn in_zone(local: NaiveDateTime, zone: &str) -> Option<i64> {
    fn micros<Z: TimeZone>(zone: &Z, local: &NaiveDateTime) -> Option<i64> {
        let time: DateTime<Z> = zone.from_local_datetime(local).earliest()?;
        Some(time.timestamp_micros())
    }
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") || zone.eq_ignore_ascii_case("utc") {
        return Some(local.and_utc().timestamp_micros());
    }
    if let Ok(offset) = zone.parse::<FixedOffset>() {
        return micros(&offset, &local);
    }
    micros(&zone.parse::<Tz>().ok()?, &local)
}

fn decimals(texts: &StringViewArray, to: &DataType, otherwise: Otherwise) -> Result<ArrayRef> {
    let options = CastOptions {
        safe: otherwise == Otherwise::Null,
        ..CastOptions::default()
    };
    let has_exponent = |text: &str| text.contains(['e', 'E']);
    let plain = if texts.iter().flatten().any(has_exponent) {
        let plain: StringViewArray = texts
            .iter()
            .map(|text| text.map(|text| without_exponent(text).unwrap_or_else(|| text.to_owned())))
            .collect();
        cast_with_options(&plain, to, &options)?
    } else {
        cast_with_options(texts, to, &options)?
    };
    Ok(plain)
}

/// `1.5E-7` as `0.00000015`.
fn without_exponent(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.trim().split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|digit| digit == b'0') {
        return Some("0".to_owned());
    }
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    if point > FARTHEST {
        return None;
    }
    if point < -FARTHEST {
        return Some("0".to_owned());
    }
    Some(match usize::try_from(point) {
        Ok(0) | Err(_) => {
            let zeros = usize::try_from(-point).ok()?;
            format!("{sign}0.{}{digits}", "0".repeat(zeros))
        }
        Ok(point) if point >= digits.len() => format!("{sign}{digits:0<point$}"),
        Ok(point) => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_move_the_point() {
        let plain = |text| without_exponent(text).unwrap();
        assert_eq!(plain("1e2"), "100");
        assert_eq!(plain("-1.5E-7"), "-0.00000015");
        assert_eq!(plain("1.25e1"), "12.5");
        assert_eq!(plain(".5e1"), "5");
        assert_eq!(plain("0e999"), "0");
        assert_eq!(plain("1e-999"), "0");
        assert_eq!(without_exponent("1e999"), None);
        assert_eq!(without_exponent("e5"), None);
        assert_eq!(without_exponent("1e"), None);
        assert_eq!(without_exponent("é1e5"), None);
    }

    #[test]
    fn nothing_but_a_time_is_one() {
        for text in [
            "",
            " ",
            "é",
            "2026",
            "2026-03",
            "2026-03-05-06",
            "2026-03-05 25:00",
            "2026-03-05 1:",
            "x-y-z",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
        assert_eq!(instant("1970-1-1 0:00:01.5"), Some(1_500_000));
        assert_eq!(instant("1970-01-01 01:00 Europe/Berlin"), Some(0));
        assert_eq!(instant("1970-01-01 +01:00"), Some(-3_600_000_000));
    }
}
