//! Parquet and Arrow IPC.

use std::sync::Arc;

use arrow::{
    array::RecordBatch,
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef},
    error::ArrowError,
    ipc::writer::{FileWriter, StreamWriter},
};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};

use super::{Render, Sink, unreadable};
use crate::error::CliError;

/// Rows of a Parquet row group at most; what is buffered stays bounded.
const ROW_GROUP_ROWS: usize = 1 << 17;

/// A Parquet file.
pub(super) struct Parquet(ArrowWriter<Sink>);

impl Parquet {
    pub(super) fn new(schema: &SchemaRef, sink: Sink) -> Result<Self, CliError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .build();
        let writer = ArrowWriter::try_new(sink, Arc::clone(schema), Some(properties));
        writer.map(Self).map_err(unreadable)
    }
}

impl Render for Parquet {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), CliError> {
        self.0.write(batch).map_err(unreadable)
    }

    fn finish(self: Box<Self>) -> Result<Sink, CliError> {
        self.0.into_inner().map_err(unreadable)
    }
}

/// Arrow IPC: the file format for a file, the stream format for a pipe.
pub(super) struct Arrow {
    schema: SchemaRef,
    writer: Ipc,
}

enum Ipc {
    File(FileWriter<Sink>),
    Stream(StreamWriter<Sink>),
}

impl Arrow {
    pub(super) fn new(schema: &SchemaRef, sink: Sink) -> Result<Self, CliError> {
        let schema = without_views(schema);
        let writer = if sink.is_file() {
            FileWriter::try_new(sink, &schema).map(Ipc::File)
        } else {
            StreamWriter::try_new(sink, &schema).map(Ipc::Stream)
        };
        Ok(Self {
            schema,
            writer: writer.map_err(unreadable)?,
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let fields = self.schema.fields().iter();
        let columns = batch
            .columns()
            .iter()
            .zip(fields)
            .map(|(column, field)| cast(column, field.data_type()));
        let batch =
            RecordBatch::try_new(Arc::clone(&self.schema), columns.collect::<Result<_, _>>()?)?;
        match &mut self.writer {
            Ipc::File(writer) => writer.write(&batch),
            Ipc::Stream(writer) => writer.write(&batch),
        }
    }
}

impl Render for Arrow {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), CliError> {
        self.write(batch).map_err(unreadable)
    }

    fn finish(self: Box<Self>) -> Result<Sink, CliError> {
        let sink = match self.writer {
            Ipc::File(writer) => writer.into_inner(),
            Ipc::Stream(writer) => writer.into_inner(),
        };
        sink.map_err(unreadable)
    }
}

/// The schema with plain text instead of text views, which some readers of Arrow do not know.
fn without_views(schema: &SchemaRef) -> SchemaRef {
    let plain = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8View => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8)),
        _ => Arc::clone(field),
    };
    Arc::new(Schema::new(
        schema.fields().iter().map(plain).collect::<Vec<_>>(),
    ))
}
