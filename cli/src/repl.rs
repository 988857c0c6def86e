//! The prompt of `curtail sql`: statements until `;`, a history, commands such as `\d`, completion of names.

mod command;
mod completion;

use std::{
    fs,
    io::{self, Write},
    time::Instant,
};

use curtail_engine::{ColumnInfo, Engine, Params, TableInfo};
use rustyline::{
    Config, Editor,
    config::{CompletionType, Configurer},
    error::ReadlineError,
    history::FileHistory,
};
use tokio::task;

use self::{
    command::Command,
    completion::{Assistant, Names},
};
use crate::{
    args::OutputArgs,
    commands::{named, note, print},
    config::Settings,
    error::CliError,
    exit::{describe, excerpt, one_line},
    hints,
    render::{Format, Renderer, Sink},
    rows::{self, Kind},
    signals::cancellable,
};

const PROMPT: &str = "curtail> ";
/// Statements kept in the history.
const HISTORY: usize = 1_000;

type Line = Editor<Assistant, FileHistory>;

/// Reads and answers until the user leaves.
pub(crate) async fn run(
    engine: &Engine,
    params: &Params,
    output: &OutputArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let tables = engine.tables().await?;
    let mut prompt = Prompt {
        engine,
        params,
        settings,
        output: output.clone(),
        timing: true,
        names: names(&tables),
        tables,
    };
    let mut editor = editor(&prompt.names, settings)?;
    let mut out = io::stdout();
    let _ = writeln!(
        out,
        "curtail {}: SQL ends with `;`, \\? helps, \\q leaves",
        env!("CARGO_PKG_VERSION")
    );
    loop {
        // The editor blocks its thread until a statement is whole.
        let read = task::spawn_blocking(move || {
            let line = editor.readline(PROMPT);
            (editor, line)
        });
        let (back, line) = read
            .await
            .map_err(|error| CliError::Internal(error.to_string()))?;
        editor = back;
        let line = match line {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(CliError::Prompt(error.to_string())),
        };
        if line.trim().is_empty() {
            continue;
        }
        // A history that cannot be kept is no reason to stop.
        let _ = editor.add_history_entry(line.trim());
        if let Some(path) = &settings.history {
            let _ = editor.append_history(path);
        }
        match prompt.line(&line).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => tell(&error, settings),
        }
    }
    Ok(())
}

struct Prompt<'a> {
    engine: &'a Engine,
    params: &'a Params,
    settings: &'a Settings,
    output: OutputArgs,
    timing: bool,
    tables: Vec<TableInfo>,
    names: Names,
}

impl Prompt<'_> {
    /// Answers one input. False: the user wants to leave.
    async fn line(&mut self, line: &str) -> Result<bool, CliError> {
        match command::parse(line) {
            Some(Ok(command)) => return self.command(command),
            Some(Err(wrong)) => return Err(CliError::Usage(wrong)),
            None => {}
        }
        for statement in curtail_engine::split(line).0 {
            let started = Instant::now();
            let rows = cancellable(async {
                let answer = self
                    .engine
                    .sql(statement, &named(self.params, statement, true))
                    .await?;
                print(&answer, &self.output, self.settings).await
            });
            let rows = rows.await?;
            if self.timing {
                let plural = if rows == 1 { "" } else { "s" };
                let _ = writeln!(
                    io::stderr(),
                    "{rows} row{plural}, {:.3} s",
                    started.elapsed().as_secs_f64()
                );
            }
        }
        Ok(true)
    }

    fn command(&mut self, command: Command) -> Result<bool, CliError> {
        match command {
            Command::Quit => return Ok(false),
            Command::Help => write(command::HELP)?,
            Command::Timing(wanted) => {
                self.timing = wanted.unwrap_or(!self.timing);
                write(if self.timing {
                    "timing is on\n"
                } else {
                    "timing is off\n"
                })?;
            }
            Command::Format(None) => {
                let format = self.output.format.unwrap_or(Format::Table);
                write(&format!("format is {format}\n"))?;
            }
            Command::Format(wanted) => self.output.format = wanted,
            Command::Tables => self.tables()?,
            Command::Columns(name) => self.columns(&name)?,
        }
        Ok(true)
    }

    fn tables(&self) -> Result<(), CliError> {
        const COLUMNS: &[(&str, Kind)] = &[("table", Kind::Text), ("columns", Kind::Count)];
        let row = |(name, columns): &(String, Vec<String>)| {
            vec![name.as_str().into(), (columns.len() as u64).into()]
        };
        self.show(
            COLUMNS,
            &self.names.tables.iter().map(row).collect::<Vec<_>>(),
        )
    }

    fn columns(&self, name: &str) -> Result<(), CliError> {
        const COLUMNS: &[(&str, Kind)] = &[("column", Kind::Text), ("type", Kind::Text)];
        let table = self.tables.iter().find(|table| {
            written(table).eq_ignore_ascii_case(name) || table.name.eq_ignore_ascii_case(name)
        });
        let table = table.ok_or_else(|| {
            CliError::Usage(format!(
                "there is no table `{name}`: \\d lists those that there are"
            ))
        })?;
        let row = |column: &ColumnInfo| {
            vec![
                column.name.as_str().into(),
                column.data_type.as_str().into(),
            ]
        };
        self.show(COLUMNS, &table.columns.iter().map(row).collect::<Vec<_>>())
    }

    fn show(&self, columns: &[(&str, Kind)], rows: &[Vec<rows::Cell>]) -> Result<(), CliError> {
        let sink = Sink::stdout(self.settings.terminal);
        let mut renderer = Renderer::new(Format::Table, &rows::schema(columns), sink)?;
        renderer.batch(&rows::batch(columns, rows))?;
        renderer.finish().map(|_| ())
    }
}

fn editor(names: &Names, settings: &Settings) -> Result<Line, CliError> {
    let failed = |error: ReadlineError| CliError::Prompt(error.to_string());
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .build();
    let mut editor = Line::with_config(config).map_err(failed)?;
    editor.set_max_history_size(HISTORY).map_err(failed)?;
    editor.set_helper(Some(Assistant {
        names: names.clone(),
    }));
    if let Some(path) = &settings.history {
        if let Some(folder) = path.parent() {
            let _ = fs::create_dir_all(folder);
        }
        // There is none the first time.
        let _ = editor.load_history(path);
    }
    Ok(editor)
}

fn names(tables: &[TableInfo]) -> Names {
    let columns =
        |columns: &[ColumnInfo]| columns.iter().map(|column| column.name.clone()).collect();
    Names {
        tables: tables
            .iter()
            .map(|table| (written(table), columns(&table.columns)))
            .collect(),
    }
}

/// A table as one writes it in a query: with its schema, unless that is the usual one.
fn written(table: &TableInfo) -> String {
    if table.schema == "public" {
        table.name.clone()
    } else {
        format!("{}.{}", table.schema, table.name)
    }
}

fn write(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(CliError::Render)
}

/// An error does not end the prompt.
fn tell(error: &CliError, settings: &Settings) {
    if matches!(error, CliError::Interrupted) {
        note(settings, "cancelled");
        return;
    }
    let _ = writeln!(io::stderr(), "error: {}", one_line(&describe(error)));
    let _ = write!(io::stderr(), "{}", excerpt(error));
    if let Some(hint) = hints::hint(error) {
        let _ = writeln!(io::stderr(), "hint: {}", one_line(&hint));
    }
}
