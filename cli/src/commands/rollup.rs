//! `curtail rollup`.

use curtail_engine::Params;

use super::answer;
use crate::{
    args::{RollupArgs, RollupCommand},
    config::Settings,
    error::CliError,
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
            let engine = answer::engine(settings, None, false).await?;
            let found = engine.sql(LIST, &Params::new()).await?;
            answer::print(&found, output, settings).await.map(|_| ())
        }
    }
}
