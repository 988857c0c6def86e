//! Each command once, as a user would.

use std::{collections::BTreeMap, fs};

use curtail_store::Money;

use crate::harness::{Place, csv, filtered, shared};

#[test]
fn the_demo_needs_nothing_and_leaves_nothing() {
    let place = Place::new();
    let run = place.run(&["demo", "--rows", "5000"]).success();
    for expected in [
        "cost by service",
        "cost by linked account",
        "dearest resources",
        "equals the generator's truth",
    ] {
        assert!(run.stdout.contains(expected), "{expected}: {}", run.stdout);
    }
    assert_eq!(run.stderr, "");
    assert!(
        place.content("".as_ref()).is_empty(),
        "{:?}",
        place.content("".as_ref()).keys()
    );
}

#[test]
fn a_kept_demo_can_be_asked_more() {
    let place = Place::new();
    place.ok(&["demo", "--rows", "2000", "--keep", "kept"]);
    crate::reports::equals_truth(
        &place.with("CURTAIL_STORE", "kept/store"),
        "kept/report/truth.json",
        &[],
    );
}

#[test]
fn the_same_arguments_generate_the_same_bytes() {
    let bytes = || {
        let place = Place::new();
        place.generate("cur2-csv");
        let content = place.content("report".as_ref());
        content
            .into_iter()
            .map(|(path, bytes)| (path.strip_prefix(place.path("")).unwrap().to_owned(), bytes))
            .collect::<Vec<_>>()
    };
    let (one, other) = (bytes(), bytes());
    assert!(one.len() > 4, "data, manifests, truth");
    assert!(one == other);
}

#[test]
fn generate_says_where_the_manifests_are() {
    let place = Place::new();
    let text = place.ok(&[
        "generate",
        "--out",
        "report",
        "--rows",
        "1000",
        "--profile",
        "tiny",
        "--month",
        "2026-10",
    ]);
    let manifest = text
        .lines()
        .find_map(|line| line.strip_prefix("manifest "))
        .expect("a manifest is named");
    assert!(place.path(manifest).is_file(), "{text}");
}

#[test]
fn status_tells_what_the_store_holds() {
    let place = Place::new();
    for month in ["2026-07", "2026-10"] {
        place.ok(&[
            "generate",
            "--out",
            month,
            "--rows",
            "1000",
            "--profile",
            "tiny",
            "--month",
            month,
        ]);
        place.ok(&["ingest", month]);
    }
    let text = place.ok(&["status"]);
    let (header, rows) = csv(&text);
    assert_eq!(rows.len(), 2);
    let field = |row: usize, name: &str| {
        rows[row][header.iter().position(|column| column == name).unwrap()].as_str()
    };
    assert_eq!(
        (field(0, "billing_period"), field(1, "billing_period")),
        ("2026-07", "2026-10")
    );
    assert_eq!(
        (field(0, "gaps"), field(1, "gaps")),
        (
            "",
            "missing months: 2026-08 2026-09; nothing from 2026-11 on"
        )
    );
    assert_eq!(field(0, "kind"), "legacy-cur");
    let truth: serde_json::Value =
        serde_json::from_slice(&fs::read(place.path("2026-07/truth.json")).unwrap()).unwrap();
    assert_eq!(
        field(0, "unblended_cost"),
        truth["overall"]["totals"]["unblended_cost"]
            .as_str()
            .unwrap()
    );
    filtered(|| insta::assert_snapshot!("status", text));
}

#[test]
fn one_manifest_is_a_source_too() {
    let place = Place::new();
    place.generate("legacy-csv");
    let manifest = place.content("report".as_ref()).into_keys().find(|path| {
        let path = path.to_string_lossy();
        path.ends_with("-Manifest.json") && path.contains("20261001-20261101")
    });
    let manifest = manifest.expect("the generator wrote a manifest for October");
    let rows = csv(&place.ok(&["ingest", manifest.to_str().unwrap()])).1;
    assert_eq!(
        (rows.len(), rows[0][1].as_str(), rows[0][3].as_str()),
        (1, "2026-10", "added")
    );
}

