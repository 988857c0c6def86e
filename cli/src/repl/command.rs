//! What the prompt understands besides SQL.

use clap::ValueEnum;

use crate::render::Format as Rows;

/// What `\?` prints.
pub(crate) const HELP: &str = "\
SQL runs at its `;` and may span lines.
  \\d              tables and views
  \\d NAME         columns of one
  \\f [FORMAT]     output format: table, csv, json, ndjson, markdown
  \\timing [on|off]  time taken after each statement
  \\? or help      this text
  \\q or exit      leave (also Ctrl-D)
Tab completes keywords, tables and columns; the arrow keys and Ctrl-R find earlier statements.
";

/// A command of the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Tables,
    Columns(String),
    Format(Option<Rows>),
    Timing(Option<bool>),
    Help,
    Quit,
}

/// Understands a line as a command; `None` if it is SQL.
pub(crate) fn parse(line: &str) -> Option<Result<Command, String>> {
    let mut words = line.trim().trim_end_matches(';').split_whitespace();
    let (word, argument) = (words.next()?, words.next());
    let more = words.next().is_some();
    let wrong = || format!("`{}` is not understood: \\? lists what is", line.trim());
    let command = match (word, argument) {
        ("exit" | "quit" | "\\q", None) => Command::Quit,
        ("help" | "\\?" | "\\h", None) => Command::Help,
        ("\\d" | "\\dt", None) => Command::Tables,
        ("\\d", Some(name)) if !more => Command::Columns(name.trim_matches('"').to_owned()),
        ("\\timing", None) => Command::Timing(None),
        ("\\timing", Some("on")) if !more => Command::Timing(Some(true)),
        ("\\timing", Some("off")) if !more => Command::Timing(Some(false)),
        ("\\f", None) => Command::Format(None),
        ("\\f", Some(name)) if !more => match Rows::from_str(name, true) {
            Ok(format) => Command::Format(Some(format)),
            Err(_) => {
                return Some(Err(format!(
                    "`{name}` is no format: table, csv, json, ndjson or markdown"
                )));
            }
        },
        (word, _) if word.starts_with('\\') => return Some(Err(wrong())),
        _ => return None,
    };
    Some(Ok(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_commands_from_sql() {
        assert_eq!(parse("\\d"), Some(Ok(Command::Tables)));
        assert_eq!(
            parse("  \\d costs ;"),
            Some(Ok(Command::Columns("costs".to_owned())))
        );
        assert_eq!(
            parse("\\f json"),
            Some(Ok(Command::Format(Some(Rows::Json))))
        );
        assert_eq!(
            parse("\\timing off"),
            Some(Ok(Command::Timing(Some(false))))
        );
        assert_eq!(parse("quit;"), Some(Ok(Command::Quit)));
        assert_eq!(parse("select 1"), None);
        assert_eq!(parse("exit from somewhere"), None);
        assert_eq!(parse(""), None);
        for wrong in ["\\x", "\\f xml", "\\d a b", "\\timing maybe"] {
            assert!(
                parse(wrong).is_some_and(|result| result.is_err()),
                "{wrong}"
            );
        }
    }
}
