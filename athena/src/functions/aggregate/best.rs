//! The value where another is greatest or least.

use std::{cmp::Ordering, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, BooleanArray, UInt64Array, new_null_array},
    compute::{not, nullif, prep_null_mask_filter, take},
    datatypes::{DataType, Field, FieldRef},
    row::RowConverter,
};
use datafusion::{
    common::ScalarValue,
    error::Result,
    logical_expr::{
        Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature,
        Volatility,
        function::{AccumulatorArgs, StateFieldsArgs},
        utils::{AggregateOrderSensitivity, format_state_name},
    },
};

use super::{
    super::lists::{converter, is_null, list_of, plain, unexpected},
    best_many::Several,
    keyed::refuse_distinct,
};

pub(super) fn all() -> Vec<AggregateUDF> {
    [true, false]
        .into_iter()
        .map(|greatest| {
            AggregateUDF::from(BestBy {
                greatest,
                signature: Signature::user_defined(Volatility::Immutable),
            })
        })
        .collect()
}

/// `max_by(value, order[, n])` and `min_by(value, order[, n])`. Rows whose order is NULL do not count; of equal orders the least value
/// comes first, NULL after all others, so that the answer does not depend on the order of rows.
#[derive(Debug, PartialEq, Eq, Hash)]
struct BestBy {
    greatest: bool,
    signature: Signature,
}

impl AggregateUDFImpl for BestBy {
    fn name(&self) -> &'static str {
        if self.greatest { "max_by" } else { "min_by" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [value, order] => Ok(vec![plain(value), plain(order)]),
            [value, order, count] if count.is_integer() => {
                Ok(vec![plain(value), plain(order), DataType::Int64])
            }
            _ => unexpected(self.name(), "a value, its order and how many", types),
        }
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(match types {
            [value, _, _] => list_of(value),
            _ => types[0].clone(),
        })
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn state_fields(&self, arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let several = arguments.input_fields.len() > 2;
        let field = |name: &str, input: &FieldRef| {
            let data_type = plain(input.data_type());
            let data_type = if several {
                list_of(&data_type)
            } else {
                data_type
            };
            Field::new(format_state_name(arguments.name, name), data_type, true).into()
        };
        Ok(vec![
            field("value", &arguments.input_fields[0]),
            field("order", &arguments.input_fields[1]),
        ])
    }

    fn accumulator(&self, arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(self.name(), &arguments)?;
        if let Some(count) = arguments.exprs.get(2) {
            return Ok(Box::new(Several::new(&arguments, count, self.greatest)?));
        }
        Ok(Box::new(One {
            best: Best::new(&arguments, self.greatest)?,
            groups: Vec::new(),
        }))
    }

    fn groups_accumulator_supported(&self, arguments: AccumulatorArgs<'_>) -> bool {
        arguments.exprs.len() == 2 && !arguments.is_distinct
    }

    fn create_groups_accumulator(
        &self,
        arguments: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Best::new(&arguments, self.greatest)?))
    }
}

/// How one order ranks against another; what is less comes first.
pub(super) fn ranked(greatest: bool, one: &[u8], other: &[u8]) -> Ordering {
    if greatest {
        other.cmp(one)
    } else {
        one.cmp(other)
    }
}

/// An order and its value, in the bytes that rows are compared by.
type Held = (Box<[u8]>, Box<[u8]>);

/// The best of each group.
#[derive(Debug)]
struct Best {
    greatest: bool,
    types: [DataType; 2],
    values: RowConverter,
    orders: RowConverter,
    held: Vec<Option<Held>>,
    /// The best row of each group in the batch at hand; empty between batches.
    winners: Vec<Option<usize>>,
}

impl Best {
    fn new(arguments: &AccumulatorArgs<'_>, greatest: bool) -> Result<Self> {
        let data_type = |place: usize| arguments.expr_fields[place].data_type().clone();
        Ok(Self {
            greatest,
            values: converter(&data_type(0))?,
            orders: converter(&data_type(1))?,
            types: [data_type(0), data_type(1)],
            held: Vec::new(),
            winners: Vec::new(),
        })
    }

