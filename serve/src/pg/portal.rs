//! Statements that run, and what is left of their rows.

use std::{collections::HashMap, io, sync::Arc};

use arrow::{
    array::{ArrayRef, RecordBatch, StringArray},
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef},
    error::ArrowError,
};
use datafusion::scalar::ScalarValue;
use futures::{StreamExt, stream, stream::BoxStream};
use tokio::{io::AsyncWrite, time::Instant};

use super::{
    copy::Copy,
    encode::{Column, Format, Values},
    fail::Failure,
    prepared::Prepared,
    reply::{Replies, count},
};
use crate::{Rows, ServeError};

/// Why a statement did not end well.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The client is told, and goes on.
    Failed(Box<Failure>),
    /// There is no client any more.
    Gone(io::Error),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Gone(error)
    }
}

/// A statement with its values, which may have begun to run.
#[derive(Debug)]
pub(super) struct Portal {
    pub(super) prepared: Arc<Prepared>,
    pub(super) values: HashMap<String, ScalarValue>,
    /// How the columns of its rows are sent.
    pub(super) formats: Formats,
    /// Its rows, once it runs.
    pub(super) source: Option<Source>,
    /// Whether it outlives its transaction.
    pub(super) hold: bool,
}

/// How columns are sent: none given is text, one holds for all.
#[derive(Clone, Debug, Default)]
pub(super) struct Formats(Vec<Format>);

impl Formats {
    /// As a client gives them.
    pub(super) fn new(codes: &[i16]) -> Result<Self, Failure> {
        let formats = codes.iter().map(|code| match code {
            0 => Ok(Format::Text),
            1 => Ok(Format::Binary),
            other => Err(Failure::new(
                "08P01",
                format!("invalid format code: {other}"),
            )),
        });
        Ok(Self(formats.collect::<Result<_, _>>()?))
    }

    /// That of a column.
    pub(super) fn of(&self, place: usize) -> Format {
        match self.0.as_slice() {
            [] => Format::Text,
            [all] => *all,
            each => each.get(place).copied().unwrap_or(Format::Text),
        }
    }

    /// All in binary.
    pub(super) fn binary() -> Self {
        Self(vec![Format::Binary])
    }

    /// Whether none was given.
    pub(super) fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    /// How many columns they are for, if not for any number.
    pub(super) fn count(&self) -> Option<usize> {
        (self.0.len() > 1).then_some(self.0.len())
    }
}

/// Rows that come, and how far they were sent.
pub(super) struct Source {
    pub(super) columns: Arc<[Column]>,
    schema: SchemaRef,
    batches: BoxStream<'static, Result<RecordBatch, ServeError>>,
    deadline: Option<Instant>,
    /// What was taken from the stream and not all sent yet.
    current: Option<Batch>,
    /// What goes before the first row, in one message with it.
    pub(super) before: Vec<u8>,
    done: bool,
}

struct Batch {
    values: Vec<Values>,
    rows: usize,
    next: usize,
}

/// In which form rows are sent.
#[derive(Clone, Copy)]
pub(super) enum Form<'a> {
    Rows(&'a Formats),
    Copy(&'a Copy),
    /// They are passed over.
    Nothing,
}

impl Source {
    /// The rows of a statement whose columns clients were told before.
    pub(super) fn of(rows: Rows, columns: &Arc<[Column]>, schema: &SchemaRef) -> Self {
        Self {
            columns: Arc::clone(columns),
            schema: Arc::clone(schema),
            deadline: rows.deadline(),
            batches: rows.boxed(),
            current: None,
            before: Vec::new(),
            done: false,
        }
    }

    /// Rows of text that are there already.
    pub(super) fn of_texts(names: &[&str], rows: &[Vec<String>]) -> Self {
        let fields = names
            .iter()
            .map(|name| Field::new(*name, DataType::Utf8, false));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let columns = (0..names.len()).map(|column| {
            let texts = rows.iter().map(|row| row.get(column).map(String::as_str));
            let texts: StringArray = texts.map(|text| Some(text.unwrap_or_default())).collect();
            Arc::new(texts) as ArrayRef
        });
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns.collect());
        let batches = batch.ok().into_iter().map(Ok);
        Self {
            columns: schema
                .fields()
                .iter()
                .map(|field| Column::of(field))
                .collect(),
            schema,
            batches: stream::iter(batches).boxed(),
            deadline: None,
            current: None,
            before: Vec::new(),
            done: false,
        }
    }

    /// Whether all rows were sent.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Sends the next rows, at most so many. Returns how many there were.
    pub(super) async fn send<W: AsyncWrite + Unpin>(
        &mut self,
        replies: &mut Replies<W>,
        form: Form<'_>,
        most: Option<usize>,
        failed: impl Fn(&ServeError) -> Failure,
    ) -> Result<usize, Trouble> {
        replies.deadline = self.deadline;
        let sent = self.rows(replies, form, most, failed).await;
        replies.deadline = None;
        sent
    }

    async fn rows<W: AsyncWrite + Unpin>(
        &mut self,
        replies: &mut Replies<W>,
        form: Form<'_>,
        most: Option<usize>,
        failed: impl Fn(&ServeError) -> Failure,
    ) -> Result<usize, Trouble> {
        let mut sent = 0;
        while most.is_none_or(|most| sent < most) {
            let Some(batch) = &mut self.current else {
                if self.done {
                    break;
                }
                match self.batches.next().await {
                    Some(Ok(batch)) => {
                        let batch = self.batch(&batch);
                        let wrong = |error: ArrowError| Failure::new("XX000", error.to_string());
                        self.current = Some(batch.map_err(wrong)?);
                    }
                    Some(Err(error)) => {
                        self.done = true;
                        return Err(failed(&error).into());
                    }
                    None => {
                        self.done = true;
                        break;
                    }
                }
                continue;
            };
            if batch.next >= batch.rows {
                self.current = None;
                continue;
            }
            let (row, values) = (batch.next, &batch.values);
            match form {
                Form::Rows(formats) => replies.message(b'D', |out| {
                    count(values.len(), out);
                    for (place, values) in values.iter().enumerate() {
                        values.put(row, formats.of(place), out);
                    }
                }),
                Form::Nothing => {}
                Form::Copy(copy) => {
                    let before = std::mem::take(&mut self.before);
                    replies.message(b'd', |out| {
                        out.extend(before);
                        copy.row(values, row, out);
                    });
                }
            }
            batch.next += 1;
            sent += 1;
            replies.flush_if_much().await?;
        }
        Ok(sent)
    }

    fn batch(&self, batch: &RecordBatch) -> Result<Batch, ArrowError> {
        let described = self.schema.fields().iter().zip(self.columns.iter());
        let values = described
            .zip(batch.columns())
            .map(|((field, column), array)| {
                // Plans may come to other types than those that were told; clients rely on what they were told.
                let actual = Field::new("", array.data_type().clone(), true);
                let actual = actual.with_metadata(field.metadata().clone());
                if Column::of(&actual).kind == column.kind {
                    Values::new(array, column.kind)
                } else {
                    Values::new(&cast(array, field.data_type())?, column.kind)
                }
            });
        Ok(Batch {
            values: values.collect::<Result<_, _>>()?,
            rows: batch.num_rows(),
            next: 0,
        })
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("columns", &self.columns)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}
