//! `curtail serve password` and `curtail serve token`: secrets, and what the configuration keeps of them.

use std::{
    borrow::Cow,
    io::{self, BufRead, IsTerminal},
};

use curtail_serve::{TokenHash, Verifier, new_token};
use rustyline::{
    ColorMode, Editor, Helper,
    completion::Completer,
    config::Configurer,
    error::ReadlineError,
    highlight::{CmdKind, Highlighter},
    hint::Hinter,
    history::DefaultHistory,
    validate::Validator,
};

use crate::{commands::say, error::CliError};

/// Fewer characters are guessed too easily.
const SHORTEST: usize = 8;

/// Reads a password and prints its verifier.
pub(super) fn password() -> Result<(), CliError> {
    let password = if io::stdin().is_terminal() && io::stdout().is_terminal() {
        let first = prompted("password: ")?;
        if prompted("once more: ")? != first {
            return Err(CliError::Usage("the two are not the same".to_owned()));
        }
        first
    } else {
        let mut line = String::new();
        let failed = |source| CliError::Input {
            path: "standard input".into(),
            source,
        };
        io::stdin().lock().read_line(&mut line).map_err(failed)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.chars().count() < SHORTEST {
        return Err(CliError::Usage(format!(
            "a password needs at least {SHORTEST} characters, on one line of standard input"
        )));
    }
    say(format_args!("{}\n", Verifier::of(&password).to_text()))
}

/// Prints a new token and its hash.
pub(super) fn token() -> Result<(), CliError> {
    let token = new_token();
    let hash = TokenHash::of(&token).to_text();
    say(format_args!("token: {token}\nhash: {hash}\n"))
}

/// What is typed, without being shown.
fn prompted(prompt: &str) -> Result<String, CliError> {
    let failed = |error| match error {
        ReadlineError::Interrupted | ReadlineError::Eof => CliError::Interrupted,
        error => CliError::Prompt(error.to_string()),
    };
    let mut editor = Editor::<Hidden, DefaultHistory>::new().map_err(failed)?;
    editor.set_helper(Some(Hidden));
    // What is shown goes through the helper in any case.
    editor.set_color_mode(ColorMode::Forced);
    editor.set_auto_add_history(false);
    editor.readline(prompt).map_err(failed)
}

/// Shows nothing of what is typed.
struct Hidden;

impl Completer for Hidden {
    type Candidate = String;
}

impl Hinter for Hidden {
    type Hint = String;
}

impl Validator for Hidden {}

impl Helper for Hidden {}

impl Highlighter for Hidden {
    fn highlight<'l>(&self, line: &'l str, _position: usize) -> Cow<'l, str> {
        Cow::Owned(" ".repeat(line.chars().count()))
    }

    fn highlight_char(&self, _line: &str, _position: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}
