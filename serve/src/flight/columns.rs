//! Columns as any client reads them.
//!
//! The engine hands on what is quickest for it: dictionaries, views of text. Drivers of some years ago know neither, and those of
//! today turn dictionaries into something else than text (categories of pandas, for one). So text is sent as plain text; amounts are
//! decimals on every side already.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions},
    compute::cast,
    datatypes::{DataType, Field, FieldRef, Schema, SchemaRef},
    error::ArrowError,
};

/// The columns that clients are told.
pub(super) fn sent(schema: &Schema) -> SchemaRef {
    // What a plan says of NULLs is a guess until it runs.
    let fields = schema.fields().iter().map(|told| {
        let field = field(told);
        field.as_ref().clone().with_nullable(true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The rows with these columns, which [`sent`] told.
pub(super) fn rows(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns
        .map(|(column, field)| {
            if column.data_type() == field.data_type() {
                Ok(Arc::clone(column))
            } else {
                cast(column, field.data_type())
            }
        })
        .collect::<Result<Vec<ArrayRef>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}

fn field(field: &FieldRef) -> FieldRef {
    let data_type = data_type(field.data_type());
    // What the store keeps about a column is for its own readers.
    Arc::new(Field::new(field.name(), data_type, field.is_nullable()))
}

fn data_type(of: &DataType) -> DataType {
    match of {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::Dictionary(_, values) => data_type(values),
        DataType::RunEndEncoded(_, values) => data_type(values.data_type()),
        DataType::List(item) | DataType::ListView(item) => DataType::List(field(item)),
        DataType::LargeList(item) | DataType::LargeListView(item) => {
            DataType::LargeList(field(item))
        }
        DataType::FixedSizeList(item, length) => DataType::FixedSizeList(field(item), *length),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect()),
        DataType::Map(entries, sorted) => DataType::Map(field(entries), *sorted),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{
            Array, AsArray, Decimal128Array, DictionaryArray, MapBuilder, StringArray,
            StringBuilder, StringViewArray, StringViewBuilder,
        },
        datatypes::{Decimal128Type, Int32Type},
    };

    use super::*;

    #[test]
    fn text_is_plain_and_amounts_keep_every_digit() {
        let amount = "12345678901234567890123456789012345678";
        let amounts = Decimal128Array::from(vec![amount.parse::<i128>().unwrap()])
            .with_precision_and_scale(38, 18)
            .unwrap();
        let services: DictionaryArray<Int32Type> = ["AmazonEC2"].into_iter().collect();
        let regions = StringViewArray::from(vec![Some("a region with more than twelve bytes")]);
        let mut tags = MapBuilder::new(None, StringBuilder::new(), StringViewBuilder::new());
        tags.keys().append_value("team");
        tags.values().append_value("payments");
        tags.append(true).unwrap();
        let columns: [(&str, ArrayRef); 4] = [
            ("cost", Arc::new(amounts)),
            ("service", Arc::new(services)),
            ("region", Arc::new(regions)),
            ("tags", Arc::new(tags.finish())),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();

        let schema = sent(&batch.schema());
        let rows = rows(&batch, &schema).unwrap();

        assert_eq!(
            rows.column(0)
                .as_primitive::<Decimal128Type>()
                .value(0)
                .to_string(),
            amount
        );
        assert_eq!(rows.column(1).as_string::<i32>().value(0), "AmazonEC2");
        assert_eq!(
            rows.column(2).as_string::<i32>().value(0),
            "a region with more than twelve bytes"
        );
        let tag = rows.column(3).as_map().value(0);
        let values: &StringArray = tag.column(1).as_string();
        assert_eq!(values.value(0), "payments");
    }

    #[test]
    fn rows_without_columns_are_still_counted() {
        let options = RecordBatchOptions::new().with_row_count(Some(3));
        let empty = Arc::new(Schema::empty());
        let batch = RecordBatch::try_new_with_options(empty, Vec::new(), &options).unwrap();
        let schema = sent(&batch.schema());
        assert_eq!(rows(&batch, &schema).unwrap().num_rows(), 3);
        assert_eq!(
            schema.fields().len(),
            batch.column_by_name("none").map_or(0, Array::len)
        );
    }
}
