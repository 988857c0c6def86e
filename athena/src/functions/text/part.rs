//! Parts of text, and text made longer.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewBuilder};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::plain::{
    Integers,
    Kind::{Integer, Text},
    Plain, Texts, integer_or, slice_rows, text_or, text_rows,
};
use crate::functions::support::TEXT;

/// Text is padded to this many characters at most: a longer one is a mistake, and would fill the memory.
const LONGEST_PADDED: i64 = 65_536;

/// The functions of this module.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        substr(),
        Plain::new("lpad", &[Text, Integer], TEXT, |arguments, rows| {
            padded("lpad", arguments, rows)
        })
        .optional(&[Text])
        .into(),
        Plain::new("rpad", &[Text, Integer], TEXT, |arguments, rows| {
            padded("rpad", arguments, rows)
        })
        .optional(&[Text])
        .into(),
        // SQL's TRIM(x) and TRIM(BOTH 'y' FROM x) are planned as btrim.
        Plain::new("btrim", &[Text], TEXT, |arguments, rows| {
            trimmed(arguments, rows, true, true)
        })
        .optional(&[Text])
        .aliases(&["trim"])
        .into(),
        Plain::new("ltrim", &[Text], TEXT, |arguments, rows| {
            trimmed(arguments, rows, true, false)
        })
        .optional(&[Text])
        .into(),
        Plain::new("rtrim", &[Text], TEXT, |arguments, rows| {
            trimmed(arguments, rows, false, true)
        })
        .optional(&[Text])
        .into(),
    ]
}

/// `substr(text, start[, length])`: places count from 1, and from the end if they are negative.
pub(super) fn substr() -> ScalarUDF {
    Plain::new("substr", &[Text, Integer], TEXT, |arguments, rows| {
        let text = Texts::of(&arguments[0], rows)?;
        let start = Integers::of(&arguments[1], rows)?;
        let length = integer_or(arguments, 2, rows, i64::MAX)?;
        if let (Texts::Each(texts), Integers::One(Some(start)), Integers::One(Some(length))) =
            (&text, &start, &length)
        {
            let mut made = StringViewBuilder::with_capacity(rows);
            for text in texts {
                made.append_option(text.map(|text| substring(text, *start, *length)));
            }
            return Ok(Arc::new(made.finish()));
        }
        slice_rows(rows, |row| {
            let (Some(text), Some(start), Some(length)) =
                (text.get(row), start.get(row), length.get(row))
            else {
                return Ok(None);
            };
            Ok(Some(substring(text, start, length)))
        })
    })
    .optional(&[Integer])
    .aliases(&["substring"])
    .into()
}

fn substring(text: &str, start: i64, length: i64) -> &str {
    let Ok(length) = usize::try_from(length) else {
        return "";
    };
    let rest = match start {
        0 => return "",
        1.. => {
            let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
            &text[offset(text, skipped)..]
        }
        _ => {
            let back = usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX);
            match offset_from_end(text, back) {
                Some(from) => &text[from..],
                None => return "",
            }
        }
    };
    &rest[..offset(rest, length)]
}

/// The byte at which a character begins that is so many from the end; `None` if there are not so many.
fn offset_from_end(text: &str, characters: usize) -> Option<usize> {
    // Only what is looked at has to be ASCII for its bytes to be its characters.
    let from = text.len().checked_sub(characters)?;
    if text.as_bytes()[from..].is_ascii() {
        return Some(from);
    }
    let mut places = text.char_indices().rev();
    places.nth(characters - 1).map(|(at, _)| at)
}

/// The byte at which a character begins; the end of the text if it has fewer.
fn offset(text: &str, characters: usize) -> usize {
    let Some(first) = text.as_bytes().get(..characters) else {
        // There are no more characters than bytes.
        return text.len();
    };
    if first.is_ascii() {
        return characters;
    }
    text.char_indices()
        .nth(characters)
        .map_or(text.len(), |(at, _)| at)
}

fn padded(function: &str, arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let size = Integers::of(&arguments[1], rows)?;
    let padding = text_or(arguments, 2, rows, " ")?;
    text_rows(rows, |row, made| {
        let (Some(text), Some(size), Some(padding)) =
            (text.get(row), size.get(row), padding.get(row))
        else {
            return Ok(false);
        };
        if !(0..=LONGEST_PADDED).contains(&size) {
            return exec_err!(
                "{function}: the length must be from 0 to {LONGEST_PADDED}, not {size}"
            );
        }
        if padding.is_empty() {
            return exec_err!("{function}: the padding must not be empty");
        }
        let size = usize::try_from(size).unwrap_or(0);
        let missing = size.saturating_sub(text.chars().count());
        if missing == 0 {
            made.push_str(&text[..offset(text, size)]);
            return Ok(true);
        }
        let padding = padding.chars().cycle().take(missing);
        if function == "lpad" {
            made.extend(padding);
            made.push_str(text);
        } else {
            made.push_str(text);
            made.extend(padding);
        }
        Ok(true)
    })
}

fn trimmed(
    arguments: &[ColumnarValue],
    rows: usize,
    at_start: bool,
    at_end: bool,
) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let set = arguments
        .get(1)
        .map(|set| Texts::of(set, rows))
        .transpose()?;
    slice_rows(rows, |row| {
        let Some(text) = text.get(row) else {
            return Ok(None);
        };
        let Some(set) = &set else {
            return Ok(Some(trim(text, is_java_whitespace, at_start, at_end)));
        };
        Ok(set
            .get(row)
            .map(|set| trim(text, |found| set.contains(found), at_start, at_end)))
    })
}

fn trim(text: &str, is_trimmed: impl Fn(char) -> bool, at_start: bool, at_end: bool) -> &str {
    let text = if at_start {
        text.trim_start_matches(&is_trimmed)
    } else {
        text
    };
    if at_end {
        text.trim_end_matches(&is_trimmed)
    } else {
        text
    }
}

/// What Java takes for white space: not spaces that forbid a line break.
fn is_java_whitespace(found: char) -> bool {
    matches!(found, '\u{1c}'..='\u{1f}')
        || (found.is_whitespace()
            && !matches!(found, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}'))
}
