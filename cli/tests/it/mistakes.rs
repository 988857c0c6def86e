//! Mistakes in queries, and what is said about them: each file in `tests/mistakes/` is a query, a line `---`, and what stands on
//! standard error. `CURTAIL_GOLDEN=write` writes them anew.

use std::{fs, path::Path};

use crate::harness::shared;

#[test]
fn mistakes_are_told_with_their_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes");
    let write = std::env::var("CURTAIL_GOLDEN").is_ok_and(|wanted| wanted == "write");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let (query, expected) = text.split_once("---\n").unwrap_or((&text, ""));
        let run = shared().run_with_input(&["sql"], query);
        assert_eq!(run.status, Some(1), "{}: {}", path.display(), run.stderr);
        if write {
            fs::write(&path, format!("{query}---\n{}", run.stderr)).unwrap();
        } else if run.stderr != expected {
            wrong.push(format!("{}:\n{}", path.display(), run.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
