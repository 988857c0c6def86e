//! Errors of object stores, told apart and told without what should not be shown.

use std::error::Error;

use object_store::Error as ObjectError;

use crate::{IngestError, Source};

/// What went wrong with object (or prefix) `key` of `source`, other than that it does not exist.
pub(crate) fn classify(source: &Source, key: &str, error: &ObjectError) -> IngestError {
    let key = source.display(key);
    let why = told(error);
    let code = why.split(':').next().unwrap_or_default();
    match code {
        "NoSuchBucket" => {
            return IngestError::NoSuchBucket {
                location: source.location().to_owned(),
            };
        }
        "InvalidObjectState" => return IngestError::Archived { key, why },
        "PermanentRedirect"
        | "AuthorizationHeaderMalformed"
        | "IllegalLocationConstraintException" => {
            return IngestError::WrongRegion { key, why };
        }
        // Refusals of a list reach us without their class, only with their text.
        "AccessDenied"
        | "AllAccessDisabled"
        | "ExpiredToken"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "NotSignedUp"
        | "SignatureDoesNotMatch"
        | "TokenRefreshRequired" => return IngestError::Denied { key, why },
        _ => {}
    }
    match error {
        ObjectError::PermissionDenied { .. } | ObjectError::Unauthenticated { .. } => {
            IngestError::Denied { key, why }
        }
        ObjectError::Precondition { .. } => IngestError::Changed { key },
        ObjectError::InvalidPath { .. } => IngestError::Key { key, why },
        _ if why.contains("incorrectly configured region") => IngestError::WrongRegion { key, why },
        _ => IngestError::Read { key, why },
    }
}

/// The innermost reason, without the documents that servers put into their answers.
pub(crate) fn told(error: &ObjectError) -> String {
    let mut inner: &dyn Error = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    inner
        .to_string()
        .split('<')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_end_matches(':')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;

    use super::*;

    fn source() -> Source {
        Source::bucket(Arc::new(InMemory::new()), "bills", "cur").unwrap()
    }

    #[test]
    fn a_refusal_names_the_object() {
        let error = ObjectError::PermissionDenied {
            path: "cur".to_owned(),
            source: "SignatureDoesNotMatch: No match.".into(),
        };
        let IngestError::Denied { key, why } = classify(&source(), "cur/x", &error) else {
            panic!("not denied")
        };
        assert_eq!(
            (key.as_str(), why.as_str()),
            ("s3://bills/cur/x", "SignatureDoesNotMatch: No match.")
        );
    }

    #[test]
    fn other_answers_lose_their_document() {
        let error = ObjectError::Generic {
            store: "S3",
            source: "status 500: <html>secret</html>".into(),
        };
        assert_eq!(told(&error), "status 500");
    }

    #[test]
    fn codes_decide() {
        let of = |code: &str| {
            let answer = format!("{code}: m");
            classify(
                &source(),
                "k",
                &ObjectError::Generic {
                    store: "S3",
                    source: answer.into(),
                },
            )
        };
        assert!(matches!(
            of("NoSuchBucket"),
            IngestError::NoSuchBucket { .. }
        ));
        assert!(matches!(
            of("AuthorizationHeaderMalformed"),
            IngestError::WrongRegion { .. }
        ));
        assert!(matches!(
            of("InvalidObjectState"),
            IngestError::Archived { .. }
        ));
        assert!(matches!(of("SlowDown"), IngestError::Read { .. }));
    }
}
