//! Bad input: one clear error with a hint, exit status 1, and the store as it was.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::harness::{Place, csv, filtered};

/// A plain report of October in `report/`, and a store that already holds another one.
fn prepared(more: &[&str]) -> Place {
    let place = Place::new();
    let generate = |out: &str, more: &[&str]| {
        let mut arguments = vec![
            "generate",
            "--out",
            out,
            "--rows",
            "1500",
            "--profile",
            "tiny",
            "--month",
            "2026-10",
        ];
        arguments.extend(more);
        place.ok(&arguments);
    };
    generate("before", &["--name", "before"]);
    place.ok(&["ingest", "before"]);
    generate("report", more);
    place
}

/// Files of the report, in order. Tests break the last one only: of several, any may be found broken first.
fn files(place: &Place, fits: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let found: Vec<_> = place
        .content("report".as_ref())
        .into_keys()
        .filter(|path| fits(path))
        .collect();
    assert!(!found.is_empty(), "the report has such files");
    found
}

fn ends(path: &Path, ending: &str) -> bool {
    path.to_string_lossy().ends_with(ending)
}

/// Ingests what was broken; the store must not change.
fn refused(name: &str, place: &Place, source: &str) {
    let before = place.content(&place.store());
    let costs = place.ok(&["costs", "--by", "service"]);
    let error = place.fails(&["ingest", source]);
    filtered(|| insta::assert_snapshot!(format!("error-{name}"), error));
    assert!(before == place.content(&place.store()), "the store changed");
    assert_eq!(costs, place.ok(&["costs", "--by", "service"]));
}

#[test]
fn no_source() {
    let place = prepared(&[]);
    let error = place.fails(&["ingest"]);
    filtered(|| insta::assert_snapshot!("error-no-source", error));
}

#[test]
fn an_empty_folder() {
    let place = prepared(&[]);
    fs::create_dir(place.path("empty")).unwrap();
    refused("empty-folder", &place, "empty");
}

#[test]
fn a_folder_that_does_not_exist() {
    refused("no-folder", &prepared(&[]), "nowhere");
}

#[test]
fn no_manifest() {
    let place = prepared(&[]);
    for path in files(&place, |path| ends(path, "-Manifest.json")) {
        fs::remove_file(path).unwrap();
    }
    refused("no-manifest", &place, "report");
}

#[test]
fn a_manifest_that_names_a_missing_file() {
    let place = prepared(&[]);
    if let Some(path) = files(&place, |path| ends(path, ".csv.gz")).pop() {
        fs::remove_file(path).unwrap();
    }
    refused("missing-file", &place, "report");
}

#[test]
fn a_manifest_cut_short() {
    let place = prepared(&[]);
    for path in files(&place, |path| ends(path, "-Manifest.json")) {
        let text = fs::read(&path).unwrap();
        fs::write(path, &text[..text.len() / 2]).unwrap();
    }
    refused("manifest-cut", &place, "report");
}

#[test]
fn a_truncated_gzip_file() {
    let place = prepared(&[]);
    if let Some(path) = files(&place, |path| ends(path, ".csv.gz")).pop() {
        let bytes = fs::read(&path).unwrap();
        fs::write(path, &bytes[..bytes.len() * 2 / 3]).unwrap();
    }
    refused("truncated-gzip", &place, "report");
}

#[test]
fn a_truncated_parquet_file() {
    let place = prepared(&["--format", "cur2-parquet"]);
    if let Some(path) = files(&place, |path| ends(path, ".parquet")).pop() {
        let bytes = fs::read(&path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
    refused("truncated-parquet", &place, "report");
}

/// Replaces the first `from` in the last plain CSV file.
fn edited(from: &str, to: &str) -> Place {
    let place = prepared(&["--compression", "plain"]);
    if let Some(path) = files(&place, |path| ends(path, ".csv")).pop() {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
    place
}

#[test]
fn a_header_without_a_required_column() {
    refused(
        "no-cost-column",
        &edited("lineItem/UnblendedCost", "lineItem/Unblended"),
        "report",
    );
}

#[test]
fn text_where_an_amount_belongs() {
    let place = prepared(&["--compression", "plain"]);
    if let Some(path) = files(&place, |path| ends(path, ".csv")).pop() {
        let (header, mut rows) = csv(&fs::read_to_string(&path).unwrap());
        let cost = header
            .iter()
            .position(|name| name == "lineItem/UnblendedCost")
            .unwrap();
        rows[2][cost] = "12,5".to_owned();
        let mut writer = csv::Writer::from_path(path).unwrap();
        writer.write_record(&header).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        writer.flush().unwrap();
    }
    refused("bad-amount", &place, "report");
}

#[test]
fn one_bad_month_does_not_stop_the_others() {
    let place = Place::new();
    place.generate("legacy-csv");
    for path in files(&place, |path| {
        ends(path, ".csv.gz") && path.to_string_lossy().contains("20260901-20261001")
    }) {
        fs::remove_file(path).unwrap();
    }
    let run = place.run(&["ingest", "report"]);
    let rows = csv(&run.stdout).1;
    let actions: Vec<_> = rows
        .iter()
        .map(|row| (row[1].as_str(), row[3].as_str()))
        .collect();
    assert_eq!(actions, [("2026-09", "failed"), ("2026-10", "added")]);
    let error = run.failure();
    assert!(error.contains("2026-09"), "{error}");
}

#[test]
fn an_empty_store() {
    let place = Place::new();
    let mut told = String::new();
    for arguments in [
        &["status"][..],
        &["costs"],
        &["sql", "SELECT 1"],
        &["queries", "run", "cost-by-service"],
    ] {
        told.push_str(&format!(
            "> {}\n{}\n\n",
            arguments.join(" "),
            place.fails(arguments)
        ));
    }
    filtered(|| insta::assert_snapshot!("error-empty-store", told));
    assert!(!place.store().exists());
}

#[test]
fn other_mistakes() {
    let place = prepared(&[]);
    let mut told = String::new();
    let mistakes: [&[&str]; 9] = [
        &["ingest", "report", "--period", "2020-01"],
        &["ingest", "gs://bucket/prefix"],
        &["ingest", "s3://"],
        &["costs", "--by", "tag:no such tag"],
        &["costs", "--report", "nobody"],
        &["costs", "--where", "servise = 'x'"],
        &["queries", "run", "cost-by-servce"],
        &["sql", "-F", "nowhere.sql"],
        &["sql", "SELECT 1", "-o", "no/such/folder/r.csv"],
    ];
    for arguments in mistakes {
        told.push_str(&format!(
            "> {}\n{}\n\n",
            arguments.join(" "),
            place.fails(arguments)
        ));
    }
    filtered(|| insta::assert_snapshot!("error-other", told));
}
