//! The sum of decimals or whole numbers, which fails where it does not fit instead of wrapping around.

use std::{fmt::Debug, marker::PhantomData, sync::Arc};

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, PrimitiveArray},
        buffer::NullBuffer,
        datatypes::{DECIMAL128_MAX_PRECISION, DataType, Decimal128Type, FieldRef, Int64Type},
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

/// DataFusion's `sum`, with accumulators of its own for 128-bit decimals and whole numbers.
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
        let to = arguments.return_field.data_type();
        match (to, arguments.is_distinct) {
            (DataType::Decimal128(..), false) => Ok(Box::new(One::<Decimal128Type>::new(to))),
            (DataType::Int64, false) => Ok(Box::new(One::<Int64Type>::new(to))),
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
        let to = arguments.return_field.data_type();
        match to {
            DataType::Decimal128(..) => Ok(Box::new(Groups::<Decimal128Type>::new(to))),
            DataType::Int64 => Ok(Box::new(Groups::<Int64Type>::new(to))),
            _ => self.inner.create_groups_accumulator(arguments),
        }
    }

    fn create_sliding_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        let to = arguments.return_field.data_type();
        match (to, arguments.is_distinct) {
            (DataType::Decimal128(..), false) => Ok(Box::new(Sliding::<Decimal128Type>::new(to))),
            (DataType::Int64, false) => Ok(Box::new(Sliding::<Int64Type>::new(to))),
            _ => self.inner.create_sliding_accumulator(arguments),
        }
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

/// A type whose values are added up.
trait Summed: ArrowPrimitiveType<Native: Into<i128>> + Debug {
    /// `sum + value`, if it fits.
    fn add(sum: Self::Native, value: Self::Native) -> Result<Self::Native>;

    /// A sum, if it fits.
    fn narrow(sum: i128) -> Result<Self::Native>;
}

impl Summed for Decimal128Type {
    fn add(sum: i128, value: i128) -> Result<i128> {
        add(sum, value)
    }

    fn narrow(sum: i128) -> Result<i128> {
        add(sum, 0)
    }
}

impl Summed for Int64Type {
    fn add(sum: i64, value: i64) -> Result<i64> {
        let Some(total) = sum.checked_add(value) else {
            return exec_err!("bigint addition overflow: {sum} + {value}");
        };
        Ok(total)
    }

    fn narrow(sum: i128) -> Result<i64> {
        let Ok(sum) = i64::try_from(sum) else {
            return exec_err!("bigint addition overflow: a sum is {sum}");
        };
        Ok(sum)
    }
}

/// The sum of all rows.
#[derive(Debug)]
struct One<T: Summed> {
    sum: Option<T::Native>,
    to: DataType,
}

impl<T: Summed> One<T> {
    fn new(to: &DataType) -> Self {
        Self {
            sum: None,
            to: to.clone(),
        }
    }
}

