//! `verify` finds and names whatever is not as it was written, and `status` what is missing.

use std::{fs, path::PathBuf};

use curtail_store::{Fetched, ProvisionalCost, Store};

use crate::harness::{Place, Run, csv};

fn ingested() -> Place {
    let place = Place::new();
    place.generate("legacy-csv");
    place.ok(&["ingest", "report"]);
    place
}

/// Exit status 3, an error that names what is wrong, and a hint.
fn damaged(run: &Run, names: &str) {
    assert_eq!(run.status, Some(3), "{run:?}");
    assert!(run.stderr.contains(names), "{run:?}");
    assert!(run.stderr.contains("\nhint: "), "{run:?}");
}

/// A store that Cost Explorer was asked for twice, for October of one payer account.
fn provisional() -> Place {
    let place = Place::new();
    let row = |cost: &str| ProvisionalCost {
        usage_date: "2026-10-05".parse().unwrap(),
        service: Some("Amazon EC2".to_owned()),
        unblended_cost: Some(cost.parse().unwrap()),
        currency: "USD".to_owned(),
        ..ProvisionalCost::default()
    };
    let fetched = Fetched {
        connection: "main".to_owned(),
        fetched_at: "2026-10-20T06:00:00Z".parse().unwrap(),
        requests: 1,
        estimated: false,
    };
    let store = Store::local(&place.store()).unwrap();
    let month = "2026-10".parse().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        for cost in ["1", "2.5"] {
            let rows = [row(cost)];
            let replaced = store.replace_provisional("011122223333", month, &rows, &fetched);
            replaced.await.unwrap();
        }
    });
    place
}

#[test]
fn what_is_beside_reports_is_verified_and_dropped_too() {
    let place = provisional();
    let (_, rows) = csv(&place.ok(&["verify"]));
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0][..4],
        ["cost-explorer:011122223333", "2026-10", "1", "ok"]
    );
    assert_eq!(rows[0][6..], ["1", "2.5", ""]);
    let run = place.run(&["costs", "--by", "service"]).success();
    assert_eq!(csv(&run.stdout).1, [["Amazon EC2", "2.5", "USD"]]);
    assert!(
        run.stderr.contains("provisional costs from Cost Explorer"),
        "{run:?}"
    );
    let told = place.fails(&["costs", "--by", "resource"]);
    assert!(
        told.contains("`resource` is unavailable until the first report"),
        "{told}"
    );

    let (_, dropped) = csv(&place.ok(&["vacuum", "--keep", "1"]));
    assert_eq!(dropped.len(), 1);
    assert_eq!(
        dropped[0][..4],
        ["cost-explorer:011122223333", "2026-10", "0", "1"]
    );
    let file = stored(&place, ".parquet");
    fs::remove_file(&file).unwrap();
    damaged(&place.run(&["verify"]), "is lost");
    assert!(
        place
            .fails(&["verify", "--report", "acme"])
            .contains("no such billing period")
    );
}

fn stored(place: &Place, ending: &str) -> PathBuf {
    let files = place.content(&place.store());
    let fits = |path: &&PathBuf| path.to_string_lossy().ends_with(ending);
    files.keys().find(fits).unwrap().clone()
}

#[test]
fn an_untouched_store_verifies() {
    let place = ingested();
    let (header, rows) = csv(&place.ok(&["verify"]));
    assert_eq!(header[3], "result");
    assert!(
        rows.iter().all(|row| row[3] == "ok" && row[8].is_empty()),
        "{rows:?}"
    );
    for row in &rows {
        let costs = csv(&place.ok(&["costs", "--period", &row[1]])).1;
        assert_eq!(row[7], costs[0][0]);
    }
    let again = csv(&place.ok(&["verify", "--source"])).1;
    assert!(again[0][5].parse::<u64>().unwrap() > rows[0][5].parse::<u64>().unwrap());
    assert!(
        place
            .fails(&["verify", "--period", "2020-01"])
            .contains("no such billing period")
    );
}

