//! Rows to bytes: every format that a command can print, batch by batch.
//!
//! CSV, JSON lines, JSON, Parquet and Arrow write each batch as it comes; a table and Markdown need all rows at once to
//! know how wide the columns are.

pub(crate) mod amounts;
mod columnar;
mod delimited;
mod intervals;
mod json;
mod sink;
mod table;
mod values;

use std::{fmt, io, path::Path};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use clap::ValueEnum;

pub(crate) use sink::Sink;
pub(crate) use values::Values;

use crate::error::CliError;

/// The formats of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns in a box; on a terminal, amounts are rounded to cents
    Table,
    /// Comma-separated values with a header row (RFC 4180)
    Csv,
    /// One array of objects
    Json,
    /// One object per line
    Ndjson,
    /// A Markdown table
    Markdown,
    /// An Apache Parquet file
    Parquet,
    /// Apache Arrow IPC: a file with -o, otherwise a stream
    Arrow,
}

impl Format {
    /// The format that a file's ending asks for.
    pub(crate) fn of_path(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "txt" => Self::Table,
            "csv" => Self::Csv,
            "json" => Self::Json,
            "ndjson" | "jsonl" => Self::Ndjson,
            "md" | "markdown" => Self::Markdown,
            "parquet" => Self::Parquet,
            "arrow" | "feather" | "ipc" => Self::Arrow,
            _ => return None,
        })
    }

    fn is_binary(self) -> bool {
        matches!(self, Self::Parquet | Self::Arrow)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("no format is hidden");
        f.pad(value.get_name())
    }
}

/// Writes rows in one format; rows come in batches of one schema.
trait Render {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), CliError>;
    fn finish(self: Box<Self>) -> Result<Sink, CliError>;
}

/// Rows on their way to where they were asked to go.
pub(crate) struct Renderer {
    render: Box<dyn Render>,
    rows: u64,
}

impl Renderer {
    /// Rows of `schema` in `format` into `sink`.
    pub(crate) fn new(format: Format, schema: &SchemaRef, sink: Sink) -> Result<Self, CliError> {
        if format.is_binary() && sink.is_terminal() {
            return Err(CliError::BinaryOnTerminal(format));
        }
        let render: Box<dyn Render> = match format {
            Format::Table => Box::new(table::Table::new(schema, sink)),
            Format::Markdown => Box::new(table::Markdown::new(schema, sink)),
            Format::Csv => Box::new(delimited::Csv::new(schema, sink)),
            Format::Json => Box::new(json::Json::array(schema, sink)?),
            Format::Ndjson => Box::new(json::Json::lines(schema, sink)),
            Format::Parquet => Box::new(columnar::Parquet::new(schema, sink)?),
            Format::Arrow => Box::new(columnar::Arrow::new(schema, sink)?),
        };
        Ok(Self { render, rows: 0 })
    }

    /// Writes these rows, or keeps them if the format needs all rows first.
    pub(crate) fn batch(&mut self, batch: &RecordBatch) -> Result<(), CliError> {
        self.rows += batch.num_rows() as u64;
        self.render.batch(batch)
    }

    /// Writes what is left and makes a file visible under its name. Returns the number of rows.
    pub(crate) fn finish(self) -> Result<u64, CliError> {
        self.render.finish()?.finish()?;
        Ok(self.rows)
    }
}

/// The error of a batch that could not be turned into text.
pub(crate) fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CliError {
    CliError::Render(io::Error::other(error))
}
