//! The files in `golden/`, one line per rule:
//!
//! ```text
//! # a comment
//! expression => type: value
//! expression !! a part of the error's message
//! ```
//!
//! An expression that begins with SELECT, WITH or VALUES is a query, whose rows are parted by ` | ` and their cells by `, `. Any other
//! expression is computed from constants, and once more with arrays in the place of its constants.

use std::{
    fs,
    path::{Path, PathBuf},
};

use datafusion::prelude::SessionContext;

use crate::session::{over_arrays, query, session};

#[tokio::test]
async fn expressions_come_to_what_trino_documents() {
    let context = session();
    #[expect(clippy::disallowed_methods, reason = "a switch of these tests alone")]
    let wanted = std::env::var("CURTAIL_GOLDEN_FILES").unwrap_or_default();
    let (mut lines, mut wrong) = (0, Vec::new());
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")) {
        let name = file.display().to_string();
        if !name.contains(&wanted) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            lines += 1;
            if let Err(why) = check(&context, line).await {
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                wrong.push(format!("{name}:{}: {line}\n    {why}", number + 1));
            }
        }
    }
    assert!(lines > 0 || !wanted.is_empty(), "there are goldens");
    assert!(
        wrong.is_empty(),
        "{} of {lines} lines:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

async fn check(context: &SessionContext, line: &str) -> Result<(), String> {
    let shown = |found: Result<String, datafusion::error::DataFusionError>| match found {
        Ok(value) => value,
        Err(error) => format!("!! {}", error.strip_backtrace()),
    };
    let first = line.split_whitespace().next().unwrap_or_default();
    let is_query = ["SELECT", "WITH", "VALUES"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word));
    if let Some((expression, message)) = line.rsplit_once(" !! ") {
        let text = if is_query {
            expression.to_owned()
        } else {
            format!("SELECT {expression}")
        };
        let found = shown(query(context, &text).await);
        return if found.starts_with("!! ") && found.contains(message.trim()) {
            Ok(())
        } else {
            Err(found)
        };
    }
    let Some((expression, expected)) = line.rsplit_once(" => ") else {
        return Err("neither ` => ` nor ` !! `".to_owned());
    };
    let expected = expected.trim();
    let text = if is_query {
        expression.to_owned()
    } else {
        format!("SELECT {expression}")
    };
    let found = shown(query(context, &text).await);
    if found != expected {
        return Err(found);
    }
    if is_query {
        return Ok(());
    }
    match over_arrays(context, expression).await {
        Ok(Some(found)) if found != expected => Err(format!("over arrays: {found}")),
        Ok(_) => Ok(()),
        Err(error) => Err(format!("over arrays: {}", error.strip_backtrace())),
    }
}

/// All files below a folder, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "txt") {
            found.push(path);
        }
    }
    found.sort();
    found
}
