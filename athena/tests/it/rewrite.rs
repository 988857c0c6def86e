//! The files in `rewrite/`: statements, what each becomes below a line `-- becomes`, and between two of them a line `----`.
//!
//! `-- refused: ` in the place of `-- becomes` is followed by a part of the error.

use std::{fs, path::Path};

/// A statement's text once it is rewritten, and once more.
fn rewritten(text: &str) -> Result<(String, String), String> {
    let shown = |error: datafusion::error::DataFusionError| error.strip_backtrace();
    let mut statements = curtail_athena::parse(text).map_err(shown)?;
    assert_eq!(statements.len(), 1, "one statement: {text}");
    let mut statement = statements.pop_front().unwrap();
    curtail_athena::rewrite(&mut statement).map_err(shown)?;
    let once = statement.to_string();
    curtail_athena::rewrite(&mut statement).map_err(shown)?;
    Ok((once, statement.to_string()))
}

#[test]
fn statements_become_what_datafusion_plans() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rewrite");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for case in fs::read_to_string(&file).unwrap().split("\n----\n") {
            if let Err(why) = check(case) {
                wrong.push(format!("{name}: {case}\n  {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}

fn check(case: &str) -> Result<(), String> {
    if let Some((text, part)) = case.split_once("\n-- refused: ") {
        return match rewritten(text) {
            Ok((once, _)) => Err(format!("becomes {once}")),
            Err(error) if error.contains(part.trim()) => Ok(()),
            Err(error) => Err(error),
        };
    }
    let (text, expected) = case
        .split_once("\n-- becomes\n")
        .ok_or("neither `-- becomes` nor `-- refused: `")?;
    let (once, twice) = rewritten(text)?;
    if once != twice {
        return Err(format!("becomes {once}\n  and then {twice}"));
    }
    if once != expected.trim() {
        return Err(format!("becomes\n{once}"));
    }
    Ok(())
}
