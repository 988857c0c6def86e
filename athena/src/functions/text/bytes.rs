//! `varbinary`: to and from text, and its hashes.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder},
    compute::cast,
    datatypes::DataType,
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::{
    hash::{crc32, md5, sha1, xxhash64},
    plain::{
        Kind::{Any, Bytes, Text},
        Plain, Texts, integer_rows, push_hex, text_or, text_rows,
    },
};
use crate::functions::support::{TEXT, is_text};

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FOR_URLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The functions of this module; `sha256` and `sha512` are DataFusion's.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new("to_utf8", &[Text], DataType::Binary, |arguments, rows| {
            Ok(Arc::new(binary(&arguments[0], rows)?))
        })
        .into(),
        Plain::new("from_utf8", &[Bytes], TEXT, from_utf8)
            .optional(&[Text])
            .into(),
        Plain::new("to_hex", &[Any], TEXT, to_hex).into(),
        Plain::new("from_hex", &[Text], DataType::Binary, |arguments, rows| {
            decoded(arguments, rows, "from_hex", unhex)
        })
        .into(),
        Plain::new("to_base64", &[Bytes], TEXT, |arguments, rows| {
            encoded(arguments, rows, |bytes, made| base64(bytes, STANDARD, made))
        })
        .into(),
        Plain::new("to_base64url", &[Bytes], TEXT, |arguments, rows| {
            encoded(arguments, rows, |bytes, made| base64(bytes, FOR_URLS, made))
        })
        .into(),
        Plain::new(
            "from_base64",
            &[Text],
            DataType::Binary,
            |arguments, rows| {
                decoded(arguments, rows, "from_base64", |text| {
                    unbase64(text, STANDARD)
                })
            },
        )
        .into(),
        Plain::new(
            "from_base64url",
            &[Text],
            DataType::Binary,
            |arguments, rows| {
                decoded(arguments, rows, "from_base64url", |text| {
                    unbase64(text, FOR_URLS)
                })
            },
        )
        .into(),
        Plain::new("md5", &[Bytes], DataType::Binary, |arguments, rows| {
            hashed(arguments, rows, |bytes| md5(bytes).to_vec())
        })
        .into(),
        Plain::new("sha1", &[Bytes], DataType::Binary, |arguments, rows| {
            hashed(arguments, rows, |bytes| sha1(bytes).to_vec())
        })
        .into(),
        Plain::new("xxhash64", &[Bytes], DataType::Binary, |arguments, rows| {
            hashed(arguments, rows, |bytes| {
                xxhash64(bytes).to_be_bytes().to_vec()
            })
        })
        .into(),
        Plain::new("crc32", &[Bytes], DataType::Int64, |arguments, rows| {
            let bytes = binary(&arguments[0], rows)?;
            integer_rows(rows, |row| {
                Ok(bytes
                    .is_valid(row)
                    .then(|| i64::from(crc32(bytes.value(row)))))
            })
        })
        .into(),
    ]
}

fn binary(argument: &ColumnarValue, rows: usize) -> Result<BinaryArray> {
    let mut array = argument.to_array(rows)?;
    if is_text(array.data_type()) {
        array = cast(&array, &DataType::Utf8)?;
    }
    let array = cast(&array, &DataType::Binary)?;
    Ok(array.as_binary::<i32>().clone())
}

/// Bytes that are no UTF-8 become U+FFFD, or the replacement.
fn from_utf8(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let bytes = binary(&arguments[0], rows)?;
    let replacement = text_or(arguments, 1, rows, "\u{fffd}")?;
    text_rows(rows, |row, made| {
        let Some(replacement) = replacement.get(row).filter(|_| bytes.is_valid(row)) else {
            return Ok(false);
        };
        for chunk in bytes.value(row).utf8_chunks() {
            made.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                made.push_str(replacement);
            }
        }
        Ok(true)
    })
}

/// The digits of `varbinary` or of text's bytes; of an integer those of its value, as DataFusion has it.
fn to_hex(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let argument = &arguments[0];
    if argument.data_type().is_integer() {
        let numbers = super::plain::Integers::of(argument, rows)?;
        return text_rows(rows, |row, made| {
            let Some(number) = numbers.get(row) else {
                return Ok(false);
            };
            Ok(write!(made, "{number:X}").is_ok())
        });
    }
    if argument.data_type().is_nested() {
        return exec_err!("to_hex takes varbinary, not {}", argument.data_type());
    }
    encoded(arguments, rows, |bytes, made| {
        for byte in bytes {
            push_hex(*byte, made);
        }
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect::<Option<Vec<_>>>()?;
    digits.len().is_multiple_of(2).then(|| {
        digits
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect()
    })
}

fn base64(bytes: &[u8], alphabet: &[u8; 64], made: &mut String) {
    for group in bytes.chunks(3) {
        let mut bits = [0; 4];
        bits[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(bits);
        for place in 0..4 {
            let sextet = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
            let is_there = place <= group.len();
            made.push(if is_there {
                char::from(alphabet[sextet])
            } else {
                '='
            });
        }
    }
}

fn unbase64(text: &str, alphabet: &[u8; 64]) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2 || (digits.len() < text.len() && !text.len().is_multiple_of(4))
    {
        return None;
    }
    let mut made = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for digit in group {
            let sextet = alphabet.iter().position(|known| known == digit)?;
            bits = bits << 6 | u32::try_from(sextet).ok()?;
        }
        bits <<= 6 * (4 - group.len());
        match group.len() {
            1 => return None,
            digits => made.extend_from_slice(&bits.to_be_bytes()[1..digits]),
        }
    }
    Some(made)
}

fn encoded(
    arguments: &[ColumnarValue],
    rows: usize,
    encode: impl Fn(&[u8], &mut String),
) -> Result<ArrayRef> {
    let bytes = binary(&arguments[0], rows)?;
    text_rows(rows, |row, made| {
        let is_valid = bytes.is_valid(row);
        if is_valid {
            encode(bytes.value(row), made);
        }
        Ok(is_valid)
    })
}

fn decoded(
    arguments: &[ColumnarValue],
    rows: usize,
    function: &str,
    decode: impl Fn(&str) -> Option<Vec<u8>>,
) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let mut made = BinaryBuilder::new();
    for row in 0..rows {
        let Some(text) = texts.get(row) else {
            made.append_null();
            continue;
        };
        match decode(text) {
            Some(bytes) => made.append_value(bytes),
            None => return exec_err!("{function} cannot read {text:?}"),
        }
    }
    Ok(Arc::new(made.finish()))
}

fn hashed(
    arguments: &[ColumnarValue],
    rows: usize,
    hash: impl Fn(&[u8]) -> Vec<u8>,
) -> Result<ArrayRef> {
    let bytes = binary(&arguments[0], rows)?;
    let made: BinaryArray = bytes.iter().map(|bytes| bytes.map(&hash)).collect();
    Ok(Arc::new(made))
}
