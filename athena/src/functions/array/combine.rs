//! Arrays of parts of an array.

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::Int64Type,
};
use datafusion::{common::exec_err, error::Result, logical_expr::ScalarUDF};

use super::super::{
    define::scalar,
    lists::{Lists, Picked, list_and_integers, list_array, list_of},
};

/// So many elements at most does Trino combine.
const MOST_COMBINED: i64 = 5;
/// So many combinations at most does Trino make of one array.
const MOST_COMBINATIONS: usize = 100_000;

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        scalar(
            &["ngrams"],
            |types| list_and_integers("ngrams", "an array and a number", 1, types),
            |types| Ok(list_of(&types[0])),
            |arguments, _| parts(arguments, ngrams),
        ),
        scalar(
            &["combinations"],
            |types| list_and_integers("combinations", "an array and a number", 1, types),
            |types| Ok(list_of(&types[0])),
            |arguments, _| parts(arguments, combinations),
        ),
    ]
}

/// Calls back with the places of every part of an array of a length.
type Parts = fn(usize, i64, &mut dyn FnMut(&[usize])) -> Result<()>;

fn parts(arguments: &[ArrayRef], parts: Parts) -> Result<ArrayRef> {
    let lists = Lists::of(&arguments[0]);
    let sizes = arguments[1].as_primitive::<Int64Type>();
    let (mut inner, mut outer) = (Picked::default(), Picked::default());
    let mut made = 0;
    for (list, size) in lists.iter().zip(sizes) {
        let (Some(list), Some(size)) = (list, size) else {
            outer.end_null();
            continue;
        };
        parts(list.len(), size, &mut |places| {
            inner.extend(places.iter().map(|place| list.start + place));
            inner.end();
            outer.extend([made]);
            made += 1;
        })?;
        outer.end();
    }
    let inner = inner.finish(&lists.values)?;
    list_array(outer.offsets()?, inner, outer.nulls())
}

/// All runs of so many elements; of an array that is shorter, all of it.
fn ngrams(length: usize, size: i64, part: &mut dyn FnMut(&[usize])) -> Result<()> {
    let size = match usize::try_from(size) {
        Ok(size) if size > 0 => size.min(length),
        _ => return exec_err!("N must be positive, not {size}"),
    };
    let places: Vec<_> = (0..length).collect();
    if places.is_empty() {
        part(&places);
    } else {
        places.windows(size).for_each(part);
    }
    Ok(())
}

/// All choices of so many elements, in the order in which Trino makes them: by their last places.
fn combinations(length: usize, size: i64, part: &mut dyn FnMut(&[usize])) -> Result<()> {
    let size = match usize::try_from(size) {
        Ok(chosen) if size <= MOST_COMBINED => chosen,
        _ => return exec_err!("combination size must be from 0 to {MOST_COMBINED}, not {size}"),
    };
    if size > length {
        return Ok(());
    }
    let mut count = 1_usize;
    for step in 0..size {
        count = count.saturating_mul(length - step) / (step + 1);
    }
    if count > MOST_COMBINATIONS {
        return exec_err!("combinations exceed max size {MOST_COMBINATIONS}");
    }
    let mut places: Vec<_> = (0..size).collect();
    loop {
        part(&places);
        // The first place that can move on without meeting the next does, and those before it begin anew.
        let room = |place: &usize| {
            let next = places.get(place + 1).copied().unwrap_or(length);
            places[*place] + 1 < next
        };
        let Some(moved) = (0..size).find(room) else {
            return Ok(());
        };
        places[moved] += 1;
        for (place, value) in places[..moved].iter_mut().enumerate() {
            *value = place;
        }
    }
}
