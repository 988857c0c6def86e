//! Every format from the generator, ingested and compared digit by digit with `truth.json`.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use crate::harness::{Place, csv};

const METRICS: [(&str, &str); 7] = [
    ("unblended", "unblended_cost"),
    ("amortized", "amortized_cost"),
    ("net-unblended", "net_unblended_cost"),
    ("net-amortized", "net_amortized_cost"),
    ("blended", "blended_cost"),
    ("list", "list_cost"),
    ("usage", "usage_amount"),
];

/// Dimensions as the command line and as `truth.json` name them.
const DIMENSIONS: [(&str, &str); 6] = [
    ("service", "service"),
    ("account", "account"),
    ("charge-type", "charge_type"),
    ("region", "region"),
    ("day", "day"),
    ("resource", "resource"),
];

/// Every metric by every dimension, over all and per billing period, equals the truth beside the report.
pub(crate) fn equals_truth(place: &Place, truth: &str, more: &[&str]) {
    let truth: Value = serde_json::from_slice(&fs::read(place.path(truth)).unwrap()).unwrap();
    let metrics = METRICS.map(|(name, _)| name).join(",");
    let periods = truth["periods"]
        .as_array()
        .unwrap()
        .iter()
        .chain([&truth["overall"]]);
    for period in periods {
        let name = period["billing_period"].as_str().unwrap();
        let filter = if name == "all" {
            vec![]
        } else {
            vec!["--period", name]
        };
        let costs = |by: Option<&str>| {
            let mut arguments = vec!["costs", "--metric", &metrics];
            arguments.extend(by.iter().flat_map(|by| ["--by", by]));
            arguments.extend(&filter);
            arguments.extend(more);
            csv(&place.ok(&arguments))
        };
        let (header, rows) = costs(None);
        assert_eq!(
            header,
            METRICS
                .iter()
                .map(|(_, column)| *column)
                .chain(["currency"])
                .collect::<Vec<_>>()
        );
        assert_eq!(rows.len(), 1, "one currency");
        same(&format!("{name}, in all"), &rows[0], &period["totals"]);
        for (dimension, key) in DIMENSIONS {
            let (_, rows) = costs(Some(dimension));
            let rows: BTreeMap<_, _> = rows
                .into_iter()
                .map(|row| (row[0].clone(), row[1..].to_vec()))
                .collect();
            let expected = period["by"][key]["values"].as_object().unwrap();
            let distinct = period["by"][key]["distinct"].as_u64().unwrap();
            let none = u64::from(expected.contains_key("(none)"));
            assert_eq!(
                rows.len() as u64,
                distinct + none,
                "{name}: values of {dimension}"
            );
            for (value, totals) in expected {
                let row = rows
                    .get(value)
                    .unwrap_or_else(|| panic!("{name}: no {dimension} `{value}`"));
                same(&format!("{name}, {dimension} {value}"), row, totals);
            }
        }
    }
}

/// Every metric in all equals the truth beside the report.
pub(crate) fn totals_equal_truth(place: &Place, truth: &str, more: &[&str]) {
    let truth: Value = serde_json::from_slice(&fs::read(place.path(truth)).unwrap()).unwrap();
    let metrics = METRICS.map(|(name, _)| name).join(",");
    let (_, rows) = csv(&place.ok(&[&["costs", "--metric", &metrics], more].concat()));
    same("all", &rows[0], &truth["overall"]["totals"]);
}

fn same(of: &str, row: &[String], totals: &Value) {
    for ((_, column), found) in METRICS.iter().zip(row) {
        // NULL is empty in CSV.
        let expected = totals[column].as_str().unwrap_or_default();
        assert_eq!(found, expected, "{column} of {of}");
    }
    assert_eq!(row.last().unwrap(), "USD");
}

fn ingest(more: &[&str]) -> Place {
    let place = Place::new();
    let mut arguments = vec![
        "generate",
        "--out",
        "report",
        "--rows",
        "20000",
        "--rows-per-file",
        "4000",
    ];
    arguments.extend(more);
    place.ok(&arguments);
    let (header, rows) = csv(&place.ok(&["ingest", "report"]));
    let expected =
        "report,billing_period,version,action,files,rows,bytes,unblended_cost,currency,seconds";
    assert_eq!(header.join(","), expected);
    assert_eq!(rows.len(), 2, "two months");
    let truth: Value =
        serde_json::from_slice(&fs::read(place.path("report/truth.json")).unwrap()).unwrap();
    for (row, truth) in rows.iter().zip(truth["periods"].as_array().unwrap()) {
        assert_eq!(row[1], truth["billing_period"].as_str().unwrap());
        assert_eq!(row[3], "added");
        assert_eq!(row[5], truth["totals"]["rows"].to_string());
        assert_eq!(row[7], truth["totals"]["unblended_cost"].as_str().unwrap());
    }
    place
}

