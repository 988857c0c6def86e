//! What DataFusion and Arrow say, in the words of SQL: types by their names there, and nothing of where in them it was said.

use datafusion::arrow::datatypes::DataType;

use crate::catalog::sql_type;

/// What the layers put before a message.
const LAYERS: [&str; 14] = [
    "Execution error: ",
    "Error during planning: ",
    "Internal error: ",
    "Arrow error: ",
    "Cast error: ",
    "Compute error: ",
    "Parser error: ",
    "Invalid argument error: ",
    "Schema error: ",
    "SQL error: ",
    "External error: ",
    "External: ",
    "This feature is not implemented: ",
    "type_coercion\ncaused by\n",
];

/// What DataFusion adds for those who develop it.
const TAILS: [&str; 2] = [
    "This issue was likely caused by a bug in DataFusion's code.",
    "\n\nBacktrace:",
];

/// Types that are written alone.
const PLAIN: [&str; 20] = [
    "Boolean",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "Float16",
    "Float32",
    "Float64",
    "Utf8",
    "LargeUtf8",
    "Utf8View",
    "Binary",
    "LargeBinary",
    "BinaryView",
    "Date32",
    "Date64",
];

/// Types that are written with what they are made of, and what they are called where that is not understood.
const COMPOUND: [(&str, &str); 15] = [
    ("Decimal32", "decimal"),
    ("Decimal64", "decimal"),
    ("Decimal128", "decimal"),
    ("Decimal256", "decimal"),
    ("Timestamp", "timestamp"),
    ("Time32", "time"),
    ("Time64", "time"),
    ("Interval", "interval"),
    ("Duration", "interval"),
    ("List", "array"),
    ("LargeList", "array"),
    ("FixedSizeList", "array"),
    ("Map", "map"),
    ("Struct", "row"),
    ("Dictionary", "varchar"),
];

/// The functions that DataFusion calls otherwise.
const FUNCTIONS: [(&str, &str); 5] = [
    ("array_transform", "transform"),
    ("array_filter", "filter"),
    ("array_any_match", "any_match"),
    ("make_array", "array"),
    ("nvl", "ifnull"),
];

/// The message in the words of SQL, in one line.
pub(super) fn plain(message: &str) -> String {
    let mut text = message;
    for tail in TAILS {
        text = text.split(tail).next().unwrap_or(text);
    }
    let mut text = text.to_owned();
    for layer in LAYERS {
        text = text.replace(layer, "");
    }
    let text = text.trim().trim_end_matches("..").trim();
    renamed(text)
}

/// A type of Arrow by its name in SQL; any other text as it is.
pub(super) fn type_of(text: &str) -> String {
    renamed(text.trim())
}

fn renamed(text: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    let mut quoted = false;
    while let Some(first) = rest.chars().next() {
        // What stands in quotes is a value that somebody wrote; there are apostrophes too.
        let within = made.ends_with(is_part) && rest[first.len_utf8()..].starts_with(is_part);
        quoted ^= first == '\'' && !within;
        if quoted && names_call(rest) {
            quoted = false;
        }
        if !is_part(first) || quoted {
            made.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind;
        if let Some((_, name)) = FUNCTIONS.iter().find(|(inner, _)| *inner == word) {
            made.push_str(name);
        } else if PLAIN.contains(&word) {
            made.push_str(&of_arrow(word).unwrap_or_else(|| word.to_owned()));
        } else if let Some((_, name)) = COMPOUND.iter().find(|(inner, _)| *inner == word) {
            let arguments = in_parentheses(behind);
            rest = &behind[arguments.len()..];
            let known = of_arrow(&format!("{word}{arguments}"));
            match known {
                Some(known) => made.push_str(&known),
                None if !arguments.is_empty() || word.starts_with("Decimal") => made.push_str(name),
                None => made.push_str(word),
            }
        } else {
            made.push_str(word);
        }
    }
    made
}

/// Whether a quote begins a call, as in `types 'sum(Utf8View)'`.
fn names_call(rest: &str) -> bool {
    let name = rest.trim_start_matches('\'');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    rest.starts_with('\'') && end.is_some_and(|end| end > 0 && name[end..].starts_with('('))
}

/// The parentheses that the text begins with, with all that is in them.
fn in_parentheses(text: &str) -> &str {
    if !text.starts_with('(') {
        return "";
    }
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..=at];
        }
    }
    text
}

fn of_arrow(text: &str) -> Option<String> {
    let data_type: DataType = text.parse().ok()?;
    Some(sql_type(&data_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_the_names_of_sql() {
        for (arrow, sql) in [
            (
                "Cannot coerce arithmetic expression Date32 + Utf8View to valid types",
                "Cannot coerce arithmetic expression date + varchar to valid types",
            ),
            (
                "returning Decimal128(38, 18) and Timestamp(µs, \"UTC\")",
                "returning decimal(38,18) and timestamp(3)",
            ),
            ("a Decimal128 of precision 2", "a decimal of precision 2"),
            (
                "array_transform expected a list as first argument, got Utf8View",
                "transform expected a list as first argument, got varchar",
            ),
            ("'Utf8 List' is a value", "'Utf8 List' is a value"),
            (
                "types 'sum(Utf8View, Int64)'",
                "types 'sum(varchar, bigint)'",
            ),
            ("Map(nonsense) (", "map ("),
            ("Binary(", "varbinary("),
        ] {
            assert_eq!(plain(arrow), sql, "{arrow}");
        }
    }

    #[test]
    fn layers_are_left_out() {
        let text = "Execution error: Internal error: it broke.. This issue was likely caused by a bug in DataFusion's code. Please";
        assert_eq!(plain(text), "it broke");
        assert_eq!(
            plain("Arrow error: Cast error: Cannot cast string 'x' to value of Int32 type"),
            "Cannot cast string 'x' to value of integer type"
        );
    }

    #[test]
    fn any_text_is_taken() {
        for text in [
            "",
            "(",
            "Map(",
            "Map((",
            "'",
            "Utf8'",
            "ä Date32é",
            "List)(",
        ] {
            plain(text);
        }
    }
}
