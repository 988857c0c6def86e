//! Parquet as AWS writes it: Snappy, doubles for money, timestamps of milliseconds.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Float64Builder, MapBuilder, MapFieldNames, RecordBatch, StringBuilder,
    TimestampMillisecondBuilder,
};
use arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::amount::Amount;
use crate::calendar::write_instant;
use crate::columns::{Cell, Type};
use crate::hash::write_base32;

/// Rows collected before they are encoded.
const BATCH: usize = 8192;

/// Rows of a row group.
const ROW_GROUP: usize = 131_072;

enum Builder {
    Text(StringBuilder),
    Amount(Float64Builder),
    Time(TimestampMillisecondBuilder),
    TextMap(MapBuilder<StringBuilder, StringBuilder>),
    AmountMap(MapBuilder<StringBuilder, Float64Builder>),
}

fn map_names() -> MapFieldNames {
    MapFieldNames {
        entry: "key_value".to_owned(),
        key: "key".to_owned(),
        value: "value".to_owned(),
    }
}

fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

fn data_type(kind: Type) -> DataType {
    let map = |value| {
        let entries = vec![
            ArrowField::new("key", DataType::Utf8, false),
            ArrowField::new("value", value, true),
        ];
        DataType::Map(
            Arc::new(ArrowField::new(
                "key_value",
                DataType::Struct(entries.into()),
                false,
            )),
            false,
        )
    };
    match kind {
        Type::Text => DataType::Utf8,
        Type::Amount => DataType::Float64,
        Type::Time => time_type(),
        Type::TextMap => map(DataType::Utf8),
        Type::AmountMap => map(DataType::Float64),
    }
}

impl Builder {
    fn new(kind: Type) -> Self {
        match kind {
            Type::Text => Self::Text(StringBuilder::new()),
            Type::Amount => Self::Amount(Float64Builder::new()),
            Type::Time => {
                Self::Time(TimestampMillisecondBuilder::new().with_data_type(time_type()))
            }
            Type::TextMap => Self::TextMap(MapBuilder::new(
                Some(map_names()),
                StringBuilder::new(),
                StringBuilder::new(),
            )),
            Type::AmountMap => Self::AmountMap(MapBuilder::new(
                Some(map_names()),
                StringBuilder::new(),
                Float64Builder::new(),
            )),
        }
    }

    fn append(&mut self, cell: &Cell<'_>, scratch: &mut Vec<u8>) {
        match self {
            Self::Text(builder) => match cell {
                Cell::Text(text) => builder.append_value(text),
                Cell::Null => builder.append_null(),
                other => {
                    scratch.clear();
                    write_plain(scratch, other);
                    builder
                        .append_value(std::str::from_utf8(scratch).expect("these cells are ASCII"));
                }
            },
            Self::Amount(builder) => builder.append_option(match cell {
                Cell::Amount(amount) => Some(amount.to_f64()),
                _ => None,
            }),
            Self::Time(builder) => builder.append_option(match cell {
                Cell::Time(at) => Some(at * 1000),
                _ => None,
            }),
            Self::TextMap(builder) => {
                let Cell::TextMap(pairs) = cell else {
                    builder
                        .append(false)
                        .expect("keys and values are equal in number");
                    return;
                };
                for (key, value) in pairs {
                    builder.keys().append_value(key);
                    builder.values().append_value(value);
                }
                builder
                    .append(true)
                    .expect("keys and values are equal in number");
            }
            Self::AmountMap(builder) => {
                let Cell::AmountMap(pairs) = cell else {
                    builder
                        .append(false)
                        .expect("keys and values are equal in number");
                    return;
                };
                for (key, value) in pairs {
                    builder.keys().append_value(key);
                    builder.values().append_value(Amount::to_f64(*value));
                }
                builder
                    .append(true)
                    .expect("keys and values are equal in number");
            }
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Amount(builder) => Arc::new(builder.finish()),
            Self::Time(builder) => Arc::new(builder.finish()),
            Self::TextMap(builder) => Arc::new(builder.finish()),
            Self::AmountMap(builder) => Arc::new(builder.finish()),
        }
    }
}

fn write_plain(out: &mut Vec<u8>, cell: &Cell<'_>) {
    match cell {
        Cell::Count(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Cell::Id(hash) => write_base32(out, *hash, 52),
        Cell::Interval(start, end) => {
            write_instant(out, *start);
            out.push(b'/');
            write_instant(out, *end);
        }
        Cell::Amount(amount) => amount.write_plain(out),
        _ => {}
    }
}

/// A Parquet file in the making.
pub(crate) struct ParquetWriter {
    writer: Box<ArrowWriter<Vec<u8>>>,
    schema: SchemaRef,
    builders: Vec<Builder>,
    rows: usize,
    scratch: Vec<u8>,
}

impl ParquetWriter {
    pub(crate) fn new<'a>(
        columns: impl Iterator<Item = (&'a str, Type)>,
    ) -> Result<Self, ParquetError> {
        let (fields, builders): (Vec<ArrowField>, Vec<Builder>) = columns
            .map(|(name, kind)| {
                (
                    ArrowField::new(name, data_type(kind), true),
                    Builder::new(kind),
                )
            })
            .unzip();
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties))?;
        Ok(Self {
            writer: Box::new(writer),
            schema,
            builders,
            rows: 0,
            scratch: Vec::new(),
        })
    }

    pub(crate) fn row<'a>(&mut self, cell: impl Fn(usize) -> Cell<'a>) -> Result<(), ParquetError> {
        for (index, builder) in self.builders.iter_mut().enumerate() {
            builder.append(&cell(index), &mut self.scratch);
        }
        self.rows += 1;
        if self.rows == BATCH {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let arrays = self.builders.iter_mut().map(Builder::finish).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)?;
        self.rows = 0;
        self.writer.write(&batch)
    }

    pub(crate) fn finish(mut self) -> Result<Vec<u8>, ParquetError> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.writer.into_inner()
    }
}
