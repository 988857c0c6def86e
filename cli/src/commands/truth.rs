//! Holding answers against the generator's own sums.

use arrow::array::RecordBatch;
use curtail_testdata::{Breakdown, Totals};

use crate::{
    error::CliError,
    render::{self, Values},
};

/// The name of what has no value.
pub(super) const NONE: &str = "(none)";

/// Every row of `rows` (a dimension, then metrics, then the currency) must be in `truth` with the same digits, and the other
/// way round as far as `truth` goes.
pub(super) fn check(
    dimension: &str,
    rows: &RecordBatch,
    truth: &Breakdown,
) -> Result<(), CliError> {
    let expected = truth.distinct + u64::from(truth.values.contains_key(NONE));
    if rows.num_rows() as u64 != expected {
        return Err(untrue(
            format!("the number of values of {dimension}"),
            &rows.num_rows(),
            &expected,
        ));
    }
    let table = Table::new(rows)?;
    let mut seen = 0;
    for row in 0..rows.num_rows() {
        let value = table.text(0, row)?.unwrap_or_default();
        if let Some(totals) = truth.values.get(&value) {
            seen += 1;
            table.check(row, &format!("of {dimension} `{value}`"), totals)?;
        }
    }
    if seen != truth.values.len() {
        return Err(untrue(
            format!("the number of known values of {dimension}"),
            &seen,
            &truth.values.len(),
        ));
    }
    Ok(())
}

/// The only row must have the sums of `truth`.
pub(super) fn check_total(rows: &RecordBatch, truth: &Totals) -> Result<(), CliError> {
    if rows.num_rows() != 1 {
        return Err(untrue(
            "the number of totals".to_owned(),
            &rows.num_rows(),
            &1,
        ));
    }
    Table::new(rows)?.check(0, "over all", truth)
}

/// The row whose first column is `value`.
pub(super) fn position(rows: &RecordBatch, value: &str) -> Result<Option<u64>, CliError> {
    let table = Table::new(rows)?;
    for row in 0..rows.num_rows() {
        if table.text(0, row)?.as_deref() == Some(value) {
            return Ok(Some(row as u64));
        }
    }
    Ok(None)
}

struct Table<'a> {
    rows: &'a RecordBatch,
    columns: Vec<Values>,
}

impl<'a> Table<'a> {
    fn new(rows: &'a RecordBatch) -> Result<Self, CliError> {
        let columns = rows
            .columns()
            .iter()
            .map(Values::new)
            .collect::<Result<_, _>>();
        Ok(Self {
            rows,
            columns: columns.map_err(render::unreadable)?,
        })
    }

    fn text(&self, column: usize, row: usize) -> Result<Option<String>, CliError> {
        let values = &self.columns[column];
        if values.is_null(row) {
            return Ok(None);
        }
        let mut text = Vec::new();
        values.plain(row, &mut text).map_err(CliError::Render)?;
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    fn check(&self, row: usize, of: &str, truth: &Totals) -> Result<(), CliError> {
        let metrics = [
            ("unblended_cost", &truth.unblended_cost),
            ("amortized_cost", &truth.amortized_cost),
            ("net_unblended_cost", &truth.net_unblended_cost),
            ("net_amortized_cost", &truth.net_amortized_cost),
            ("blended_cost", &truth.blended_cost),
            ("list_cost", &truth.list_cost),
            ("usage_amount", &truth.usage_amount),
        ];
        for (name, expected) in metrics {
            let column = self
                .rows
                .schema()
                .index_of(name)
                .map_err(render::unreadable)?;
            let found = self.text(column, row)?;
            if found != *expected {
                let shown =
                    |value: &Option<String>| value.clone().unwrap_or_else(|| "NULL".to_owned());
                return Err(untrue(
                    format!("{name} {of}"),
                    &shown(&found),
                    &shown(expected),
                ));
            }
        }
        Ok(())
    }
}

fn untrue(what: String, found: &dyn ToString, truth: &dyn ToString) -> CliError {
    CliError::Untrue {
        what,
        found: found.to_string(),
        truth: truth.to_string(),
    }
}
