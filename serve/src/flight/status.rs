//! Errors as gRPC tells them.

use std::fmt;

use arrow_flight::error::FlightError;
use curtail_engine::EngineError;
use tonic::{Code, Status};

use crate::ServeError;

/// Longer messages would not pass as the header that they become.
const LONGEST: usize = 4000;

/// The error as a client is told it: what is wrong, where, and what to do about it.
pub(super) fn of(error: &ServeError) -> Status {
    let mut text = error.to_string();
    if let ServeError::Engine(engine) = error
        && let Some(excerpt) = engine.excerpt()
    {
        text = format!("{text}\n{excerpt}");
    }
    if let Some(hint) = error.hint() {
        text = format!("{text}\nhint: {hint}");
    }
    Status::new(code(error), shortened(text))
}

/// What a client sent cannot be used.
pub(super) fn invalid(why: impl fmt::Display) -> Status {
    Status::invalid_argument(shortened(why.to_string()))
}

/// Something of ours went wrong.
pub(super) fn defect(why: impl fmt::Display) -> Status {
    Status::internal(shortened(why.to_string()))
}

/// The error of a stream, whose cause may be a status already.
pub(super) fn of_stream(error: FlightError) -> Status {
    match error {
        FlightError::Tonic(status) => *status,
        other => defect(other),
    }
}

fn code(error: &ServeError) -> Code {
    match error {
        ServeError::Engine(error) => code_of_engine(error),
        ServeError::Timeout(_) => Code::DeadlineExceeded,
        ServeError::TooManyRows(_) | ServeError::Busy(_) | ServeError::TooManyConnections(_) => {
            Code::ResourceExhausted
        }
        ServeError::Cancelled => Code::Cancelled,
        ServeError::Stopping => Code::Unavailable,
        ServeError::Login(_) | ServeError::Token => Code::Unauthenticated,
        ServeError::Restriction { .. } => Code::PermissionDenied,
        ServeError::Changed => Code::Aborted,
        _ => Code::Internal,
    }
}

fn code_of_engine(error: &EngineError) -> Code {
    match error {
        EngineError::At { error, .. } => code_of_engine(error),
        EngineError::UnknownTable { .. } | EngineError::UnknownView { .. } => Code::NotFound,
        EngineError::EmptyStore(_) | EngineError::Unavailable(_) => Code::FailedPrecondition,
        EngineError::Store(_) | EngineError::Remote(_) => Code::Unavailable,
        EngineError::Memory { .. } => Code::ResourceExhausted,
        EngineError::Denied { .. } => Code::PermissionDenied,
        // A value that cannot be computed, mostly: neither the statement nor the server is at fault for sure.
        EngineError::Execution(_) => Code::Unknown,
        _ => Code::InvalidArgument,
    }
}

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_told_with_its_place_and_what_may_have_been_meant() {
        let error = EngineError::At {
            line: 1,
            column: 15,
            excerpt: "1 | select * from cots\n  |               ^".to_owned(),
            error: Box::new(EngineError::UnknownTable {
                name: "cots".to_owned(),
                similar: vec!["costs".to_owned()],
            }),
        };
        let status = of(&error.into());
        assert_eq!(status.code(), Code::NotFound);
        assert_eq!(
            status.message(),
            "line 1, column 15: there is no table `cots`\n\
             1 | select * from cots\n  |               ^\n\
             hint: did you mean `costs`?"
        );
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        let status = invalid("é".repeat(LONGEST));
        assert!(status.message().len() <= LONGEST + '…'.len_utf8());
        assert!(status.message().ends_with("é…"));
    }
}
