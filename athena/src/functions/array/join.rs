//! Arrays as text.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringViewBuilder},
    datatypes::DataType,
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::super::{
    define::scalar,
    lists::{Lists, element, is_null, plain_list, unexpected},
    printed::printed,
    support::TEXT,
};

/// Joins the elements of an array; NULLs are left out, unless a third argument stands for them.
pub(super) fn array_join() -> ScalarUDF {
    scalar(
        &["array_join"],
        |types| match types.split_first() {
            Some((list, rest)) if element(list).is_some() && (1..=2).contains(&rest.len()) => {
                let mut coerced = vec![plain_list(list)];
                coerced.resize(types.len(), TEXT);
                Ok(coerced)
            }
            _ => unexpected(
                "array_join",
                "an array, a delimiter and what stands for NULL",
                types,
            ),
        },
        |_| Ok(TEXT),
        run,
    )
}

fn run(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let texts = printed(&lists.values)?;
    let missing = is_null(&lists.values);
    let delimiters = arguments[1].as_string_view();
    let replacements = arguments.get(2).map(AsArray::as_string_view);
    let mut made = StringViewBuilder::with_capacity(lists.len());
    let mut buffer = String::new();
    for (row, list) in lists.iter().enumerate() {
        let replacement = match replacements {
            Some(replacements) if replacements.is_null(row) => {
                made.append_null();
                continue;
            }
            Some(replacements) => Some(replacements.value(row)),
            None => None,
        };
        let Some(list) = list.filter(|_| delimiters.is_valid(row)) else {
            made.append_null();
            continue;
        };
        let delimiter = delimiters.value(row);
        let shown = list.filter_map(|place| {
            if missing(place) {
                replacement
            } else {
                Some(texts.value(place))
            }
        });
        buffer.clear();
        for (place, text) in shown.enumerate() {
            if place > 0 {
                buffer.push_str(delimiter);
            }
            buffer.push_str(text);
        }
        made.append_value(&buffer);
    }
    Ok(Arc::new(made.finish()))
}
