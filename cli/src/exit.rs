//! How the program ends: its exit status, and the lines on standard error that say why.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;

use crate::{
    args::Args,
    commands,
    config::{Environment, Settings},
    error::CliError,
    hints, logging, signals,
};

/// It failed.
const FAILED: u8 = 1;
/// The command line was wrong.
const USAGE: u8 = 2;
/// It ran, and what it checks does not hold.
const UNVERIFIED: u8 = 3;
/// Interrupted by the user.
const INTERRUPTED: u8 = 130;

/// How long threads that were told to stop are waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs the program with the arguments and the environment of the process.
pub(crate) fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // `--help` and `--version` come this way too; a closed pipe is no error for them either.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE));
        }
    };
    let settings = match Settings::new(&args.global, &Environment::of_process()) {
        Ok(settings) => settings,
        Err(error) => return ExitCode::from(report(&error, false)),
    };
    logging::start(&settings);
    if let Err(error) = signals::start() {
        return ExitCode::from(report(&error, settings.colour_stderr));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(commands::workers(&args.command, &settings))
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(source) => {
            return ExitCode::from(report(&CliError::Runtime(source), settings.colour_stderr));
        }
    };
    let colour = settings.colour_stderr;
    let mut trash = commands::Trash::default();
    let result = runtime.block_on(commands::run(args.command, &settings, &mut trash));
    runtime.shutdown_timeout(PATIENCE);
    // Only now does nobody write into temporary folders any more.
    drop(trash);
    ExitCode::from(match result {
        Ok(()) => 0,
        Err(error) => report(&error, colour),
    })
}

/// Tells the user what went wrong and what to do next. Returns the exit status.
fn report(error: &CliError, colour: bool) -> u8 {
    if is_broken_pipe(error) {
        return 0;
    }
    let (red, cyan, plain) = if colour {
        ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m")
    } else {
        ("", "", "")
    };
    let mut lines = format!("{red}error:{plain} {}\n", one_line(&describe(error)));
    lines.push_str(&excerpt(error));
    if let Some(hint) = hints::hint(error) {
        let _ = writeln!(lines, "{cyan}hint:{plain} {}", one_line(&hint));
    }
    match error {
        CliError::Interrupted => {
            let _ = writeln!(io::stderr(), "interrupted");
            return INTERRUPTED;
        }
        CliError::Usage(_) | CliError::NameTaken(_) => {
            let _ = io::stderr().write_all(lines.as_bytes());
            return USAGE;
        }
        _ => {}
    }
    // If even standard error is closed, the exit status has to do.
    let _ = io::stderr().write_all(lines.as_bytes());
    match error {
        CliError::Unverified { .. } | CliError::Unhealthy { .. } => UNVERIFIED,
        _ => FAILED,
    }
}

/// The line of a mistake in a query as it was written, indented, if the error has one.
pub(crate) fn excerpt(error: &CliError) -> String {
    let found = match error {
        CliError::Engine(error) => error.excerpt(),
        _ => None,
    };
    let lines = found.into_iter().flat_map(str::lines);
    lines.fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "  {line}");
        all
    })
}

/// The error with its causes, leaving out a cause that the text before it already tells.
pub(crate) fn describe(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text.push_str(": ");
            text.push_str(&reason);
        }
        cause = error.source();
    }
    text
}

/// The text without line breaks and other control characters.
pub(crate) fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .collect::<Vec<_>>()
        .join(" ")
        .replace(char::is_control, "\u{fffd}")
}

fn is_broken_pipe(error: &CliError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(broken) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Whether this error, or one that it wraps without naming it as its source, is a closed pipe.
fn broken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
        || error.get_ref().is_some_and(|inner| {
            let mut cause: Option<&(dyn Error + 'static)> = Some(inner);
            while let Some(error) = cause {
                if error.downcast_ref::<io::Error>().is_some_and(broken) {
                    return true;
                }
                cause = error.source();
            }
            // Parquet's and Arrow's writers keep only the text of the error below.
            inner.to_string().contains("Broken pipe")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_pipes_are_found_below_other_errors() {
        let pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_broken_pipe(&CliError::Render(pipe())));
        assert!(is_broken_pipe(&CliError::Render(io::Error::other(pipe()))));
        assert!(is_broken_pipe(&CliError::Render(io::Error::other(
            arrow::error::ArrowError::from(pipe())
        ))));
        assert!(!is_broken_pipe(&CliError::Render(io::Error::from(
            io::ErrorKind::StorageFull
        ))));
    }

    #[test]
    fn errors_are_one_line() {
        assert_eq!(one_line("first\n  second\r\n\n"), "first second");
    }
}
