//! The sum of decimals, which fails where it does not fit instead of wrapping around.

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, BooleanArray, Decimal128Array},
        buffer::NullBuffer,
        datatypes::{DECIMAL128_MAX_PRECISION, DataType, Decimal128Type, FieldRef},
    },
    common::{ScalarValue, exec_err},
    error::Result,
    functions_aggregate::sum::Sum,
    logical_expr::{
        Accumulator, AggregateUDFImpl, Documentation, EmitTo, Expr, GroupsAccumulator, Operator,
        ReversedUDAF, SetMonotonicity, Signature,
        expr::AggregateFunction,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::AggregateOrderSensitivity,
    },
};

/// The largest sum, one less than 10³⁸: what a decimal of 38 digits holds.
pub(crate) const LARGEST: u128 = 10_u128.pow(DECIMAL128_MAX_PRECISION as u32) - 1;

/// DataFusion's `sum`, with accumulators of its own for 128-bit decimals.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct CheckedSum {
    inner: Sum,
}

impl AggregateUDFImpl for CheckedSum {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.inner.return_type(arguments)
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match (arguments.return_field.data_type(), arguments.is_distinct) {
            (&DataType::Decimal128(precision, scale), false) => Ok(Box::new(One {
                sum: None,
                precision,
                scale,
            })),
            _ => self.inner.accumulator(arguments),
        }
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
        match arguments.return_field.data_type() {
            &DataType::Decimal128(precision, scale) => Ok(Box::new(Groups {
                sums: Vec::new(),
                filled: Vec::new(),
                precision,
                scale,
            })),
            _ => self.inner.create_groups_accumulator(arguments),
        }
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

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.inner.order_sensitivity()
    }

    fn set_monotonicity(&self, data_type: &DataType) -> SetMonotonicity {
        self.inner.set_monotonicity(data_type)
    }

    fn simplify_expr_op_literal(
        &self,
        function: &AggregateFunction,
        argument: &Expr,
        operator: Operator,
        literal: &Expr,
        argument_is_left: bool,
    ) -> Result<Option<Expr>> {
        self.inner
            .simplify_expr_op_literal(function, argument, operator, literal, argument_is_left)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }
}

/// `sum + value`, if a decimal holds it.
pub(crate) fn add(sum: i128, value: i128) -> Result<i128> {
    match sum.checked_add(value) {
        Some(total) if total.unsigned_abs() <= LARGEST => Ok(total),
        _ => exec_err!("a sum does not fit {DECIMAL128_MAX_PRECISION} digits"),
    }
}

/// The sum of all rows.
#[derive(Debug)]
struct One {
    sum: Option<i128>,
    precision: u8,
    scale: i8,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Decimal128Type>();
        if values.null_count() < values.len() {
            let sum = values
                .iter()
                .flatten()
                .try_fold(self.sum.unwrap_or(0), add)?;
            self.sum = Some(sum);
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Decimal128(
            self.sum,
            self.precision,
            self.scale,
        ))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// The sum of each group.
#[derive(Debug)]
struct Groups {
    sums: Vec<i128>,
    /// Which groups had any value; the sum of the others is NULL.
    filled: Vec<bool>,
    precision: u8,
    scale: i8,
}

impl Groups {
    fn array(&self, sums: Vec<i128>, valid: Vec<bool>) -> Result<ArrayRef> {
        let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
        let sums = Decimal128Array::new(sums.into(), nulls)
            .with_precision_and_scale(self.precision, self.scale)?;
        Ok(std::sync::Arc::new(sums))
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let values = values[0].as_primitive::<Decimal128Type>();
        self.sums.resize(total, 0);
        self.filled.resize(total, false);
        if filter.is_none() && values.null_count() == 0 {
            for (&group, &value) in groups.iter().zip(values.values()) {
                self.sums[group] = add(self.sums[group], value)?;
                self.filled[group] = true;
            }
            return Ok(());
        }
        for (row, &group) in groups.iter().enumerate() {
            let taken = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if taken && values.is_valid(row) {
                self.sums[group] = add(self.sums[group], values.value(row))?;
                self.filled[group] = true;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.update_batch(states, groups, None, total)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let (sums, filled) = (
            emit.take_needed(&mut self.sums),
            emit.take_needed(&mut self.filled),
        );
        self.array(sums, filled)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.evaluate(emit)?])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let values = values[0].as_primitive::<Decimal128Type>();
        let taken = |row| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        let valid: Vec<_> = (0..values.len())
            .map(|row| values.is_valid(row) && taken(row))
            .collect();
        Ok(vec![self.array(values.values().to_vec(), valid)?])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<i128>() + self.filled.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_does_not_fit_is_an_error() {
        let largest = i128::try_from(LARGEST).unwrap();
        assert_eq!(add(largest - 1, 1).unwrap(), largest);
        assert!(add(largest, 1).is_err());
        assert!(add(-largest, -1).is_err());
        assert!(add(i128::MAX, 1).is_err());
    }
}
