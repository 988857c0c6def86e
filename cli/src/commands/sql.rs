//! `curtail sql`.

use std::{
    io::{self, IsTerminal, Read, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use curtail_engine::{Engine, Params};

use super::{answer, say};
use crate::{
    args::{Assignment, SqlArgs},
    config::Settings,
    error::CliError,
    repl,
    signals::cancellable,
};

pub(super) async fn run(args: &SqlArgs, settings: &Settings) -> Result<(), CliError> {
    let text = match (&args.query, &args.file) {
        (Some(query), _) => Some(query.clone()),
        (None, Some(file)) if file == Path::new("-") => Some(stdin()?),
        (None, Some(file)) => Some(read(file)?),
        (None, None) if io::stdin().is_terminal() => None,
        (None, None) => Some(stdin()?),
    };
    let engine = answer::engine(settings, args.as_of, args.read);
    let engine = cancellable(Box::pin(engine)).await?;
    let params = params(&args.params);
    match text {
        Some(text) => cancellable(Box::pin(script(&engine, &text, &params, args, settings))).await,
        None => repl::run(&engine, &params, &args.output, settings).await,
    }
}

/// Runs the statements of `text` one after the other.
async fn script(
    engine: &Engine,
    text: &str,
    params: &Params,
    args: &SqlArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let (statements, _) = repl::statements(text);
    if statements.is_empty() {
        return Err(CliError::Usage("the query is empty".to_owned()));
    }
    let several = statements.len() > 1;
    if several && args.output.output.is_some() {
        return Err(CliError::Usage(
            "-o takes the result of one statement, and there are several".to_owned(),
        ));
    }
    for statement in statements {
        let started = Instant::now();
        let found = engine
            .sql(statement, &named(params, statement, several))
            .await?;
        if args.explain {
            say(found.plan())?;
            continue;
        }
        let rows = answer::print(&found, &args.output, settings).await?;
        if args.stats {
            let _ = writeln!(io::stderr(), "{}", answer::stats(&found, rows, started));
        }
    }
    Ok(())
}

/// Parameters as they were typed; the query says what type each has.
pub(super) fn params(typed: &[Assignment]) -> Params {
    typed
        .iter()
        .map(|param| (param.name.clone(), Some(param.value.clone())))
        .collect()
}

/// Of several statements, each gets the parameters that it names; of one, it is a mistake if it does not name all.
pub(crate) fn named(params: &Params, statement: &str, several: bool) -> Params {
    let wanted = |name: &str| !several || statement.contains(&format!("${name}"));
    params
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|source| CliError::Input {
        path: path.to_owned(),
        source,
    })
}

fn stdin() -> Result<String, CliError> {
    let mut text = String::new();
    let failed = |source| CliError::Input {
        path: PathBuf::from("standard input"),
        source,
    };
    io::stdin().read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}
