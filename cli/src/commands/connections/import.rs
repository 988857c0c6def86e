//! Taking over connections from other programs' configuration.

use std::path::Path;

use curtail_connect::{Config, infrawallet};

use super::{Settings, note, show, wrong};
use crate::{args::OutputArgs, config, error::CliError};

pub(super) fn run(
    file: &Path,
    dry_run: bool,
    output: &OutputArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let yaml = std::fs::read_to_string(file).map_err(|source| CliError::Input {
        path: file.to_owned(),
        source,
    })?;
    let imported = infrawallet(&yaml).map_err(|error| CliError::Import {
        path: file.to_owned(),
        error: Box::new(error),
    })?;
    let mut text = config::text(&settings.config)?;
    for connection in &imported.connections {
        text = Config::with(&text, connection).map_err(|error| wrong(settings, error))?;
    }
    let config = Config::parse(&text).map_err(|error| wrong(settings, error))?;
    let mine = |warning: &String| {
        let names = |name: &str| warning.contains(&format!("`{name}`"));
        imported
            .connections
            .iter()
            .any(|connection| names(connection.name.as_str()))
    };
    for warning in imported
        .warnings
        .iter()
        .chain(config.warnings().iter().filter(|it| mine(it)))
    {
        note(settings, warning);
    }
    if !dry_run {
        config::save(&settings.config, &text)?;
    }
    show::print(&imported.connections, output, settings)
}
