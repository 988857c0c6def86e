//! Errors and notices in the form of the protocol.

mod codes;
mod hints;
#[cfg(test)]
mod tests;

use curtail_engine::EngineError;

use super::message::Broken;
use crate::ServeError;

/// An error as clients are told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Whether the connection ends with it.
    pub(super) fatal: bool,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) detail: Option<String>,
    pub(super) hint: Option<String>,
    /// The character of the statement, from 1 on.
    pub(super) position: Option<usize>,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Notice,
    Warning,
}

/// What a client should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) level: Level,
    message: String,
}

impl Notice {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            level: Level::Notice,
            message: message.into(),
        }
    }

    pub(super) fn warning(message: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            message: message.into(),
        }
    }

    /// The kinds and values of its fields.
    pub(super) fn fields(&self, mut put: impl FnMut(u8, &str)) {
        let (severity, code) = match self.level {
            Level::Warning => ("WARNING", "01000"),
            Level::Notice => ("NOTICE", "00000"),
        };
        put(b'S', severity);
        put(b'V', severity);
        put(b'C', code);
        put(b'M', &self.message);
    }
}

impl Failure {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            fatal: false,
            code,
            message: message.into(),
            detail: None,
            hint: None,
            position: None,
        }
    }

    pub(super) fn fatal(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            fatal: true,
            ..Self::new(code, message)
        }
    }

    #[must_use]
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The text is no SQL.
    pub(super) fn syntax(message: impl Into<String>) -> Self {
        Self::new("42601", message)
    }

    /// Something of `PostgreSQL` that is not there.
    pub(super) fn unsupported(what: impl Into<String>) -> Self {
        Self::new("0A000", what)
    }

    /// A statement that would change something.
    pub(super) fn read_only(verb: &str) -> Self {
        let message = format!("cannot execute {verb} in a read-only transaction");
        Self::new("25006", message)
    }

    /// A statement within a transaction that failed before.
    pub(super) fn in_failed_transaction() -> Self {
        Self::new(
            "25P02",
            "current transaction is aborted, commands ignored until end of transaction block",
        )
    }

    /// An error of a statement: `text` is what was sent, of which the statement begins at the byte `start`.
    pub(super) fn of(error: &ServeError, text: &str, start: usize) -> Self {
        let mut failure = Self {
            hint: error.hint(),
            ..Self::new(codes::of(error), told(error))
        };
        if let ServeError::Engine(error) = error
            && let EngineError::At { line, column, .. } = error.as_ref()
        {
            failure.position = position(text, start, *line, *column);
        }
        failure.fatal = matches!(
            error,
            ServeError::Stopping
                | ServeError::Login(_)
                | ServeError::Token
                | ServeError::TooManyConnections(_)
        );
        failure
    }

    /// The same, of a statement in the dialect that `PostgreSQL`'s clients write.
    #[must_use]
    pub(super) fn in_generic(mut self) -> Self {
        self.hint = self.hint.as_deref().and_then(hints::in_generic);
        self
    }

    /// The kinds and values of its fields.
    pub(super) fn fields(&self, mut put: impl FnMut(u8, &str)) {
        let severity = if self.fatal { "FATAL" } else { "ERROR" };
        put(b'S', severity);
        put(b'V', severity);
        put(b'C', self.code);
        put(b'M', &self.message);
        if let Some(detail) = &self.detail {
            put(b'D', detail);
        }
        if let Some(hint) = &self.hint {
            put(b'H', hint);
        }
        if let Some(position) = self.position {
            put(b'P', &position.to_string());
        }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self::of(&error, "", 0)
    }
}

impl From<&Broken> for Failure {
    fn from(broken: &Broken) -> Self {
        let code = match broken {
            Broken::NotText => "22021",
            _ => "08P01",
        };
        Self::fatal(code, broken.to_string())
    }
}

/// What a client is told of an error: the place is told apart from it.
fn told(error: &ServeError) -> String {
    match error {
        ServeError::Engine(error) => match error.as_ref() {
            EngineError::At { error, .. } => message(error),
            error => message(error),
        },
        ServeError::Login(user) => format!("password authentication failed for user \"{user}\""),
        ServeError::TooManyConnections(_) => format!("sorry, too many clients already: {error}"),
        ServeError::Timeout(_) => {
            format!("canceling statement due to statement timeout: {error}")
        }
        ServeError::Cancelled => "canceling statement due to user request".to_owned(),
        ServeError::Stopping => {
            "terminating connection due to administrator command: the server is shutting down"
                .to_owned()
        }
        other => other.to_string(),
    }
}

/// Where `PostgreSQL` says the same, as clients may look for its words.
fn message(error: &EngineError) -> String {
    match error {
        EngineError::UnknownTable { name, .. } => format!("relation \"{name}\" does not exist"),
        EngineError::UnknownColumn { name, .. } => format!("column \"{name}\" does not exist"),
        EngineError::UnknownFunction { name, .. } => format!("function {name} does not exist"),
        EngineError::Refused(what) if is_verb(what) => {
            Failure::read_only(what.trim_matches('`')).message
        }
        other => other.to_string(),
    }
}

/// Whether it is a kind of statement that was refused.
fn is_verb(what: &str) -> bool {
    let quoted = what
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'));
    quoted.is_some_and(|verb| {
        verb.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b' ')
    })
}

/// The character of the whole text at which a place in a statement is.
pub(super) fn position(text: &str, start: usize, line: u64, column: u64) -> Option<usize> {
    let line = usize::try_from(line.checked_sub(1)?).ok()?;
    let column = usize::try_from(column).ok()?;
    let statement = text.get(start..)?;
    let before: usize = (statement.split_inclusive('\n').take(line))
        .map(|line| line.chars().count())
        .sum();
    Some(text[..start].chars().count() + before + column)
}
