//! Handles of prepared statements.
//!
//! A handle says all that there is to know: the statement, and the values that were bound to it. So the server keeps nothing for a
//! client that may never come back, a restart loses nothing, and behind a load balancer any server may be asked next. A handle grants
//! nothing: its statement runs as whoever sends it.

use arrow::{array::RecordBatch, datatypes::Schema, error::ArrowError, ipc};
use prost::Message;

/// Rows of values that a statement may be given.
const ROWS: usize = 1;
/// The most that a handle may hold; it comes back with every request.
const LARGEST: usize = 1 << 20;

/// A prepared statement.
#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct Handle {
    /// What it is in.
    #[prost(uint32, tag = "1")]
    version: u32,
    /// The statement as it was written.
    #[prost(string, tag = "2")]
    pub(super) sql: String,
    /// The values that are bound, as a stream of Arrow.
    #[prost(bytes = "vec", tag = "3")]
    bound: Vec<u8>,
}

/// Why a handle is none, or takes no such values.
#[derive(Debug, thiserror::Error)]
pub(super) enum HandleError {
    /// Not one of ours.
    #[error("this is no handle of a prepared statement: prepare the statement again")]
    Foreign,
    /// Several rows of values.
    #[error(
        "{0} rows of values were bound, and a statement is run once: bind one row and run it, then the next"
    )]
    Rows(usize),
    /// Too much to send back and forth.
    #[error("the statement and its values take {0} bytes, and {LARGEST} is the most")]
    TooLarge(usize),
    /// The values are no stream of Arrow.
    #[error("the values cannot be read: {0}")]
    Values(#[from] ArrowError),
}

/// How handles are written; another way would be another version.
const VERSION: u32 = 1;

impl Handle {
    /// A statement to which nothing is bound.
    pub(super) fn new(sql: String) -> Self {
        Self {
            version: VERSION,
            sql,
            bound: Vec::new(),
        }
    }

    /// The one that a client sent.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, HandleError> {
        let handle = Self::decode(bytes).map_err(|_| HandleError::Foreign)?;
        if handle.version == VERSION {
            Ok(handle)
        } else {
            Err(HandleError::Foreign)
        }
    }

    /// What clients are given.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, HandleError> {
        let bytes = self.encode_to_vec();
        if bytes.len() > LARGEST {
            Err(HandleError::TooLarge(bytes.len()))
        } else {
            Ok(bytes)
        }
    }

    /// The same statement with these values, in the place of any before.
    pub(super) fn bind(
        &self,
        schema: &Schema,
        values: &[RecordBatch],
    ) -> Result<Self, HandleError> {
        let rows = values.iter().map(RecordBatch::num_rows).sum();
        if rows > ROWS {
            return Err(HandleError::Rows(rows));
        }
        let mut bound = Vec::new();
        if rows > 0 && !schema.fields().is_empty() {
            let mut writer = ipc::writer::StreamWriter::try_new(&mut bound, schema)?;
            for batch in values {
                writer.write(batch)?;
            }
            writer.finish()?;
        }
        Ok(Self {
            bound,
            ..self.clone()
        })
    }

    /// The values that are bound: one row, if there are any.
    pub(super) fn values(&self) -> Result<Option<RecordBatch>, HandleError> {
        if self.bound.is_empty() {
            return Ok(None);
        }
        let reader = ipc::reader::StreamReader::try_new(self.bound.as_slice(), None)?;
        for batch in reader {
            let batch = batch?;
            if batch.num_rows() > 0 {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, StringArray};

    use super::*;

    fn values(rows: usize) -> RecordBatch {
        let column: ArrayRef = Arc::new(StringArray::from(vec!["AmazonEC2"; rows]));
        RecordBatch::try_from_iter([("0", column)]).unwrap()
    }

    #[test]
    fn a_handle_carries_its_statement_and_values() {
        let handle = Handle::new("SELECT ?".to_owned());
        let row = values(1);
        let bound = handle
            .bind(&row.schema(), std::slice::from_ref(&row))
            .unwrap();

        let again = Handle::read(&bound.bytes().unwrap()).unwrap();

        assert_eq!(again.sql, "SELECT ?");
        assert_eq!(again.values().unwrap(), Some(row));
        assert_eq!(handle.values().unwrap(), None);
    }

    #[test]
    fn values_bound_anew_take_the_place_of_earlier_ones() {
        let row = values(1);
        let bound = Handle::new("SELECT ?".to_owned())
            .bind(&row.schema(), &[row])
            .unwrap();
        let none = bound.bind(&Schema::empty(), &[]).unwrap();
        assert_eq!(none.values().unwrap(), None);
    }

    #[test]
    fn several_rows_are_refused() {
        let rows = values(2);
        let refused = Handle::new("SELECT ?".to_owned()).bind(&rows.schema(), &[rows]);
        assert!(matches!(refused, Err(HandleError::Rows(2))), "{refused:?}");
    }

    #[test]
    fn what_is_no_handle_is_refused() {
        for bytes in [&b""[..], b"\xff\xff", b"prepared-1"] {
            let refused = Handle::read(bytes);
            assert!(matches!(refused, Err(HandleError::Foreign)), "{refused:?}");
        }
        let spoilt = Handle {
            bound: b"no arrow".to_vec(),
            ..Handle::new("SELECT ?".to_owned())
        };
        assert!(matches!(spoilt.values(), Err(HandleError::Values(_))));
    }

    #[test]
    fn a_handle_has_a_largest_size() {
        let long = Handle::new("x".repeat(LARGEST + 1));
        assert!(matches!(long.bytes(), Err(HandleError::TooLarge(_))));
    }
}
