//! `docs/cases.md` names a test for each case: the tests have to be there.

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

#[test]
fn the_list_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let list = fs::read_to_string(root.join("docs/cases.md")).unwrap();
    let mut numbers = BTreeSet::new();
    let mut tests = 0;
    for line in list.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        numbers.extend(cells[1].parse::<u32>());
        // The last cell names tests, as `path/to/file.rs::name`.
        let named = cells[cells.len() - 2]
            .split('`')
            .filter(|name| name.contains("::"));
        for name in named {
            let (file, function) = name.split_once("::").unwrap();
            let text = fs::read_to_string(root.join(file));
            let text = text.unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(text.contains(&format!("fn {function}(")), "{name}");
            tests += 1;
        }
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
