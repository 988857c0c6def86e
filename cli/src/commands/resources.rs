//! `curtail resources`.

use curtail_engine::ResourceQuery;

use super::{answer, note};
use crate::{
    args::{ReadArgs, ResourcesArgs},
    config::Settings,
    error::CliError,
};

pub(super) async fn run(args: &ResourcesArgs, settings: &Settings) -> Result<(), CliError> {
    let engine = answer::engine(
        settings,
        args.as_of,
        ReadArgs::default(),
        &args.remote,
        false,
    )
    .await?;
    let found = engine.resources(&query(args)).await?;
    let rows = answer::print(&found, &args.output, settings).await?;
    if rows == 0 && !args.all {
        note(
            settings,
            "nothing that was asked for ran in these hours; --all lists the rest of the month too",
        );
    }
    engine.leave();
    Ok(())
}

fn query(args: &ResourcesArgs) -> ResourceQuery {
    let tags = args.tags.iter();
    ResourceQuery {
        period: args.period,
        hours: args.active,
        all: args.all,
        metric: args.metric,
        accounts: args.accounts.clone(),
        services: args.services.clone(),
        regions: args.regions.clone(),
        tags: tags
            .map(|tag| (tag.name.clone(), tag.value.clone()))
            .collect(),
        reports: args.reports.clone(),
        condition: args.condition.clone(),
        top: args.top,
        sort: args.sort,
    }
}
