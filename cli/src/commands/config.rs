//! `curtail config`.

use curtail_connect::Config;

use super::say;
use crate::{
    args::{ConfigArgs, ConfigCommand},
    config::{self, Location, Settings},
    error::CliError,
};

pub(super) fn run(args: &ConfigArgs, settings: &Settings) -> Result<(), CliError> {
    match args.command {
        ConfigCommand::Path => say(format_args!("{}\n", settings.config.display())),
        ConfigCommand::Schema => say(format_args!("{}\n", Config::json_schema())),
        ConfigCommand::Show => show(settings),
    }
}

/// What is in force, as a configuration file would say it.
fn show(settings: &Settings) -> Result<(), CliError> {
    let config = config::load(&settings.config)?;
    let store = match &settings.store {
        Location::Folder(path) => path.display().to_string(),
        Location::Bucket { url, .. } => url.to_string(),
    };
    say(format_args!(
        "# configuration: {}\n# store: {store}\n# memory limit: {} MiB, threads: {}\n{}",
        settings.config.display(),
        settings.memory >> 20,
        settings.threads,
        config.without_secrets()
    ))
}
