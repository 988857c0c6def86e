//! The geometric mean.

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type},
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

pub(super) fn geometric_mean() -> AggregateUDF {
    AggregateUDF::from(GeometricMean {
        signature: Signature::exact(vec![DataType::Float64], Volatility::Immutable),
    })
}

/// `geometric_mean(x)`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct GeometricMean {
    signature: Signature,
}

impl AggregateUDFImpl for GeometricMean {
    fn name(&self) -> &'static str {
        "geometric_mean"
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
        let field = |name, data_type| {
            Field::new(format_state_name(arguments.name, name), data_type, true).into()
        };
        Ok(vec![
            field("logarithms", DataType::Float64),
            field("count", DataType::Int64),
        ])
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        super::keyed::refuse_distinct(self.name(), &arguments)?;
        Ok(Box::new(Logarithms { sum: 0.0, count: 0 }))
    }
}

#[derive(Debug)]
struct Logarithms {
    sum: f64,
    count: i64,
}

impl Accumulator for Logarithms {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for value in values[0].as_primitive::<Float64Type>().iter().flatten() {
            self.sum += value.ln();
            self.count += 1;
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let sums = states[0].as_primitive::<Float64Type>();
        let counts = states[1].as_primitive::<Int64Type>();
        self.sum += sums.iter().flatten().sum::<f64>();
        self.count += counts.iter().flatten().sum::<i64>();
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "no count is that large")]
    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mean = (self.count > 0).then(|| (self.sum / self.count as f64).exp());
        Ok(ScalarValue::Float64(mean))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.sum.into(), self.count.into()])
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}