    fn consider(
        &mut self,
        columns: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.held.resize(total, None);
        self.winners.clear();
        self.winners.resize(total, None);
        let orders = self.orders.convert_columns(&[Arc::clone(&columns[1])])?;
        let values = self.values.convert_columns(&[Arc::clone(&columns[0])])?;
        let missing = is_null(&columns[1]);
        let mut won = Vec::new();
        for (row, &group) in groups.iter().enumerate() {
            let taken = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if !taken || missing(row) {
                continue;
            }
            let (order, value) = (orders.row(row), values.row(row));
            let is_better = |held_order: &[u8], held_value: &[u8]| {
                ranked(self.greatest, order.as_ref(), held_order)
                    .then_with(|| value.as_ref().cmp(held_value))
                    .is_lt()
            };
            let better = match (self.winners[group], &self.held[group]) {
                (Some(row), _) => is_better(orders.row(row).as_ref(), values.row(row).as_ref()),
                (None, Some((order, value))) => is_better(order, value),
                (None, None) => true,
            };
            if better {
                if self.winners[group].is_none() {
                    won.push(group);
                }
                self.winners[group] = Some(row);
            }
        }
        for group in won {
            self.held[group] = self.winners[group].map(|row| {
                let (order, value) = (orders.row(row), values.row(row));
                (order.as_ref().into(), value.as_ref().into())
            });
        }
        self.winners.clear();
        Ok(())
    }

    /// The values and their orders.
    fn columns(&self, held: &[Option<Held>]) -> Result<[ArrayRef; 2]> {
        let mut next = 0;
        let places: UInt64Array = held
            .iter()
            .map(|held| {
                held.as_ref().map(|_| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        let column = |converter: &RowConverter, data_type: &DataType, part: fn(&Held) -> &[u8]| {
            if next == 0 {
                return Ok(new_null_array(data_type, held.len()));
            }
            let parser = converter.parser();
            let rows = held.iter().flatten().map(|held| parser.parse(part(held)));
            let made = converter.convert_rows(rows)?;
            take(&made[0], &places, None)
        };
        Ok([
            column(&self.values, &self.types[0], |held| &held.1)?,
            column(&self.orders, &self.types[1], |held| &held.0)?,
        ])
    }
}

impl GroupsAccumulator for Best {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.consider(values, groups, filter, total)
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.consider(states, groups, None, total)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let held = emit.take_needed(&mut self.held);
        let [values, _] = self.columns(&held)?;
        Ok(values)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let held = emit.take_needed(&mut self.held);
        Ok(self.columns(&held)?.into())
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let orders = match filter {
            // What is left out has no order.
            Some(filter) => nullif(&values[1], &not(&prep_null_mask_filter(filter))?)?,
            None => Arc::clone(&values[1]),
        };
        Ok(vec![Arc::clone(&values[0]), orders])
    }

    fn size(&self) -> usize {
        let held = |held: &Held| held.0.len() + held.1.len();
        let bytes: usize = self.held.iter().flatten().map(held).sum();
        bytes + self.held.capacity() * size_of::<Option<Held>>()
    }
}

/// The best of all rows.
#[derive(Debug)]
struct One {
    best: Best,
    /// As many zeros as rows: all belong to one group.
    groups: Vec<usize>,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.groups.resize(values[0].len(), 0);
        self.best.consider(values, &self.groups, None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.best.held.resize(1, None);
        let [values, _] = self.best.columns(&self.best.held)?;
        ScalarValue::try_from_array(&values, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.best.held.resize(1, None);
        let columns = self.best.columns(&self.best.held)?;
        columns
            .iter()
            .map(|column| ScalarValue::try_from_array(column, 0))
            .collect()
    }

    fn size(&self) -> usize {
        GroupsAccumulator::size(&self.best) + self.groups.capacity() * size_of::<usize>()
    }
}
