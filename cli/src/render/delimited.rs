//! CSV as RFC 4180 has it.

use std::io::Write;

use arrow::{array::RecordBatch, datatypes::SchemaRef};

use super::{Render, Sink, unreadable, values::Values};
use crate::error::CliError;

/// Comma-separated values with a header row.
pub(super) struct Csv {
    sink: Sink,
    /// Written before the first row, or at the end: an interrupted query prints nothing rather than a header alone.
    header: Vec<u8>,
    line: Vec<u8>,
    field: Vec<u8>,
}

impl Csv {
    pub(super) fn new(schema: &SchemaRef, sink: Sink) -> Self {
        let mut header = Vec::new();
        let single = schema.fields().len() == 1;
        for (position, field) in schema.fields().iter().enumerate() {
            separate(position, &mut header);
            push(field.name().as_bytes(), single, &mut header);
        }
        header.extend_from_slice(b"\r\n");
        Self {
            sink,
            header,
            line: Vec::new(),
            field: Vec::new(),
        }
    }

    fn write_header(&mut self) -> Result<(), CliError> {
        let header = std::mem::take(&mut self.header);
        self.sink.write_all(&header).map_err(CliError::Render)
    }
}

impl Render for Csv {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), CliError> {
        let columns = batch.columns().iter().map(Values::new);
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        self.write_header()?;
        for row in 0..batch.num_rows() {
            self.line.clear();
            for (position, column) in columns.iter().enumerate() {
                separate(position, &mut self.line);
                self.field.clear();
                column
                    .plain(row, &mut self.field)
                    .map_err(CliError::Render)?;
                push(&self.field, columns.len() == 1, &mut self.line);
            }
            self.line.extend_from_slice(b"\r\n");
            self.sink.write_all(&self.line).map_err(CliError::Render)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Sink, CliError> {
        self.write_header()?;
        Ok(self.sink)
    }
}

fn separate(position: usize, line: &mut Vec<u8>) {
    if position > 0 {
        line.push(b',');
    }
}

/// Appends one field, quoted where it has to be. An empty field that stands alone is quoted too: an empty line would
/// be no record to many readers.
fn push(field: &[u8], alone: bool, line: &mut Vec<u8>) {
    let special = |byte: &u8| matches!(byte, b'"' | b',' | b'\n' | b'\r');
    let quoted = field.iter().any(special) || (alone && field.is_empty());
    if !quoted {
        line.extend_from_slice(field);
        return;
    }
    line.push(b'"');
    for &byte in field {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_only_what_needs_it() {
        let field = |text: &str, alone| {
            let mut line = Vec::new();
            push(text.as_bytes(), alone, &mut line);
            String::from_utf8(line).unwrap()
        };
        assert_eq!(field("plain text", false), "plain text");
        assert_eq!(field("a,b", false), "\"a,b\"");
        assert_eq!(field("say \"hi\"\n", false), "\"say \"\"hi\"\"\n\"");
        assert_eq!(field("", false), "");
        assert_eq!(field("", true), "\"\"");
    }
}
