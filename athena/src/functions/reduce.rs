//! `reduce`: an array folded into one value by lambdas.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, UInt64Array, new_null_array},
    compute::{cast, interleave, take, take_arrays},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::{exec_err, plan_err},
    error::Result,
    logical_expr::{
        ColumnarValue, HigherOrderFunctionArgs, HigherOrderReturnFieldArgs, HigherOrderSignature,
        HigherOrderUDF, HigherOrderUDFImpl, LambdaArgument, LambdaParametersProgress,
        ValueOrLambda, Volatility,
    },
};

use super::lists::{Lists, element, plain_list, unexpected};

/// Rounds in which the state's type may become wider: of decimals, by a digit in each.
const ROUNDS: usize = 40;

pub(super) fn reduce() -> HigherOrderUDF {
    HigherOrderUDF::new_from_impl(Reduce {
        signature: HigherOrderSignature::user_defined(Volatility::Immutable),
    })
}

/// `reduce(array, state, (state, element) -> state, state -> result)`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Reduce {
    signature: HigherOrderSignature,
}

fn nullable(data_type: &DataType) -> FieldRef {
    Arc::new(Field::new("", data_type.clone(), true))
}

impl HigherOrderUDFImpl for Reduce {
    fn name(&self) -> &'static str {
        "reduce"
    }

    fn signature(&self) -> &HigherOrderSignature {
        &self.signature
    }

    fn coerce_value_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [list, state] if element(list).is_some() => Ok(vec![plain_list(list), state.clone()]),
            _ => unexpected("reduce", "an array, a first state and two lambdas", types),
        }
    }

    fn lambda_parameters(
        &self,
        step: usize,
        fields: &[ValueOrLambda<FieldRef, Option<FieldRef>>],
    ) -> Result<LambdaParametersProgress> {
        let [
            ValueOrLambda::Value(list),
            ValueOrLambda::Value(state),
            ValueOrLambda::Lambda(merged),
            ValueOrLambda::Lambda(_),
        ] = fields
        else {
            return plan_err!("reduce takes an array, a first state and two lambdas");
        };
        let Some(item) = element(list.data_type()) else {
            return plan_err!("reduce takes an array, not {}", list.data_type());
        };
        let merge = |state: &DataType| vec![nullable(state), nullable(&item)];
        // The state is of the type that the lambda makes of it, of which the first state may be a narrower one.
        match merged {
            None => Ok(LambdaParametersProgress::Partial(vec![
                Some(merge(state.data_type())),
                None,
            ])),
            Some(merged)
                if (1..ROUNDS).contains(&step) && merged.data_type() != state.data_type() =>
            {
                Ok(LambdaParametersProgress::Partial(vec![
                    Some(merge(merged.data_type())),
                    None,
                ]))
            }
            Some(merged) => Ok(LambdaParametersProgress::Complete(vec![
                merge(merged.data_type()),
                vec![nullable(merged.data_type())],
            ])),
        }
    }

    fn coerce_values_for_lambdas(
        &self,
        fields: &[ValueOrLambda<DataType, DataType>],
    ) -> Result<Option<Vec<DataType>>> {
        match fields {
            [
                ValueOrLambda::Value(list),
                ValueOrLambda::Value(_),
                ValueOrLambda::Lambda(merged),
                _,
            ] => Ok(Some(vec![list.clone(), merged.clone()])),
            _ => Ok(None),
        }
    }

    fn return_field_from_args(
        &self,
        arguments: HigherOrderReturnFieldArgs<'_>,
    ) -> Result<FieldRef> {
        let Some(ValueOrLambda::Lambda(result)) = arguments.arg_fields.last() else {
            return plan_err!("reduce takes an array, a first state and two lambdas");
        };
        Ok(nullable(result.data_type()))
    }

    fn invoke_with_args(&self, arguments: HigherOrderFunctionArgs) -> Result<ColumnarValue> {
        let [
            ValueOrLambda::Value(list),
            ValueOrLambda::Value(state),
            ValueOrLambda::Lambda(merge),
            ValueOrLambda::Lambda(finish),
        ] = arguments.args.as_slice()
        else {
            return exec_err!("reduce takes an array, a first state and two lambdas");
        };
        let rows = arguments.number_rows;
        let lists = Lists::of(&list.to_array(rows)?);
        let state = folded(&lists, state.to_array(rows)?, merge)?;
        // What is NULL stays NULL, whatever the last lambda makes of a state.
        let known: Vec<_> = (0..rows).filter(|&row| lists.get(row).is_some()).collect();
        let to = arguments.return_field.data_type();
        if known.is_empty() {
            return Ok(ColumnarValue::Array(new_null_array(to, rows)));
        }
        let places = indices(known.iter().copied());
        let state = take(&state, &places, None)?;
        let made = evaluated(finish, &[&state], &places)?;
        let made = cast(&made, to)?;
        let mut next = 0;
        let back: UInt64Array = (0..rows)
            .map(|row| {
                lists.get(row).map(|_| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        Ok(ColumnarValue::Array(take(&made, &back, None)?))
    }
}

fn indices(places: impl Iterator<Item = usize>) -> UInt64Array {
    UInt64Array::from_iter_values(places.map(|place| place as u64))
}

/// The state of each row after all elements of its list: all rows take their first elements at once, then their second ones.
fn folded(lists: &Lists, mut state: ArrayRef, merge: &LambdaArgument) -> Result<ArrayRef> {
    let mut active: Vec<(usize, std::ops::Range<usize>)> = lists
        .iter()
        .enumerate()
        .filter_map(|(row, list)| Some((row, list?)))
        .collect();
    let mut taken = 0;
    loop {
        active.retain(|(_, list)| list.len() > taken);
        if active.is_empty() {
            return Ok(state);
        }
        let rows = indices(active.iter().map(|(row, _)| *row));
        let elements = indices(active.iter().map(|(_, list)| list.start + taken));
        let elements = take(&lists.values, &elements, None)?;
        let before = take(&state, &rows, None)?;
        let made = evaluated(merge, &[&before, &elements], &rows)?;
        let made = cast(&made, state.data_type())?;
        state = if active.len() == state.len() {
            made
        } else {
            let mut places: Vec<_> = (0..state.len()).map(|row| (0, row)).collect();
            for (place, (row, _)) in active.iter().enumerate() {
                places[*row] = (1, place);
            }
            interleave(&[state.as_ref(), made.as_ref()], &places)?
        };
        taken += 1;
    }
}

/// What a lambda makes of values of these rows.
fn evaluated(
    lambda: &LambdaArgument,
    values: &[&ArrayRef],
    rows: &UInt64Array,
) -> Result<ArrayRef> {
    let values: Vec<_> = values
        .iter()
        .map(|value| move || Ok(Arc::clone(value)))
        .collect();
    let values: Vec<&dyn Fn() -> Result<ArrayRef>> = values
        .iter()
        .map(|value| value as &dyn Fn() -> Result<ArrayRef>)
        .collect();
    let made = lambda.evaluate(&values, |captured| Ok(take_arrays(captured, rows, None)?))?;
    made.into_array(rows.len())
}
