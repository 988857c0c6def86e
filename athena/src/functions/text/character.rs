//! Characters, and how much texts resemble each other.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, Int32Array},
    datatypes::DataType,
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::plain::{
    Integers,
    Kind::{Integer, Text},
    Plain, Texts, integer_rows, text_rows, truth_rows,
};
use crate::functions::support::TEXT;

/// Trino's own limit of the work for one distance.
const LARGEST_DISTANCE_TABLE: usize = 1_000_000;

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new("chr", &[Integer], TEXT, chr).into(),
        Plain::new("codepoint", &[Text], DataType::Int32, codepoint).into(),
        Plain::new(
            "levenshtein_distance",
            &[Text, Text],
            DataType::Int64,
            levenshtein_distance,
        )
        .into(),
        Plain::new(
            "hamming_distance",
            &[Text, Text],
            DataType::Int64,
            hamming_distance,
        )
        .into(),
        Plain::new("soundex", &[Text], TEXT, soundex).into(),
        Plain::new("luhn_check", &[Text], DataType::Boolean, luhn_check).into(),
    ]
}

fn chr(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let numbers = Integers::of(&arguments[0], rows)?;
    text_rows(rows, |row, made| {
        let Some(number) = numbers.get(row) else {
            return Ok(false);
        };
        match u32::try_from(number).ok().and_then(char::from_u32) {
            Some(found) => made.push(found),
            None => return exec_err!("chr: not a valid Unicode code point: {number}"),
        }
        Ok(true)
    })
}

fn codepoint(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    let made: Int32Array = (0..rows)
        .map(|row| {
            let Some(text) = texts.get(row) else {
                return Ok(None);
            };
            let mut characters = text.chars();
            let (Some(only), None) = (characters.next(), characters.next()) else {
                return exec_err!("codepoint takes text of a single character, not {text:?}");
            };
            Ok(i32::try_from(u32::from(only)).ok())
        })
        .collect::<Result<_>>()?;
    Ok(Arc::new(made))
}

fn levenshtein_distance(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let left = Texts::of(&arguments[0], rows)?;
    let right = Texts::of(&arguments[1], rows)?;
    let mut distances = Vec::new();
    integer_rows(rows, |row| {
        let (Some(left), Some(right)) = (left.get(row), right.get(row)) else {
            return Ok(None);
        };
        let right: Vec<char> = right.chars().collect();
        if left.chars().count().saturating_mul(right.len()) > LARGEST_DISTANCE_TABLE {
            return exec_err!("levenshtein_distance: the texts are too long together");
        }
        distances.clear();
        distances.extend(0..=right.len());
        for (row, from) in left.chars().enumerate() {
            let mut diagonal = row;
            distances[0] = row + 1;
            for (column, to) in right.iter().enumerate() {
                let replaced = diagonal + usize::from(from != *to);
                diagonal = distances[column + 1];
                distances[column + 1] = replaced.min(diagonal + 1).min(distances[column] + 1);
            }
        }
        Ok(distances
            .last()
            .and_then(|distance| i64::try_from(*distance).ok()))
    })
}

fn hamming_distance(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let left = Texts::of(&arguments[0], rows)?;
    let right = Texts::of(&arguments[1], rows)?;
    integer_rows(rows, |row| {
        let (Some(left), Some(right)) = (left.get(row), right.get(row)) else {
            return Ok(None);
        };
        let (mut lefts, mut rights) = (left.chars(), right.chars());
        let mut distance = 0;
        loop {
            match (lefts.next(), rights.next()) {
                (None, None) => return Ok(Some(distance)),
                (Some(a), Some(b)) => distance += i64::from(a != b),
                _ => {
                    return exec_err!(
                        "hamming_distance: the texts must have the same length: {left:?}, {right:?}"
                    );
                }
            }
        }
    })
}

/// American Soundex: the first letter and three digits.
fn soundex(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    text_rows(rows, |row, made| {
        let Some(text) = texts.get(row) else {
            return Ok(false);
        };
        if let Some(other) = text
            .chars()
            .find(|found| found.is_alphabetic() && !found.is_ascii())
        {
            return exec_err!("soundex: {other:?} of {text:?} is no letter from A to Z");
        }
        let mut before = None;
        for letter in text.chars().filter(char::is_ascii_alphabetic) {
            let letter = letter.to_ascii_uppercase();
            let code = soundex_code(letter);
            if made.is_empty() {
                made.push(letter);
            } else if let Some(digit) = code
                && digit != '0'
                && before != code
            {
                made.push(digit);
            }
            // H and W do not part letters of the same code, vowels do.
            if code.is_some() {
                before = code;
            }
            if made.len() == 4 {
                break;
            }
        }
        while !made.is_empty() && made.len() < 4 {
            made.push('0');
        }
        Ok(true)
    })
}

/// `0` for vowels, nothing for H and W.
fn soundex_code(letter: char) -> Option<char> {
    Some(match letter {
        'B' | 'F' | 'P' | 'V' => '1',
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => '2',
        'D' | 'T' => '3',
        'L' => '4',
        'M' | 'N' => '5',
        'R' => '6',
        'H' | 'W' => return None,
        _ => '0',
    })
}

fn luhn_check(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let texts = Texts::of(&arguments[0], rows)?;
    truth_rows(rows, |row| {
        let Some(text) = texts.get(row) else {
            return Ok(None);
        };
        let mut sum = 0_u64;
        for (place, found) in text.chars().rev().enumerate() {
            let Some(digit) = found.to_digit(10) else {
                return exec_err!("luhn_check takes digits, not {text:?}");
            };
            sum += u64::from(match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, twice) => twice / 10 + twice % 10,
            });
        }
        Ok(Some(!text.is_empty() && sum.is_multiple_of(10)))
    })
}
