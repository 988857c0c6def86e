//! `curtail diff`.

use curtail_engine::{DiffQuery, Engine};

use super::{answer, note, place};
use crate::{args::DiffArgs, config::Settings, error::CliError};

pub(super) async fn run(args: &DiffArgs, settings: &Settings) -> Result<(), CliError> {
    let store = place::store(settings).await?;
    let query = DiffQuery {
        period: args.period,
        report: args.report.clone(),
        from: args.from,
        to: args.to,
        by: args.by.clone(),
        metrics: args.metrics.clone(),
        rollups: !args.no_rollups,
    };
    let found = Engine::diff(&store, &query, &answer::options(settings)).await?;
    let rows = answer::print(&found, &args.output, settings).await?;
    if rows == 0 {
        note(settings, "nothing was restated between these versions");
    }
    Ok(())
}
