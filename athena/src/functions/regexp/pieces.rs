//! What `regexp_replace` with a lambda is made of: the groups of each match, and the text between matches.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, ListBuilder, StringViewBuilder},
    datatypes::DataType,
};
use datafusion::{
    error::Result,
    logical_expr::{ColumnarValue, ScalarUDF},
};

use super::{each_match, next_start, pattern::Patterns};
use crate::functions::{
    define::scalar,
    lists::{Lists, element, is_null, list_of, unexpected},
    support::TEXT,
    text::{
        plain::{Kind::Text, Plain, Texts, check_size},
        split::{list_builder, list_of_texts},
    },
};

/// The groups of each match, as an array of arrays.
pub(crate) const GROUPS: &str = "regexp_groups";
/// The text before, between and after matches.
pub(crate) const GAPS: &str = "regexp_gaps";
/// Such text with other text in the place of each match.
pub(crate) const FILLED: &str = "regexp_filled";

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        Plain::new(GROUPS, &[Text, Text], list_of(&list_of_texts()), groups).into(),
        Plain::new(GAPS, &[Text, Text], list_of_texts(), gaps).into(),
        scalar(
            &[FILLED],
            |types| match types {
                [gaps, by] if element(gaps).is_some() && element(by).is_some() => {
                    Ok(vec![list_of(&TEXT), list_of(&TEXT)])
                }
                _ => unexpected("regexp_replace", "text, a pattern and a lambda", types),
            },
            |_| Ok(TEXT),
            filled,
        ),
    ]
}

fn groups(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let text = Texts::of(&arguments[0], rows)?;
    let mut patterns = Patterns::of(&arguments[1], rows)?;
    let mut made = ListBuilder::new(list_builder());
    for row in 0..rows {
        let (Some(text), Some(pattern)) = (text.get(row), patterns.get(row)?) else {
            made.append_null();
            continue;
        };
        let mut from = Some(0);
        while let Some(at) = from
            && let Some(groups) = pattern.captures(text, at)?
        {
            let list = made.values();
            for group in 1..=pattern.groups() {
                list.values()
                    .append_option(groups.get(group).map(|place| &text[place]));
            }
            list.append(true);
            from = next_start(text, &groups.whole());
        }
        made.append(true);
    }
    Ok(Arc::new(made.finish()))
}

fn gaps(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
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

/// Where a match is replaced by NULL, all of the text is.
fn filled(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let (gaps, by) = (Lists::of(&arguments[0]), Lists::of(&arguments[1]));
    let missing = is_null(&by.values);
    let mut made = StringViewBuilder::with_capacity(gaps.len());
    let mut buffer = String::new();
    for (gap, replaced) in gaps.iter().zip(by.iter()) {
        let (Some(gap), Some(replaced)) = (gap, replaced) else {
            made.append_null();
            continue;
        };
        if replaced.clone().any(&missing) {
            made.append_null();
            continue;
        }
        buffer.clear();
        let mut replaced = replaced.map(|place| by.values.as_string_view().value(place));
        for place in gap {
            buffer.push_str(gaps.values.as_string_view().value(place));
            buffer.push_str(replaced.next().unwrap_or_default());
            check_size("regexp_replace", &buffer)?;
        }
        made.append_value(&buffer);
    }
    Ok(Arc::new(made.finish()))
}
