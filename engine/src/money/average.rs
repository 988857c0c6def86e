//! The average of amounts: a double, as in Athena, of an exact sum, so that it is the same in whatever order they come.

use std::{collections::HashSet, sync::Arc};

use curtail_store::MONEY_SCALE;
use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Float64Array, UInt64Array,
        },
        datatypes::{DataType, Decimal128Type, Field, FieldRef, UInt64Type},
    },
    common::{ScalarValue, plan_err, utils::SingleRowListArrayBuilder},
    error::Result,
    functions_aggregate::average::Avg,
    logical_expr::{
        Accumulator, AggregateUDFImpl, Documentation, EmitTo, GroupsAccumulator, ReversedUDAF,
        Signature, Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::format_state_name,
    },
};

use super::{add, quotient::quotient, rounded};

/// What amounts are averaged as.
const AMOUNT: DataType = DataType::Decimal128(38, MONEY_SCALE);

/// DataFusion's `avg`, with accumulators of its own for amounts.
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

/// Whether amounts are averaged.
fn of_amounts(arguments: &AccumulatorArgs<'_>) -> bool {
    matches!(arguments.expr_fields, [field] if *field.data_type() == AMOUNT)
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
            [amount] if *amount == AMOUNT => Ok(vec![AMOUNT]),
            [amount] if super::is_amount(amount) => Ok(vec![DataType::Float64]),
            [decimal] if decimal.is_decimal() => Ok(vec![decimal.clone()]),
            [duration @ DataType::Duration(_)] => Ok(vec![duration.clone()]),
            [other] if other.is_numeric() || other.is_null() => Ok(vec![DataType::Float64]),
            _ => plan_err!("avg takes one number"),
        }
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [amount] if *amount == AMOUNT => Ok(DataType::Float64),
            [decimal @ DataType::Decimal128(..)] => Ok(decimal.clone()),
            _ => self.inner.return_type(arguments),
        }
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match (of_amounts(&arguments), arguments.is_distinct) {
            (false, _) => rounded::one(&self.inner, arguments, Avg::accumulator),
            (true, false) => Ok(Box::new(One::default())),
            (true, true) => Ok(Box::new(Distinct::default())),
        }
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        if !matches!(arguments.input_fields, [field] if *field.data_type() == AMOUNT) {
            return self.inner.state_fields(arguments);
        }
        let field = |name, data_type| {
            let name = format_state_name(arguments.name, name);
            Arc::new(Field::new(name, data_type, true))
        };
        Ok(if arguments.is_distinct {
            let item = Field::new_list_field(AMOUNT, true);
            vec![field("distinct", DataType::List(Arc::new(item)))]
        } else {
            vec![field("count", DataType::UInt64), field("sum", AMOUNT)]
        })
    }

    fn groups_accumulator_supported(&self, arguments: AccumulatorArgs<'_>) -> bool {
        if of_amounts(&arguments) {
            !arguments.is_distinct
        } else {
            self.inner.groups_accumulator_supported(arguments)
        }
    }

    fn create_groups_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        if of_amounts(&arguments) {
            Ok(Box::new(Groups::default()))
        } else {
            rounded::groups(&self.inner, arguments)
        }
    }

    fn create_sliding_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        if of_amounts(&arguments) {
            self.accumulator(arguments)
        } else {
            rounded::one(&self.inner, arguments, Avg::create_sliding_accumulator)
        }
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        self.inner.reverse_expr()
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }
}

/// An amount as a value.
fn amount(units: i128) -> ScalarValue {
    ScalarValue::Decimal128(Some(units), 38, MONEY_SCALE)
}

/// The average of all rows.
#[derive(Debug, Default)]
struct One {
    sum: i128,
    count: u64,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Decimal128Type>();
        self.sum = values.iter().flatten().try_fold(self.sum, add)?;
        self.count += (values.len() - values.null_count()) as u64;
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Decimal128Type>();
        let less = |sum, units: i128| add(sum, -units);
        self.sum = values.iter().flatten().try_fold(self.sum, less)?;
        self.count -= (values.len() - values.null_count()) as u64;
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let counts = states[0].as_primitive::<UInt64Type>();
        self.count += counts.iter().flatten().sum::<u64>();
        let sums = states[1].as_primitive::<Decimal128Type>();
        self.sum = sums.iter().flatten().try_fold(self.sum, add)?;
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(quotient(self.sum, self.count)))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![
            ScalarValue::UInt64(Some(self.count)),
            amount(self.sum),
        ])
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }
}

/// The average of all amounts that differ.
#[derive(Debug, Default)]
struct Distinct {
    amounts: HashSet<i128>,
}

impl Accumulator for Distinct {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = values[0].as_primitive::<Decimal128Type>();
        self.amounts.extend(values.iter().flatten());
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for amounts in states[0].as_list::<i32>().iter().flatten() {
            self.update_batch(&[amounts])?;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = self.amounts.iter().copied().try_fold(0, add)?;
        let average = quotient(sum, self.amounts.len() as u64);
        Ok(ScalarValue::Float64(average))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let amounts: Decimal128Array = self.amounts.iter().copied().map(Some).collect();
        let amounts = Arc::new(amounts.with_data_type(AMOUNT));
        Ok(vec![
            SingleRowListArrayBuilder::new(amounts).build_list_scalar(),
        ])
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.amounts.capacity() * size_of::<i128>()
    }
}

/// The average of each group.
#[derive(Debug, Default)]
struct Groups {
    sums: Vec<i128>,
    counts: Vec<u64>,
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
        self.counts.resize(total, 0);
        for (row, &group) in groups.iter().enumerate() {
            let taken = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if taken && values.is_valid(row) {
                self.sums[group] = add(self.sums[group], values.value(row))?;
                self.counts[group] += 1;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.sums.resize(total, 0);
        self.counts.resize(total, 0);
        let counts = states[0].as_primitive::<UInt64Type>().iter();
        let sums = states[1].as_primitive::<Decimal128Type>().iter();
        for ((count, sum), &group) in counts.zip(sums).zip(groups) {
            self.sums[group] = add(self.sums[group], sum.unwrap_or_default())?;
            self.counts[group] += count.unwrap_or_default();
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let sums = emit.take_needed(&mut self.sums);
        let counts = emit.take_needed(&mut self.counts);
        let averages = sums.into_iter().zip(counts);
        let averages = averages.map(|(sum, count)| quotient(sum, count));
        Ok(Arc::new(averages.collect::<Float64Array>()))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = Decimal128Array::from(emit.take_needed(&mut self.sums));
        let counts = UInt64Array::from(emit.take_needed(&mut self.counts));
        Ok(vec![
            Arc::new(counts),
            Arc::new(sums.with_data_type(AMOUNT)),
        ])
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let values = values[0].as_primitive::<Decimal128Type>();
        let taken = |row| {
            let taken = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            taken && values.is_valid(row)
        };
        let counts = (0..values.len()).map(|row| u64::from(taken(row)));
        let counts: UInt64Array = counts.map(Some).collect();
        let sums =
            (0..values.len()).map(|row| Some(if taken(row) { values.value(row) } else { 0 }));
        let sums: Decimal128Array = sums.collect();
        Ok(vec![
            Arc::new(counts),
            Arc::new(sums.with_data_type(AMOUNT)),
        ])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<i128>() + self.counts.capacity() * size_of::<u64>()
    }
}
