//! A process may die at any instant, and several may run at once: readers see one version or the other, to the digit, and
//! the next run leaves nothing behind.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::harness::{Place, copy, csv};

/// A month in `first/`, ingested, and what AWS restated of it in `second/`.
fn restated(rows: &str) -> Place {
    let place = Place::new();
    for (out, more) in [("first", None), ("second", Some("--restate"))] {
        let mut arguments = vec![
            "generate", "--out", out, "--rows", rows, "--month", "2026-10",
        ];
        arguments.extend(["--rows-per-file", "9000", "--name", "bill"]);
        arguments.extend(more);
        place.ok(&arguments);
    }
    place.ok(&["ingest", "first"]);
    place
}

fn costs(place: &Place) -> String {
    place.ok(&[
        "costs",
        "--by",
        "service,account",
        "--metric",
        "unblended,amortized,usage",
    ])
}

/// Files of the store that no commit speaks of, and temporary ones.
pub(crate) fn orphans(place: &Place) -> Vec<PathBuf> {
    let files = place.content(&place.store());
    let in_log = |path: &Path| {
        path.components()
            .any(|part| part.as_os_str() == "_delta_log")
    };
    let commits: Vec<_> = files
        .iter()
        .filter(|(path, _)| in_log(path))
        .map(|(_, content)| String::from_utf8_lossy(content).into_owned())
        .collect();
    let orphan = |path: &&PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        // A process killed before it had even locked its marker had begun nothing.
        let unseen = path.extension().is_some_and(|end| end == "new");
        let staged = name.contains('#');
        let told = in_log(path) || commits.iter().any(|commit| commit.contains(&*name));
        staged || !(told || unseen)
    };
    files.keys().filter(orphan).cloned().collect()
}

/// Data files below a folder that may be changing.
fn data_files(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let count = entries.map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => data_files(&entry.path()),
        _ => usize::from(entry.file_name().to_string_lossy().starts_with("part-")),
    });
    count.sum()
}

/// Data files that no commit speaks of.
fn orphaned_data(place: &Place) -> usize {
    let data = |path: &PathBuf| path.to_string_lossy().contains("/part-");
    orphans(place).iter().filter(|path| data(path)).count()
}

#[test]
fn a_killed_ingest_leaves_one_version_or_the_other() {
    let place = restated("40000");
    let before = costs(&place);
    let untouched = place.path("untouched");
    copy(&place.store(), &untouched);
    let started = Instant::now();
    place.ok(&["ingest", "second"]);
    let whole = started.elapsed();
    let after = costs(&place);
    assert_ne!(before, after);

    let (mut kept, mut littered) = (0, 0);
    for round in 0..16_u32 {
        fs::remove_dir_all(place.store()).unwrap();
        copy(&untouched, &place.store());
        let held = data_files(&place.store());
        let mut child = place.start(&["ingest", "second"]);
        if round % 2 == 0 {
            // Spread over the run, a little beyond its end, without a pattern.
            sleep(whole * (round * 7 % 17) / 16);
        } else {
            // While files are written, which takes a small part of the time: some milliseconds after the first.
            while data_files(&place.store()) == held && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_millis(1));
            }
            sleep(Duration::from_millis(u64::from(round)));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let found = costs(&place);
        assert!(
            [&before, &after].contains(&&found),
            "round {round}: {found}"
        );
        kept += usize::from(found == before);
        littered += usize::from(orphaned_data(&place) > 0);
        if round % 3 == 0 {
            place.ok(&["verify"]);
        }
        let rows = csv(&place.ok(&["ingest", "second"])).1;
        let action = if found == before {
            "replaced"
        } else {
            "unchanged"
        };
        assert_eq!(rows[0][3], action, "round {round}");
        assert_eq!(costs(&place), after);
        assert_eq!(orphans(&place), [] as [PathBuf; 0], "round {round}");
    }
    // Else nothing was shown.
    assert!(
        kept > 3 && littered > 0,
        "{kept} kept the first version, {littered} left files"
    );
}

#[test]
fn several_at_once_are_one_version() {
    let place = restated("20000");
    let before = costs(&place);
    let runs: Vec<_> = (0..3).map(|_| place.start(&["ingest", "second"])).collect();
    let mut seen = BTreeSet::new();
    let mut runs: Vec<_> = runs.into_iter().map(Some).collect();
    let mut actions = Vec::new();
    while runs.iter().any(Option::is_some) {
        seen.insert(costs(&place));
        for run in &mut runs {
            if run
                .as_mut()
                .is_some_and(|run| run.try_wait().unwrap().is_some())
            {
                let output = run.take().unwrap().wait_with_output().unwrap();
                let told = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{told}");
                let rows = csv(&String::from_utf8(output.stdout).unwrap()).1;
                actions.push(rows[0][3].clone());
            }
        }
    }
    actions.sort();
    assert_eq!(actions, ["replaced", "unchanged", "unchanged"]);
    let after = costs(&place);
    assert!(seen.iter().all(|found| [&before, &after].contains(&found)));
    assert_eq!(orphans(&place), [] as [PathBuf; 0]);
    crate::reports::equals_truth(&place, "second/truth.json", &[]);
    let versions = csv(&place.ok(&["history", "2026-10"])).1;
    assert_eq!(versions.len(), 2, "{versions:?}");
}

/// A file size limit stands for a full disk: writing fails in the middle of a file.
#[test]
fn a_full_disk_costs_nothing_that_was_there() {
    let place = restated("20000");
    let (before, files) = (costs(&place), place.content(&place.store()));
    let limited = format!(
        "trap '' XFSZ; ulimit -f 100; exec '{}' ingest second",
        env!("CARGO_BIN_EXE_curtail")
    );
    let shell = place.command(&[]);
    let variables: Vec<_> = shell.get_envs().collect();
    let mut command = Command::new("sh");
    command.args(["-c", &limited]).env_clear();
    command.current_dir(shell.get_current_dir().unwrap());
    for (name, value) in variables {
        command.env(name, value.unwrap_or_default());
    }
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("error: ") && told.contains("hint: check that the store"),
        "{told}"
    );
    assert!(told.contains("File too large"), "{told}");
    assert_eq!(costs(&place), before);
    // Whether the last write did anything is for the next run to find out: only the marker of the attempt stays till then.
    let marker = |path: &PathBuf| path.parent().unwrap().ends_with("_attempts");
    let mut left = place.content(&place.store());
    left.retain(|path, _| !marker(path));
    assert!(left == files, "{:?}", orphans(&place));
    place.ok(&["ingest", "second"]);
    assert_eq!(orphans(&place), [] as [PathBuf; 0]);
    crate::reports::equals_truth(&place, "second/truth.json", &[]);
}

#[test]
fn a_removed_store_is_told_and_made_anew() {
    let place = restated("3000");
    fs::remove_dir_all(place.store()).unwrap();
    assert!(
        place
            .fails(&["costs"])
            .starts_with("error: there is no store at")
    );
    place.ok(&["ingest", "first"]);
    crate::reports::equals_truth(&place, "first/truth.json", &[]);
}
