//! Percentiles, exact for small groups.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array},
    buffer::OffsetBuffer,
    compute::cast,
    datatypes::{DataType, Field, FieldRef, Float64Type},
};
use datafusion::{
    common::{ScalarValue, exec_err},
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::{AggregateOrderSensitivity, format_state_name},
    },
};

use super::{
    super::{
        lists::{element, list_array, list_of, plain, unexpected},
        support::is_text,
    },
    best_many::constant,
    keyed::refuse_distinct,
};

/// So many values are kept as they are before neighbours are merged.
const MOST_HELD: usize = 8_192;
/// How fine the values are that remain: about so many, most of them at both ends.
const COMPRESSION: f64 = 1_000.0;

pub(super) fn approx_percentile() -> AggregateUDF {
    AggregateUDF::from(Percentile {
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

/// `approx_percentile(x[, weight], percentage)`; of an array of percentages, an array.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Percentile {
    signature: Signature,
}

impl AggregateUDFImpl for Percentile {
    fn name(&self) -> &'static str {
        "approx_percentile"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let takes = "a number, its weight and a percentage or an array of them";
        let known = |number: &DataType| number.is_numeric() || number.is_null() || is_text(number);
        let ([value, percentage] | [value, _, percentage]) = types else {
            return unexpected(self.name(), takes, types);
        };
        if !known(&plain(value)) || !known(&types[1]) && types.len() == 3 {
            return unexpected(self.name(), takes, types);
        }
        let mut coerced = vec![match plain(value) {
            integer if integer.is_integer() => DataType::Int64,
            DataType::Float32 => DataType::Float32,
            _ => DataType::Float64,
        }];
        coerced.resize(types.len() - 1, DataType::Float64);
        coerced.push(match element(percentage) {
            Some(_) if !percentage.is_null() => list_of(&DataType::Float64),
            _ => DataType::Float64,
        });
        Ok(coerced)
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(match types.last() {
            Some(DataType::List(_)) => list_of(&types[0]),
            _ => types[0].clone(),
        })
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field = |name| {
            let name = format_state_name(arguments.name, name);
            Field::new(name, list_of(&DataType::Float64), true).into()
        };
        Ok(vec![field("values"), field("weights")])
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), &arguments)?;
        let Some(percentages) = arguments.exprs.last() else {
            return exec_err!("approx_percentile needs a percentage");
        };
        let percentages = match constant(percentages)? {
            ScalarValue::Float64(Some(percentage)) => vec![percentage],
            ScalarValue::List(list) if list.is_valid(0) => {
                let list = list.value(0);
                let list = list.as_primitive::<Float64Type>();
                // A percentage that is NULL is refused as one that is no number.
                list.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
            }
            other => return exec_err!("Percentile must be between 0 and 1, not {other}"),
        };
        for percentage in &percentages {
            if !(0.0..=1.0).contains(percentage) {
                return exec_err!("Percentile must be between 0 and 1, not {percentage}");
            }
        }
        Ok(Box::new(Digest {
            percentages,
            returned: arguments.return_field.data_type().clone(),
            weighted: arguments.exprs.len() == 3,
            held: Vec::new(),
        }))
    }
}

/// Values with their weights, which are merged with their neighbours when they become too many.
#[derive(Debug)]
struct Digest {
    percentages: Vec<f64>,
    returned: DataType,
    weighted: bool,
    held: Vec<(f64, f64)>,
}

impl Digest {
    fn add(&mut self, value: f64, weight: f64) {
        self.held.push((value, weight));
        if self.held.len() >= MOST_HELD {
            self.compress();
        }
    }

    fn sort(&mut self) -> f64 {
        self.held.sort_by(|one, other| one.0.total_cmp(&other.0));
        self.held.iter().map(|(_, weight)| weight).sum()
    }

    /// Merges neighbours; the nearer to an end, the fewer of them.
    fn compress(&mut self) {
        let total = self.sort();
        let mut merged: Vec<(f64, f64)> = Vec::with_capacity(self.held.len() / 2);
        let mut before = 0.0;
        for &(value, weight) in &self.held {
            if let Some((mean, held)) = merged.last_mut() {
                let middle = (before + f64::midpoint(*held, weight)) / total;
                let most = 4.0 * total * middle * (1.0 - middle) / COMPRESSION;
                if *held + weight <= most && value.is_finite() && mean.is_finite() {
                    *held += weight;
                    *mean += (value - *mean) * (weight / *held);
                    continue;
                }
                before += *held;
            }
            merged.push((value, weight));
        }
        self.held = merged;
    }

    /// The values at the percentages; there must be values.
    fn values(&mut self) -> Float64Array {
        let total = self.sort();
        let found = self.percentages.iter().map(|percentage| {
            let wanted = percentage * total;
            let mut before = 0.0;
            let found = self.held.iter().find(|(_, weight)| {
                before += weight;
                before > wanted
            });
            found.or(self.held.last()).map(|(value, _)| *value)
        });
        found.collect()
    }
}

impl Accumulator for Digest {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let numbers = cast(&values[0], &DataType::Float64)?;
        let numbers = numbers.as_primitive::<Float64Type>();
        if !self.weighted {
            for value in numbers.iter().flatten() {
                self.add(value, 1.0);
            }
            return Ok(());
        }
        for (value, weight) in numbers.iter().zip(values[1].as_primitive::<Float64Type>()) {
            let (Some(value), Some(weight)) = (value, weight) else {
                continue;
            };
            if !(weight >= 0.0 && weight.is_finite()) {
                return exec_err!("percentile weight must be >= 0, not {weight}");
            }
            if weight > 0.0 {
                self.add(value, weight);
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (values, weights) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for row in (0..values.len()).filter(|&row| values.is_valid(row)) {
            let (values, weights) = (values.value(row), weights.value(row));
            let values = values.as_primitive::<Float64Type>();
            let weights = weights.as_primitive::<Float64Type>();
            for (value, weight) in values.values().iter().zip(weights.values()) {
                self.add(*value, *weight);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.held.is_empty() {
            return ScalarValue::try_new_null(&self.returned);
        }
        let values: ArrayRef = Arc::new(self.values());
        let DataType::List(element) = &self.returned else {
            let values = rounded(&values, &self.returned)?;
            return ScalarValue::try_from_array(&values, 0);
        };
        let values = rounded(&values, element.data_type())?;
        let offsets = OffsetBuffer::from_lengths([values.len()]);
        ScalarValue::try_from_array(&list_array(offsets, values, None)?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = |part: fn(&(f64, f64)) -> f64| {
            let values: ArrayRef = Arc::new(
                self.held
                    .iter()
                    .map(part)
                    .map(Some)
                    .collect::<Float64Array>(),
            );
            let offsets = OffsetBuffer::from_lengths([values.len()]);
            ScalarValue::try_from_array(&list_array(offsets, values, None)?, 0)
        };
        Ok(vec![list(|held| held.0)?, list(|held| held.1)?])
    }

    fn size(&self) -> usize {
        self.held.capacity() * size_of::<(f64, f64)>()
    }
}

/// Doubles as values of the type that was asked about.
fn rounded(values: &ArrayRef, data_type: &DataType) -> Result<ArrayRef> {
    if data_type.is_integer() {
        let whole = values
            .as_primitive::<Float64Type>()
            .unary::<_, Float64Type>(f64::round);
        return Ok(cast(&whole, data_type)?);
    }
    Ok(cast(values, data_type)?)
}
