//! `curtail rollup build` and `curtail rollup drop`.

use std::{sync::Arc, time::Instant};

use curtail_ingest::{Options, build_rollups};
use curtail_store::{BuiltIn, PeriodVersion, Rollup, RollupName};

use super::{definitions, wants};
use crate::{
    args::{OutputArgs, PeriodRange},
    commands::{OutputTable, note, place},
    config::Settings,
    error::CliError,
    progress::Bars,
    rows::{Cell, Kind},
};

const BUILT: &[(&str, Kind)] = &[
    ("report", Kind::Text),
    ("billing_period", Kind::Text),
    ("name", Kind::Text),
    ("rows", Kind::Count),
    ("bytes", Kind::Count),
    ("seconds", Kind::Seconds),
];

const DROPPED: &[(&str, Kind)] = BUILT.split_at(5).0;

/// Makes the rollups that billing periods lack.
pub(super) async fn build(
    names: &[RollupName],
    periods: &[PeriodRange],
    output: &OutputArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let store = place::store(settings).await?;
    let rollups = definitions(&store, settings).await?;
    let defined = rollups.iter().map(|it| it.name.clone());
    let known = BuiltIn::ALL.map(BuiltIn::name).into_iter().chain(defined);
    are_known(names, known)?;
    let options = Options {
        memory: settings.buffers(),
        threads: settings.threads,
        rollups,
        ..Options::default()
    };
    let wanted = |name: &RollupName| names.is_empty() || names.contains(name);
    let bars = Bars::new(settings);
    let table = OutputTable::new(output, settings, BUILT);
    let (mut built, mut forgone) = (0, 0);
    for version in store.snapshot().await?.periods() {
        if !wants(periods, version) {
            continue;
        }
        let began = Instant::now();
        let label = label(version);
        let progress = Arc::new(bars.period(label.clone()));
        let done = build_rollups(&store, version, wanted, &options, progress).await;
        let done = done.map_err(|error| CliError::Of {
            label: label.clone(),
            error: Box::new(error.into()),
        })?;
        for rollup in &done.made {
            let mut row = row(version, rollup);
            row.push(Cell::Seconds(
                (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            ));
            bars.suspend(|| table.row(row))?;
        }
        for name in &done.forgone {
            let text = format!("{label}: {name} would have too many rows to be worth having");
            bars.suspend(|| note(settings, &text));
        }
        built += done.made.len();
        forgone += done.forgone.len();
    }
    table.finish()?;
    if built + forgone == 0 {
        note(settings, "unchanged: no rollup is missing");
    }
    Ok(())
}

/// Drops rollups from the current versions.
pub(super) async fn drop(
    names: &[RollupName],
    periods: &[PeriodRange],
    output: &OutputArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let store = place::store(settings).await?;
    let snapshot = store.snapshot().await?;
    let there = snapshot
        .periods()
        .flat_map(|version| &version.receipt.rollups);
    are_known(names, there.map(|rollup| rollup.name.clone()))?;
    let table = OutputTable::new(output, settings, DROPPED);
    let mut dropped = 0;
    for version in snapshot.periods() {
        if !wants(periods, version) {
            continue;
        }
        let receipt = &version.receipt;
        let (kind, period) = (receipt.kind.table(), receipt.billing_period);
        let gone = |rollup: &Rollup| names.is_empty() || names.contains(&rollup.name);
        if !receipt.rollups.iter().any(gone) {
            continue;
        }
        let done = store.drop_rollups((kind, &receipt.report, period), gone);
        for rollup in done.await? {
            table.row(row(version, &rollup))?;
            dropped += 1;
        }
    }
    table.finish()?;
    note(
        settings,
        match dropped {
            0 => "unchanged: there is no such rollup",
            _ => {
                "queries read line items instead; `curtail vacuum` deletes the files, `curtail rollup build` makes them again"
            }
        },
    );
    Ok(())
}

fn label(version: &PeriodVersion) -> String {
    let receipt = &version.receipt;
    format!("{} {}", receipt.report, receipt.billing_period)
}

fn row(version: &PeriodVersion, rollup: &Rollup) -> Vec<Cell> {
    let receipt = &version.receipt;
    vec![
        receipt.report.as_str().into(),
        receipt.billing_period.to_string().into(),
        rollup.name.as_str().into(),
        rollup.rows().into(),
        rollup.bytes().into(),
    ]
}

fn are_known(
    names: &[RollupName],
    known: impl Iterator<Item = RollupName>,
) -> Result<(), CliError> {
    let mut known: Vec<_> = known.map(|name| name.to_string()).collect();
    known.sort_unstable();
    known.dedup();
    let unknown = names
        .iter()
        .find(|name| !known.iter().any(|it| it == name.as_str()));
    match unknown {
        None => Ok(()),
        Some(name) => Err(CliError::NoRollup {
            name: name.to_string(),
            known,
        }),
    }
}
