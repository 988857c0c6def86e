//! What the binary says about itself.

use crate::harness::{Place, filtered};

#[test]
fn every_help_text() {
    let place = Place::new();
    let commands: [&[&str]; 38] = [
        &[],
        &["demo"],
        &["generate"],
        &["connections"],
        &["connections", "add"],
        &["connections", "check"],
        &["connections", "template"],
        &["connections", "permissions"],
        &["connections", "import"],
        &["ingest"],
        &["status"],
        &["verify"],
        &["history"],
        &["diff"],
        &["vacuum"],
        &["costs"],
        &["resources"],
        &["sql"],
        &["queries"],
        &["queries", "list"],
        &["queries", "show"],
        &["queries", "run"],
        &["serve"],
        &["serve", "password"],
        &["serve", "token"],
        &["cluster"],
        &["cluster", "scheduler"],
        &["cluster", "executor"],
        &["config"],
        &["config", "show"],
        &["connections", "set"],
        &["rollup"],
        &["rollup", "list"],
        &["rollup", "build"],
        &["rollup", "verify"],
        &["rollup", "drop"],
        &["completions"],
        &["version"],
    ];
    for command in commands {
        let arguments: Vec<_> = command.iter().copied().chain(["--help"]).collect();
        let text = place.ok(&arguments);
        let name = format!("help {}", command.join(" "))
            .trim()
            .replace(' ', "-");
        filtered(|| insta::assert_snapshot!(name, text));
    }
}

#[test]
fn the_version_is_one_line() {
    let place = Place::new();
    let version = format!("curtail {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(place.ok(&["version"]), version);
    assert_eq!(place.ok(&["--version"]), version);
}

#[test]
fn completion_scripts_name_the_commands() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.ok(&["completions", shell]);
        for command in ["ingest", "queries", "memory-limit"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn wrong_usage_is_status_2() {
    let place = Place::new();
    let wrong: [&[&str]; 10] = [
        &[],
        &["frobnicate"],
        &["costs", "--by", "colour"],
        &["costs", "--metric", "cheap"],
        &["costs", "--period", "2026-13"],
        &["costs", "--period", "2026-10", "--from", "2026-10-01"],
        &["costs", "--from", "2026-10-02", "--to", "2026-10-01"],
        &["--memory-limit", "lots", "version"],
        &["--memory-limit", "1MiB", "version"],
        &["generate", "--out", "x", "--format", "xlsx"],
    ];
    for arguments in wrong {
        let run = place.run(arguments);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}