#[test]
fn a_report_can_get_another_name() {
    let place = Place::new();
    place.generate("cur2-parquet");
    let rows = csv(&place.ok(&["ingest", "report", "--name", "Acme & Söhne = 100 %"])).1;
    assert!(
        rows.iter().all(|row| row[0] == "Acme & Söhne = 100 %"),
        "{rows:?}"
    );
    let rows = csv(&place.ok(&["sql", "SELECT DISTINCT report FROM cur"])).1;
    assert_eq!(rows, [["Acme & Söhne = 100 %"]]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = Place::new();
    place.generate("legacy-csv");
    let rows = csv(&place.ok(&["ingest", "report", "--dry-run"])).1;
    assert!(rows.iter().all(|row| row[3] == "added"), "{rows:?}");
    assert!(!place.store().exists());
}

#[test]
fn named_queries_are_listed_shown_and_run() {
    let place = shared();
    let list = csv(&place.ok(&["queries", "list"])).1;
    assert!(list.len() >= 15, "{list:?}");
    for query in &list {
        let name = query[0].as_str();
        let sql = place.ok(&["queries", "show", name]);
        assert!(sql.to_lowercase().contains("select"), "{name}: {sql}");
        if query[2].split(' ').any(|param| param.ends_with(":text")) {
            continue;
        }
        let run = place.run(&["queries", "run", name]).success();
        assert!(!csv(&run.stdout).0.is_empty(), "{name}");
    }
    let by_service = csv(&place.ok(&[
        "queries",
        "run",
        "cost-by-service",
        "--param",
        "period=2026-10",
    ]));
    let costs = csv(&place.ok(&["costs", "--by", "service", "--period", "2026-10"]));
    assert_eq!(by_service.1.len(), costs.1.len());
}

#[test]
fn filters_of_costs_leave_what_was_asked_for() {
    let place = shared();
    let all = csv(&place.ok(&["costs", "--by", "service,region"])).1;
    let (service, region) = (all[0][0].as_str(), all[0][1].as_str());
    let one = csv(&place.ok(&[
        "costs",
        "--by",
        "service",
        "region",
        "--service",
        service,
        "--region",
        region,
    ]))
    .1;
    assert_eq!(one, all[..1]);
    let top = csv(&place.ok(&["costs", "--by", "service,region", "--top", "2"])).1;
    assert_eq!(top, all[..2]);
    let condition = format!("service = '{}'", service.replace('\'', "''"));
    let same = csv(&place.ok(&["costs", "--by", "service", "--where", &condition])).1;
    assert_eq!(
        same,
        csv(&place.ok(&["costs", "--by", "service", "--service", service])).1
    );
    let days = csv(&place.ok(&[
        "costs",
        "--granularity",
        "daily",
        "--from",
        "2026-10-03",
        "--to",
        "2026-10-05",
    ]));
    assert_eq!(days.0, ["usage_date", "unblended_cost", "currency"]);
    assert_eq!(
        days.1.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["2026-10-03", "2026-10-04"]
    );
    let sorted = csv(&place.ok(&["costs", "--by", "service", "--sort", "service"])).1;
    assert!(sorted.is_sorted_by_key(|row| row[0].clone()), "{sorted:?}");
}

#[test]
fn what_resources_have_accrued_ties_with_costs() {
    let place = Place::new();
    place.ok(&["generate", "--out", "report", "--rows", "20000"]);
    place.ok(&["ingest", "report"]);
    for metric in ["amortized", "unblended"] {
        let asked = ["--period", "2026-10", "--metric", metric];
        let (header, rows) = csv(&place.ok(&[&["resources", "--all"], asked.as_slice()].concat()));
        assert_eq!(
            header,
            [
                "account_id",
                "service",
                "region",
                "resource_id",
                "category",
                "subcategory",
                "accrued_cost",
                "hourly_rate",
                "projected_cost",
                "currency"
            ]
        );
        let mut accrued: BTreeMap<String, Money> = BTreeMap::new();
        for row in &rows {
            let sum = accrued.entry(row[3].clone()).or_insert(Money::ZERO);
            *sum = [*sum, row[6].parse().unwrap()].into_iter().sum();
        }
        let costs = ["costs", "--by", "resource"];
        let costs = csv(&place.ok(&[costs.as_slice(), asked.as_slice()].concat())).1;
        let costs: BTreeMap<_, Money> = costs
            .into_iter()
            .map(|row| (row[0].clone(), row[1].parse().unwrap()))
            .collect();
        assert_eq!(accrued, costs);
        let active = csv(&place.ok(&[&["resources"], asked.as_slice()].concat())).1;
        assert!(active.len() > 5 && active.len() < rows.len());
        let missing = active.iter().find(|row| !rows.contains(row));
        assert_eq!(missing, None);
    }
    let some = ["resources", "--sort", "accrued", "--top", "3"];
    assert_eq!(csv(&place.ok(&some)).1.len(), 3);
}