#[test]
fn damage_is_named() {
    let place = ingested();
    let file = stored(&place, ".parquet");
    let name = file.file_name().unwrap().to_str().unwrap();
    let good = fs::read(&file).unwrap();
    let mut bad = good.clone();
    bad[good.len() / 3] ^= 4;
    fs::write(&file, bad).unwrap();
    let run = place.run(&["verify"]);
    damaged(&run, name);
    assert!(run.stdout.contains("damaged"), "{run:?}");
    fs::remove_file(&file).unwrap();
    damaged(&place.run(&["verify"]), "is lost");
    fs::write(&file, &good).unwrap();
    place.ok(&["verify"]);

    let commit = stored(&place, "0000.json");
    let text = fs::read_to_string(&commit).unwrap();
    fs::write(
        &commit,
        text.replacen("\"writer\":\"curtail", "\"writer\":\"nobody", 1),
    )
    .unwrap();
    damaged(&place.run(&["verify"]), "was edited after it was written");
    fs::write(
        &commit,
        text.replacen("\"receipt\":{", "{", 1).replacen(
            "curtail.receipt\":{",
            "curtail.receipt\":[",
            1,
        ),
    )
    .unwrap();
    damaged(&place.run(&["verify"]), "unreadable");
    fs::write(&commit, text).unwrap();
    place.ok(&["verify"]);
}

#[test]
fn a_report_that_changed_at_its_source_is_named() {
    let place = ingested();
    let data = place.content("report".as_ref()).into_keys().find(|path| {
        let name = path.to_string_lossy();
        name.ends_with(".csv.gz")
    });
    let data = data.unwrap();
    let good = fs::read(&data).unwrap();
    fs::write(&data, &good[..good.len() - 1]).unwrap();
    damaged(
        &place.run(&["verify", "--source"]),
        "was replaced after it was ingested",
    );
    fs::remove_file(&data).unwrap();
    damaged(&place.run(&["verify", "--source"]), "is gone");
    place.ok(&["verify"]);
    fs::write(&data, good).unwrap();
    place.ok(&["verify", "--source"]);
}

#[test]
fn status_names_what_is_missing() {
    let place = Place::new();
    let generate = |more: &[&str]| {
        let arguments = [
            "generate", "--out", "report", "--rows", "9000", "--name", "bill",
        ];
        place.ok(&[&arguments, more].concat());
    };
    generate(&["--month", "2026-06", "--month", "2026-09"]);
    place.ok(&["ingest", "report"]);
    let gaps = |place: &Place| -> Vec<String> {
        let (header, rows) = csv(&place.ok(&["status"]));
        let column = header.iter().position(|column| column == "gaps").unwrap();
        rows.into_iter().map(|row| row[column].clone()).collect()
    };
    let told = gaps(&place);
    assert!(!told[0].contains("missing months"), "{told:?}");
    assert!(
        told[1].starts_with("missing months: 2026-07 2026-08"),
        "{told:?}"
    );
    assert!(told[1].ends_with("nothing from 2026-10 on"), "{told:?}");

    // A day without usage, a column less: what an incomplete delivery looks like.
    let data = place.content("report".as_ref()).into_keys().filter(|path| {
        let name = path.to_string_lossy();
        name.contains("20260901-20261001") && name.ends_with(".csv.gz")
    });
    let mut dropped = 0;
    for data in data {
        let mut text = String::new();
        let mut reader = flate2::read::MultiGzDecoder::new(fs::File::open(&data).unwrap());
        std::io::Read::read_to_string(&mut reader, &mut text).unwrap();
        let lines = text.lines();
        let kept: Vec<_> = lines.filter(|line| !line.contains("2026-09-17T")).collect();
        dropped += text.lines().count() - kept.len();
        let text = kept
            .join("\n")
            .replacen("lineItem/LegalEntity", "lineItem/LegalEntityX", 1);
        let file = fs::File::create(&data).unwrap();
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, text.as_bytes()).unwrap();
        packed.finish().unwrap();
    }
    assert!(dropped > 0);
    place.ok(&["ingest", "report", "--force", "--period", "2026-09"]);
    let told = &gaps(&place)[1];
    assert!(
        told.contains("without line items, the first 2026-09-"),
        "{told}"
    );
    assert!(
        told.contains("columns gone since version 1: line_item_legal_entity"),
        "{told}"
    );
    assert!(told.contains("columns new since version 1: "), "{told}");
}
