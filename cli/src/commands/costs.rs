//! `curtail costs`.

use curtail_engine::CostQuery;

use super::answer;
use crate::{args::CostsArgs, config::Settings, error::CliError};

pub(super) async fn run(args: &CostsArgs, settings: &Settings) -> Result<(), CliError> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from >= to
    {
        return Err(CliError::Usage(format!(
            "--from {from} is not before --to {to}: nothing is in between"
        )));
    }
    let engine = answer::engine(settings, args.as_of, args.read, &args.remote, false).await?;
    let query = query(args);
    let found = engine.costs(&query).await?;
    answer::print(&found, &args.output, settings).await?;
    engine.leave();
    Ok(())
}

fn query(args: &CostsArgs) -> CostQuery {
    CostQuery {
        by: args.by.clone(),
        metrics: args.metrics.clone(),
        granularity: args.granularity,
        periods: args
            .periods
            .iter()
            .map(|range| range.first..=range.last)
            .collect(),
        from: args.from,
        to: args.to,
        accounts: args.accounts.clone(),
        services: args.services.clone(),
        regions: args.regions.clone(),
        tags: args
            .tags
            .iter()
            .map(|tag| (tag.name.clone(), tag.value.clone()))
            .collect(),
        charge_types: args.charge_types.clone(),
        reports: args.reports.clone(),
        condition: args.condition.clone(),
        top: args.top,
        sort: args.sort.clone(),
    }
}
