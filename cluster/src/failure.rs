//! Why a job failed, from what Ballista tells of it.

/// Why a job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A value that an operator could not work with: what it said.
    OfValue(String),
    /// Nobody was left to compute it.
    NoExecutors,
    /// Anything else.
    Other(String),
}

/// How Ballista begins to tell that an operator failed, before the error in Rust's notation.
const OPERATOR: &str = "Task failed due to runtime execution error: ";

/// Understands what Ballista tells.
pub(crate) fn of(told: &str) -> Failure {
    if told.contains("all executors were lost") || told.contains("no executors remain") {
        return Failure::NoExecutors;
    }
    let Some((_, error)) = told.split_once(OPERATOR) else {
        return Failure::Other(told.trim().to_owned());
    };
    if error.contains("DivideByZero") {
        return Failure::OfValue("Division by zero".to_owned());
    }
    let innermost = innermost(error);
    let is_of_value = innermost.as_ref().is_some_and(|(kind, _)| {
        matches!(
            *kind,
            "Execution" | "CastError" | "ComputeError" | "ParseError" | "ArithmeticOverflow"
        )
    });
    // An object that is not there is no fault of the statement.
    match innermost {
        Some((_, text)) if is_of_value && !error.contains("ObjectStore") => Failure::OfValue(text),
        Some((_, text)) if text.contains(' ') => Failure::Other(text),
        _ => Failure::Other(error.trim().to_owned()),
    }
}

/// The innermost `Kind("text")`: the kind and the text. What may be told beside an error is `Some("text")`, often nothing.
fn innermost(error: &str) -> Option<(&str, String)> {
    let mut found = error.rmatch_indices("(\"");
    found.find_map(|(place, opening)| {
        let before = error.get(..place)?;
        let start = before
            .rfind(|c: char| !c.is_alphanumeric())
            .map_or(0, |last| last + 1);
        let kind = before.get(start..)?;
        let text = unescaped(error.get(place + opening.len()..)?);
        (kind != "Some" && !text.is_empty()).then_some((kind, text))
    })
}

/// Text in Rust's notation up to the quote that ends it.
fn unescaped(told: &str) -> String {
    let mut text = String::new();
    let mut rest = told.chars();
    while let Some(next) = rest.next() {
        match next {
            '"' => break,
            '\\' => match rest.next() {
                Some('n') => text.push(' '),
                Some(escaped) => text.push(escaped),
                None => break,
            },
            plain => text.push(plain),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_said_is_found() {
        let told = |error: &str| {
            of(&format!(
                "Job failed due to stage 1 failed: Task failed due to runtime execution error: {error}\n"
            ))
        };
        let value = |text: &str| Failure::OfValue(text.to_owned());
        assert_eq!(
            told("DataFusionError(ArrowError(DivideByZero, None))"),
            value("Division by zero")
        );
        assert_eq!(
            told(
                "DataFusionError(Context(\"cast\", ArrowError(CastError(\"Cannot cast string 'a\\\"b' to value of Int64 type\"), None)))"
            ),
            value("Cannot cast string 'a\"b' to value of Int64 type")
        );
        assert_eq!(
            told("DataFusionError(Shared(ArrowError(CastError(\"no\"), Some(\"\"))))"),
            value("no")
        );
        assert_eq!(
            told("DataFusionError(Execution(\"a sum does not fit 38 digits\"))"),
            value("a sum does not fit 38 digits")
        );
        let absent = told(
            "DataFusionError(ObjectStore(NotFound { path: \"/a/b\", source: Os { code: 2, kind: NotFound, message: \"No such file or directory\" } }))",
        );
        assert!(
            matches!(&absent, Failure::Other(text) if text.contains("NotFound")),
            "{absent:?}"
        );
        assert_eq!(
            of(
                "all executors were lost and no executor re-registered within 12s; no executors remain to run the tasks for this job"
            ),
            Failure::NoExecutors
        );
        assert_eq!(of("odd"), Failure::Other("odd".to_owned()));
    }
}
