//! What to write instead, for statements that are not in Trino's dialect: the engine speaks of Trino's functions.

/// Trino's words, and those that mean the same here.
const WORDS: [(&str, &str); 5] = [
    ("arbitrary(", "min("),
    (
        "x + INTERVAL '1' DAY, date_add('day', n, x); date_diff('day', a, b) is the days between two",
        "x + INTERVAL '1 day'; a - b is the days between two",
    ),
    ("CAST(x AS double)", "x::double precision"),
    ("AS varchar)", "AS text)"),
    ("try_cast(x AS double)", "try_cast(x AS double precision)"),
];

/// The hint as it helps here; nothing if there is no such thing.
pub(super) fn in_generic(hint: &str) -> Option<String> {
    // There is no `try`.
    if hint.starts_with("try(") {
        return None;
    }
    let words = WORDS.iter();
    let told = words.fold(hint.to_owned(), |told, (trino, here)| {
        told.replace(trino, here)
    });
    Some(told)
}
