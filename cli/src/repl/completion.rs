//! Completion of keywords, tables and columns, and the rule for when a statement is complete.

use rustyline::{
    Context, Helper, Result,
    completion::Completer,
    highlight::Highlighter,
    hint::Hinter,
    validate::{ValidationContext, ValidationResult, Validator},
};

use super::command;

const KEYWORDS: &[&str] = &[
    "and",
    "as",
    "asc",
    "between",
    "by",
    "case",
    "cast",
    "coalesce",
    "count",
    "cross",
    "date",
    "date_trunc",
    "desc",
    "describe",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "explain",
    "extract",
    "false",
    "from",
    "full",
    "group",
    "having",
    "in",
    "inner",
    "intersect",
    "interval",
    "is",
    "join",
    "left",
    "like",
    "limit",
    "max",
    "min",
    "not",
    "null",
    "nulls",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "right",
    "round",
    "select",
    "show",
    "sum",
    "tables",
    "then",
    "timestamp",
    "true",
    "union",
    "using",
    "values",
    "when",
    "where",
    "with",
];

const COMMANDS: &[&str] = &["\\?", "\\d", "\\f", "\\q", "\\timing"];

/// The names that can be completed: tables with their columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// Each table as it is written in a query, with its columns.
    pub(crate) tables: Vec<(String, Vec<String>)>,
}

impl Names {
    /// What the word that ends at `position` of `line` could become, and where it starts.
    pub(crate) fn complete(&self, line: &str, position: usize) -> (usize, Vec<String>) {
        let before = &line[..position];
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '\\' | '?');
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| part(*c))
            .last()
            .map_or(position, |(at, _)| at);
        let word = &before[start..];
        if word.starts_with('\\') {
            return (start, matching(COMMANDS.iter().copied(), word));
        }
        if let Some(argument) = before.trim_start().strip_prefix("\\f ") {
            let formats = ["csv", "json", "markdown", "ndjson", "table"];
            return (start, matching(formats.into_iter(), argument.trim_start()));
        }
        let tables = self.tables.iter().map(|(name, _)| name.as_str());
        if before.trim_start().starts_with("\\d ") {
            return (start, matching(tables, word));
        }
        let lower = line.to_lowercase();
        let named = |name: &str| {
            lower
                .split(|c| !part(c))
                .any(|word| word == name || word.starts_with(&format!("{name}.")))
        };
        let used: Vec<_> = self.tables.iter().filter(|(name, _)| named(name)).collect();
        if let Some((owner, column)) = word.rsplit_once('.') {
            // Of a table, or of an alias, of which any table in the statement may be meant.
            let owned = self
                .tables
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(owner));
            let mut columns: Vec<_> = owned.flat_map(|(_, columns)| columns).collect();
            if columns.is_empty() {
                columns = used.iter().flat_map(|(_, columns)| columns).collect();
            }
            let columns = matching(columns.into_iter().map(String::as_str), column);
            let mut found: Vec<_> = columns
                .into_iter()
                .map(|column| format!("{owner}.{column}"))
                .collect();
            found.extend(matching(tables, word));
            return (start, found);
        }
        let columns: Vec<&str> = if used.is_empty() {
            self.tables
                .iter()
                .flat_map(|(_, columns)| columns)
                .map(String::as_str)
                .collect()
        } else {
            used.iter()
                .flat_map(|(_, columns)| columns)
                .map(String::as_str)
                .collect()
        };
        (
            start,
            matching(KEYWORDS.iter().copied().chain(tables).chain(columns), word),
        )
    }
}

fn matching<'a>(names: impl Iterator<Item = &'a str>, word: &str) -> Vec<String> {
    let word = word.to_lowercase();
    let mut found: Vec<_> = names
        .filter(|name| name.to_lowercase().starts_with(&word))
        .map(str::to_owned)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// What the line editor asks.
#[derive(Debug, Default)]
pub(crate) struct Assistant {
    pub(crate) names: Names,
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> Result<(usize, Vec<String>)> {
        Ok(self.names.complete(line, position))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> Result<ValidationResult> {
        let input = context.input();
        let done = input.trim().is_empty()
            || command::parse(input).is_some()
            || curtail_engine::split(input).1;
        Ok(if done {
            ValidationResult::Valid(None)
        } else {
            ValidationResult::Incomplete
        })
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Highlighter for Assistant {}

impl Helper for Assistant {}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Names {
            tables: vec![
                (
                    "costs".to_owned(),
                    columns(&["service", "unblended_cost", "usage_date"]),
                ),
                (
                    "cur".to_owned(),
                    columns(&["line_item_unblended_cost", "line_item_usage_type"]),
                ),
            ],
        }
    }

    fn complete(line: &str) -> Vec<String> {
        names().complete(line, line.len()).1
    }

    #[test]
    fn columns_are_those_of_the_tables_named() {
        assert_eq!(
            complete("select * from costs where u"),
            ["unblended_cost", "union", "usage_date", "using"]
        );
        assert_eq!(complete("select line_item_us"), ["line_item_usage_type"]);
        assert_eq!(complete("select costs.un"), ["costs.unblended_cost"]);
        assert_eq!(
            complete("select * from cur c where c.line_item_un"),
            ["c.line_item_unblended_cost"]
        );
    }

    #[test]
    fn keywords_and_tables_complete_whatever_their_case() {
        assert_eq!(complete("SELECT * FR"), ["from"]);
        assert_eq!(complete("select * from co"), ["coalesce", "costs", "count"]);
        assert_eq!(names().complete("select * from co", 16).0, 14);
    }

    #[test]
    fn commands_complete_with_their_arguments() {
        assert_eq!(complete("\\t"), ["\\timing"]);
        assert_eq!(complete("\\d c"), ["costs", "cur"]);
        assert_eq!(complete("\\f j"), ["json"]);
    }
}
