//! Reports through an S3 endpoint.

use std::fs;

use crate::{
    endpoint::Endpoint,
    harness::{Place, csv, filtered},
};

pub(crate) fn generate(place: &Place, endpoint: &Endpoint, more: &[&str]) {
    let url = endpoint.url();
    let mut arguments = vec![
        "generate",
        "--out",
        "s3://acme-billing/cur",
        "--rows",
        "6000",
        "--rows-per-file",
        "2000",
    ];
    arguments.extend(["--endpoint", &url, "--allow-http"]);
    arguments.extend(more);
    place.ok(&arguments);
}

pub(crate) fn ingest<'a>(url: &'a str, source: &'a str) -> Vec<&'a str> {
    vec!["ingest", source, "--endpoint", url, "--allow-http"]
}

#[test]
fn every_format_arrives_exactly() {
    let endpoint = Endpoint::start();
    for format in [
        "legacy-csv",
        "legacy-parquet",
        "cur2-csv",
        "cur2-parquet",
        "focus",
    ] {
        let place = Endpoint::place();
        generate(&place, &endpoint, &["--format", format]);
        let source = format!("s3://acme-billing/cur/acme-{format}");
        let rows = csv(&place.ok(&ingest(&endpoint.url(), &source))).1;
        assert_eq!(rows.len(), 2, "{format}: {rows:?}");
        fs::copy(
            endpoint.bucket().join("cur/truth.json"),
            place.path("truth.json"),
        )
        .unwrap();
        crate::reports::equals_truth(&place, "truth.json", &[]);
        let again = csv(&place.ok(&ingest(&endpoint.url(), &source))).1;
        assert!(again.iter().all(|row| row[3] == "unchanged"), "{again:?}");
    }
}

#[test]
fn manifests_are_found_among_thousands_of_objects() {
    let endpoint = Endpoint::start();
    let place = Endpoint::place();
    generate(&place, &endpoint, &["--month", "2026-10"]);
    for number in 0..2_300 {
        endpoint.put(&format!("cur/aaa/{number:05}.csv.gz"), b"not of a report");
        endpoint.put(&format!("cur/zzz/{number:05}.json"), b"{}");
    }
    let rows = csv(&place.ok(&ingest(&endpoint.url(), "s3://acme-billing/cur"))).1;
    assert_eq!((rows.len(), rows[0][3].as_str()), (1, "added"));
    assert!(endpoint.lists() > 4, "{} pages", endpoint.lists());
}

#[test]
fn throttling_is_waited_out() {
    let endpoint = Endpoint::start();
    let place = Endpoint::place();
    generate(&place, &endpoint, &["--month", "2026-10"]);
    endpoint.slow_down(3);
    let rows = csv(&place.ok(&ingest(&endpoint.url(), "s3://acme-billing/cur"))).1;
    assert_eq!(rows[0][3], "added");
}

#[test]
fn a_store_can_live_in_a_bucket() {
    let endpoint = Endpoint::start();
    let place = Endpoint::place()
        .with("AWS_ENDPOINT_URL_S3", &endpoint.url())
        .with("CURTAIL_STORE", "s3://acme-billing/tables/store");
    place.ok(&["generate", "--out", "report", "--rows", "5000"]);
    place.ok(&["ingest", "report"]);
    crate::reports::equals_truth(&place, "report/truth.json", &[]);
    assert!(
        endpoint
            .bucket()
            .join("tables/store/line_items/_delta_log")
            .is_dir()
    );
    assert!(!place.store().exists());
}

#[test]
fn refusals_say_what_to_do() {
    let endpoint = Endpoint::start();
    let place = Endpoint::place();
    generate(&place, &endpoint, &["--month", "2026-10"]);
    let url = endpoint.url();
    let mut told = String::new();
    let mut tell = |what: &str, place: &Place, arguments: &[&str]| {
        let error = place.fails(arguments).replace(&url, "[ENDPOINT]");
        assert!(!error.contains("EXAMPLE"), "a credential: {error}");
        told.push_str(&format!("> {what}\n{error}\n\n"));
        assert!(!place.store().exists(), "{what}");
    };
    let source = "s3://acme-billing/cur";
    tell(
        "another secret",
        &Endpoint::place_with("wrong"),
        &ingest(&url, source),
    );
    let unknown = Endpoint::place().with("AWS_ACCESS_KEY_ID", "AKIAUNKNOWN");
    tell("an unknown key", &unknown, &ingest(&url, source));
    tell(
        "no credentials",
        &Place::new().with("AWS_REGION", "eu-central-1"),
        &ingest(&url, source),
    );
    tell(
        "another region",
        &place,
        &[&ingest(&url, source)[..], &["--region", "eu-west-1"]].concat(),
    );
    tell(
        "no such bucket",
        &place,
        &ingest(&url, "s3://acme-nothing/cur"),
    );
    tell(
        "nothing there",
        &place,
        &ingest(&url, "s3://acme-billing/other"),
    );
    tell(
        "without TLS unasked",
        &place,
        &["ingest", source, "--endpoint", &url],
    );

    let data = place_of_data(&endpoint);
    fs::rename(&data, data.with_extension("away")).unwrap();
    tell("a missing object", &place, &ingest(&url, source));
    fs::rename(data.with_extension("away"), &data).unwrap();
    endpoint.deny();
    tell("objects denied", &place, &ingest(&url, source));
    filtered(|| insta::assert_snapshot!("s3-refusals", told));
}

fn place_of_data(endpoint: &Endpoint) -> std::path::PathBuf {
    let mut folders = vec![endpoint.bucket()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".csv.gz") {
                return path;
            }
        }
    }
    panic!("the report has data files");
}
