//! The values where another is greatest or least, so many of them.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    buffer::OffsetBuffer,
    datatypes::{DataType, Schema},
    row::RowConverter,
};
use datafusion::{
    common::{ScalarValue, exec_err},
    error::Result,
    logical_expr::{Accumulator, ColumnarValue, function::AccumulatorArgs},
    physical_expr::PhysicalExpr,
};

use super::{
    super::lists::{converter, is_null, list_array, list_of},
    best::ranked,
};

/// So many at most does Trino give.
const MOST: usize = 10_000;

/// A row that is held: what it is ordered by, and its value.
type Held = (Box<[u8]>, Box<[u8]>);

/// The best rows, the very best first; of equal orders the least value.
#[derive(Debug)]
pub(super) struct Several {
    count: usize,
    greatest: bool,
    types: [DataType; 2],
    values: RowConverter,
    orders: RowConverter,
    held: Vec<Held>,
}

impl Several {
    pub(super) fn new(
        arguments: &AccumulatorArgs<'_>,
        count: &Arc<dyn PhysicalExpr>,
        greatest: bool,
    ) -> Result<Self> {
        let data_type = |place: usize| arguments.expr_fields[place].data_type().clone();
        let count = match constant(count)? {
            ScalarValue::Int64(Some(count)) => count,
            other => {
                return exec_err!(
                    "how many values {} gives is a number, not {other}",
                    arguments.name
                );
            }
        };
        let Some(count) = usize::try_from(count)
            .ok()
            .filter(|count| (1..=MOST).contains(count))
        else {
            return exec_err!(
                "third argument of max_by/min_by must be from 1 to {MOST}, not {count}"
            );
        };
        Ok(Self {
            count,
            greatest,
            values: converter(&data_type(0))?,
            orders: converter(&data_type(1))?,
            types: [data_type(0), data_type(1)],
            held: Vec::new(),
        })
    }

    fn consider(&mut self, values: &ArrayRef, orders: &ArrayRef) -> Result<()> {
        let missing = is_null(orders);
        let values = self.values.convert_columns(&[Arc::clone(values)])?;
        let orders = self.orders.convert_columns(&[Arc::clone(orders)])?;
        for row in (0..orders.num_rows()).filter(|&row| !missing(row)) {
            let (order, value) = (orders.row(row), values.row(row));
            let (order, value) = (order.as_ref(), value.as_ref());
            let place = self.held.partition_point(|(held_order, held_value)| {
                ranked(self.greatest, held_order, order)
                    .then_with(|| held_value.as_ref().cmp(value))
                    .is_le()
            });
            if place < self.count {
                self.held.truncate(self.count - 1);
                self.held.insert(place, (order.into(), value.into()));
            }
        }
        Ok(())
    }

    fn list(&self, converter: &RowConverter, is_order: bool) -> Result<ScalarValue> {
        let parser = converter.parser();
        let rows = self
            .held
            .iter()
            .map(|(order, value)| parser.parse(if is_order { order } else { value }));
        let made = converter.convert_rows(rows)?;
        let offsets = OffsetBuffer::from_lengths([self.held.len()]);
        ScalarValue::try_from_array(&list_array(offsets, Arc::clone(&made[0]), None)?, 0)
    }
}

/// The value of an argument that is a constant.
pub(super) fn constant(expression: &Arc<dyn PhysicalExpr>) -> Result<ScalarValue> {
    let nothing = RecordBatch::new_empty(Arc::new(Schema::empty()));
    match expression.evaluate(&nothing)? {
        ColumnarValue::Scalar(value) => Ok(value),
        ColumnarValue::Array(_) => exec_err!("{expression} must be a constant"),
    }
}

impl Accumulator for Several {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.consider(&values[0], &values[1])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (values, orders) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for row in (0..values.len()).filter(|&row| values.is_valid(row)) {
            self.consider(&values.value(row), &orders.value(row))?;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.held.is_empty() {
            return ScalarValue::try_new_null(&list_of(&self.types[0]));
        }
        self.list(&self.values, false)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        if self.held.is_empty() {
            let null = |data_type| ScalarValue::try_new_null(&list_of(data_type));
            return self.types.iter().map(null).collect();
        }
        Ok(vec![
            self.list(&self.values, false)?,
            self.list(&self.orders, true)?,
        ])
    }

    fn size(&self) -> usize {
        self.held
            .iter()
            .map(|(order, value)| order.len() + value.len() + size_of::<[usize; 4]>())
            .sum()
    }
}
