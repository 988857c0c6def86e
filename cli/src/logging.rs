//! The log: `tracing` events on standard error.

use std::io;

use tracing_subscriber::{EnvFilter, fmt};

use crate::{args::LogFormat, config::Settings};

/// Sends events to standard error from now on.
pub(crate) fn start(settings: &Settings) {
    let filter = EnvFilter::builder().parse_lossy(&settings.log_filter);
    let log = fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(settings.colour_stderr);
    // A second start (as in a test of this crate) keeps the first: one log is enough.
    let _ = match settings.log_format {
        LogFormat::Text => log.compact().try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
