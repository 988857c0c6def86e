//! The greatest and the least of several values.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, UInt64Array, new_null_array},
    compute::{interleave, take},
    datatypes::DataType,
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::super::{
    define::scalar,
    lists::{common_or_error, converter, is_nan, unexpected},
};

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        scalar(
            &["greatest"],
            |types| same("greatest", types),
            |types| Ok(types[0].clone()),
            |arguments, _| extreme(arguments, true),
        ),
        scalar(
            &["least"],
            |types| same("least", types),
            |types| Ok(types[0].clone()),
            |arguments, _| extreme(arguments, false),
        ),
    ]
}

fn same(name: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    if types.is_empty() {
        return unexpected(name, "one value or more", types);
    }
    Ok(vec![common_or_error(types)?; types.len()])
}

/// The greatest or least argument, NULL if any is NULL. What is no number is only taken if all are none.
fn extreme(arguments: &[ArrayRef], greatest: bool) -> Result<ArrayRef> {
    let length = arguments[0].len();
    if arguments.iter().any(|values| values.data_type().is_null()) {
        return Ok(new_null_array(arguments[0].data_type(), length));
    }
    let converter = converter(arguments[0].data_type())?;
    let rows = arguments
        .iter()
        .map(|values| Ok(converter.convert_columns(&[Arc::clone(values)])?))
        .collect::<Result<Vec<_>>>()?;
    let no_number: Vec<_> = arguments.iter().map(is_nan).collect();
    let mut best: Vec<(usize, usize)> = (0..length).map(|row| (0, row)).collect();
    for (argument, row_bytes) in rows.iter().enumerate().skip(1) {
        for (row, best) in best.iter_mut().enumerate() {
            let next = (no_number[argument](row) != greatest, row_bytes.row(row));
            let held = (no_number[best.0](row) != greatest, rows[best.0].row(row));
            if (next > held) == greatest && next != held {
                *best = (argument, row);
            }
        }
    }
    let values: Vec<_> = arguments.iter().map(AsRef::as_ref).collect();
    let made = interleave(&values, &best)?;
    let missing = |row: usize| arguments.iter().any(|values| values.is_null(row));
    if !arguments.iter().any(|values| values.null_count() > 0) {
        return Ok(made);
    }
    let places = (0..length).map(|row| (!missing(row)).then_some(row as u64));
    Ok(take(&made, &places.collect::<UInt64Array>(), None)?)
}
