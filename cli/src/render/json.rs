//! JSON, written by hand so that amounts are numbers with all their digits.

use std::io::Write;

use arrow::{array::RecordBatch, datatypes::SchemaRef};

use super::{
    Render, Sink, unreadable,
    values::{Values, quote},
};
use crate::error::CliError;

/// JSON objects: in one array, or one per line.
pub(super) struct Json {
    sink: Sink,
    names: Vec<Vec<u8>>,
    array: bool,
    first: bool,
    line: Vec<u8>,
}

impl Json {
    /// One array of objects, one object per line of it.
    pub(super) fn array(schema: &SchemaRef, mut sink: Sink) -> Result<Self, CliError> {
        sink.write_all(b"[").map_err(CliError::Render)?;
        Ok(Self {
            array: true,
            ..Self::lines(schema, sink)
        })
    }

    /// One object per line.
    pub(super) fn lines(schema: &SchemaRef, sink: Sink) -> Self {
        let name = |name: &str| {
            let mut text = Vec::new();
            quote(name, &mut text).expect("a vector takes all that is written");
            text
        };
        let names = schema
            .fields()
            .iter()
            .map(|field| name(field.name()))
            .collect();
        Self {
            sink,
            names,
            array: false,
            first: true,
            line: Vec::new(),
        }
    }
}

impl Render for Json {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), CliError> {
        let columns = batch.columns().iter().map(Values::new);
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        for row in 0..batch.num_rows() {
            self.line.clear();
            if self.array {
                self.line
                    .extend_from_slice(if self.first { b"\n  " } else { b",\n  " });
            }
            self.first = false;
            self.line.push(b'{');
            for (position, (name, column)) in self.names.iter().zip(&columns).enumerate() {
                if position > 0 {
                    self.line.push(b',');
                }
                self.line.extend_from_slice(name);
                self.line.push(b':');
                column.json(row, &mut self.line).map_err(CliError::Render)?;
            }
            self.line.push(b'}');
            if !self.array {
                self.line.push(b'\n');
            }
            self.sink.write_all(&self.line).map_err(CliError::Render)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Sink, CliError> {
        if self.array {
            let end: &[u8] = if self.first { b"]\n" } else { b"\n]\n" };
            self.sink.write_all(end).map_err(CliError::Render)?;
        }
        Ok(self.sink)
    }
}
