//! The values of parameters.

use std::collections::HashMap;

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use curtail_engine::Parameter;
use datafusion::scalar::ScalarValue;
use tonic::Status;

use super::{columns, status};

/// The parameters as clients are told them. One whose place asks for no type is text, which takes any.
pub(super) fn schema(parameters: &[Parameter]) -> SchemaRef {
    let fields = parameters.iter().map(|parameter| {
        let told = parameter.data_type.clone();
        let told = told.filter(|data_type| *data_type != DataType::Null);
        Field::new(&parameter.name, told.unwrap_or(DataType::Utf8), true)
    });
    columns::sent(&Schema::new(fields.collect::<Vec<_>>()))
}

/// The values of a row, in the order of the parameters; by their names if all are named.
pub(super) fn of(
    parameters: &[Parameter],
    row: Option<&RecordBatch>,
) -> Result<HashMap<String, ScalarValue>, Status> {
    let bound = row.map_or(0, RecordBatch::num_columns);
    if bound != parameters.len() {
        let why = format!(
            "the statement has {} parameters, and {bound} values were bound",
            parameters.len()
        );
        return Err(status::invalid(why));
    }
    let Some(row) = row else {
        return Ok(HashMap::new());
    };
    let place = |name: &str| row.schema_ref().index_of(name).ok();
    let is_named = |parameter: &Parameter| {
        parameter.name.parse::<u32>().is_err() && place(&parameter.name).is_some()
    };
    let named = parameters.iter().all(is_named);
    let mut values = HashMap::new();
    for (position, parameter) in parameters.iter().enumerate() {
        let column = match place(&parameter.name) {
            Some(column) if named => column,
            _ => position,
        };
        let value = ScalarValue::try_from_array(row.column(column), 0)
            .map_err(|error| status::invalid(error.strip_backtrace()))?;
        values.insert(parameter.name.clone(), plain(value));
    }
    Ok(values)
}

/// Text in the one form in which it takes the type that its place asks for.
fn plain(value: ScalarValue) -> ScalarValue {
    match value {
        ScalarValue::LargeUtf8(text) | ScalarValue::Utf8View(text) => ScalarValue::Utf8(text),
        ScalarValue::Dictionary(_, value) => plain(*value),
        ScalarValue::Null => ScalarValue::Utf8(None),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Decimal128Array, LargeStringArray};

    use super::*;

    fn parameters(names: &[&str]) -> Vec<Parameter> {
        let of = |name: &&str| Parameter {
            name: (*name).to_owned(),
            data_type: None,
        };
        names.iter().map(of).collect()
    }

    fn row(names: [&str; 2]) -> RecordBatch {
        let service: ArrayRef = Arc::new(LargeStringArray::from(vec!["AmazonEC2"]));
        let cost = Decimal128Array::from(vec![15]).with_precision_and_scale(2, 1);
        let cost: ArrayRef = Arc::new(cost.unwrap());
        RecordBatch::try_from_iter([(names[0], service), (names[1], cost)]).unwrap()
    }

    #[test]
    fn numbered_parameters_take_the_columns_in_their_order() {
        let values = of(&parameters(&["1", "2"]), Some(&row(["2", "1"]))).unwrap();
        assert_eq!(values["1"], ScalarValue::from("AmazonEC2"));
        assert_eq!(values["2"], ScalarValue::Decimal128(Some(15), 2, 1));
    }

    #[test]
    fn named_parameters_take_the_columns_of_their_names() {
        let values = of(
            &parameters(&["cost", "service"]),
            Some(&row(["service", "cost"])),
        );
        assert_eq!(values.unwrap()["service"], ScalarValue::from("AmazonEC2"));
    }

    #[test]
    fn a_missing_value_is_told() {
        let refused = of(&parameters(&["1"]), None).unwrap_err();
        assert_eq!(
            refused.message(),
            "the statement has 1 parameters, and 0 values were bound"
        );
    }

    #[test]
    fn a_parameter_of_any_type_is_text() {
        let schema = schema(&parameters(&["1"]));
        assert_eq!(schema.field(0).data_type(), &DataType::Utf8);
    }
}
