//! Errors and notices in the form of the protocol.

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

/// What a client should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    warning: bool,
    message: String,
}

impl Notice {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            warning: false,
            message: message.into(),
        }
    }

    pub(super) fn warning(message: impl Into<String>) -> Self {
        Self {
            warning: true,
            message: message.into(),
        }
    }

    /// The kinds and values of its fields.
    pub(super) fn fields(&self, mut put: impl FnMut(u8, &str)) {
        let (severity, code) = if self.warning {
            ("WARNING", "01000")
        } else {
            ("NOTICE", "00000")
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
            ..Self::new(code(error), told(error))
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
        ServeError::Timeout(_) | ServeError::Cancelled => {
            format!("canceling statement: {error}")
        }
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
            format!(
                "cannot execute {} in a read-only transaction",
                what.trim_matches('`')
            )
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

fn code(error: &ServeError) -> &'static str {
    match error {
        ServeError::Engine(error) => engine_code(error),
        ServeError::Timeout(_) | ServeError::Cancelled => "57014",
        ServeError::TooManyRows(_) => "54000",
        ServeError::Stopping => "57P01",
        ServeError::Busy(_) | ServeError::TooManyConnections(_) => "53300",
        ServeError::Login(_) | ServeError::Token => "28P01",
        ServeError::Restriction { .. } => "28000",
        ServeError::Changed => "0A000",
        ServeError::Broken => "XX000",
        ServeError::Exposed { .. } | ServeError::Listen { .. } => "58000",
    }
}

fn engine_code(error: &EngineError) -> &'static str {
    match error {
        EngineError::At { error, .. } => engine_code(error),
        EngineError::Refused(what) if is_verb(what) => "25006",
        EngineError::Refused(_) => "42501",
        EngineError::NoStatement | EngineError::SeveralStatements(_) | EngineError::Syntax(_) => {
            "42601"
        }
        EngineError::UnknownTable { .. }
        | EngineError::UnknownView { .. }
        | EngineError::View { .. } => "42P01",
        EngineError::UnknownColumn { .. } => "42703",
        EngineError::UnknownFunction { .. } => "42883",
        EngineError::Parameter { .. } => "22023",
        EngineError::Plan(message) if message.starts_with("not supported") => "0A000",
        EngineError::Plan(_) | EngineError::Mistake { .. } => "42804",
        EngineError::Memory { .. } => "53200",
        EngineError::Store(_) | EngineError::EmptyStore(_) => "58030",
        EngineError::Execution(error) => execution_code(&error.to_string()),
        EngineError::Value { what, .. } => execution_code(what),
        _ => "22000",
    }
}

/// What went wrong while rows were computed.
fn execution_code(message: &str) -> &'static str {
    let message = message.to_lowercase();
    if message.contains("divide by zero") || message.contains("division by zero") {
        "22012"
    } else if message.contains("overflow") || message.contains("out of range") {
        "22003"
    } else if message.contains("cast") || message.contains("parse") {
        "22P02"
    } else {
        "22000"
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_counted_in_characters_of_all_that_was_sent() {
        let text = "select 'é';\nselect\n  nonsense";
        assert_eq!(position(text, 0, 1, 8), Some(8));
        let start = text.find("\nselect").unwrap() + 1;
        assert_eq!(position(text, start, 2, 3), Some(22));
        assert_eq!(text.chars().nth(21), Some('n'));
    }

    #[test]
    fn errors_have_the_codes_that_clients_know() {
        let unknown = EngineError::UnknownTable {
            name: "cots".to_owned(),
            similar: vec!["costs".to_owned()],
        };
        let at = EngineError::At {
            line: 1,
            column: 15,
            excerpt: String::new(),
            error: Box::new(unknown),
        };
        let failure = Failure::of(&at.into(), "select * from cots", 0);
        assert_eq!(failure.code, "42P01");
        assert_eq!(failure.message, "relation \"cots\" does not exist");
        assert_eq!(failure.hint.as_deref(), Some("did you mean `costs`?"));
        assert_eq!(failure.position, Some(15));
        let refused = EngineError::Refused("`INSERT INTO`".to_owned());
        let failure = Failure::from(ServeError::from(refused));
        assert_eq!(failure.code, "25006");
        assert_eq!(
            failure.message,
            "cannot execute INSERT INTO in a read-only transaction"
        );
    }
}
