//! Rollups of runs put together: one row for each group, whatever runs its line items were in.

use std::collections::BTreeSet;

use curtail_store::{ColumnType, ReportKind, RollupName};
use rayon::prelude::*;

use super::{
    Rollup,
    grouping::Grouping,
    overflow,
    pieces::{Amounts, Piece},
    sums::{Summed, Sums},
    told_beside,
};
use crate::{
    IngestError,
    convert::{
        amounts::NO_AMOUNT,
        column::{self, Column, NO_TIME},
        order::{self, Sorted},
        registry::Registry,
        run::Run,
        texts::NULL,
    },
};

/// The rows of a rollup of several runs, in the order of files.
#[derive(Debug)]
pub(in crate::convert) struct Whole {
    /// The dimensions of all rows of all runs.
    run: Run,
    dimensions: Vec<usize>,
    extremes: Vec<usize>,
    /// For each row, one of the run's.
    examples: Vec<u32>,
    times: Option<(usize, Vec<i64>)>,
    sums: Sums,
}

impl Whole {
    /// That of these pieces of a rollup. Works on the rayon pool that it is called from.
    pub(in crate::convert) fn of(
        mut pieces: Vec<Piece>,
        kind: ReportKind,
        registry: &Registry,
    ) -> Result<Self, IngestError> {
        let run = run(&mut pieces, registry);
        let all = |columns: fn(&Piece) -> &[usize]| -> Vec<usize> {
            let columns = pieces.iter().flat_map(columns).copied();
            columns.collect::<BTreeSet<_>>().into_iter().collect()
        };
        let (dimensions, extremes) = (all(|it| &it.dimensions), all(|it| &it.extremes));
        let order = order::order(&run, kind, registry);
        let sorted = Sorted::new(&run, &order);
        let mut grouping = Grouping::default();
        let start = pieces.iter().find_map(|piece| piece.start);
        let times = start.map(|start| (start, sorted.times(start)));
        if let Some((_, times)) = &times {
            grouping.by_times(times);
        }
        grouping.by_columns(&dimensions, &sorted);
        let groups = grouping.groups(order.len());
        let mut of_rows = vec![0; order.len()];
        for (&row, &group) in order.iter().zip(&groups.of_rows) {
            of_rows[row as usize] = group;
        }
        let sums = sums(&pieces, &of_rows, groups.firsts.len(), &extremes);
        let firsts = || groups.firsts.iter().map(|&place| place as usize);
        Ok(Self {
            examples: firsts().map(|place| order[place]).collect(),
            times: times.map(|(start, times)| (start, firsts().map(|it| times[it]).collect())),
            sums: sums.map_err(|column| overflow(column, registry))?,
            dimensions,
            extremes,
            run,
        })
    }

    /// It as that of one run, and the run.
    pub(in crate::convert) fn rollup<'a>(&'a self, name: &'a RollupName) -> (&'a Run, Rollup<'a>) {
        let rollup = Rollup {
            name,
            dimensions: &self.dimensions,
            partly: Vec::new(),
            examples: self.examples.clone(),
            counts: &self.sums.counts,
            sums: &self.sums.columns,
            beside: told_beside(&self.extremes, &self.sums),
            times: self.times.clone(),
        };
        (&self.run, rollup)
    }
}

/// The pieces, each with how many rows come before.
fn placed(pieces: &[Piece]) -> impl Iterator<Item = (usize, &Piece)> {
    pieces.iter().scan(0, |before, piece| {
        let base = *before;
        *before += piece.rows();
        Some((base, piece))
    })
}

/// The dimensions of all rows, which the pieces do not have any longer.
fn run(pieces: &mut [Piece], registry: &Registry) -> Run {
    let mut run = Run::new(0);
    run.extend(registry);
    run.rows = pieces.iter().map(Piece::rows).sum();
    let texts = pieces.iter().flat_map(|piece| piece.texts.keys());
    let texts: BTreeSet<usize> = texts.copied().collect();
    let times = pieces.iter().flat_map(|piece| piece.times.keys());
    let times: BTreeSet<usize> = times.copied().collect();
    let of = &*pieces;
    let texts = texts.into_par_iter().map(|at| (at, column_of_text(of, at)));
    let times = times
        .into_par_iter()
        .map(|at| (at, column_of_times(of, at)));
    let columns: Vec<(usize, Column)> = texts.chain(times).collect();
    for (number, column) in columns {
        run.columns[number] = column;
    }
    for piece in pieces {
        piece.texts.clear();
        piece.times.clear();
    }
    run
}

