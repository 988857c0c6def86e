//! A histogram of numbers, with so many buckets at most.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array},
    buffer::OffsetBuffer,
    datatypes::{DataType, Float64Type},
};
use datafusion::{
    common::{ScalarValue, exec_err},
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
        function::AccumulatorArgs, utils::AggregateOrderSensitivity,
    },
};

use super::{
    super::{
        lists::{plain, unexpected},
        map::{Maps, map_array, map_of},
    },
    best_many::constant,
    keyed::refuse_distinct,
};

pub(super) fn numeric_histogram() -> AggregateUDF {
    AggregateUDF::from(NumericHistogram {
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

/// `numeric_histogram(buckets, value[, weight])`: the middle of each bucket, and what it weighs.
#[derive(Debug, PartialEq, Eq, Hash)]
struct NumericHistogram {
    signature: Signature,
}

impl AggregateUDFImpl for NumericHistogram {
    fn name(&self) -> &'static str {
        "numeric_histogram"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let is_number = |number: &DataType| number.is_numeric() || number.is_null();
        match types {
            [buckets, values @ ..]
                if buckets.is_integer()
                    && (1..=2).contains(&values.len())
                    && values.iter().map(plain).all(|value| is_number(&value)) =>
            {
                let mut coerced = vec![DataType::Int64];
                coerced.resize(types.len(), DataType::Float64);
                Ok(coerced)
            }
            _ => unexpected(
                self.name(),
                "how many buckets, a number and its weight",
                types,
            ),
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(map_of(&DataType::Float64, &DataType::Float64))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), &arguments)?;
        let Some(most) = arguments.exprs.first() else {
            return exec_err!("numeric_histogram takes how many buckets");
        };
        let most = match constant(most)? {
            ScalarValue::Int64(Some(most)) => most,
            other => return exec_err!("how many buckets numeric_histogram makes is not {other}"),
        };
        let Some(most) = usize::try_from(most).ok().filter(|most| *most > 1) else {
            return exec_err!(
                "numeric_histogram bucket count must be greater than one, input bucket count: {most}"
            );
        };
        Ok(Box::new(Buckets {
            most,
            held: Vec::new(),
        }))
    }
}

/// Buckets in the order of their middles.
#[derive(Debug)]
struct Buckets {
    most: usize,
    held: Vec<(f64, f64)>,
}

impl Buckets {
    fn add(&mut self, value: f64, weight: f64) -> Result<()> {
        if !value.is_finite() {
            return exec_err!("numeric_histogram takes finite numbers, not {value}");
        }
        let place = self.held.partition_point(|(middle, _)| *middle < value);
        match self.held.get_mut(place) {
            Some((middle, held)) if middle.total_cmp(&value).is_eq() => *held += weight,
            _ => self.held.insert(place, (value, weight)),
        }
        if self.held.len() > self.most {
            self.merge_nearest();
        }
        Ok(())
    }

    fn merge_nearest(&mut self) {
        let gap = |place: usize| self.held[place + 1].0 - self.held[place].0;
        let nearest = (0..self.held.len().saturating_sub(1))
            .min_by(|one, other| gap(*one).total_cmp(&gap(*other)));
        if let Some(place) = nearest {
            let (middle, weight) = self.held.remove(place + 1);
            let (held_middle, held) = &mut self.held[place];
            let both = *held + weight;
            *held_middle += (middle - *held_middle) * (weight / both);
            *held = both;
        }
    }
}

impl Accumulator for Buckets {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let numbers = values[1].as_primitive::<Float64Type>();
        let weights = values.get(2).map(AsArray::as_primitive::<Float64Type>);
        for row in (0..numbers.len()).filter(|&row| numbers.is_valid(row)) {
            let weight = match weights {
                Some(weights) if weights.is_null(row) => continue,
                Some(weights) => weights.value(row),
                None => 1.0,
            };
            self.add(numbers.value(row), weight)?;
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let maps = Maps::of(states[0].as_map());
        let middles = maps.keys.as_primitive::<Float64Type>();
        let weights = maps.values.as_primitive::<Float64Type>();
        for place in maps.lists.iter().flatten().flatten() {
            self.add(middles.value(place), weights.value(place))?;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.held.is_empty() {
            let made = map_of(&DataType::Float64, &DataType::Float64);
            return ScalarValue::try_new_null(&made);
        }
        let column = |part: fn(&(f64, f64)) -> f64| -> ArrayRef {
            Arc::new(Float64Array::from_iter_values(self.held.iter().map(part)))
        };
        let offsets = OffsetBuffer::from_lengths([self.held.len()]);
        let made = map_array(offsets, column(|held| held.0), column(|held| held.1), None)?;
        ScalarValue::try_from_array(&made, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.held.capacity() * size_of::<(f64, f64)>()
    }
}
