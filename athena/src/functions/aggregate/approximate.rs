//! The approximate number of distinct values.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BooleanArray},
    compute::cast,
    datatypes::{DataType, FieldRef},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    functions_aggregate::approx_distinct::approx_distinct_udaf,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature,
        Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::AggregateOrderSensitivity,
    },
};

use super::super::lists::{plain, unexpected};

pub(super) fn approx_distinct() -> AggregateUDF {
    AggregateUDF::from(Distinct {
        inner: approx_distinct_udaf(),
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

/// DataFusion's `approx_distinct` as a bigint; the error that Trino lets one ask for makes no difference.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Distinct {
    inner: Arc<AggregateUDF>,
    signature: Signature,
}

/// The arguments of the inner aggregate.
fn first(arguments: AccumulatorArgs<'_>) -> AccumulatorArgs<'_> {
    AccumulatorArgs {
        exprs: arguments.exprs.get(..1).unwrap_or_default(),
        expr_fields: arguments.expr_fields.get(..1).unwrap_or_default(),
        ..arguments
    }
}

impl AggregateUDFImpl for Distinct {
    fn name(&self) -> &'static str {
        "approx_distinct"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [value] => Ok(vec![plain(value)]),
            [value, error] if error.is_numeric() => Ok(vec![plain(value), DataType::Float64]),
            _ => unexpected("approx_distinct", "a value and a standard error", types),
        }
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn default_value(&self, _: &DataType) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(0)))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        self.inner.state_fields(StateFieldsArgs {
            input_fields: arguments.input_fields.get(..1).unwrap_or_default(),
            ..arguments
        })
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let inner = self.inner.accumulator(first(arguments))?;
        Ok(Box::new(One { inner }))
    }

    fn groups_accumulator_supported(&self, arguments: AccumulatorArgs<'_>) -> bool {
        self.inner.groups_accumulator_supported(first(arguments))
    }

    fn create_groups_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        let inner = self.inner.create_groups_accumulator(first(arguments))?;
        Ok(Box::new(Groups { inner }))
    }
}

#[derive(Debug)]
struct One {
    inner: Box<dyn Accumulator>,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.update_batch(&values[..1])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.inner.merge_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.inner.evaluate()?.cast_to(&DataType::Int64)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.inner.state()
    }

    fn size(&self) -> usize {
        self.inner.size()
    }
}

struct Groups {
    inner: Box<dyn GroupsAccumulator>,
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.inner.update_batch(&values[..1], groups, filter, total)
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.inner.merge_batch(states, groups, total)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        Ok(cast(&self.inner.evaluate(emit)?, &DataType::Int64)?)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        self.inner.state(emit)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        self.inner.convert_to_state(&values[..1], filter)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }
}
