//! Averages of decimals that are no amounts: of the type of what is averaged, as in Trino, where DataFusion's have more digits.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, BooleanArray},
        compute::cast,
        datatypes::{DataType, Field, FieldRef},
    },
    common::ScalarValue,
    error::Result,
    functions_aggregate::average::Avg,
    logical_expr::{
        Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, function::AccumulatorArgs,
    },
};

/// What makes an accumulator of DataFusion's.
type Make = for<'a> fn(&Avg, AccumulatorArgs<'a>) -> Result<Box<dyn Accumulator>>;

/// DataFusion's accumulator, whose averages are rounded if they are of decimals.
pub(super) fn one(
    inner: &Avg,
    arguments: AccumulatorArgs<'_>,
    make: Make,
) -> Result<Box<dyn Accumulator>> {
    let Some((to, field)) = rounds(inner, &arguments)? else {
        return make(inner, arguments);
    };
    let inner = make(
        inner,
        AccumulatorArgs {
            return_field: field,
            ..arguments
        },
    )?;
    Ok(Box::new(One { inner, to }))
}

/// The same for many groups.
pub(super) fn groups(
    inner: &Avg,
    arguments: AccumulatorArgs<'_>,
) -> Result<Box<dyn GroupsAccumulator>> {
    let Some((to, field)) = rounds(inner, &arguments)? else {
        return inner.create_groups_accumulator(arguments);
    };
    let inner = inner.create_groups_accumulator(AccumulatorArgs {
        return_field: field,
        ..arguments
    })?;
    Ok(Box::new(Groups { inner, to }))
}

/// The type of averages of decimals, and the field in which DataFusion has them.
fn rounds(inner: &Avg, arguments: &AccumulatorArgs<'_>) -> Result<Option<(DataType, FieldRef)>> {
    let to = arguments.return_field.data_type();
    if !matches!(to, DataType::Decimal128(..)) {
        return Ok(None);
    }
    let wide = inner.return_type(std::slice::from_ref(to))?;
    let field = Field::new(arguments.return_field.name(), wide, true);
    Ok(Some((to.clone(), Arc::new(field))))
}

#[derive(Debug)]
struct One {
    inner: Box<dyn Accumulator>,
    to: DataType,
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.update_batch(values)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.inner.retract_batch(values)
    }

    fn supports_retract_batch(&self) -> bool {
        self.inner.supports_retract_batch()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.inner.merge_batch(states)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.inner.evaluate()?.cast_to(&self.to)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.inner.state()
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.inner.size()
    }
}

struct Groups {
    inner: Box<dyn GroupsAccumulator>,
    to: DataType,
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.inner
            .update_batch(values, group_indices, filter, total)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        Ok(cast(&self.inner.evaluate(emit)?, &self.to)?)
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        self.inner.state(emit)
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total: usize,
    ) -> Result<()> {
        self.inner.merge_batch(values, group_indices, total)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        self.inner.convert_to_state(values, filter)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.inner.size()
    }
}
