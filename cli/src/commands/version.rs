//! `curtail version`.

use super::say;
use crate::error::CliError;

pub(super) fn run() -> Result<(), CliError> {
    say(format_args!("curtail {}\n", env!("CARGO_PKG_VERSION")))
}
