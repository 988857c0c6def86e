//! Regular expressions, in Java's syntax.

mod java;
mod pattern;
mod pieces;
mod replacement;
#[cfg(test)]
mod tests;

use std::{ops::Range, rc::Rc, sync::Arc};

use arrow::{
    array::{ArrayRef, Int32Array},
    datatypes::DataType,
};
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

pub(crate) use self::pieces::{FILLED, GAPS, GROUPS};
use self::{
    pattern::{Pattern, Patterns},
    replacement::Replacement,
};
use super::{
    support::TEXT,
    text::{
        plain::{
            Kind::{Integer, Text},
            Plain, Texts, check_size, integer_or, integer_rows, slice_rows, text_or, text_rows,
            truth_rows,
        },
        split::{list_builder, list_of_texts},
    },
};

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    let mut all = vec![
        Plain::new("regexp_like", &[Text, Text], DataType::Boolean, like).into(),
        Plain::new("regexp_extract", &[Text, Text], TEXT, extract)
            .optional(&[Integer])
            .into(),
        Plain::new(
            "regexp_extract_all",
            &[Text, Text],
            list_of_texts(),
            extract_all,
        )
        .optional(&[Integer])
        .into(),
        Plain::new("regexp_replace", &[Text, Text], TEXT, replace)
            .optional(&[Text])
            .into(),
        Plain::new("regexp_split", &[Text, Text], list_of_texts(), split).into(),
        Plain::new("regexp_count", &[Text, Text], DataType::Int64, count).into(),
        Plain::new("regexp_position", &[Text, Text], DataType::Int32, position)
            .optional(&[Integer, Integer])
            .into(),
    ];
    all.extend(pieces::all());
    all
}

fn like(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let mut patterns = Patterns::of(&arguments[1], rows)?;
    truth_rows(rows, |row| {
        let (Some(text), Some(pattern)) = (text.get(row), patterns.get(row)?) else {
            return Ok(None);
        };
        pattern.is_match(text).map(Some)
    })
}

fn extract(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let mut patterns = Patterns::of(&arguments[1], rows)?;
    let group = integer_or(arguments, 2, rows, 0)?;
    slice_rows(rows, |row| {
        let (Some(text), Some(pattern), Some(group)) =
            (text.get(row), patterns.get(row)?, group.get(row))
        else {
            return Ok(None);
        };
        let group = pattern.group("regexp_extract", group)?;
        Ok(pattern
            .find_group(text, 0, group)?
            .and_then(|found| Some(&text[found.group?])))
    })
}

fn extract_all(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let mut patterns = Patterns::of(&arguments[1], rows)?;
    let group = integer_or(arguments, 2, rows, 0)?;
    let mut made = list_builder();
    for row in 0..rows {
        let (Some(text), Some(pattern), Some(group)) =
            (text.get(row), patterns.get(row)?, group.get(row))
        else {
            made.append_null();
            continue;
        };
        let group = pattern.group("regexp_extract_all", group)?;
        let mut from = Some(0);
        while let Some(at) = from
            && let Some(found) = pattern.find_group(text, at, group)?
        {
            made.values()
                .append_option(found.group.map(|group| &text[group]));
            from = next_start(text, &found.whole);
        }
        made.append(true);
    }
    Ok(Arc::new(made.finish()))
}

/// Where the next match may begin: behind this one, and a character further if it is empty.
fn next_start(text: &str, found: &Range<usize>) -> Option<usize> {
    if found.is_empty() {
        let next = text[found.end..].chars().next()?;
        Some(found.end + next.len_utf8())
    } else {
        Some(found.end)
    }
}

/// Calls `found` with the place of every match.
fn each_match(
    pattern: &Pattern,
    text: &str,
    mut found: impl FnMut(Range<usize>) -> Result<()>,
) -> Result<()> {
    let mut from = Some(0);
    while let Some(at) = from
        && let Some(place) = pattern.find(text, at)?
    {
        from = next_start(text, &place);
        found(place)?;
    }
    Ok(())
}

