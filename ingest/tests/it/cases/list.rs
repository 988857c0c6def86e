//! `docs/cases.md` names a test for each case, `docs/reliability.md` for each promise: the tests have to be there.

use std::{collections::BTreeSet, fs, path::Path};

/// The text of every source file below a folder.
fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The tests that the last cell of a row of a table names, as `path/to/file.rs::name`; all of them have to exist.
fn named(root: &Path, row: &str) -> usize {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let names = cells[cells.len() - 2].split('`');
    let names = names.filter(|name| name.contains("::"));
    for name in names.clone() {
        let (file, function) = name.split_once("::").unwrap();
        let text = fs::read_to_string(root.join(file));
        let text = text.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(text.contains(&format!("fn {function}(")), "{name}");
    }
    names.count()
}

#[test]
fn every_promise_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(root.join("docs/reliability.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let promises = rows.filter(|row| !row.starts_with("| promise |"));
    let without = promises.clone().filter(|row| named(root, row) == 0);
    assert_eq!(without.collect::<Vec<_>>(), [] as [&str; 0]);
    assert!(promises.count() > 20);
}

#[test]
fn the_list_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let list = fs::read_to_string(root.join("docs/cases.md")).unwrap();
    let mut numbers = BTreeSet::new();
    let mut tests = 0;
    for line in list.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        numbers.extend(cells[1].parse::<u32>());
        tests += named(root, line);
    }
    assert_eq!(numbers, (1..=94).collect(), "every case has its row");
    assert!(tests > 130, "the list names {tests} tests");
}

#[test]
fn every_case_with_a_test_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(root.join("../docs/cases.md")).unwrap();
    let mut text = String::new();
    sources(&root.join("tests/it/cases"), &mut text);
    let names = text.split("fn case_").skip(1);
    for name in names.filter_map(|rest| rest.split_once('(').map(|(name, _)| name)) {
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            assert!(
                list.contains(&format!("::case_{name}`")),
                "case_{name} is not in the list"
            );
        }
    }
}
