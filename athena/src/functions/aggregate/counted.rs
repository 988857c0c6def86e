//! How many rows a condition is true for.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array},
    datatypes::{DataType, Int64Type},
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature,
        Volatility, function::AccumulatorArgs, utils::AggregateOrderSensitivity,
    },
};

pub(super) fn count_if() -> AggregateUDF {
    AggregateUDF::from(CountIf {
        signature: Signature::exact(vec![DataType::Boolean], Volatility::Immutable),
    })
}

/// `count_if(condition)`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CountIf {
    signature: Signature,
}

impl AggregateUDFImpl for CountIf {
    fn name(&self) -> &'static str {
        "count_if"
    }

    fn signature(&self) -> &Signature {
        &self.signature
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

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        super::keyed::refuse_distinct(self.name(), &arguments)?;
        Ok(Box::new(One { count: 0 }))
    }

    fn groups_accumulator_supported(&self, arguments: AccumulatorArgs<'_>) -> bool {
        !arguments.is_distinct
    }

    fn create_groups_accumulator(
        &self,
        _: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups { counts: Vec::new() }))
    }
}

/// The count of all rows.
#[derive(Debug)]
struct One {
    count: i64,
}

impl One {
    fn trues(values: &[ArrayRef]) -> i64 {
        i64::try_from(values[0].as_boolean().true_count()).unwrap_or(i64::MAX)
    }
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.count += Self::trues(values);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.count -= Self::trues(values);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let counts = states[0].as_primitive::<Int64Type>();
        self.count += counts.iter().flatten().sum::<i64>();
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(self.count)))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// The count of each group.
#[derive(Debug)]
struct Groups {
    counts: Vec<i64>,
}

fn is_true(values: &BooleanArray, row: usize) -> bool {
    values.is_valid(row) && values.value(row)
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let conditions = values[0].as_boolean();
        self.counts.resize(total, 0);
        for (row, &group) in groups.iter().enumerate() {
            if is_true(conditions, row) && filter.is_none_or(|filter| is_true(filter, row)) {
                self.counts[group] += 1;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let counts = states[0].as_primitive::<Int64Type>();
        self.counts.resize(total, 0);
        for (&group, count) in groups.iter().zip(counts) {
            self.counts[group] += count.unwrap_or(0);
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from(
            emit.take_needed(&mut self.counts),
        )))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.evaluate(emit)?])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let conditions = values[0].as_boolean();
        let counts = (0..conditions.len()).map(|row| {
            let taken = filter.is_none_or(|filter| is_true(filter, row));
            i64::from(taken && is_true(conditions, row))
        });
        Ok(vec![Arc::new(counts.collect::<Int64Array>())])
    }

    fn size(&self) -> usize {
        self.counts.capacity() * size_of::<i64>()
    }
}
