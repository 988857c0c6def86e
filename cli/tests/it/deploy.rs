//! `docs/deploy.md` and the files in `deploy/`: whatever they have the binary do, it can.

use std::{fs, path::PathBuf};

use crate::harness::Place;

fn read(name: &str) -> String {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The arguments of each call of the binary in a text whose lines are commands of a shell.
fn calls(text: &str) -> Vec<Vec<String>> {
    let text = text.replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| {
        let line = line.split(" #").next()?;
        // At the beginning, or by its path: elsewhere it is the name of something else.
        let by_path = line
            .split_once("/usr/local/bin/curtail ")
            .map(|(_, after)| after);
        line.strip_prefix("curtail ").or(by_path).map(words)
    });
    lines.collect()
}

/// Words up to where the shell takes over again.
fn words(text: &str) -> Vec<String> {
    let words = text.split_whitespace();
    let words = words.take_while(|word| !["|", "2>&1", "&&", ";"].contains(word));
    words.map(str::to_owned).collect()
}

/// Has the binary read `arguments` and say what they do instead of doing it.
fn is_understood(place: &Place, arguments: &[String]) {
    let arguments = arguments.iter().map(String::as_str);
    let arguments: Vec<_> = arguments.chain(["--help"]).collect();
    let run = place.run(&arguments).success();
    assert!(run.stdout.contains("Usage: curtail"), "{arguments:?}");
}

#[test]
fn commands_of_the_document_are_understood() {
    let place = Place::new();
    let text = read("docs/deploy.md");
    let blocks = text.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    let calls: Vec<_> = blocks.flat_map(calls).collect();
    assert!(calls.len() >= 6, "{calls:?}");
    for arguments in &calls {
        is_understood(&place, arguments);
    }
}

#[test]
fn commands_of_units_and_containers_are_understood() {
    let place = Place::new();
    for unit in [
        "curtail-serve.service",
        "curtail-ingest.service",
        "curtail-ingest.cron",
    ] {
        let text = read(&format!("deploy/{unit}"));
        // What is commented out is there to be used, too.
        let calls: Vec<_> = calls(&text);
        assert!(!calls.is_empty(), "{unit}");
        for arguments in &calls {
            is_understood(&place, arguments);
        }
    }
    let text = read("deploy/Containerfile");
    let command = text
        .lines()
        .find_map(|line| line.strip_prefix("CMD "))
        .unwrap();
    let arguments: Vec<String> = serde_json::from_str(command).unwrap();
    is_understood(&place, &arguments);
    assert!(!arguments.iter().any(|word| word.starts_with("--insecure")));
}

#[test]
fn the_configuration_of_the_document_is_understood() {
    let place = Place::new();
    let text = read("docs/deploy.md");
    let toml = text
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let path = place.path("config.toml");
    fs::write(&path, toml).unwrap();
    place.ok(&["--config", path.to_str().unwrap(), "config", "show"]);
}

#[test]
fn the_cron_line_of_the_document_is_the_one_in_the_file() {
    let line = read("deploy/curtail-ingest.cron");
    let line = line.lines().last().unwrap();
    assert!(read("docs/deploy.md").contains(line), "{line}");
}

#[test]
fn metrics_that_the_document_asks_for_are_told() {
    let page = read("serve/src/http/metrics.rs");
    let text = read("docs/deploy.md");
    let named = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = named.filter(|word| word.starts_with("curtail_") && *word != "curtail_");
    let named: Vec<_> = named.map(|name| name.trim_end_matches("_bucket")).collect();
    assert!(named.len() > 5, "{named:?}");
    for name in named {
        assert!(page.contains(&format!("\"{name}\"")), "{name}");
    }
}
