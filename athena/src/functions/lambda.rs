//! Functions that take lambdas.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, BooleanArray},
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::exec_err,
    error::Result,
    functions_nested::{
        array_filter::array_filter_higher_order_function,
        array_transform::array_transform_higher_order_function,
    },
    logical_expr::{
        ColumnarValue, HigherOrderFunctionArgs, HigherOrderReturnFieldArgs, HigherOrderSignature,
        HigherOrderUDF, HigherOrderUDFImpl, LambdaParametersProgress, ValueOrLambda,
    },
};

use super::lists::{Lists, list_of};

/// DataFusion's functions of arrays and lambdas by Trino's names, and two that it lacks. `any_match` has the same name in both.
pub(super) fn all() -> Vec<HigherOrderUDF> {
    let named =
        |function: Arc<HigherOrderUDF>, name| function.as_ref().clone().with_aliases([name]);
    let matching = |name, unwanted| {
        HigherOrderUDF::new_from_impl(Match {
            name,
            unwanted,
            tested: array_transform_higher_order_function(),
        })
    };
    vec![
        named(array_transform_higher_order_function(), "transform"),
        named(array_filter_higher_order_function(), "filter"),
        matching("all_match", false),
        matching("none_match", true),
    ]
}

/// `all_match` and `none_match`: whether no element's test comes to what is unwanted; NULL if that hangs on a test that is NULL.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Match {
    name: &'static str,
    unwanted: bool,
    /// Makes of an array the array of its tests.
    tested: Arc<HigherOrderUDF>,
}

impl HigherOrderUDFImpl for Match {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &HigherOrderSignature {
        self.tested.signature()
    }

    fn coerce_value_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.tested.coerce_value_types(types)
    }

    fn lambda_parameters(
        &self,
        step: usize,
        fields: &[ValueOrLambda<FieldRef, Option<FieldRef>>],
    ) -> Result<LambdaParametersProgress> {
        self.tested.lambda_parameters(step, fields)
    }

    fn return_field_from_args(&self, _: HigherOrderReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new("", DataType::Boolean, true)))
    }

    fn invoke_with_args(&self, arguments: HigherOrderFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let tests = list_of(&DataType::Boolean);
        let tested = self.tested.invoke_with_args(HigherOrderFunctionArgs {
            return_field: Arc::new(Field::new("", tests, true)),
            ..arguments
        })?;
        let lists = Lists::of(&tested.into_array(rows)?);
        let Some(tests) = lists.values.as_boolean_opt() else {
            return exec_err!("{} takes a lambda that is true or false", self.name);
        };
        let found = lists.iter().map(|list| {
            let mut sure = true;
            for place in list? {
                if tests.is_null(place) {
                    sure = false;
                } else if tests.value(place) == self.unwanted {
                    return Some(false);
                }
            }
            sure.then_some(true)
        });
        Ok(ColumnarValue::Array(Arc::new(
            found.collect::<BooleanArray>(),
        )))
    }
}
