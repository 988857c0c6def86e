//! The line of a mistake, with a mark below the place.

use super::Place;
use crate::EngineError;

/// The most characters of a line that are shown.
const WIDEST: usize = 100;
/// Characters that are shown before the place in a line that is cut.
const BEFORE: usize = 60;

/// The line of `text` that `place` is in, numbered, and below it a mark.
fn excerpt(text: &str, place: Place) -> String {
    let line = usize::try_from(place.line).unwrap_or(usize::MAX);
    let column = usize::try_from(place.column).unwrap_or(usize::MAX).max(1);
    let line: Vec<char> = text
        .lines()
        .nth(line.saturating_sub(1))
        .unwrap_or_default()
        .trim_end()
        .chars()
        .map(shown)
        .collect();
    let at = (column - 1).min(line.len());
    let first = if line.len() > WIDEST {
        at.saturating_sub(BEFORE)
    } else {
        0
    };
    let part: String = line.iter().skip(first).take(WIDEST).collect();
    let number = place.line.to_string();
    format!(
        "{number} | {part}\n{:width$} | {:indent$}^",
        "",
        "",
        width = number.len(),
        indent = at - first
    )
}

/// The error with its place in `text`, if there is one.
pub(crate) fn at(error: EngineError, place: Option<Place>, text: &str) -> EngineError {
    let Some(place) = place else {
        return error;
    };
    EngineError::At {
        line: place.line,
        column: place.column,
        excerpt: excerpt(text, place),
        error: Box::new(error),
    }
}

/// An excerpt of line `from` as that of line `to`.
pub(crate) fn renumbered(excerpt: &str, from: u64, to: u64) -> String {
    let (from, to) = (from.to_string(), to.to_string());
    let mut lines = excerpt.lines();
    let line = lines.next().unwrap_or_default();
    let line = line.strip_prefix(from.as_str()).unwrap_or(line);
    let mark = lines.next().unwrap_or_default();
    let mark = mark.get(from.len()..).unwrap_or(mark);
    format!("{to}{line}\n{:width$}{mark}", "", width = to.len())
}

/// The character as it may be shown on a terminal.
fn shown(character: char) -> char {
    match character {
        '\t' => ' ',
        other if other.is_control() => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, line: u64, column: u64) -> String {
        excerpt(text, Place { line, column })
    }

    #[test]
    fn the_mark_stands_below_the_place() {
        assert_eq!(
            at("SELECT 1,\n\ta\u{7}b\nFROM c", 2, 3),
            "2 |  a\u{fffd}b\n  |   ^"
        );
        assert_eq!(at("SELECT", 1, 7), "1 | SELECT\n  |       ^");
    }

    #[test]
    fn any_place_is_shown() {
        assert_eq!(at("", 1, 1), "1 | \n  | ^");
        assert_eq!(at("a", 9, 9), "9 | \n  | ^");
        assert_eq!(at("ä", 1, u64::MAX), "1 | ä\n  |  ^");
        let long = "x".repeat(300);
        let shown = at(&long, 1, 200);
        assert!(
            shown.lines().all(|line| line.chars().count() < 110),
            "{shown}"
        );
        assert!(
            shown.ends_with(&format!("{}^", " ".repeat(BEFORE - 1))),
            "{shown}"
        );
    }

    #[test]
    fn numbers_change_with_their_width() {
        let told = at("SELECT", 1, 3);
        assert_eq!(renumbered(&told, 1, 10), "10 | SELECT\n   |   ^");
    }
}
