//! `array_sort(array, (x, y) -> -1, 0 or 1)`.

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, UInt64Array, new_null_array},
    compute::{cast, take, take_arrays},
    datatypes::{DataType, Field, FieldRef, Int64Type},
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

use super::lists::{Lists, Picked, element, plain_list, unexpected};

/// How it is called beside `array_sort` without a lambda.
pub(crate) const SORTED: &str = "__array_sort";

pub(super) fn sorted() -> HigherOrderUDF {
    HigherOrderUDF::new_from_impl(Sorted {
        signature: HigherOrderSignature::user_defined(Volatility::Immutable),
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Sorted {
    signature: HigherOrderSignature,
}

impl HigherOrderUDFImpl for Sorted {
    fn name(&self) -> &'static str {
        SORTED
    }

    fn signature(&self) -> &HigherOrderSignature {
        &self.signature
    }

    fn coerce_value_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match types {
            [list] if element(list).is_some() => Ok(vec![plain_list(list)]),
            _ => unexpected("array_sort", "an array and a lambda", types),
        }
    }

    fn lambda_parameters(
        &self,
        _: usize,
        fields: &[ValueOrLambda<FieldRef, Option<FieldRef>>],
    ) -> Result<LambdaParametersProgress> {
        let [ValueOrLambda::Value(list), ValueOrLambda::Lambda(_)] = fields else {
            return plan_err!("array_sort takes an array and a lambda");
        };
        let Some(item) = element(list.data_type()) else {
            return plan_err!("array_sort takes an array, not {}", list.data_type());
        };
        let item: FieldRef = Arc::new(Field::new("", item, true));
        Ok(LambdaParametersProgress::Complete(vec![vec![
            Arc::clone(&item),
            item,
        ]]))
    }

    fn return_field_from_args(
        &self,
        arguments: HigherOrderReturnFieldArgs<'_>,
    ) -> Result<FieldRef> {
        let [ValueOrLambda::Value(list), ..] = arguments.arg_fields else {
            return plan_err!("array_sort takes an array and a lambda");
        };
        Ok(Arc::new(Field::new("", plain_list(list.data_type()), true)))
    }

    fn invoke_with_args(&self, arguments: HigherOrderFunctionArgs) -> Result<ColumnarValue> {
        let [
            ValueOrLambda::Value(list),
            ValueOrLambda::Lambda(comparison),
        ] = arguments.args.as_slice()
        else {
            return exec_err!("array_sort takes an array and a lambda");
        };
        let rows = arguments.number_rows;
        let lists = Lists::of(&list.to_array(rows)?);
        let places = order(&lists, comparison)?;
        let mut picked = Picked::default();
        let mut places = places.into_iter();
        for list in lists.iter() {
            match list {
                Some(list) => {
                    picked.extend(places.by_ref().take(list.len()));
                    picked.end();
                }
                None => picked.end_null(),
            }
        }
        let made = picked.finish(&lists.values)?;
        let to = arguments.return_field.data_type();
        Ok(ColumnarValue::Array(if made.data_type() == to {
            made
        } else if lists.values.is_empty() {
            // All of them are NULL or empty.
            cast(&made, to).unwrap_or_else(|_| new_null_array(to, rows))
        } else {
            cast(&made, to)?
        }))
    }
}

/// Two sorted runs that are being merged into one.
struct Merge {
    row: usize,
    left: Range<usize>,
    right: Range<usize>,
    next: usize,
}

/// The places of all values, list by list, as they are sorted: runs of one value are merged to runs of two, of four and so on, all those of
/// all lists at once, so that the lambda is computed for many pairs of values at a time.
fn order(lists: &Lists, comparison: &LambdaArgument) -> Result<Vec<usize>> {
    let ranges: Vec<_> = lists
        .iter()
        .enumerate()
        .filter_map(|(row, list)| Some((row, list?)))
        .collect();
    let mut places: Vec<usize> = ranges.iter().flat_map(|(_, list)| list.clone()).collect();
    let longest = ranges.iter().map(|(_, list)| list.len()).max();
    let mut length = 1;
    while length < longest.unwrap_or_default() {
        let mut merges = Vec::new();
        let mut begun = 0;
        for (row, list) in &ranges {
            let end = begun + list.len();
            let mut at = begun;
            while at + length < end {
                let middle = at + length;
                let last = (middle + length).min(end);
                merges.push(Merge {
                    row: *row,
                    left: at..middle,
                    right: middle..last,
                    next: at,
                });
                at = last;
            }
            begun = end;
        }
        places = merged(lists, &places, merges, comparison)?;
        length *= 2;
    }
    Ok(places)
}

/// The places after each pair of runs is merged.
fn merged(
    lists: &Lists,
    places: &[usize],
    mut merges: Vec<Merge>,
    comparison: &LambdaArgument,
) -> Result<Vec<usize>> {
    let mut made = places.to_vec();
    loop {
        // What is left of one run follows as it is.
        merges.retain(|merge| {
            let rest = match (merge.left.is_empty(), merge.right.is_empty()) {
                (false, false) => return true,
                (true, _) => merge.right.clone(),
                (_, true) => merge.left.clone(),
            };
            let end = merge.next + rest.len();
            made[merge.next..end].copy_from_slice(&places[rest]);
            false
        });
        if merges.is_empty() {
            return Ok(made);
        }
        let pick = |of: fn(&Merge) -> usize| -> Result<ArrayRef> {
            let picked = merges.iter().map(|merge| places[of(merge)] as u64);
            let picked = UInt64Array::from_iter_values(picked);
            Ok(take(&lists.values, &picked, None)?)
        };
        let (left, right) = (
            pick(|merge| merge.left.start)?,
            pick(|merge| merge.right.start)?,
        );
        let rows = merges.iter().map(|merge| merge.row as u64);
        let rows = UInt64Array::from_iter_values(rows);
        let compared = evaluated(comparison, &left, &right, &rows)?;
        for (merge, compared) in merges.iter_mut().zip(compared) {
            let from = if compared > 0 {
                &mut merge.right
            } else {
                &mut merge.left
            };
            made[merge.next] = places[from.start];
            from.start += 1;
            merge.next += 1;
        }
    }
}

/// What the lambda makes of pairs of values, each of a row.
fn evaluated(
    lambda: &LambdaArgument,
    left: &ArrayRef,
    right: &ArrayRef,
    rows: &UInt64Array,
) -> Result<Vec<i64>> {
    let (left, right) = (|| Ok(Arc::clone(left)), || Ok(Arc::clone(right)));
    let values: [&dyn Fn() -> Result<ArrayRef>; 2] = [&left, &right];
    let made = lambda.evaluate(&values, |captured| Ok(take_arrays(captured, rows, None)?))?;
    let made = cast(&made.into_array(rows.len())?, &DataType::Int64)?;
    let made = made.as_primitive::<Int64Type>();
    made.iter()
        .map(|compared| {
            let Some(compared @ -1..=1) = compared else {
                return exec_err!("the lambda of array_sort must give -1, 0 or 1");
            };
            Ok(compared)
        })
        .collect()
}
