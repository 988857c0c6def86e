//! Maps made of arrays.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StructArray, new_empty_array, new_null_array},
    buffer::OffsetBuffer,
    compute::{cast, concat},
    datatypes::DataType,
};
use datafusion::{common::exec_err, error::Result, logical_expr::ScalarUDF};
use hashbrown::{HashMap, HashSet};

use super::{
    super::{
        define::scalar,
        lists::{
            Lists, Picked, common_or_error, element, is_null, list_array, list_of, plain,
            plain_list, rows, unexpected,
        },
        printed::printed,
    },
    FIRST_OF_EACH, Maps, entry_types, map_array, map_of, pair,
};

pub(super) fn all() -> Vec<ScalarUDF> {
    vec![
        // DataFusion plans `map` of anything but two arrays itself; by its other name it takes them all.
        scalar(
            &["map", "map_from_arrays"],
            keys_and_values,
            built_type,
            map,
        ),
        scalar(
            &["map_from_entries"],
            |types| pairs("map_from_entries", types),
            |types| {
                let (key, value) = row_types(&types[0]);
                Ok(map_of(&key, &value))
            },
            map_from_entries,
        ),
        scalar(
            &["multimap_from_entries"],
            |types| pairs("multimap_from_entries", types),
            |types| {
                let (key, value) = row_types(&types[0]);
                Ok(map_of(&key, &list_of(&value)))
            },
            multimap_from_entries,
        ),
        scalar(
            &[FIRST_OF_EACH],
            |types| pairs("map_agg", types),
            |types| {
                let (key, value) = row_types(&types[0]);
                Ok(map_of(&key, &value))
            },
            map_of_first,
        ),
        scalar(
            &["map_concat"],
            maps,
            |types| Ok(types[0].clone()),
            map_concat,
        ),
    ]
}

