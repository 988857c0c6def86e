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
    let is_several = |text: &String| curtail_engine::split(text).0.len() > 1;
    let often = text.as_ref().is_none_or(is_several);
    let engine = answer::engine(settings, args.as_of, args.read, &args.remote, often);
    let engine = cancellable(Box::pin(engine)).await?;
    let engine = engine
        .with_dialect(args.dialect.into())
        .keeping_views(args.save);
    let params = params(&args.params);
    match text {
        Some(text) => {
            cancellable(Box::pin(script(&engine, &text, &params, args, settings))).await?;
        }
        None => repl::run(&engine, &params, &args.output, settings).await?,
    }
    engine.leave();
    Ok(())
}

/// Runs the statements of `text` one after the other.
async fn script(
    engine: &Engine,
    text: &str,
    params: &Params,
    args: &SqlArgs,
    settings: &Settings,
) -> Result<(), CliError> {
    let (statements, _) = curtail_engine::split(text);
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
            .await
            .map_err(|error| error.below(lines_before(text, statement)))?;
        if args.explain {
            say(found.plan())?;
            continue;
        }
        let rows = answer::print(&found, &args.output, settings)
            .await
            .map_err(|error| below(error, lines_before(text, statement)))?;
        if args.stats {
            let _ = writeln!(io::stderr(), "{}", answer::stats(&found, rows, started));
        }
    }
    Ok(())
}

/// The error of a statement that `lines` other lines stand before.
fn below(error: CliError, lines: u64) -> CliError {
    match error {
        CliError::Engine(error) => CliError::Engine(Box::new(error.below(lines))),
        other => other,
    }
}

/// Parameters as they were typed; the query says what type each has.
pub(super) fn params(typed: &[Assignment]) -> Params {
    typed
        .iter()
        .map(|param| (param.name.clone(), Some(param.value.clone())))
        .collect()
}

/// The lines of `text` that stand before `statement`, a part of it.
fn lines_before(text: &str, statement: &str) -> u64 {
    let before = statement.as_ptr().addr().checked_sub(text.as_ptr().addr());
    let before = before.and_then(|length| text.get(..length));
    before.unwrap_or_default().matches('\n').count() as u64
}

/// Of several statements, each gets the parameters that it names (by number as `?`); of one, it is a mistake if it does not name
/// all.
pub(crate) fn named(params: &Params, statement: &str, several: bool) -> Params {
    let wanted = |name: &str| {
        let numbered = name.bytes().all(|byte| byte.is_ascii_digit()) && statement.contains('?');
        !several || numbered || statement.contains(&format!("${name}"))
    };
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
