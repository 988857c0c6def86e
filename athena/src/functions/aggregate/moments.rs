//! How skewed values are, and how heavy their tails.

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::{DataType, Field, FieldRef, Float64Type},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::{AggregateOrderSensitivity, format_state_name},
    },
};

pub(super) fn all() -> Vec<AggregateUDF> {
    [Shape::Skewness, Shape::Kurtosis]
        .into_iter()
        .map(|shape| {
            AggregateUDF::from(OfMoments {
                shape,
                signature: Signature::exact(vec![DataType::Float64], Volatility::Immutable),
            })
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shape {
    Skewness,
    Kurtosis,
}

/// `skewness(x)` and `kurtosis(x)`, the latter without bias and less that of a normal distribution.
#[derive(Debug, PartialEq, Eq, Hash)]
struct OfMoments {
    shape: Shape,
    signature: Signature,
}

impl AggregateUDFImpl for OfMoments {
    fn name(&self) -> &'static str {
        match self.shape {
            Shape::Skewness => "skewness",
            Shape::Kurtosis => "kurtosis",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field = |name| {
            let name = format_state_name(arguments.name, name);
            Field::new(name, DataType::Float64, true).into()
        };
        Ok(["count", "mean", "second", "third", "fourth"]
            .map(field)
            .into())
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        super::keyed::refuse_distinct(self.name(), &arguments)?;
        Ok(Box::new(Held {
            shape: self.shape,
            moments: Moments::default(),
        }))
    }
}

/// How many values there are, their mean, and the sums of powers of their distances from it.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    mean: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

impl Moments {
    fn of(value: f64) -> Self {
        Self {
            count: 1.0,
            mean: value,
            ..Self::default()
        }
    }

    /// Those of both groups of values.
    fn merged(self, other: Self) -> Self {
        if self.count == 0.0 {
            return other;
        }
        if other.count == 0.0 {
            return self;
        }
        let (a, b) = (self.count, other.count);
        let count = a + b;
        let delta = other.mean - self.mean;
        let part = delta / count;
        Self {
            count,
            mean: self.mean + part * b,
            second: self.second + other.second + delta * part * a * b,
            third: self.third
                + other.third
                + delta * part * part * a * b * (a - b)
                + 3.0 * part * (a * other.second - b * self.second),
            fourth: self.fourth
                + other.fourth
                + delta * part * part * part * a * b * (a * a - a * b + b * b)
                + 6.0 * part * part * (a * a * other.second + b * b * self.second)
                + 4.0 * part * (a * other.third - b * self.third),
        }
    }

    /// `None` if there are too few values.
    fn skewness(self) -> Option<f64> {
        (self.count >= 3.0).then(|| self.count.sqrt() * self.third / self.second.powf(1.5))
    }

    /// `None` if there are too few values.
    fn kurtosis(self) -> Option<f64> {
        let n = self.count;
        (n >= 4.0).then(|| {
            let scale = (n - 1.0) * n * (n + 1.0) / ((n - 2.0) * (n - 3.0));
            let normal = 3.0 * (n - 1.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0));
            scale * self.fourth / (self.second * self.second) - normal
        })
    }
}

#[derive(Debug)]
struct Held {
    shape: Shape,
    moments: Moments,
}

impl Accumulator for Held {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Float64Type>();
        self.moments = values
            .iter()
            .flatten()
            .fold(self.moments, |held, value| held.merged(Moments::of(value)));
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let parts: Vec<_> = states
            .iter()
            .map(AsArray::as_primitive::<Float64Type>)
            .collect();
        let [count, mean, second, third, fourth] = parts.as_slice() else {
            return Ok(());
        };
        for row in 0..count.len() {
            self.moments = self.moments.merged(Moments {
                count: count.value(row),
                mean: mean.value(row),
                second: second.value(row),
                third: third.value(row),
                fourth: fourth.value(row),
            });
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(match self.shape {
            Shape::Skewness => self.moments.skewness(),
            Shape::Kurtosis => self.moments.kurtosis(),
        }))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let Moments {
            count,
            mean,
            second,
            third,
            fourth,
        } = self.moments;
        Ok([count, mean, second, third, fourth]
            .map(ScalarValue::from)
            .into())
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}
