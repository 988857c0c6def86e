//! `curtail queries`.

use curtail_queries::{Param, ParamDefault, Query, find, library};

use super::{answer, print_rows, say, sql};
use crate::{
    args::{Assignment, OutputArgs, ReadArgs, RemoteArgs},
    config::Settings,
    error::CliError,
    rows::{self, Kind},
};

const COLUMNS: &[(&str, Kind)] = &[
    ("name", Kind::Text),
    ("title", Kind::Text),
    ("parameters", Kind::Text),
    ("description", Kind::Text),
];

/// Lists the named queries.
pub(super) fn list(output: &OutputArgs, settings: &Settings) -> Result<(), CliError> {
    let rows: Vec<_> = library().iter().map(row).collect();
    print_rows(output, settings, COLUMNS, &rows)
}

/// Prints the SQL of a query.
pub(super) fn show(name: &str) -> Result<(), CliError> {
    let query = find(name)?;
    say(format_args!("{}\n", query.sql.trim_end()))
}

/// Runs a query.
pub(super) async fn run(
    name: &str,
    params: &[Assignment],
    remote: &RemoteArgs,
    output: &OutputArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let query = find(name)?;
    let engine = answer::engine(settings, None, ReadArgs::default(), remote, false).await?;
    let found = engine.query(query, &sql::params(params)).await?;
    answer::print(&found, output, settings).await?;
    engine.leave();
    Ok(())
}

fn row(query: &Query) -> Vec<rows::Cell> {
    vec![
        query.name.into(),
        query.title.into(),
        signature(query).into(),
        query.description.into(),
    ]
}

/// The parameters as a listing writes them: `period:period=latest top:integer=20 service:text?`.
fn signature(query: &Query) -> String {
    let param = |param: &Param| match param.default {
        ParamDefault::Required => format!("{}:{}", param.name, param.kind),
        ParamDefault::Optional => format!("{}:{}?", param.name, param.kind),
        ParamDefault::Value(value) => format!("{}:{}={value}", param.name, param.kind),
    };
    query.params.iter().map(param).collect::<Vec<_>>().join(" ")
}