fn keys_and_values(types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [] => Ok(Vec::new()),
        [keys, values] if element(keys).is_some() && element(values).is_some() => {
            Ok(types.iter().map(plain_list).collect())
        }
        _ => unexpected("map", "an array of keys and one of values", types),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is a rule for types")]
fn built_type(types: &[DataType]) -> Result<DataType> {
    let part = |place: usize| types.get(place).and_then(element).unwrap_or(DataType::Null);
    Ok(map_of(&part(0), &part(1)))
}

/// The map of an array of keys and an array of their values.
fn map(arguments: &[ArrayRef], returned: &DataType) -> Result<ArrayRef> {
    let [keys, values] = arguments else {
        let (key, value) = entry_types(returned).unwrap_or((DataType::Null, DataType::Null));
        let (keys, values) = (new_empty_array(&key), new_empty_array(&value));
        return map_array(OffsetBuffer::new_zeroed(1), keys, values, None);
    };
    let (keys, values) = (Lists::of(keys), Lists::of(values));
    let mut checked = Unique::of(&keys.values)?;
    let (mut picked_keys, mut picked_values) = (Picked::default(), Picked::default());
    for (key, value) in keys.iter().zip(values.iter()) {
        let (Some(key), Some(value)) = (key, value) else {
            picked_keys.end_null();
            continue;
        };
        if key.len() != value.len() {
            return exec_err!(
                "Key and value arrays must be the same length, not {} and {}",
                key.len(),
                value.len()
            );
        }
        checked.check(key.clone())?;
        picked_keys.extend(key);
        picked_values.extend(value);
        picked_keys.end();
    }
    map_array(
        picked_keys.offsets()?,
        picked_keys.values(&keys.values)?,
        picked_values.values(&values.values)?,
        picked_keys.nulls(),
    )
}

/// Whether the keys of a map are all different, and none is NULL.
struct Unique {
    keys: ArrayRef,
    rows: arrow::row::Rows,
    seen: HashSet<Vec<u8>>,
}

impl Unique {
    fn of(keys: &ArrayRef) -> Result<Self> {
        Ok(Self {
            keys: Arc::clone(keys),
            rows: rows(keys)?,
            seen: HashSet::new(),
        })
    }

    fn check(&mut self, places: std::ops::Range<usize>) -> Result<()> {
        let missing = is_null(&self.keys);
        self.seen.clear();
        for place in places {
            if missing(place) {
                return exec_err!("map key cannot be null");
            }
            if !self.seen.insert(self.rows.row(place).as_ref().to_vec()) {
                let key = printed(&self.keys.slice(place, 1))?;
                return exec_err!("Duplicate map keys ({}) are not allowed", key.value(0));
            }
        }
        Ok(())
    }
}

fn pairs(name: &str, types: &[DataType]) -> Result<Vec<DataType>> {
    match types {
        [list]
            if element(list)
                .as_ref()
                .is_some_and(|row| row.is_null() || pair(row).is_some()) =>
        {
            Ok(vec![plain_list(list)])
        }
        _ => unexpected(name, "an array of rows of a key and a value", types),
    }
}

fn row_types(list: &DataType) -> (DataType, DataType) {
    let row = element(list);
    row.as_ref()
        .and_then(pair)
        .unwrap_or((DataType::Null, DataType::Null))
}

/// The lists of entries, and their keys and values.
fn entries(argument: &ArrayRef) -> Result<Maps> {
    let lists = Lists::of(argument);
    if let Some(rows) = lists.values.as_struct_opt() {
        let column = |place: usize| {
            let column = rows.column(place);
            cast(column, &plain(column.data_type()))
        };
        let (keys, values) = (column(0)?, column(1)?);
        return Ok(Maps {
            lists,
            keys,
            values,
        });
    }
    let empty = new_null_array(&DataType::Null, 0);
    Ok(Maps {
        lists,
        keys: Arc::clone(&empty),
        values: empty,
    })
}

/// Fails for entries that are NULL.
fn check_entries(lists: &Lists, entries: std::ops::Range<usize>) -> Result<()> {
    let rows: Option<&StructArray> = lists.values.as_struct_opt();
    match rows {
        Some(rows) if entries.clone().any(|place| rows.is_null(place)) => {
            exec_err!("map entry cannot be null")
        }
        _ => Ok(()),
    }
}

fn map_from_entries(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let Maps {
        lists,
        keys,
        values,
    } = entries(&arguments[0])?;
    let mut checked = Unique::of(&keys)?;
    let mut picked = Picked::default();
    for list in lists.iter() {
        let Some(list) = list else {
            picked.end_null();
            continue;
        };
        check_entries(&lists, list.clone())?;
        checked.check(list.clone())?;
        picked.extend(list);
        picked.end();
    }
    let (keys, values) = (picked.values(&keys)?, picked.values(&values)?);
    map_array(picked.offsets()?, keys, values, picked.nulls())
}

/// The map of each key to its first value.
fn map_of_first(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let Maps {
        lists,
        keys,
        values,
    } = entries(&arguments[0])?;
    let missing = is_null(&keys);
    let key_rows = rows(&keys)?;
    let mut picked = Picked::default();
    let mut seen = HashSet::new();
    for list in lists.iter() {
        let Some(list) = list else {
            picked.end_null();
            continue;
        };
        seen.clear();
        picked.extend(list.filter(|&place| !missing(place) && seen.insert(key_rows.row(place))));
        picked.end();
    }
    let (keys, values) = (picked.values(&keys)?, picked.values(&values)?);
    map_array(picked.offsets()?, keys, values, picked.nulls())
}

/// The map of each key to the array of its values.
fn multimap_from_entries(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let Maps {
        lists,
        keys,
        values,
    } = entries(&arguments[0])?;
    let missing = is_null(&keys);
    let key_rows = rows(&keys)?;
    let (mut picked_keys, mut picked_values) = (Picked::default(), Picked::default());
    for list in lists.iter() {
        let Some(list) = list else {
            picked_keys.end_null();
            continue;
        };
        check_entries(&lists, list.clone())?;
        let mut known = HashMap::new();
        let mut grouped: Vec<Vec<usize>> = Vec::new();
        for place in list {
            if missing(place) {
                return exec_err!("map key cannot be null");
            }
            let group = *known.entry(key_rows.row(place)).or_insert(grouped.len());
            if group == grouped.len() {
                grouped.push(Vec::new());
                picked_keys.push(Some(place));
            }
            grouped[group].push(place);
        }
        for group in grouped {
            picked_values.extend(group);
            picked_values.end();
        }
        picked_keys.end();
    }
    let lists = list_array(
        picked_values.offsets()?,
        picked_values.values(&values)?,
        None,
    )?;
    let keys = picked_keys.values(&keys)?;
    map_array(picked_keys.offsets()?, keys, lists, picked_keys.nulls())
}

fn maps(types: &[DataType]) -> Result<Vec<DataType>> {
    let known: Vec<_> = types.iter().filter_map(entry_types).collect();
    let maps = types.iter().filter(|map| !map.is_null()).count();
    if known.is_empty() || known.len() != maps || types.len() < 2 {
        return unexpected("map_concat", "two maps or more", types);
    }
    let (keys, values): (Vec<_>, Vec<_>) = known.into_iter().unzip();
    let both = map_of(&common_or_error(&keys)?, &common_or_error(&values)?);
    Ok(vec![both; types.len()])
}

/// The entries of several maps; of equal keys the last map's value stays.
fn map_concat(arguments: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let maps: Vec<_> = arguments
        .iter()
        .map(|maps| Maps::of(maps.as_map()))
        .collect();
    let joined = |part: fn(&Maps) -> &ArrayRef| -> Result<ArrayRef> {
        let parts: Vec<_> = maps.iter().map(|map| part(map).as_ref()).collect();
        Ok(concat(&parts)?)
    };
    let (keys, values) = (joined(|map| &map.keys)?, joined(|map| &map.values)?);
    let key_rows = rows(&keys)?;
    let mut picked = Picked::default();
    for row in 0..arguments[0].len() {
        let ranges: Option<Vec<_>> = maps.iter().map(|map| map.lists.get(row)).collect();
        let Some(ranges) = ranges else {
            picked.end_null();
            continue;
        };
        let mut known = HashMap::new();
        let mut places: Vec<usize> = Vec::new();
        let mut shift = 0;
        for (map, range) in maps.iter().zip(ranges) {
            for place in range.start + shift..range.end + shift {
                let entry = *known.entry(key_rows.row(place)).or_insert(places.len());
                if entry == places.len() {
                    places.push(place);
                } else {
                    places[entry] = place;
                }
            }
            shift += map.keys.len();
        }
        picked.extend(places);
        picked.end();
    }
    let (keys, values) = (picked.values(&keys)?, picked.values(&values)?);
    map_array(picked.offsets()?, keys, values, picked.nulls())
}