fn replace(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let mut patterns = Patterns::of(&arguments[1], rows)?;
    let by = text_or(arguments, 2, rows, "")?;
    let mut parsed: Option<(Rc<Pattern>, Replacement)> = None;
    text_rows(rows, |row, made| {
        let (Some(text), Some(pattern), Some(by)) =
            (text.get(row), patterns.get(row)?, by.get(row))
        else {
            return Ok(false);
        };
        let replacement = match &mut parsed {
            Some((known, replacement)) if Rc::ptr_eq(known, &pattern) && replacement.is(by) => {
                replacement
            }
            parsed => {
                let replacement = Replacement::parse(by, &pattern)?;
                &mut parsed.insert((Rc::clone(&pattern), replacement)).1
            }
        };
        let mut done = 0;
        if let Some(by) = replacement.literal() {
            each_match(&pattern, text, |found| {
                made.push_str(&text[done..found.start]);
                made.push_str(by);
                done = found.end;
                check_size("regexp_replace", made)
            })?;
        } else {
            let mut from = Some(0);
            while let Some(at) = from
                && let Some(groups) = pattern.captures(text, at)?
            {
                let whole = groups.whole();
                made.push_str(&text[done..whole.start]);
                replacement.append(made, |group| groups.get(group).map(|place| &text[place]));
                done = whole.end;
                from = next_start(text, &whole);
                check_size("regexp_replace", made)?;
            }
        }
        made.push_str(&text[done..]);
        Ok(true)
    })
}

fn split(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let mut patterns = Patterns::of(&arguments[1], rows)?;
    let mut made = list_builder();
    for row in 0..rows {
        let (Some(text), Some(pattern)) = (text.get(row), patterns.get(row)?) else {
            made.append_null();
            continue;
        };
        let mut done = 0;
        each_match(&pattern, text, |found| {
            made.values().append_value(&text[done..found.start]);
            done = found.end;
            Ok(())
        })?;
        made.values().append_value(&text[done..]);
        made.append(true);
    }
    Ok(Arc::new(made.finish()))
}

fn count(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let mut patterns = Patterns::of(&arguments[1], rows)?;
    integer_rows(rows, |row| {
        let (Some(text), Some(pattern)) = (text.get(row), patterns.get(row)?) else {
            return Ok(None);
        };
        let mut count = 0;
        each_match(&pattern, text, |_| {
            count += 1;
            Ok(())
        })?;
        Ok(Some(count))
    })
}

/// The character at which a match begins, from 1; -1 if there is none.
fn position(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let mut patterns = Patterns::of(&arguments[1], rows)?;
    let start = integer_or(arguments, 2, rows, 1)?;
    let occurrence = integer_or(arguments, 3, rows, 1)?;
    let made: Int32Array = (0..rows)
        .map(|row| {
            let (Some(text), Some(pattern), Some(start), Some(occurrence)) = (
                text.get(row),
                patterns.get(row)?,
                start.get(row),
                occurrence.get(row),
            ) else {
                return Ok(None);
            };
            if start < 1 {
                return exec_err!("regexp_position: the start must be at least 1, not {start}");
            }
            if occurrence < 1 {
                return exec_err!(
                    "regexp_position: the occurrence must be at least 1, not {occurrence}"
                );
            }
            let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
            let mut from = text.char_indices().nth(skipped).map(|(at, _)| at);
            let mut left = occurrence;
            while let Some(at) = from
                && let Some(found) = pattern.find(text, at)?
            {
                left -= 1;
                if left == 0 {
                    let before = text[..found.start].chars().count();
                    return Ok(i32::try_from(before + 1).ok());
                }
                from = next_start(text, &found);
            }
            Ok(Some(-1))
        })
        .collect::<Result<_>>()?;
    Ok(Arc::new(made))
}
