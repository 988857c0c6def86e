//! `curtail rollup`.

use curtail_engine::{Engine, Params, RollupCheck};

use super::{answer, place, print_rows};
use crate::{
    args::{OutputArgs, PeriodRange, ReadArgs, RollupArgs, RollupCommand},
    config::Settings,
    error::CliError,
    rows::Kind,
};

const LIST: &str = "\
SELECT report, billing_period, name, version, rows, line_items,
    round(CAST(line_items AS DOUBLE) / rows, 1) AS line_items_per_row, bytes,
    array_to_string(dimensions, ' ') AS dimensions
FROM meta.rollups
ORDER BY report, billing_period, name";

pub(super) async fn run(args: &RollupArgs, settings: &Settings) -> Result<(), CliError> {
    match &args.command {
        RollupCommand::List { output } => {
            let engine = answer::engine(settings, None, ReadArgs::default()).await?;
            let found = engine.sql(LIST, &Params::new()).await?;
            answer::print(&found, output, settings).await.map(|_| ())
        }
        RollupCommand::Verify { periods, output } => verify(periods, output, settings).await,
    }
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
    let wanted = |period| {
        periods.is_empty()
            || periods
                .iter()
                .any(|range| (range.first..=range.last).contains(&period))
    };
    let checks = Engine::verify_rollups(&store, snapshot, &options, wanted).await?;
    let row = |check: &RollupCheck| {
        vec![
            check.report.as_str().into(),
            check.billing_period.to_string().into(),
            check.grain.as_str().into(),
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
                first.grain.as_str(),
                first.report,
                first.billing_period
            ),
        }),
    }
}
