//! The read cache of a store in a bucket, from one run of the binary to the next.

use std::fs;

use crate::{endpoint::Endpoint, harness::Place};

const SQL: &str = "SELECT service, sum(unblended_cost), count(*) FROM costs GROUP BY 1 ORDER BY 1";

/// A place whose store is in the bucket, with two months in it.
fn place(endpoint: &Endpoint) -> Place {
    let place = Endpoint::place()
        .with("AWS_ENDPOINT_URL_S3", &endpoint.url())
        .with("CURTAIL_STORE", "s3://acme-billing/tables/store");
    place.ok(&["generate", "--out", "report", "--rows", "5000"]);
    place.ok(&["ingest", "report"]);
    place
}

/// What a statement answers, and how many requests for data it takes.
fn asked(place: &Place, endpoint: &Endpoint, more: &[&str]) -> (String, usize) {
    let before = endpoint.reads();
    let answer = place.ok(&[&["sql", "--no-rollups", SQL], more].concat());
    (answer, endpoint.reads() - before)
}

#[test]
fn the_second_query_reads_nothing_from_the_bucket() {
    let endpoint = Endpoint::start();
    let place = place(&endpoint);
    let (answer, requests) = asked(&place, &endpoint, &[]);
    assert!(requests > 0);
    assert_eq!(asked(&place, &endpoint, &[]), (answer.clone(), 0));
    assert_eq!(asked(&place, &endpoint, &["--no-merging"]).0, answer);
    assert!(place.path(".cache/curtail/store").is_dir());
    // Another user of the same machine, without what was kept.
    let other = place.with("XDG_CACHE_HOME", "/nowhere/to/be/found");
    let (again, requests) = asked(&other, &endpoint, &["--cache-size", "0"]);
    assert_eq!(again, answer);
    assert!(requests > 0);
}

#[test]
fn a_store_in_a_folder_has_no_cache() {
    let place = Place::new();
    place.ok(&["generate", "--out", "report", "--rows", "500"]);
    place.ok(&["ingest", "report"]);
    place.ok(&["sql", SQL]);
    assert!(!place.path(".cache").exists());
}

#[test]
fn verify_looks_at_the_bucket_and_not_at_the_cache() {
    let endpoint = Endpoint::start();
    let place = place(&endpoint);
    asked(&place, &endpoint, &[]);
    let mut folders = vec![endpoint.bucket().join("tables/store/line_items")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "parquet") {
                files.push(path);
            }
        }
    }
    let mut bytes = fs::read(&files[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&files[0], bytes).unwrap();
    let run = place.run(&["verify"]);
    assert_eq!(run.status, Some(3), "{}", run.stderr);
}

#[test]
fn a_cache_that_cannot_be_written_costs_a_warning() {
    let endpoint = Endpoint::start();
    let place = place(&endpoint);
    let expected = asked(&place, &endpoint, &["--cache-size", "0"]).0;
    // A file where the folder would be.
    fs::create_dir_all(place.path(".cache")).unwrap();
    fs::write(place.path(".cache/curtail"), b"").unwrap();
    for _ in 0..2 {
        let run = place.run(&["sql", "--no-rollups", SQL]).success();
        assert_eq!(run.stdout, expected);
        assert_eq!(
            run.stderr
                .matches("the read cache cannot be written")
                .count(),
            1,
            "{}",
            run.stderr
        );
    }
}

#[test]
fn the_configuration_says_how_much_and_where() {
    let endpoint = Endpoint::start();
    let place = place(&endpoint);
    let config = place.path("config.toml");
    let write = |text: &str| fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    write("[cache]\nsize = \"100MiB\"\nfolder = \"kept/here\"\n");
    let (answer, _) = asked(&place, &endpoint, &["--config", config]);
    assert!(place.path("kept/here").is_dir());
    let again = asked(&place, &endpoint, &["--config", config]);
    assert_eq!(again, (answer.clone(), 0));
    write("[cache]\nsize = \"0\"\n");
    let (again, requests) = asked(&place, &endpoint, &["--config", config]);
    assert_eq!(again, answer);
    assert!(requests > 0);
    for (text, why) in [
        ("[cache]\nsize = \"1MiB\"\n", "too small for a cache"),
        ("[cache]\nsize = \"much\"\n", "is not a size"),
        ("[cache]\nsizes = \"1GiB\"\n", "unknown field"),
    ] {
        write(text);
        let run = place.run(&["sql", SQL, "--config", config]);
        assert!(
            run.status != Some(0) && run.stderr.contains(why),
            "{}",
            run.stderr
        );
    }
}
