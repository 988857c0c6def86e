//! `PREPARE name FROM …` of another dialect, in which `PostgreSQL`'s parser does not read what follows.

/// The name of a statement that is to be kept, and where in the text it begins.
pub(super) fn named(text: &str) -> Option<(String, usize)> {
    let rest = after_word(text, "prepare")?;
    let (name, rest) = name(rest)?;
    let rest = match rest.strip_prefix('(') {
        Some(types) => types.split_once(')')?.1.trim_start(),
        None => rest,
    };
    let rest = after_word(rest, "from").or_else(|| after_word(rest, "as"))?;
    Some((name, text.len() - rest.len()))
}

/// What follows a keyword.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let (first, rest) = text.split_at_checked(word.len())?;
    let ends = rest.starts_with(|c: char| c.is_whitespace() || c == '(');
    (first.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start())
}

/// A name, in small letters unless it is quoted, and what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (name, rest) = quoted.split_once('"')?;
        return (!name.is_empty()).then(|| (name.to_owned(), rest.trim_start()));
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    (!name.is_empty()).then(|| (name.to_lowercase(), rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_found_behind_their_names() {
        let found = |text: &str| named(text).map(|(name, at)| (name, text[at..].to_owned()));
        for (text, name, statement) in [
            ("PREPARE p FROM SELECT 1", "p", "SELECT 1"),
            (
                "prepare Daily_1 (text) as\nselect $1",
                "daily_1",
                "select $1",
            ),
            (" Prepare \"My P\" From (SELECT 1)", "My P", "(SELECT 1)"),
        ] {
            let expected = Some((name.to_owned(), statement.to_owned()));
            assert_eq!(found(text), expected, "{text}");
        }
        for text in [
            "PREPARE",
            "PREPARE p",
            "prepared p from x",
            "PREPARE p SELECT 1",
            "é",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
