//! One file per command: what was typed, turned into calls of the crates below and rows for [`crate::render`].

mod answer;
mod beside;
mod cluster;
mod completions;
mod config;
mod connections;
mod costs;
mod demo;
mod diff;
mod generate;
mod history;
mod ingest;
mod place;
mod queries;
mod resources;
mod rollup;
mod serve;
mod sql;
mod status;
mod truth;
mod vacuum;
mod verify;
mod version;

use std::{
    cell::RefCell,
    fmt,
    io::{self, IsTerminal, Write},
};

use arrow::datatypes::SchemaRef;
use tempfile::TempDir;

use crate::{
    args::{Command, OutputArgs, QueriesCommand},
    config::Settings,
    error::CliError,
    render::{Format, Renderer, Sink},
    rows::{self, Cell, Kind},
    signals::cancellable,
};

pub(crate) use answer::print;
pub(crate) use sql::named;

/// Temporary folders, removed when nobody uses them any more.
#[derive(Debug, Default)]
pub(crate) struct Trash(Vec<TempDir>);

/// Of each thread that may compute, this many are there when statements of several users run at once: a join may hold its thread
/// for long between two batches, even when nobody waits for it any more, and others need threads that are left.
const SPARE: usize = 4;

/// The threads that a command needs.
pub(crate) fn workers(command: &Command, settings: &Settings) -> usize {
    match command {
        Command::Serve(_) => settings.threads.saturating_mul(SPARE),
        _ => settings.threads,
    }
}

/// Runs a command to its end, or until it is interrupted.
pub(crate) async fn run(
    command: Command,
    settings: &Settings,
    trash: &mut Trash,
) -> Result<(), CliError> {
    match command {
        Command::Demo(args) => demo::run(&args, settings, trash).await,
        Command::Generate(args) => generate::run(&args, settings).await,
        Command::Connections(args) => {
            cancellable(Box::pin(connections::run(&args, settings))).await
        }
        Command::Ingest(args) => cancellable(Box::pin(ingest::run(&args, settings))).await,
        Command::Status(output) => cancellable(Box::pin(status::run(&output, settings))).await,
        Command::Verify(args) => cancellable(Box::pin(verify::run(&args, settings))).await,
        Command::History(args) => cancellable(Box::pin(history::run(&args, settings))).await,
        Command::Diff(args) => cancellable(Box::pin(diff::run(&args, settings))).await,
        Command::Vacuum(args) => cancellable(Box::pin(vacuum::run(&args, settings))).await,
        Command::Costs(args) => cancellable(Box::pin(costs::run(&args, settings))).await,
        Command::Resources(args) => cancellable(Box::pin(resources::run(&args, settings))).await,
        Command::Sql(args) => Box::pin(sql::run(&args, settings)).await,
        Command::Queries(args) => match args.command {
            QueriesCommand::List { output } => queries::list(&output, settings),
            QueriesCommand::Show { name } => queries::show(&name),
            QueriesCommand::Run {
                name,
                params,
                remote,
                output,
            } => {
                cancellable(Box::pin(queries::run(
                    &name, &params, &remote, &output, settings,
                )))
                .await
            }
        },
        Command::Rollup(args) => cancellable(Box::pin(rollup::run(&args, settings))).await,
        Command::Cluster(args) => Box::pin(cluster::run(&args, settings)).await,
        Command::Serve(args) => Box::pin(serve::run(&args, settings)).await,
        Command::Config(args) => config::run(&args, settings),
        Command::Completions { shell } => completions::run(shell),
        Command::Version => version::run(),
    }
}

/// Where a command's rows go, in which format.
fn renderer(
    output: &OutputArgs,
    settings: &Settings,
    schema: &SchemaRef,
) -> Result<Renderer, CliError> {
    let sink = match &output.output {
        Some(path) => Sink::file(path)?,
        None => Sink::stdout(settings.terminal),
    };
    Renderer::new(format(output), schema, sink)
}

/// The format that was asked for, or that fits where rows go.
fn format(output: &OutputArgs) -> Format {
    let by_ending = || output.output.as_deref().and_then(Format::of_path);
    let default = if output.output.is_none() && is_terminal() {
        Format::Table
    } else {
        Format::Csv
    };
    output.format.or_else(by_ending).unwrap_or(default)
}

/// Whether standard output is a terminal.
fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Prints rows that are all there.
fn print_rows(
    output: &OutputArgs,
    settings: &Settings,
    columns: &[(&str, Kind)],
    rows: &[Vec<Cell>],
) -> Result<(), CliError> {
    let mut renderer = renderer(output, settings, &rows::schema(columns))?;
    renderer.batch(&rows::batch(columns, rows))?;
    renderer.finish().map(|_| ())
}

/// Rows that come one by one; the header is written with the first.
struct OutputTable<'a> {
    output: &'a OutputArgs,
    settings: &'a Settings,
    columns: &'static [(&'static str, Kind)],
    renderer: RefCell<Option<Renderer>>,
}

impl<'a> OutputTable<'a> {
    fn new(
        output: &'a OutputArgs,
        settings: &'a Settings,
        columns: &'static [(&'static str, Kind)],
    ) -> Self {
        Self {
            output,
            settings,
            columns,
            renderer: RefCell::new(None),
        }
    }

    fn row(&self, row: Vec<Cell>) -> Result<(), CliError> {
        let mut held = self.renderer.borrow_mut();
        let renderer = if let Some(renderer) = &mut *held {
            renderer
        } else {
            let schema = rows::schema(self.columns);
            held.insert(renderer(self.output, self.settings, &schema)?)
        };
        renderer.batch(&rows::batch(self.columns, &[row]))
    }

    fn finish(self) -> Result<(), CliError> {
        match self.renderer.into_inner() {
            Some(renderer) => renderer.finish().map(|_| ()),
            None => Ok(()),
        }
    }
}

/// Writes text that is itself the result to standard output.
fn say(text: impl fmt::Display) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.to_string().as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(CliError::Render)
}

/// Tells the user something about a result, on standard error.
pub(crate) fn note(settings: &Settings, text: &str) {
    if settings.quiet {
        return;
    }
    let (cyan, plain) = if settings.colour_stderr {
        ("\x1b[36m", "\x1b[0m")
    } else {
        ("", "")
    };
    // Nobody to tell it to if standard error is closed.
    let _ = writeln!(
        io::stderr(),
        "{cyan}note:{plain} {}",
        crate::exit::one_line(text)
    );
}
