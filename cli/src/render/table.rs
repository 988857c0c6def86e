//! Tables for people: boxes and Markdown.

use std::{io::Write, sync::Arc};

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, SchemaRef},
};
use comfy_table::{Cell, CellAlignment, ContentArrangement, presets};

use super::{
    Render, Sink, amounts, unreadable,
    values::{Values, is_number},
};
use crate::error::CliError;

/// All rows as text, with which columns are numbers.
struct Rows {
    schema: SchemaRef,
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn new(schema: &SchemaRef) -> Self {
        Self {
            schema: Arc::clone(schema),
            rows: Vec::new(),
        }
    }

    fn push(&mut self, batch: &RecordBatch) -> Result<(), CliError> {
        let columns = batch.columns().iter().map(Values::new);
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        let mut text = Vec::new();
        for row in 0..batch.num_rows() {
            let mut cells = Vec::with_capacity(columns.len());
            for column in &columns {
                text.clear();
                column.plain(row, &mut text).map_err(CliError::Render)?;
                cells.push(String::from_utf8_lossy(&text).into_owned());
            }
            self.rows.push(cells);
        }
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        self.schema.fields().iter().map(|field| field.name())
    }

    fn is_number(&self, column: usize) -> bool {
        is_number(self.schema.field(column).data_type())
    }

    fn is_amount(&self, column: usize) -> bool {
        matches!(self.schema.field(column).data_type(), DataType::Decimal128(_, scale) if *scale > 0)
    }
}

/// Aligned columns in a box. Exact and complete when piped; on a terminal, amounts are rounded to cents.
pub(super) struct Table {
    rows: Rows,
    sink: Sink,
}

impl Table {
    pub(super) fn new(schema: &SchemaRef, sink: Sink) -> Self {
        Self {
            rows: Rows::new(schema),
            sink,
        }
    }
}

impl Render for Table {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), CliError> {
        self.rows.push(batch)
    }

    fn finish(mut self: Box<Self>) -> Result<Sink, CliError> {
        let terminal = self.sink.terminal();
        let rows = &self.rows;
        let mut table = comfy_table::Table::new();
        table
            .load_preset(presets::UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Disabled);
        let bold = terminal.is_some_and(|terminal| terminal.colour);
        table.set_header(rows.names().map(|name| Cell::new(visible(name))));
        for row in &rows.rows {
            table.add_row(row.iter().enumerate().map(|(column, text)| {
                if terminal.is_some() && rows.is_amount(column) {
                    return Cell::new(amounts::rounded(text));
                }
                Cell::new(visible(text))
            }));
        }
        for column in (0..rows.schema.fields().len()).filter(|&column| rows.is_number(column)) {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let write = |sink: &mut Sink| {
            for (position, line) in table.lines().enumerate() {
                // Below the upper border stand the names of the columns.
                if bold && position == 1 {
                    writeln!(sink, "\x1b[1m{line}\x1b[0m")?;
                } else {
                    writeln!(sink, "{line}")?;
                }
            }
            Ok(())
        };
        write(&mut self.sink).map_err(CliError::Render)?;
        Ok(self.sink)
    }
}

/// Text with its control characters spelled out: a tag's value must not steer a terminal or break a line.
fn visible(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    let spell = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(spell).collect()
}

/// A Markdown table.
pub(super) struct Markdown {
    rows: Rows,
    sink: Sink,
}

impl Markdown {
    pub(super) fn new(schema: &SchemaRef, sink: Sink) -> Self {
        Self {
            rows: Rows::new(schema),
            sink,
        }
    }
}

impl Render for Markdown {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), CliError> {
        self.rows.push(batch)
    }

    fn finish(mut self: Box<Self>) -> Result<Sink, CliError> {
        let rows = &self.rows;
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = line(rows.names().map(|name| escaped(name)).collect());
        let rule = |column| {
            if rows.is_number(column) {
                "---:"
            } else {
                "---"
            }
            .to_owned()
        };
        text.push_str(&line((0..rows.schema.fields().len()).map(rule).collect()));
        for row in &rows.rows {
            text.push_str(&line(row.iter().map(|cell| escaped(cell)).collect()));
        }
        self.sink
            .write_all(text.as_bytes())
            .map_err(CliError::Render)?;
        Ok(self.sink)
    }
}

/// Text as one cell of a Markdown table.
fn escaped(text: &str) -> String {
    let text = text
        .replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace("\r\n", "<br>")
        .replace('\n', "<br>");
    visible(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_cannot_reach_the_terminal() {
        assert_eq!(visible("red \u{1b}[31m\nnext"), "red \\u{1b}[31m\\nnext");
        assert_eq!(visible("Zürich"), "Zürich");
    }

    #[test]
    fn markdown_cells_stay_in_their_cell() {
        assert_eq!(escaped("a|b\nc"), "a\\|b<br>c");
    }
}