macro_rules! formats {
    ($($name:ident: $($argument:literal)*;)*) => {
        $(#[test]
        fn $name() {
            let place = ingest(&[$($argument),*]);
            equals_truth(&place, "report/truth.json", &[]);
        })*
    };
}

formats! {
    legacy_csv: "--format" "legacy-csv";
    legacy_csv_zip: "--format" "legacy-csv" "--compression" "zip";
    legacy_csv_plain_overwrite: "--format" "legacy-csv" "--compression" "plain" "--versioning" "overwrite";
    legacy_csv_without_net_columns: "--format" "legacy-csv" "--profile" "tiny";
    legacy_parquet: "--format" "legacy-parquet";
    cur2_csv: "--format" "cur2-csv";
    cur2_parquet: "--format" "cur2-parquet";
    focus_parquet: "--format" "focus";
    focus_csv: "--format" "focus" "--focus-file" "csv";
    focus_1_0: "--format" "focus" "--focus-version" "1.0";
}

#[test]
fn tags_equal_the_truth() {
    let place = ingest(&["--format", "legacy-csv"]);
    let truth: Value =
        serde_json::from_slice(&fs::read(place.path("report/truth.json")).unwrap()).unwrap();
    let tags = truth["overall"]["tags"].as_object().unwrap();
    assert!(tags.len() > 3, "the generator writes tags");
    for (column, tag) in tags {
        let sql = format!(
            "SELECT coalesce({column}, '(none)'), sum(line_item_unblended_cost) FROM cur GROUP BY 1"
        );
        let (_, rows) = csv(&place.ok(&["sql", &sql]));
        let rows: BTreeMap<_, _> = rows
            .into_iter()
            .map(|row| (row[0].clone(), row[1].clone()))
            .collect();
        for (value, totals) in tag["values"].as_object().unwrap() {
            assert_eq!(
                rows[value],
                totals["unblended_cost"].as_str().unwrap(),
                "{column} = {value}"
            );
        }
    }
}

#[test]
fn a_restated_month_replaces_the_first_version() {
    let place = ingest(&["--format", "legacy-csv"]);
    let again = csv(&place.ok(&["ingest", "report"])).1;
    assert!(again.iter().all(|row| row[3] == "unchanged"), "{again:?}");
    place.ok(&[
        "generate",
        "--out",
        "report",
        "--rows",
        "20000",
        "--rows-per-file",
        "4000",
        "--restate",
    ]);
    let dry = csv(&place.ok(&["ingest", "report", "--dry-run"])).1;
    assert!(dry.iter().all(|row| row[3] == "replaced"), "{dry:?}");
    let one = csv(&place.ok(&["ingest", "report", "--period", "2026-10"])).1;
    assert_eq!(
        (one.len(), one[0][1].as_str(), one[0][3].as_str()),
        (1, "2026-10", "replaced")
    );
    let rest = csv(&place.ok(&["ingest", "report"])).1;
    assert_eq!(
        rest.iter().map(|row| row[3].as_str()).collect::<Vec<_>>(),
        ["replaced", "unchanged"]
    );
    equals_truth(&place, "report/truth.json", &[]);
    let forced = csv(&place.ok(&["ingest", "report", "--force"])).1;
    assert!(forced.iter().all(|row| row[3] == "replaced"), "{forced:?}");
    equals_truth(&place, "report/truth.json", &[]);
}

#[test]
fn reports_of_all_kinds_side_by_side_are_not_added_up() {
    let place = Place::new();
    let formats = ["legacy-csv", "cur2-parquet", "focus"];
    for format in formats {
        place.ok(&[
            "generate", "--out", "bucket", "--rows", "5000", "--month", "2026-10", "--format",
            format,
        ]);
    }
    let rows = csv(&place.ok(&["ingest", "bucket"])).1;
    assert_eq!(rows.len(), 3, "{rows:?}");
    for format in formats {
        let report = format!("acme-{format}");
        equals_truth(
            &place,
            &format!("bucket/truth-{report}.json"),
            &["--report", &report],
        );
    }
    let run = place.run(&["costs"]).success();
    let truth: Value = serde_json::from_slice(
        &fs::read(place.path("bucket/truth-acme-cur2-parquet.json")).unwrap(),
    )
    .unwrap();
    assert_eq!(
        csv(&run.stdout).1[0][0],
        truth["overall"]["totals"]["unblended_cost"]
            .as_str()
            .unwrap()
    );
    assert!(run.stderr.starts_with("note: "), "{}", run.stderr);
}
