//! `curtail rollup`.

mod build;
mod definitions;

use curtail_engine::{Engine, Params, RollupCheck};
use curtail_store::{BillingPeriod, Definition, PeriodVersion};

pub(super) use definitions::{definitions, tell_lacking};

use super::{answer, place, print_rows};
use crate::{
    args::{OutputArgs, PeriodRange, ReadArgs, RemoteArgs, RollupArgs, RollupCommand},
    config::Settings,
    error::CliError,
    rows::Kind,
};

pub(super) async fn run(args: &RollupArgs, settings: &Settings) -> Result<(), CliError> {
    match &args.command {
        RollupCommand::List { output } => list(output, settings).await,
        RollupCommand::Build {
            names,
            periods,
            output,
        } => build::build(names, periods, output, settings).await,
        RollupCommand::Drop {
            names,
            periods,
            output,
        } => build::drop(names, periods, output, settings).await,
        RollupCommand::Verify { periods, output } => verify(periods, output, settings).await,
    }
}

async fn list(output: &OutputArgs, settings: &Settings) -> Result<(), CliError> {
    let definitions = definitions(&place::store(settings).await?, settings).await?;
    let engine = answer::engine(
        settings,
        None,
        ReadArgs::default(),
        &RemoteArgs::default(),
        false,
    )
    .await?;
    let found = engine.sql(&listing(&definitions), &Params::new()).await?;
    answer::print(&found, output, settings).await?;
    tell_lacking(engine.snapshot().periods(), &definitions, settings);
    Ok(())
}

/// The statement that lists rollups, and tells whether they are still `defined` as they were made.
fn listing(defined: &[Definition]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let state = |it: &Definition| {
        let (name, text) = (quoted(it.name.as_str()), quoted(&it.text));
        format!(
            "\n        WHEN name = {name} THEN CASE definition WHEN {text} THEN 'current' ELSE 'changed' END"
        )
    };
    let states: String = defined.iter().map(state).collect();
    format!(
        "\
SELECT report, billing_period, name, version, rows, line_items,
    round(CAST(line_items AS DOUBLE) / rows, 1) AS line_items_per_row, bytes,
    array_to_string(dimensions, ' ') AS dimensions, per,
    CASE
        WHEN definition IS NULL THEN 'built-in'{states}
        ELSE 'not configured'
    END AS state
FROM meta.rollups
ORDER BY report, billing_period, name"
    )
}

/// Whether a version is of one of these billing periods; none means all.
fn wants(periods: &[PeriodRange], version: &PeriodVersion) -> bool {
    contains(periods, version.receipt.billing_period)
}

fn contains(periods: &[PeriodRange], period: BillingPeriod) -> bool {
    let within = |range: &PeriodRange| (range.first..=range.last).contains(&period);
    periods.is_empty() || periods.iter().any(within)
}

const COLUMNS: &[(&str, Kind)] = &[
    ("report", Kind::Text),
    ("billing_period", Kind::Text),
    ("name", Kind::Text),
    ("groups", Kind::Count),
    ("state", Kind::Text),
];

async fn verify(
    periods: &[PeriodRange],
    output: &OutputArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let store = place::store(settings).await?;
    let snapshot = store.snapshot().await?;
    let options = answer::options(settings);
    let wanted = |period| contains(periods, period);
    let checks = Engine::verify_rollups(&store, snapshot, &options, wanted).await?;
    if checks.is_empty() {
        return Err(CliError::NoRollupToVerify);
    }
    let row = |check: &RollupCheck| {
        vec![
            check.report.as_str().into(),
            check.billing_period.to_string().into(),
            check.name.as_str().into(),
            check.groups.into(),
            if check.same { "same" } else { "differs" }.into(),
        ]
    };
    print_rows(
        output,
        settings,
        COLUMNS,
        &checks.iter().map(row).collect::<Vec<_>>(),
    )?;
    let differing: Vec<_> = checks.iter().filter(|check| !check.same).collect();
    match differing.first() {
        None => Ok(()),
        Some(first) => Err(CliError::Unverified {
            failed: differing.len(),
            first: format!(
                "rollup {} of {} {} differs from its line items",
                first.name, first.report, first.billing_period
            ),
        }),
    }
}
