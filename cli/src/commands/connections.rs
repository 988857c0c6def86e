//! `curtail connections`.

mod add;
mod check;
mod import;
mod show;
mod template;

use curtail_connect::{Config, Connection, Reach, ReportPlace};

use super::{note, place, print_rows, say};
use crate::{
    args::{ConnectionsArgs, ConnectionsCommand},
    config::{self, Settings},
    error::CliError,
    rows::{Cell, Kind},
};

pub(super) async fn run(args: &ConnectionsArgs, settings: &Settings) -> Result<(), CliError> {
    match &args.command {
        ConnectionsCommand::List { output } => show::list(output, settings),
        ConnectionsCommand::Add(args) => add::run(args, settings),
        ConnectionsCommand::Show { name, output } => show::one(name, output, settings),
        ConnectionsCommand::Check(args) => check::run(args, settings).await,
        ConnectionsCommand::Remove { name } => remove(name, settings),
        ConnectionsCommand::Set { name, reports, .. } => set(name, reports, settings),
        ConnectionsCommand::Template(args) => template::run(args, settings),
        ConnectionsCommand::Explain { text } => template::explain(text),
        ConnectionsCommand::Permissions { output } => show::permissions(output, settings),
        ConnectionsCommand::Import {
            file,
            dry_run,
            output,
        } => import::run(file, *dry_run, output, settings),
    }
}

/// The connections with these names, or all of them.
pub(super) fn named(names: &[String], settings: &Settings) -> Result<Vec<Connection>, CliError> {
    let config = load(settings)?;
    if config.connections.is_empty() {
        return Err(CliError::NoConnections {
            config: settings.config.clone(),
        });
    }
    if names.is_empty() {
        return Ok(config.connections);
    }
    names.iter().map(|name| find(&config, name)).collect()
}

/// The configuration, with its warnings told.
fn load(settings: &Settings) -> Result<Config, CliError> {
    let config = config::load(&settings.config)?;
    for warning in config.warnings() {
        note(settings, &warning);
    }
    Ok(config)
}

fn find(config: &Config, name: &str) -> Result<Connection, CliError> {
    let found = config.find(name).cloned();
    found.ok_or_else(|| CliError::NoConnection {
        name: name.to_owned(),
        known: config
            .connections
            .iter()
            .map(|connection| connection.name.to_string())
            .collect(),
    })
}

/// How AWS is reached.
pub(super) fn reach(settings: &Settings) -> Reach {
    Reach {
        s3: place::options(&crate::args::S3Args::default(), settings),
        environment: config::variable,
    }
}

fn set(name: &str, reports: &[ReportPlace], settings: &Settings) -> Result<(), CliError> {
    let text = config::text(&settings.config)?;
    find(&config::load(&settings.config)?, name)?;
    let edited = Config::with_reports(&text, name, reports);
    if let Some(edited) = edited.map_err(|error| wrong(settings, error))? {
        config::save(&settings.config, &edited)?;
    }
    note(
        settings,
        &format!("written to {}", settings.config.display()),
    );
    Ok(())
}

fn remove(name: &str, settings: &Settings) -> Result<(), CliError> {
    let text = config::text(&settings.config)?;
    let connection = find(&config::load(&settings.config)?, name)?;
    let edited = Config::without(&text, name).map_err(|error| wrong(settings, error))?;
    if let Some(edited) = edited {
        config::save(&settings.config, &edited)?;
    }
    note(
        settings,
        &format!(
            "removed {}; nothing was changed in AWS (delete its role there), and what was ingested stays in the store",
            connection.label()
        ),
    );
    Ok(())
}

fn wrong(settings: &Settings, error: curtail_connect::ConfigError) -> CliError {
    CliError::Config {
        path: settings.config.clone(),
        error: Box::new(error),
    }
}
