//! One file being decoded: what is counted on the way, and how to say where something is wrong.

use std::{borrow::Cow, collections::BTreeMap};

use curtail_store::{Anomaly, ColumnType, Money};

use super::{
    Conversion, FileTally, ObjectName,
    amount::{BadAmount, LIMIT, Rounding},
    column::{self, Column, NO_TIME},
    instant,
    run::Run,
};
use crate::IngestError;

/// Characters of a bad value that an error shows.
const SHOWN: usize = 40;

/// Counts and sums of one file.
#[derive(Debug)]
pub(super) struct FileState {
    object: ObjectName,
    pub(super) rows: u64,
    pub(super) decoded: u64,
    /// By column; nothing for those without a value.
    sums: Vec<Option<i128>>,
    pub(super) rounding: Rounding,
    pub(super) anomalies: BTreeMap<Anomaly, u64>,
}

/// A value that cannot be what its column holds.
#[derive(Debug)]
pub(super) enum BadValue {
    NoAmount,
    NoTime,
    TooLarge,
    /// The sum of the column does not fit any more.
    Sum,
    /// It would need a column that the table has no room for.
    NoColumn,
}

impl From<BadAmount> for BadValue {
    fn from(bad: BadAmount) -> Self {
        match bad {
            BadAmount::NotANumber => Self::NoAmount,
            BadAmount::TooLarge => Self::TooLarge,
        }
    }
}

impl FileState {
    pub(super) fn new(object: &ObjectName) -> Self {
        Self {
            object: object.clone(),
            rows: 0,
            decoded: 0,
            sums: Vec::new(),
            rounding: Rounding::default(),
            anomalies: BTreeMap::new(),
        }
    }

    /// Counts something odd.
    pub(super) fn note(&mut self, anomaly: Anomaly, times: u64) {
        if times > 0 {
            *self.anomalies.entry(anomaly).or_default() += times;
        }
    }

    /// Adds to the sum of a column.
    pub(super) fn add(&mut self, column: usize, units: i128) -> Result<(), BadValue> {
        if self.sums.len() <= column {
            self.sums.resize(column + 1, None);
        }
        let sum = self.sums[column].unwrap_or(0).checked_add(units);
        let sum = sum.filter(|sum| sum.unsigned_abs() < LIMIT);
        self.sums[column] = Some(sum.ok_or(BadValue::Sum)?);
        Ok(())
    }

    /// Adds what another part of the same file holds. Fails with the column whose sum does not fit.
    pub(super) fn merge(&mut self, other: Self) -> Result<(), (usize, BadValue)> {
        self.rows += other.rows;
        self.decoded += other.decoded;
        self.rounding.merge(other.rounding);
        for (anomaly, times) in other.anomalies {
            self.note(anomaly, times);
        }
        for (column, sum) in other.sums.into_iter().enumerate() {
            if let Some(sum) = sum {
                self.add(column, sum).map_err(|bad| (column, bad))?;
            }
        }
        Ok(())
    }

    /// Sets one value, given as text that is not empty, of a column that is no map.
    pub(super) fn set_text(
        &mut self,
        run: &mut Run,
        number: usize,
        row: usize,
        text: &[u8],
    ) -> Result<(), BadValue> {
        match run.column_mut(number) {
            Column::Text(column) => column.set(row, text),
            Column::Amount(amounts) => {
                let value = amounts.parse(row, text, &mut self.rounding)?;
                self.add(number, value)?;
            }
            Column::Time(micros) => {
                column::set(
                    micros,
                    row,
                    instant::parse(text).ok_or(BadValue::NoTime)?,
                    NO_TIME,
                );
            }
            Column::Map(column) => {
                let cell = String::from_utf8_lossy(text);
                self.note(
                    Anomaly::InvalidUtf8,
                    u64::from(matches!(cell, Cow::Owned(_))),
                );
                match column.maps.number(&cell, &mut self.rounding)? {
                    Some(map) => column::set(&mut column.numbers, row, map, super::texts::NULL),
                    None => self.note(Anomaly::InvalidMap, 1),
                }
            }
        }
        Ok(())
    }

    /// The error for a bad value.
    pub(super) fn bad_value(
        &self,
        bad: &BadValue,
        line: u64,
        column: String,
        value: &[u8],
    ) -> IngestError {
        let object = self.object.to_string();
        let value = shorten(value);
        match bad {
            BadValue::NoAmount => IngestError::BadAmount {
                object,
                line,
                column,
                value,
            },
            BadValue::NoTime => IngestError::BadTimestamp {
                object,
                line,
                column,
                value,
            },
            BadValue::TooLarge => IngestError::AmountOverflow {
                object,
                line,
                column,
                value,
            },
            BadValue::Sum => IngestError::SumOverflow { object, column },
            BadValue::NoColumn => IngestError::too_many_columns(&self.object),
        }
    }

    /// Closes the file.
    pub(super) fn tally(self, conversion: &Conversion) -> FileTally {
        let names = conversion.registry.all();
        let sums = self.sums.iter().zip(&names).filter_map(|(sum, column)| {
            debug_assert!(
                sum.is_none() || column.column_type == ColumnType::Amount,
                "only amounts are summed"
            );
            sum.map(|sum| (column.name.clone(), Money::from_units(sum)))
        });
        FileTally {
            rows: self.rows,
            decoded_size: self.decoded,
            sums: sums.collect(),
        }
    }
}

/// The beginning of a value, for an error.
fn shorten(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
