//! Rows of a catalog's table, cell by cell.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{
            ArrayRef, BooleanArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array,
            RecordBatch, StringArray, TimestampMicrosecondArray, new_null_array,
        },
        datatypes::{DataType, Field},
    },
    error::Result,
};

use super::relations::Own;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    /// Microseconds since 1970.
    Time(i64),
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Cell {
    fn from(value: Option<&str>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// Rows of one relation.
#[derive(Debug)]
pub(super) struct Rows {
    own: &'static Own,
    /// By column.
    cells: Vec<Vec<Cell>>,
}

impl Rows {
    pub(super) fn of(own: &'static Own) -> Self {
        Self {
            own,
            cells: vec![Vec::new(); own.columns.len()],
        }
    }

    /// Adds a row of these values. Columns that are not among them are false, zero or, if that may be, NULL.
    pub(super) fn push(&mut self, values: &[(&str, Cell)]) {
        for ((name, of), cells) in self.own.columns.iter().zip(&mut self.cells) {
            let told = values.iter().find(|(column, _)| column == name);
            let told = told.map(|(_, cell)| cell.clone());
            cells.push(told.unwrap_or_else(|| absent(of)));
        }
        debug_assert!(
            values
                .iter()
                .all(|(name, _)| self.own.type_of(name).is_some()),
            "{} has not all of {values:?}",
            self.own.name
        );
    }

    /// The rows as a batch.
    pub(super) fn batch(self) -> Result<RecordBatch> {
        let columns = self.own.fields.fields().iter().zip(&self.cells);
        let columns = columns.map(|(field, cells)| array(field, cells)).collect();
        Ok(RecordBatch::try_new(Arc::clone(&self.own.fields), columns)?)
    }
}

fn absent(of: &str) -> Cell {
    match of {
        "bool" => Cell::Bool(false),
        "oid" | "int2" | "int4" | "int8" | "xid" => Cell::Number(0),
        "char" => Cell::from(""),
        "regproc" => Cell::from("-"),
        _ => Cell::Null,
    }
}

fn array(field: &Field, cells: &[Cell]) -> ArrayRef {
    let numbers = || {
        cells.iter().map(|cell| match cell {
            Cell::Number(number) => Some(*number),
            _ => None,
        })
    };
    let times = || {
        cells.iter().map(|cell| match cell {
            Cell::Time(time) => Some(*time),
            _ => None,
        })
    };
    match field.data_type() {
        DataType::Boolean => {
            let values = cells.iter().map(|cell| match cell {
                Cell::Bool(value) => Some(*value),
                _ => None,
            });
            Arc::new(values.collect::<BooleanArray>())
        }
        DataType::Int16 => {
            let values = numbers().map(|number| i16::try_from(number?).ok());
            Arc::new(values.collect::<Int16Array>())
        }
        DataType::Int32 => {
            let values = numbers().map(|number| i32::try_from(number?).ok());
            Arc::new(values.collect::<Int32Array>())
        }
        DataType::Int64 => Arc::new(numbers().collect::<Int64Array>()),
        DataType::Float32 => {
            let values = numbers().map(|number| Some(f32::from(i16::try_from(number?).ok()?)));
            Arc::new(values.collect::<Float32Array>())
        }
        DataType::Float64 => {
            let values = numbers().map(|number| Some(f64::from(i32::try_from(number?).ok()?)));
            Arc::new(values.collect::<Float64Array>())
        }
        DataType::Timestamp(_, zone) => {
            let values = times().collect::<TimestampMicrosecondArray>();
            Arc::new(values.with_timezone_opt(zone.clone()))
        }
        DataType::Utf8 => {
            let values = cells.iter().map(|cell| match cell {
                Cell::Text(text) => Some(text.as_str()),
                _ => None,
            });
            Arc::new(values.collect::<StringArray>())
        }
        // No row tells anything of these, lists among them.
        other => new_null_array(other, cells.len()),
    }
}
