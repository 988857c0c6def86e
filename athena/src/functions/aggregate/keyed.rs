//! Sets and maps of the values of a group.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array},
    buffer::OffsetBuffer,
    datatypes::{DataType, Int64Type},
    row::RowConverter,
};
use datafusion::{
    common::{ScalarValue, not_impl_err},
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
        function::AccumulatorArgs, utils::AggregateOrderSensitivity,
    },
};
use hashbrown::HashMap;

use super::super::{
    lists::{
        Lists, converter, element, is_null, list_array, list_of, plain, plain_list, unexpected,
    },
    map::{Maps, entry_types, map_array, map_of},
};

pub(super) fn all() -> Vec<AggregateUDF> {
    [
        ("set_agg", Kind::Set, false),
        ("set_union", Kind::Set, true),
        ("map_agg", Kind::First, false),
        ("map_union", Kind::First, true),
        ("multimap_agg", Kind::All, false),
        ("histogram", Kind::Count, false),
    ]
    .into_iter()
    .map(|(name, kind, of_states)| {
        AggregateUDF::from(Keyed {
            name,
            kind,
            of_states,
            signature: Signature::user_defined(Volatility::Immutable),
        })
    })
    .collect()
}

/// The error for DISTINCT where it is not supported.
pub(super) fn refuse_distinct(name: &str, arguments: &AccumulatorArgs<'_>) -> Result<()> {
    if arguments.is_distinct {
        return not_impl_err!("{name}(DISTINCT …) is not supported");
    }
    Ok(())
}

/// What is kept of each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// The key alone, which may be NULL.
    Set,
    /// Its first value.
    First,
    /// All its values.
    All,
    /// How often it came.
    Count,
}

/// An aggregate that collects keys; its state is what it comes to.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Keyed {
    name: &'static str,
    kind: Kind,
    /// Whether its argument is already what such an aggregate comes to.
    of_states: bool,
    signature: Signature,
}

impl AggregateUDFImpl for Keyed {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match (self.of_states, self.kind, types) {
            (true, Kind::Set, [list]) if element(list).is_some() => Ok(vec![plain_list(list)]),
            (true, Kind::First, [map]) => match entry_types(map) {
                Some((key, value)) => Ok(vec![map_of(&key, &value)]),
                None => unexpected(self.name, "a map", types),
            },
            (false, Kind::Set | Kind::Count, [key]) => Ok(vec![plain(key)]),
            (false, Kind::First | Kind::All, [key, value]) => Ok(vec![plain(key), plain(value)]),
            (_, Kind::Set | Kind::Count, _) => unexpected(self.name, "one value", types),
            _ => unexpected(self.name, "a key and a value", types),
        }
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        if self.of_states {
            return Ok(types[0].clone());
        }
        Ok(match self.kind {
            Kind::Set => list_of(&types[0]),
            Kind::First => map_of(&types[0], &types[1]),
            Kind::All => map_of(&types[0], &list_of(&types[1])),
            Kind::Count => map_of(&types[0], &DataType::Int64),
        })
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if self.kind != Kind::Set {
            refuse_distinct(self.name, &arguments)?;
        }
        let returned = arguments.return_field.data_type().clone();
        let (key, value) = match entry_types(&returned) {
            Some((key, value)) => match self.kind {
                Kind::First => (key, Some(value)),
                Kind::All => (key, element(&value)),
                Kind::Set | Kind::Count => (key, None),
            },
            None => (element(&returned).unwrap_or(DataType::Null), None),
        };
        Ok(Box::new(Collected {
            kind: self.kind,
            of_states: self.of_states,
            returned,
            keys: converter(&key)?,
            values: value.as_ref().map(converter).transpose()?,
            places: HashMap::new(),
            held: Vec::new(),
            bytes: 0,
        }))
    }
}

/// A key and what is kept of it.
#[derive(Debug)]
struct Held {
    key: Box<[u8]>,
    values: Vec<Box<[u8]>>,
    count: i64,
}

#[derive(Debug)]
struct Collected {
    kind: Kind,
    of_states: bool,
    returned: DataType,
    keys: RowConverter,
    values: Option<RowConverter>,
    places: HashMap<Box<[u8]>, usize>,
    /// In the order in which the keys first came.
    held: Vec<Held>,
    bytes: usize,
}

