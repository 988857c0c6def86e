//! What can go wrong between a client and an answer.

use std::{io, net::SocketAddr, time::Duration};

use curtail_engine::EngineError;

/// An error of the service. What is shown of it holds no secrets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The engine could not answer.
    #[error(transparent)]
    Engine(Box<EngineError>),
    /// The statement took too long.
    #[error("the statement was stopped after {}, the longest that it may take", seconds(*.0))]
    Timeout(Duration),
    /// The answer has more rows than the user may fetch.
    #[error(
        "the answer has more than {0} rows, the most that this user may fetch with one statement"
    )]
    TooManyRows(u64),
    /// The client, or somebody for it, stopped the statement.
    #[error("the statement was cancelled by its user")]
    Cancelled,
    /// The server is being shut down.
    #[error("the server is shutting down")]
    Stopping,
    /// So many statements wait that another one would not get its turn.
    #[error("{0} statements are waiting already")]
    Busy(usize),
    /// So many connections are open that another one is refused.
    #[error("there are {0} connections already, which is the most that are served")]
    TooManyConnections(usize),
    /// The login was refused. It does not say why: that would help to guess.
    #[error("login failed for user `{0}`")]
    Login(String),
    /// A token that belongs to nobody.
    #[error("the token is not known")]
    Token,
    /// The user's rows could not be told apart.
    #[error("user `{user}` cannot be served: {why}")]
    Restriction {
        /// The user's name.
        user: String,
        /// What is wrong with the condition.
        why: String,
    },
    /// A statement ended without a word, which is a defect.
    #[error("internal error: the statement broke off")]
    Broken,
    /// The columns of a prepared statement are other ones by now.
    #[error(
        "cached plan must not change result type: the store has new columns since this statement was prepared"
    )]
    Changed,
    /// An address that nobody may be served at.
    #[error("refused to listen on {address}: {why}")]
    Exposed {
        /// The address.
        address: SocketAddr,
        /// What is missing.
        why: &'static str,
        /// What would allow it.
        hint: String,
    },
    /// An address that cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ServeError {
    /// What to do about it, if there is something.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Timeout(_) => {
                "ask for fewer billing periods or columns, or have `statement_timeout` raised for this user".to_owned()
            }
            Self::TooManyRows(_) => {
                "add up in SQL, or add LIMIT, or have `max_rows` raised for this user".to_owned()
            }
            Self::Busy(_) | Self::TooManyConnections(_) => {
                "try again in a moment; who runs the server can raise `max_concurrent` and `max_connections`".to_owned()
            }
            Self::Changed => "prepare the statement again".to_owned(),
            Self::Restriction { .. } => {
                "correct `allow` of this user in the configuration".to_owned()
            }
            Self::Exposed { hint, .. } => hint.clone(),
            Self::Engine(error) => return engine_hint(error),
            _ => return None,
        })
    }
}

impl From<EngineError> for ServeError {
    fn from(error: EngineError) -> Self {
        Self::Engine(Box::new(error))
    }
}

/// What to do about an error of the engine.
fn engine_hint(error: &EngineError) -> Option<String> {
    match error {
        EngineError::At { error, .. } => engine_hint(error),
        EngineError::UnknownTable { similar, .. }
        | EngineError::UnknownColumn { similar, .. }
        | EngineError::UnknownView { similar, .. }
        | EngineError::UnknownFunction { similar, .. }
            if !similar.is_empty() =>
        {
            Some(format!("did you mean `{}`?", similar.join("` or `")))
        }
        EngineError::UnknownColumn { elsewhere, .. } if !elsewhere.is_empty() => {
            Some(format!("there is one in {}", elsewhere.join(", ")))
        }
        EngineError::Mistake { instead, .. }
        | EngineError::Value { instead, .. }
        | EngineError::Denied { instead, .. } => {
            (!instead.is_empty()).then(|| instead.clone())
        }
        EngineError::Memory { .. } => Some(
            "group by fewer columns, ask for fewer billing periods, or have the memory limit raised"
                .to_owned(),
        ),
        _ => None,
    }
}

/// A time in the unit that suits it.
fn seconds(time: Duration) -> String {
    if time.subsec_nanos() == 0 {
        format!("{} s", time.as_secs())
    } else {
        format!("{} ms", time.as_millis())
    }
}