fn column_of_text(pieces: &[Piece], number: usize) -> Column {
    let mut column = Column::new(ColumnType::Text, true);
    let Column::Text(texts) = &mut column else {
        return column;
    };
    for (base, piece) in placed(pieces) {
        let Some((coded, words)) = piece.texts.get(&number) else {
            continue;
        };
        let numbers: Vec<u32> = std::iter::once(NULL)
            .chain(words.iter().map(|text| texts.number(text)))
            .collect();
        let mut row = base;
        coded.each(|number| {
            if number != NULL {
                texts.set_number(row, numbers[number as usize]);
            }
            row += 1;
        });
    }
    column
}

fn column_of_times(pieces: &[Piece], number: usize) -> Column {
    let mut all = Vec::new();
    for (base, piece) in placed(pieces) {
        let times = piece.times.get(&number);
        let times = times.map(|coded| coded.values(NO_TIME)).unwrap_or_default();
        column::extend(&mut all, &times, base, NO_TIME);
    }
    Column::Time(all)
}

/// What rows in these groups add up to. Fails with a column whose sums do not fit.
fn sums(
    pieces: &[Piece],
    of_rows: &[u32],
    groups: usize,
    extremes: &[usize],
) -> Result<Sums, usize> {
    let mut all_counts = vec![0; groups];
    let mut counts = Vec::new();
    for (base, piece) in placed(pieces) {
        let of_piece = piece.counts.values(NO_TIME);
        for (&count, &group) in of_piece.iter().zip(&of_rows[base..]) {
            all_counts[group as usize] += count;
        }
        counts.push(of_piece);
    }
    let columns = pieces.iter().flat_map(|piece| piece.amounts.keys());
    let columns: BTreeSet<usize> = columns.copied().collect();
    let summed = columns.into_par_iter().map(|column| {
        let mut summed = Summed::new(column, groups);
        let looked = extremes.contains(&column);
        if looked {
            summed.extremes();
        }
        for ((base, piece), counts) in placed(pieces).zip(&counts) {
            if let Some(amounts) = piece.amounts.get(&column) {
                let of_rows = &of_rows[base..];
                add(&mut summed, amounts, counts, of_rows, looked).ok_or(column)?;
            }
        }
        Ok::<_, usize>(summed)
    });
    Ok(Sums {
        columns: summed.collect::<Result<_, _>>()?,
        counts: all_counts,
    })
}

/// Adds what a piece, whose rows have these counts and groups, tells of a column. `None` if a sum does not fit.
fn add(
    summed: &mut Summed,
    amounts: &Amounts,
    counts: &[i64],
    of_rows: &[u32],
    extremes: bool,
) -> Option<()> {
    let nulls = amounts.nulls.as_ref().map(|coded| coded.values(NO_TIME));
    let units = |units: &Option<_>| units.as_ref().map(super::packed::Units::values);
    let (least, most) = (units(&amounts.least), units(&amounts.most));
    let told = |of: &Option<Vec<i128>>, row: usize, otherwise: i128| {
        let told = of.as_ref().map(|of| of[row]);
        told.filter(|&told| told != NO_AMOUNT).unwrap_or(otherwise)
    };
    let sums = amounts.sums.values();
    for (row, ((&sum, &count), &group)) in sums.iter().zip(counts).zip(of_rows).enumerate() {
        if sum == NO_AMOUNT {
            continue;
        }
        let without = nulls.as_ref().map(|nulls| nulls[row]);
        let without = without.filter(|&without| without != NO_TIME).unwrap_or(0);
        summed.add(group, sum, count - without)?;
        if extremes {
            let low = told(&least, row, sum);
            summed.widen(group, low, told(&most, row, low));
        }
    }
    Some(())
}