impl Collected {
    /// Takes keys with their values, or with their counts.
    fn collect(
        &mut self,
        keys: &ArrayRef,
        values: Option<&ArrayRef>,
        counts: Option<&Int64Array>,
    ) -> Result<()> {
        let missing = is_null(keys);
        let rows = self.keys.convert_columns(&[Arc::clone(keys)])?;
        let values = match (values, &self.values) {
            (Some(values), Some(converter)) => {
                Some(converter.convert_columns(&[Arc::clone(values)])?)
            }
            _ => None,
        };
        for row in 0..keys.len() {
            if missing(row) && self.kind != Kind::Set {
                continue;
            }
            let key = rows.row(row);
            let known = self.places.get(key.as_ref()).copied();
            let place = known.unwrap_or_else(|| {
                let key: Box<[u8]> = key.as_ref().into();
                self.bytes += 2 * key.len();
                self.places.insert(key.clone(), self.held.len());
                self.held.push(Held {
                    key,
                    values: Vec::new(),
                    count: 0,
                });
                self.held.len() - 1
            });
            let held = &mut self.held[place];
            held.count += counts.map_or(1, |counts| counts.value(row));
            if let Some(values) = &values
                && (self.kind == Kind::All || known.is_none())
            {
                let value = values.row(row);
                self.bytes += value.as_ref().len();
                held.values.push(value.as_ref().into());
            }
        }
        Ok(())
    }

    /// Takes what other such aggregates came to.
    fn collect_states(&mut self, states: &ArrayRef) -> Result<()> {
        let Some(maps) = states.as_map_opt() else {
            let lists = Lists::of(states);
            for list in lists.iter().flatten() {
                self.collect(&lists.values.slice(list.start, list.len()), None, None)?;
            }
            return Ok(());
        };
        let maps = Maps::of(maps);
        for entries in maps.lists.iter().flatten() {
            let keys = maps.keys.slice(entries.start, entries.len());
            let values = maps.values.slice(entries.start, entries.len());
            match self.kind {
                Kind::Count => {
                    self.collect(&keys, None, Some(values.as_primitive::<Int64Type>()))?;
                }
                Kind::All => {
                    let lists = Lists::of(&values);
                    for (row, list) in lists.iter().enumerate() {
                        let Some(list) = list else { continue };
                        let places = arrow::array::UInt64Array::from(vec![row as u64; list.len()]);
                        let keys = arrow::compute::take(&keys, &places, None)?;
                        let values = lists.values.slice(list.start, list.len());
                        self.collect(&keys, Some(&values), None)?;
                    }
                }
                Kind::First | Kind::Set => self.collect(&keys, Some(&values), None)?,
            }
        }
        Ok(())
    }

    fn made(&self) -> Result<ArrayRef> {
        let key_parser = self.keys.parser();
        let keys = self.held.iter().map(|held| key_parser.parse(&held.key));
        let keys = Arc::clone(&self.keys.convert_rows(keys)?[0]);
        let offsets = OffsetBuffer::from_lengths([self.held.len()]);
        if self.kind == Kind::Set {
            return list_array(offsets, keys, None);
        }
        let values = match &self.values {
            Some(converter) => {
                let parser = converter.parser();
                let values = self.held.iter().flat_map(|held| &held.values);
                let values = converter.convert_rows(values.map(|value| parser.parse(value)))?;
                Arc::clone(&values[0])
            }
            None => Arc::new(
                self.held
                    .iter()
                    .map(|held| Some(held.count))
                    .collect::<Int64Array>(),
            ),
        };
        let values = if self.kind == Kind::All {
            let lengths = self.held.iter().map(|held| held.values.len());
            list_array(OffsetBuffer::from_lengths(lengths), values, None)?
        } else {
            values
        };
        map_array(offsets, keys, values, None)
    }
}

impl Accumulator for Collected {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if self.of_states {
            self.collect_states(&values[0])
        } else {
            self.collect(&values[0], values.get(1), None)
        }
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.collect_states(&states[0])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.held.is_empty() {
            return ScalarValue::try_new_null(&self.returned);
        }
        ScalarValue::try_from_array(&self.made()?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn size(&self) -> usize {
        self.bytes
            + self.held.capacity() * size_of::<Held>()
            + self.places.capacity() * size_of::<[usize; 3]>()
    }
}
