//! Just enough of SQL's lexical rules to know where a statement ends.

/// Splits `text` after each `;` that ends a statement, leaving out statements without content. The flag says whether the
/// last one is complete, so that nothing of it is still to be typed.
pub fn split(text: &str) -> (Vec<&str>, bool) {
    let mut found = Vec::new();
    let mut start = 0;
    let mut content = false;
    let mut characters = text.char_indices().peekable();
    let mut open = false;
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match character {
            ';' => {
                if content {
                    found.push(text[start..at].trim());
                }
                start = at + 1;
                content = false;
            }
            '-' if next == Some('-') => {
                for (_, character) in characters.by_ref() {
                    if character == '\n' {
                        break;
                    }
                }
            }
            '/' if next == Some('*') => {
                characters.next();
                let mut previous = ' ';
                open = true;
                for (_, character) in characters.by_ref() {
                    if (previous, character) == ('*', '/') {
                        open = false;
                        break;
                    }
                    previous = character;
                }
            }
            '\'' | '"' | '`' => {
                // A doubled quote inside closes and opens again, which comes to the same.
                content = true;
                open = !characters.any(|(_, inner)| inner == character);
            }
            character if character.is_whitespace() => {}
            _ => content = true,
        }
    }
    if content {
        found.push(text[start..].trim());
    }
    (found, !content && !open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_at_its_semicolon() {
        assert_eq!(split("select 1;"), (vec!["select 1"], true));
        assert_eq!(split("select 1"), (vec!["select 1"], false));
        assert_eq!(split("select 1; -- done\n"), (vec!["select 1"], true));
        assert_eq!(split(" ;; \n"), (vec![], true));
        assert_eq!(
            split("select 1; select 2 ;"),
            (vec!["select 1", "select 2"], true)
        );
    }

    #[test]
    fn semicolons_in_text_and_comments_end_nothing() {
        assert_eq!(split("select ';' as a;").0, ["select ';' as a"]);
        assert_eq!(split("select 'it''s;' ;").0, ["select 'it''s;'"]);
        assert!(!split("select 'open;").1);
        assert!(!split("select \";").1);
        assert_eq!(split("select 1 -- ;\n + 1;").0, ["select 1 -- ;\n + 1"]);
        assert_eq!(split("select /* ; ' */ 1;").0, ["select /* ; ' */ 1"]);
        assert!(!split("select 1; /* open").1);
    }
}