impl<T: Summed> Accumulator for One<T> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<T>();
        if values.null_count() < values.len() {
            let sum = values
                .iter()
                .flatten()
                .try_fold(self.sum.unwrap_or_default(), T::add)?;
            self.sum = Some(sum);
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::new_primitive::<T>(self.sum, &self.to)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// The sum of the rows in a window's frame.
#[derive(Debug)]
struct Sliding<T: Summed> {
    /// Rows come before others go: only what stays has to fit.
    sum: i128,
    count: usize,
    to: DataType,
    values: PhantomData<fn() -> T>,
}

impl<T: Summed> Sliding<T> {
    fn new(to: &DataType) -> Self {
        Self {
            sum: 0,
            count: 0,
            to: to.clone(),
            values: PhantomData,
        }
    }
}

impl<T: Summed> Accumulator for Sliding<T> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<T>();
        self.count += values.len() - values.null_count();
        for value in values.iter().flatten() {
            self.sum = add(self.sum, value.into())?;
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<T>();
        self.count -= values.len() - values.null_count();
        for value in values.iter().flatten() {
            self.sum = add(self.sum, -value.into())?;
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = (self.count > 0).then(|| T::narrow(self.sum)).transpose()?;
        ScalarValue::new_primitive::<T>(sum, &self.to)
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
struct Groups<T: Summed> {
    sums: Vec<T::Native>,
    /// Which groups had any value; the sum of the others is NULL.
    filled: Vec<bool>,
    to: DataType,
}

impl<T: Summed> Groups<T> {
    fn new(to: &DataType) -> Self {
        Self {
            sums: Vec::new(),
            filled: Vec::new(),
            to: to.clone(),
        }
    }

    fn array(&self, sums: Vec<T::Native>, valid: Vec<bool>) -> ArrayRef {
        let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
        let sums = PrimitiveArray::<T>::new(sums.into(), nulls).with_data_type(self.to.clone());
        Arc::new(sums)
    }
}

impl<T: Summed> GroupsAccumulator for Groups<T> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let values = values[0].as_primitive::<T>();
        self.sums.resize(total, T::Native::default());
        self.filled.resize(total, false);
        if filter.is_none() && values.null_count() == 0 {
            for (&group, &value) in groups.iter().zip(values.values()) {
                self.sums[group] = T::add(self.sums[group], value)?;
                self.filled[group] = true;
            }
            return Ok(());
        }
        for (row, &group) in groups.iter().enumerate() {
            let taken = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if taken && values.is_valid(row) {
                self.sums[group] = T::add(self.sums[group], values.value(row))?;
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
        Ok(self.array(sums, filled))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.evaluate(emit)?])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let values = values[0].as_primitive::<T>();
        let taken = |row| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        let valid: Vec<_> = (0..values.len())
            .map(|row| values.is_valid(row) && taken(row))
            .collect();
        Ok(vec![self.array(values.values().to_vec(), valid)])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<T::Native>() + self.filled.capacity()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::Int64Array;

    use super::*;

    #[test]
    fn a_sum_of_whole_numbers_that_does_not_fit_is_an_error() {
        let batch = |values: Vec<i64>| -> [ArrayRef; 1] { [Arc::new(Int64Array::from(values))] };
        let mut one = One::<Int64Type>::new(&DataType::Int64);
        one.update_batch(&batch(vec![i64::MAX - 1, 1])).unwrap();
        assert_eq!(one.evaluate().unwrap(), i64::MAX.into());
        assert!(one.update_batch(&batch(vec![1])).is_err());
        let mut groups = Groups::<Int64Type>::new(&DataType::Int64);
        let values = batch(vec![i64::MAX, 1, 1]);
        groups.update_batch(&values, &[0, 1, 1], None, 2).unwrap();
        assert!(groups.update_batch(&values, &[1, 0, 1], None, 2).is_err());
    }

    #[test]
    fn only_what_stays_in_a_frame_has_to_fit() {
        let batch = |values: Vec<i64>| -> [ArrayRef; 1] { [Arc::new(Int64Array::from(values))] };
        let mut frame = Sliding::<Int64Type>::new(&DataType::Int64);
        frame.update_batch(&batch(vec![i64::MAX])).unwrap();
        frame.update_batch(&batch(vec![5])).unwrap();
        assert!(frame.evaluate().is_err());
        frame.retract_batch(&batch(vec![i64::MAX])).unwrap();
        assert_eq!(frame.evaluate().unwrap(), 5_i64.into());
        frame.retract_batch(&batch(vec![5])).unwrap();
        assert!(frame.evaluate().unwrap().is_null());
    }

    #[test]
    fn a_sum_that_does_not_fit_is_an_error() {
        let largest = i128::try_from(LARGEST).unwrap();
        assert_eq!(add(largest - 1, 1).unwrap(), largest);
        assert!(add(largest, 1).is_err());
        assert!(add(-largest, -1).is_err());
        assert!(add(i128::MAX, 1).is_err());
    }
}
