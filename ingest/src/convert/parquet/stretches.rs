//! Columns of Parquet files that repeat together, as bundles.

use arrow::array::{Array, ArrayRef, RecordBatch};
use curtail_store::{Anomaly, ColumnType};

use super::{File, cache, values};
use crate::{
    IngestError,
    convert::{
        amount::Rounding,
        amounts::NO_AMOUNT,
        bundles::{Code, Flaws, Key},
        column::{Column, NO_TIME},
        file::BadValue,
        run::Run,
        texts::NULL,
    },
};

impl File<'_> {
    /// Takes in several columns at once, whose values repeat together.
    pub(super) fn take_stretches(
        &mut self,
        run: &mut Run,
        batch: &RecordBatch,
        item: usize,
        columns: &[usize],
    ) -> Result<(), IngestError> {
        let layout = columns.iter().map(|&bound| {
            let bound = &self.binding.columns[bound];
            (bound.column, bound.column_type)
        });
        let layout: Vec<(usize, ColumnType)> = layout.collect();
        let width = layout
            .iter()
            .map(|&(_, column_type)| Code::width(column_type))
            .sum();
        let rows = batch.num_rows();
        let mut codes = std::mem::take(&mut self.codes);
        codes.clear();
        codes.resize(rows * width, 0);
        let mut at = 0;
        for (&bound, &(_, column_type)) in columns.iter().zip(&layout) {
            let mut cells = codes
                .chunks_exact_mut(width)
                .map(|code| &mut code[at..at + Code::width(column_type)]);
            self.take_codes(run, batch, bound, &mut cells)?;
            at += Code::width(column_type);
        }
        let key = Key::Codes(layout);
        let bundles = run.bundles_of(&key);
        let bundles = &mut run.bundles[bundles];
        for (row, code) in codes.chunks_exact(width).enumerate() {
            let number = bundles.find(code).unwrap_or_else(|| {
                self.judge.is_new(item);
                let Key::Codes(layout) = &key else {
                    return NULL;
                };
                bundles.learn(code, Code::read(layout, code), Flaws::default())
            });
            bundles.set(run.rows + row, number);
        }
        self.codes = codes;
        Ok(())
    }

    /// Writes the values of a column to the bytes that each row has for them.
    fn take_codes(
        &mut self,
        run: &mut Run,
        batch: &RecordBatch,
        bound: usize,
        cells: &mut dyn Iterator<Item = &mut [u8]>,
    ) -> Result<(), IngestError> {
        let rows = batch.num_rows();
        let sources = self.binding.columns[bound].sources.clone();
        let number = self.binding.columns[bound].column;
        let filled = |array: &ArrayRef| array.null_count() < array.len();
        match run.column_mut(number) {
            Column::Text(column) => {
                let mut numbers = vec![NULL; rows];
                for source in sources {
                    let array = self.array(batch, source)?;
                    if filled(&array) {
                        let cache = cache(&mut self.caches, (number, source));
                        let done = values::texts(column, &array, cache, &mut numbers);
                        done.map_err(|row| self.bad(source, &array, &(row, BadValue::NoAmount)))?;
                    }
                }
                self.state
                    .note(Anomaly::InvalidUtf8, column.take_repaired());
                cells
                    .zip(numbers)
                    .for_each(|(cell, number)| cell.copy_from_slice(&number.to_le_bytes()));
            }
            Column::Amount(_) => {
                let mut all = vec![NO_AMOUNT; rows];
                for source in sources {
                    let array = self.array(batch, source)?;
                    let mut rounding = Rounding::default();
                    let done = values::amounts(&array, &mut rounding, |row, amount| {
                        if all[row] == NO_AMOUNT {
                            all[row] = amount.units();
                        }
                        Ok(())
                    });
                    self.state.rounding.merge(rounding);
                    done.map_err(|bad| self.bad(source, &array, &bad))?;
                }
                cells
                    .zip(all)
                    .for_each(|(cell, units)| cell.copy_from_slice(&units.to_le_bytes()));
            }
            Column::Time(_) => {
                let mut times = vec![NO_TIME; rows];
                for source in sources {
                    let array = self.array(batch, source)?;
                    if filled(&array) {
                        let done = values::times(&array, &mut times);
                        done.map_err(|bad| self.bad(source, &array, &bad))?;
                    }
                }
                cells
                    .zip(times)
                    .for_each(|(cell, time)| cell.copy_from_slice(&time.to_le_bytes()));
            }
            // Maps are no part of stretches.
            Column::Map(_) => {}
        }
        Ok(())
    }
}
