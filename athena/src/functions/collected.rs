//! What is made of the values that an aggregate has collected, where the aggregate itself is made of others.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, StringViewArray, StringViewBuilder},
    datatypes::{DataType, Int64Type},
};
use datafusion::{common::exec_err, error::Result, logical_expr::ScalarUDF};

use super::{
    define::scalar,
    lists::{Lists, Picked, element, is_null, list_of, unexpected},
    map::{Maps, entry_types, map_array, map_of},
    printed::printed,
    support::TEXT,
};

/// The so many most frequent keys of a histogram, with how often they came.
pub(crate) const MOST_FREQUENT: &str = "most_frequent";
/// The texts of an array with a separator between them, as many as there is room for.
pub(crate) const TRUNCATED: &str = "listagg_truncated";

/// Longer no text of `listagg` is, in bytes.
const LONGEST: usize = 1 << 20;

/// The functions of this family.
pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        scalar(
            &[MOST_FREQUENT],
            |types| match types {
                [map, buckets] if buckets.is_integer() => match entry_types(map) {
                    Some((key, _)) => Ok(vec![map_of(&key, &DataType::Int64), DataType::Int64]),
                    None => unexpected(
                        "approx_most_frequent",
                        "a number, a value and a number",
                        types,
                    ),
                },
                _ => unexpected(
                    "approx_most_frequent",
                    "a number, a value and a number",
                    types,
                ),
            },
            |types| Ok(types[0].clone()),
            most_frequent,
        ),
        scalar(
            &[TRUNCATED],
            |types| match types {
                [list, _, _, _] if element(list).is_some() => {
                    Ok(vec![list_of(&TEXT), TEXT, TEXT, DataType::Int64])
                }
                _ => unexpected(
                    "listagg",
                    "text, a separator and what stands for the rest",
                    types,
                ),
            },
            |_| Ok(TEXT),
            truncated,
        ),
    ]
}

fn most_frequent(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let maps = Maps::of(arguments[0].as_map());
    let buckets = arguments[1].as_primitive::<Int64Type>();
    let counts = maps.values.as_primitive::<Int64Type>();
    let mut picked = Picked::default();
    for (row, entries) in maps.lists.iter().enumerate() {
        let most = if buckets.is_valid(row) {
            buckets.value(row)
        } else {
            0
        };
        let Some(most) = usize::try_from(most).ok().filter(|most| *most > 1) else {
            return exec_err!(
                "approx_most_frequent bucket count must be greater than one, input bucket count: {most}"
            );
        };
        let Some(entries) = entries else {
            picked.end_null();
            continue;
        };
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|&entry| std::cmp::Reverse(counts.value(entry)));
        picked.extend(entries.into_iter().take(most));
        picked.end();
    }
    let (keys, values) = (picked.values(&maps.keys)?, picked.values(&maps.values)?);
    map_array(picked.offsets()?, keys, values, picked.nulls())
}

/// The arguments: an array, a separator, what stands for the values left out, and whether their number does too.
fn truncated(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let texts = printed(&lists.values)?;
    let missing = is_null(&lists.values);
    let (separators, fillers) = (arguments[1].as_string_view(), arguments[2].as_string_view());
    let counted = arguments[3].as_primitive::<Int64Type>();
    let mut made = StringViewBuilder::with_capacity(lists.len());
    let mut buffer = String::new();
    for (row, list) in lists.iter().enumerate() {
        let Some(list) = list else {
            made.append_null();
            continue;
        };
        let text = |of: &StringViewArray| of.is_valid(row).then(|| of.value(row).to_owned());
        let separator = text(separators).unwrap_or_default();
        let values: Vec<_> = list.filter(|&place| !missing(place)).collect();
        buffer.clear();
        for (place, &value) in values.iter().enumerate() {
            let value = texts.value(value);
            let between = if place > 0 { separator.as_str() } else { "" };
            if buffer.len() + between.len() + value.len() > LONGEST {
                buffer.push_str(between);
                buffer.push_str(&text(fillers).unwrap_or_default());
                if counted.is_valid(row) && counted.value(row) != 0 {
                    write!(buffer, "({})", values.len() - place)?;
                }
                break;
            }
            buffer.push_str(between);
            buffer.push_str(value);
        }
        made.append_value(&buffer);
    }
    Ok(Arc::new(made.finish()))
}
