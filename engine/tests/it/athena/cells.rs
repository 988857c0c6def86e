//! Answers of the engine in the form in which the reference writes its own.

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Schema, TimeUnit},
};
use chrono::{DateTime, Days, NaiveDate};

/// An answer; a cell is `None` for NULL.
pub(super) struct Found {
    pub(super) labels: Vec<String>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

impl Found {
    pub(super) fn of(schema: &Schema, batches: &[RecordBatch]) -> Self {
        let labels = schema.fields().iter().map(|field| field.name().clone());
        let rows = batches.iter().flat_map(|batch| {
            (0..batch.num_rows()).map(|row| {
                let cells = batch.columns().iter().map(|column| cell(column, row));
                cells.collect()
            })
        });
        Self {
            labels: labels.collect(),
            rows: rows.collect(),
        }
    }
}

/// The reference's form of a value: `tests/athena/reference/README.md` has its rules.
fn cell(column: &ArrayRef, row: usize) -> Option<String> {
    let logically_null = || {
        column
            .logical_nulls()
            .is_some_and(|nulls| nulls.is_null(row))
    };
    if column.is_null(row) || logically_null() {
        return None;
    }
    let nested = |array: &ArrayRef, at: usize| cell(array, at).unwrap_or_else(|| "NULL".to_owned());
    let text = match column.data_type() {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let value = cast(&column.slice(row, 1), &DataType::Float64).unwrap();
            value.as_primitive::<Float64Type>().value(0).to_string()
        }
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) => {
            decimal(column, row)
        }
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(row);
            let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
            let length = Days::new(u64::from(days.unsigned_abs()));
            let date = if days < 0 {
                epoch - length
            } else {
                epoch + length
            };
            date.to_string()
        }
        DataType::Timestamp(..) => timestamp(column, row),
        DataType::List(_) => {
            let values = column.as_list::<i32>().value(row);
            list((0..values.len()).map(|at| nested(&values, at)), '[', ']')
        }
        DataType::LargeList(_) => {
            let values = column.as_list::<i64>().value(row);
            list((0..values.len()).map(|at| nested(&values, at)), '[', ']')
        }
        DataType::Map(..) => {
            let entries = column.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let mut pairs: Vec<_> = (0..entries.len())
                .map(|at| format!("{}: {}", nested(keys, at), nested(values, at)))
                .collect();
            pairs.sort();
            list(pairs.into_iter(), '{', '}')
        }
        DataType::Struct(_) => {
            let columns = column.as_struct().columns().iter();
            list(columns.map(|column| nested(column, row)), '{', '}')
        }
        _ => {
            let text = cast(&column.slice(row, 1), &DataType::Utf8).unwrap();
            text.as_string::<i32>().value(0).to_owned()
        }
    };
    Some(text)
}

fn decimal(column: &ArrayRef, row: usize) -> String {
    let (DataType::Decimal32(_, scale)
    | DataType::Decimal64(_, scale)
    | DataType::Decimal128(_, scale)) = *column.data_type()
    else {
        panic!("{} is no decimal", column.data_type());
    };
    let wide = cast(&column.slice(row, 1), &DataType::Decimal128(38, scale)).unwrap();
    let text = wide.as_primitive::<Decimal128Type>().value_as_string(0);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn timestamp(column: &ArrayRef, row: usize) -> String {
    let micros = DataType::Timestamp(TimeUnit::Microsecond, None);
    let micros = cast(
        &cast(&column.slice(row, 1), &micros).unwrap(),
        &DataType::Int64,
    )
    .unwrap();
    let value = micros
        .as_primitive::<arrow::datatypes::Int64Type>()
        .value(0);
    let time = DateTime::from_timestamp_micros(value).unwrap();
    let form = if value % 1_000_000 == 0 {
        "%Y-%m-%d %H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M:%S%.6f"
    };
    time.format(form).to_string()
}

fn list(parts: impl Iterator<Item = String>, open: char, close: char) -> String {
    format!("{open}{}{close}", parts.collect::<Vec<_>>().join(", "))
}
