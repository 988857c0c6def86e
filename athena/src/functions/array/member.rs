//! Whether a value is among those of a sub-query, where it is asked for as a value.

use std::sync::{Arc, LazyLock};

use arrow::{
    array::{Array, ArrayRef, BooleanArray},
    compute::cast,
    datatypes::DataType,
};
use datafusion::{
    common::plan_err,
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};
use hashbrown::HashSet;

use super::super::{
    lists::{Lists, converter, element, is_null, plain},
    support::per_distinct_value,
};

/// The function of an array of values and a value: `x IN (…)`. Of no array, which is what a sub-query without rows comes to, it is false.
pub(crate) fn is_member() -> Arc<ScalarUDF> {
    static FUNCTION: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| {
        Arc::new(ScalarUDF::new_from_impl(Member {
            signature: Signature::any(2, Volatility::Immutable),
        }))
    });
    Arc::clone(&FUNCTION)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Member {
    signature: Signature,
}

impl ScalarUDFImpl for Member {
    fn name(&self) -> &'static str {
        "is_member"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        match arguments {
            [list, _] if element(list).is_some() => Ok(DataType::Boolean),
            _ => plan_err!("is_member takes an array and a value"),
        }
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        per_distinct_value(&arguments, members)
    }
}

fn members(arguments: &[ColumnarValue], rows: usize) -> Result<ArrayRef> {
    let sought = plainly(&arguments[1].to_array(rows)?)?;
    // One array for all rows is the rule.
    if let ColumnarValue::Scalar(list) = &arguments[0] {
        let lists = Lists::of(&list.to_array()?);
        return among(&lists, &sought, |_| 0);
    }
    among(&Lists::of(&arguments[0].to_array(rows)?), &sought, |row| {
        row
    })
}

/// Without a dictionary.
fn plainly(values: &ArrayRef) -> Result<ArrayRef> {
    Ok(cast(values, &plain(values.data_type()))?)
}

fn among(lists: &Lists, sought: &ArrayRef, list_of: impl Fn(usize) -> usize) -> Result<ArrayRef> {
    let values = plainly(&lists.values)?;
    let sought = if sought.data_type() == values.data_type() {
        Arc::clone(sought)
    } else {
        cast(sought, values.data_type())?
    };
    let converter = converter(values.data_type())?;
    let missing = is_null(&values);
    let rows = converter.convert_columns(&[values])?;
    let not_sought = is_null(&sought);
    let sought = converter.convert_columns(&[sought])?;
    let mut known = None;
    let mut seen: HashSet<_> = HashSet::new();
    let mut has_null = false;
    let made: BooleanArray = (0..sought.num_rows())
        .map(|row| {
            let list = list_of(row);
            let places = lists.get(list).unwrap_or_default();
            if known != Some(list) {
                known = Some(list);
                seen.clear();
                has_null = places.clone().any(&missing);
                seen.extend(
                    places
                        .clone()
                        .filter(|&place| !missing(place))
                        .map(|place| rows.row(place)),
                );
            }
            if places.is_empty() {
                return Some(false);
            }
            if not_sought(row) {
                return None;
            }
            if seen.contains(&sought.row(row)) {
                return Some(true);
            }
            (!has_null).then_some(false)
        })
        .collect();
    Ok(Arc::new(made))
}
