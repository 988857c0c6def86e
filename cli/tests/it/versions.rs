//! Every version of a month can be asked and compared until it is dropped.

use std::fs;

use crate::{
    harness::{Place, csv},
    reports::equals_truth,
};

/// October ingested (version 0), restated and ingested again (version 1).
fn restated(format: &str, rows: &str) -> Place {
    let place = Place::new();
    for (out, more) in [("first", None), ("second", Some("--restate"))] {
        let mut arguments = vec![
            "generate", "--out", out, "--rows", rows, "--month", "2026-10",
        ];
        arguments.extend(["--name", "bill", "--format", format]);
        arguments.extend(more);
        place.ok(&arguments);
        place.ok(&["ingest", out]);
    }
    place
}

#[test]
fn costs_and_sql_answer_as_of_a_version() {
    let place = restated("legacy-csv", "8000");
    equals_truth(&place, "second/truth.json", &[]);
    equals_truth(&place, "first/truth.json", &["--as-of", "0"]);
    equals_truth(&place, "second/truth.json", &["--as-of", "1"]);
    let count = |more: &[&str]| {
        let query = ["sql", "SELECT count(*) AS n FROM cur"];
        csv(&place.ok(&[&query, more].concat())).1[0][0].clone()
    };
    assert_ne!(count(&["--as-of", "0"]), count(&[]));
    let history = csv(&place.ok(&["history", "2026-10"])).1;
    let first: Vec<_> = history.iter().map(|row| row[4].as_str()).collect();
    assert_eq!(
        count(&["--as-of", first[0]]),
        count(&["--as-of", "0"]),
        "its very time"
    );
    assert_eq!(count(&["--as-of", first[1]]), count(&[]));
    assert!(
        place
            .fails(&["costs", "--as-of", "2"])
            .contains("its newest one is 1")
    );
    assert!(
        place
            .fails(&["costs", "--as-of", "2020-01-01"])
            .contains("nothing had been ingested")
    );
    assert_eq!(place.run(&["costs", "--as-of", "then"]).status, Some(2));
}

