//! The average of amounts as a double.

use datafusion::{
    arrow::datatypes::{DataType, FieldRef},
    common::plan_err,
    error::Result,
    functions_aggregate::average::Avg,
    logical_expr::{
        Accumulator, AggregateUDFImpl, Documentation, GroupsAccumulator, ReversedUDAF, Signature,
        Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
    },
};

/// DataFusion's `avg`, given doubles instead of amounts.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct DoubleAverage {
    inner: Avg,
    signature: Signature,
}

impl Default for DoubleAverage {
    fn default() -> Self {
        Self {
            inner: Avg::new(),
            signature: Signature::user_defined(Volatility::Immutable),
        }
    }
}

impl AggregateUDFImpl for DoubleAverage {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        match arguments {
            [amount] if super::is_amount(amount) => Ok(vec![DataType::Float64]),
            [decimal] if decimal.is_decimal() => Ok(vec![decimal.clone()]),
            [duration @ DataType::Duration(_)] => Ok(vec![duration.clone()]),
            [other] if other.is_numeric() || other.is_null() => Ok(vec![DataType::Float64]),
            _ => plan_err!("avg takes one number"),
        }
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.inner.return_type(arguments)
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        self.inner.accumulator(arguments)
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(arguments)
    }

    fn groups_accumulator_supported(&self, arguments: AccumulatorArgs<'_>) -> bool {
        self.inner.groups_accumulator_supported(arguments)
    }

    fn create_groups_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        self.inner.create_groups_accumulator(arguments)
    }

    fn create_sliding_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        self.inner.create_sliding_accumulator(arguments)
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.inner.reverse_expr()
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }
}
