//! Rows that a command makes itself, as record batches, so that they print in every format.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, Decimal128Array, Float64Array, RecordBatch, StringArray,
        TimestampMicrosecondArray, UInt64Array,
    },
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
};
use chrono::{DateTime, Utc};
use curtail_store::{MONEY_PRECISION, MONEY_SCALE, Money};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Count,
    Amount,
    Seconds,
    Time,
}

impl Kind {
    fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Count => DataType::UInt64,
            Self::Amount => DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE),
            Self::Seconds => DataType::Float64,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Text(String),
    Count(u64),
    Amount(Money),
    Seconds(f64),
    Time(DateTime<Utc>),
}

impl Cell {
    /// These texts in one cell; NULL if there are none.
    pub(crate) fn listed(texts: &[impl AsRef<str>], separator: &str) -> Self {
        let texts: Vec<_> = texts.iter().map(AsRef::as_ref).collect();
        if texts.is_empty() {
            Self::Null
        } else {
            Self::Text(texts.join(separator))
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<Money> for Cell {
    fn from(amount: Money) -> Self {
        Self::Amount(amount)
    }
}

impl From<DateTime<Utc>> for Cell {
    fn from(time: DateTime<Utc>) -> Self {
        Self::Time(time)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The schema of these columns.
pub(crate) fn schema(columns: &[(&str, Kind)]) -> SchemaRef {
    let fields = columns
        .iter()
        .map(|(name, kind)| Field::new(*name, kind.arrow(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Rows of [`schema`] as one batch. A value that is not of its column's kind is a defect of the caller.
pub(crate) fn batch(columns: &[(&str, Kind)], rows: &[Vec<Cell>]) -> RecordBatch {
    let column = |(position, (_, kind)): (usize, &(&str, Kind))| -> ArrayRef {
        let cells = rows.iter().map(|row| &row[position]);
        macro_rules! collect {
            ($array:ty, $variant:ident, $value:expr) => {
                cells
                    .map(|cell| match cell {
                        Cell::$variant(value) => Some($value(value)),
                        _ => None,
                    })
                    .collect::<$array>()
            };
        }
        match kind {
            Kind::Text => Arc::new(collect!(StringArray, Text, String::as_str)),
            Kind::Count => Arc::new(collect!(UInt64Array, Count, |count: &u64| *count)),
            Kind::Seconds => Arc::new(collect!(Float64Array, Seconds, |seconds: &f64| *seconds)),
            Kind::Amount => {
                let amounts = collect!(Decimal128Array, Amount, |amount: &Money| amount.units());
                let amounts = amounts.with_precision_and_scale(MONEY_PRECISION, MONEY_SCALE);
                Arc::new(amounts.expect("the scale of amounts is a valid one"))
            }
            Kind::Time => {
                let times = collect!(TimestampMicrosecondArray, Time, |time: &DateTime<Utc>| time
                    .timestamp_micros());
                Arc::new(times.with_timezone("UTC"))
            }
        }
    };
    let arrays = columns.iter().enumerate().map(column).collect();
    RecordBatch::try_new(schema(columns), arrays).expect("every row has a value for every column")
}
