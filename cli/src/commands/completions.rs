//! `curtail completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::say;
use crate::{args::Args, error::CliError};

pub(super) fn run(shell: Shell) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "curtail", &mut script);
    say(String::from_utf8_lossy(&script))
}