#[test]
fn history_tells_each_version() {
    let place = restated("cur2-csv", "3000");
    let (header, rows) = csv(&place.ok(&["history", "2026-10"]));
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let told = |name: &str| {
        rows.iter()
            .map(|row| row[column(name)].as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(told("version"), ["0", "1"]);
    assert_eq!(told("standing"), ["superseded", "current"]);
    let totals = csv(&place.ok(&["sql", "SELECT version, unblended_cost FROM meta.versions"])).1;
    for (row, total) in rows.iter().zip(&totals) {
        assert_eq!(row[column("version")], total[0]);
    }
    assert!(
        place
            .fails(&["history", "2026-09"])
            .contains("2026-09 was never ingested")
    );
}

/// Columns of `diff`, by name, as exact numbers in units of 10⁻¹⁸.
fn units(text: &str) -> i128 {
    text.parse::<curtail_store::Money>().unwrap().units()
}

#[test]
fn a_diff_adds_up_to_the_difference_of_the_versions() {
    for format in ["legacy-csv", "cur2-parquet", "focus"] {
        let place = restated(format, "12000");
        let metrics = "unblended,amortized,net-unblended,net-amortized,list,usage";
        let total = |version: &str| {
            let rows = place.ok(&["costs", "--metric", metrics, "--as-of", version]);
            csv(&rows).1[0][..6]
                .iter()
                .map(|text| units(text))
                .collect::<Vec<_>>()
        };
        let (from, to) = (total("0"), total("1"));
        for by in [
            "",
            "service",
            "account,charge-type",
            "day",
            "tag:team",
            "resource",
        ] {
            let mut arguments = vec!["diff", "2026-10", "--metric", metrics];
            if !by.is_empty() {
                arguments.extend(["--by", by]);
            }
            let (header, rows) = csv(&place.ok(&arguments));
            for (number, metric) in metrics.split(',').enumerate() {
                let suffix = if metric == "usage" {
                    "_amount"
                } else {
                    "_cost"
                };
                let name = format!("{}{suffix}_change", metric.replace('-', "_"));
                let column = header.iter().position(|column| *column == name).unwrap();
                let change: i128 = rows.iter().map(|row| units(&row[column])).sum();
                assert_eq!(
                    change,
                    to[number] - from[number],
                    "{format} {metric} by {by}"
                );
            }
        }
    }
}

#[test]
fn rollups_and_line_items_give_the_same_diff() {
    let place = restated("legacy-csv", "60000");
    for by in [
        "service",
        "region,usage-type",
        "day,account",
        "tag:team,charge-type",
        "resource",
    ] {
        let diff = |more: &[&str]| {
            let arguments = [
                "diff",
                "2026-10",
                "--metric",
                "unblended,amortized",
                "--by",
                by,
            ];
            place.ok(&[&arguments, more].concat())
        };
        assert_eq!(diff(&[]), diff(&["--no-rollups"]), "{by}");
        assert!(diff(&[]).lines().count() > 2, "{by}");
    }
}

#[test]
fn a_diff_says_why() {
    let place = restated("legacy-csv", "20000");
    let (header, rows) = csv(&place.ok(&["diff", "2026-10", "--by", "charge-type"]));
    assert_eq!(header[..3], ["charge_type", "cause", "unblended_cost_from"]);
    let cause_of = |charge: &str| -> Vec<&str> {
        let rows = rows.iter().filter(|row| row[0] == charge);
        rows.map(|row| row[1].as_str()).collect()
    };
    assert_eq!(cause_of("Credit"), ["late credits"]);
    assert_eq!(cause_of("Refund"), ["refunds"]);
    assert_eq!(cause_of("Tax"), ["tax"]);
    assert!(cause_of("Usage").contains(&"late usage"), "{rows:?}");
    let none = place
        .run(&["diff", "2026-10", "--from", "1", "--to", "1"])
        .success();
    assert_eq!(none.stdout.lines().count(), 1);
    assert!(
        none.stderr.contains("nothing was restated"),
        "{}",
        none.stderr
    );
    let back = csv(&place.ok(&[
        "diff",
        "2026-10",
        "--from",
        "1",
        "--to",
        "0",
        "--by",
        "charge-type",
    ]))
    .1;
    let credit = back.iter().find(|row| row[0] == "Credit").unwrap();
    assert_eq!(credit[7], "removed");
    for (wrong, told) in [
        (["2026-09", "--to", "1"], "the store has no 2026-09"),
        (["2026-10", "--to", "7"], "has versions 0, 1, and not 7"),
        (["2026-10", "--to", "0"], "version 0 is the first"),
    ] {
        let error = place.fails(&[&["diff"], wrong.as_slice()].concat());
        assert!(error.contains(told), "{error}");
    }
}

/// AWS can put tags on usage of the past: nothing costs more then, but other teams pay.
#[test]
fn a_tag_backfill_is_told() {
    let place = Place::new();
    place.ok(&[
        "generate", "--out", "report", "--rows", "6000", "--month", "2026-10",
    ]);
    place.ok(&["ingest", "report"]);
    let data = place.content("report".as_ref()).into_keys();
    for path in data.filter(|path| path.to_string_lossy().ends_with(".csv.gz")) {
        let mut reader = csv::Reader::from_reader(flate2::read::MultiGzDecoder::new(
            fs::File::open(&path).unwrap(),
        ));
        let header = reader.headers().unwrap().clone();
        let tag = header
            .iter()
            .position(|name| name == "resourceTags/user:team")
            .unwrap();
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        let file = fs::File::create(&path).unwrap();
        let mut writer = csv::Writer::from_writer(flate2::write::GzEncoder::new(
            file,
            flate2::Compression::fast(),
        ));
        writer.write_record(&header).unwrap();
        for record in records {
            let fields = record.iter().enumerate();
            let filled = fields.map(|(column, value)| match (column == tag, value) {
                (true, "") => "late",
                _ => value,
            });
            writer.write_record(filled).unwrap();
        }
        writer.into_inner().unwrap().finish().unwrap();
    }
    place.ok(&["ingest", "report", "--force"]);
    let run = place.run(&["diff", "2026-10"]).success();
    let (_, rows) = csv(&run.stdout);
    assert_eq!(rows.len(), 1, "{run:?}");
    assert_eq!(
        (rows[0][0].as_str(), rows[0][3].as_str()),
        ("tag backfill", "0")
    );
    assert_eq!(rows[0][4], rows[0][5], "as many line items as before");
    assert!(
        run.stderr.contains("`resource_tags_user_team` is on "),
        "{run:?}"
    );
    let by = ["diff", "2026-10", "--by", "tag:team"];
    let (_, rows) = csv(&place.ok(&by));
    let late = rows.iter().find(|row| row[0] == "late").unwrap();
    assert_eq!(
        (late[1].as_str(), late[7].as_str()),
        ("tag backfill", "added")
    );
    let moved: i128 = rows.iter().map(|row| units(&row[4])).sum();
    assert_eq!(moved, 0);
    assert_eq!(
        place.ok(&by),
        place.ok(&[&by[..], &["--no-rollups"]].concat())
    );
}

#[test]
fn vacuum_drops_old_versions() {
    let place = restated("legacy-csv", "5000");
    let would = place.run(&["vacuum", "--keep", "1", "--dry-run"]).success();
    assert!(would.stderr.contains("nothing was"), "{}", would.stderr);
    assert_eq!(csv(&place.ok(&["vacuum"])).1.len(), 0, "two are kept");
    assert_eq!(
        csv(&place.ok(&["vacuum", "--keep", "1"])),
        csv(&would.stdout)
    );
    assert_eq!(crate::kill::orphans(&place), [] as [std::path::PathBuf; 0]);
    equals_truth(&place, "second/truth.json", &[]);
    assert!(
        place
            .fails(&["costs", "--as-of", "0"])
            .contains("was dropped by `vacuum`")
    );
    assert!(
        place
            .fails(&["diff", "2026-10"])
            .contains("was dropped by `vacuum`")
    );
    place.ok(&["verify", "--all-versions"]);
}
