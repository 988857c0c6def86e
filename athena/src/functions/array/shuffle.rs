//! Arrays in an order that nobody knows.

use arrow::datatypes::DataType;
use datafusion::{
    common::exec_err,
    error::Result,
    logical_expr::{
        ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
    },
};

use super::super::{
    lists::{Lists, Picked, one_list},
    math::random::Numbers,
};

pub(super) fn shuffle() -> ScalarUDF {
    ScalarUDF::from(Shuffle {
        signature: Signature::user_defined(Volatility::Volatile),
    })
}

/// `shuffle(array)`.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Shuffle {
    signature: Signature,
}

impl ScalarUDFImpl for Shuffle {
    fn name(&self) -> &'static str {
        "shuffle"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        one_list("shuffle", types)
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(types[0].clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [array] = arguments.args.as_slice() else {
            return exec_err!("shuffle takes an array");
        };
        // Each row has an order of its own, of a constant too.
        let array = array.to_array(arguments.number_rows)?;
        let lists = Lists::of(&array);
        let mut numbers = Numbers::new();
        let mut picked = Picked::default();
        for list in lists.iter() {
            let Some(list) = list else {
                picked.end_null();
                continue;
            };
            let mut places: Vec<_> = list.collect();
            for last in (1..places.len()).rev() {
                places.swap(last, numbers.below(last + 1));
            }
            picked.extend(places);
            picked.end();
        }
        Ok(ColumnarValue::Array(picked.finish(&lists.values)?))
    }
}
