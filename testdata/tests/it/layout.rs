//! Keys, manifests, versions, and sameness.

use std::collections::BTreeSet;

use curtail_testdata::{Compression, Format, GenerateError, Options, Versioning, generate};

use crate::support::{Bucket, data_keys, report};

fn options(format: Format) -> Options {
    Options {
        rows: 20_000,
        rows_per_file: 5000,
        format,
        ..Options::default()
    }
}

#[test]
fn threads_do_not_matter() {
    for &format in Format::ALL {
        let options = options(format);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| report(&options).0.sorted())
        };
        let (one, four) = (with(1), with(4));
        assert_eq!(
            one.keys().collect::<Vec<_>>(),
            four.keys().collect::<Vec<_>>()
        );
        for (key, body) in &one {
            assert!(&four[key] == body, "{key} differs");
        }
    }
}

#[test]
fn seeds_matter() {
    let one = report(&options(Format::LegacyCsv)).1;
    let other = report(&Options {
        seed: 2,
        ..options(Format::LegacyCsv)
    })
    .1;
    assert_ne!(one.truth.overall.totals, other.truth.overall.totals);
    assert_eq!(one.rows, 20_000);
    assert_eq!(other.rows, 20_000);
}

#[test]
fn rows_are_as_many_as_asked_for() {
    for rows in [20, 999, 12_345] {
        for months in [vec![(2026, 10)], vec![(2025, 12), (2026, 1)]] {
            let (_, summary) = report(&Options {
                rows,
                months,
                ..options(Format::LegacyCsv)
            });
            assert_eq!(summary.rows, rows);
        }
    }
}

#[test]
fn a_legacy_report_is_laid_out_as_aws_does() {
    let (bucket, summary) = report(&options(Format::LegacyCsv));
    let keys = bucket.keys();
    assert_eq!(
        summary.manifests[1],
        "billing/acme-legacy-csv/20261001-20261101/acme-legacy-csv-Manifest.json"
    );
    let manifest = bucket.json(&summary.manifests[1]);
    assert_eq!(manifest["billingPeriod"]["start"], "20261001T000000.000Z");
    assert_eq!(manifest["compression"], "GZIP");
    assert_eq!(manifest["account"].as_str().unwrap().len(), 12);
    let assembly = manifest["assemblyId"].as_str().unwrap();
    let copy = format!(
        "billing/acme-legacy-csv/20261001-20261101/{assembly}/acme-legacy-csv-Manifest.json"
    );
    assert_eq!(bucket.get(&copy), bucket.get(&summary.manifests[1]));
    let place = |key: &str| keys.iter().position(|other| other == key).unwrap();
    for key in data_keys(&bucket, &summary.manifests[1]) {
        assert!(
            key.starts_with(&format!(
                "billing/acme-legacy-csv/20261001-20261101/{assembly}/acme-legacy-csv-0000"
            )),
            "{key}"
        );
        assert!(
            place(&key) < place(&copy) && place(&copy) < place(&summary.manifests[1]),
            "data first, manifest last"
        );
    }
    assert_eq!(
        manifest["additionalArtifactKeys"][0]["artifactType"],
        "RedshiftCommands"
    );
    assert!(
        keys.iter()
            .any(|key| key.ends_with("aws-programmatic-access-test-object"))
    );
    assert!(
        keys.contains(&"truth.json".to_owned())
            && keys.contains(&"truth-acme-legacy-csv.json".to_owned())
    );
    let truth: curtail_testdata::Truth = serde_json::from_slice(&bucket.get("truth.json")).unwrap();
    assert_eq!(truth, summary.truth);
}

#[test]
fn other_layouts() {
    let (bucket, summary) = report(&Options {
        versioning: Versioning::Overwrite,
        ..options(Format::LegacyCsv)
    });
    assert!(
        data_keys(&bucket, &summary.manifests[0])[0]
            .ends_with("/20260901-20261001/acme-legacy-csv-00001.csv.gz")
    );

    let (bucket, summary) = report(&options(Format::LegacyParquet));
    let key = &data_keys(&bucket, &summary.manifests[0])[0];
    assert_eq!(
        key,
        "billing/acme-legacy-parquet/acme-legacy-parquet/year=2026/month=9/acme-legacy-parquet-00001.snappy.parquet"
    );
    assert!(
        bucket
            .keys()
            .iter()
            .any(|key| key.contains("cost_and_usage_data_status"))
    );

    let (bucket, summary) = report(&options(Format::Cur2Csv));
    assert_eq!(
        summary.manifests[0],
        "billing/acme-cur2-csv/metadata/BILLING_PERIOD=2026-09/acme-cur2-csv-Manifest.json"
    );
    let manifest = bucket.json(&summary.manifests[0]);
    let uri = manifest["dataFiles"][0].as_str().unwrap();
    assert!(
        uri.starts_with("s3://acme-billing/billing/acme-cur2-csv/data/BILLING_PERIOD=2026-09/"),
        "{uri}"
    );

    let (bucket, summary) = report(&Options {
        prefix: String::new(),
        compression: Compression::Zip,
        ..options(Format::LegacyCsv)
    });
    let key = &data_keys(&bucket, &summary.manifests[0])[0];
    assert!(
        key.starts_with("/acme-legacy-csv/") && key.ends_with(".csv.zip"),
        "{key}"
    );
}

#[test]
fn gzip_files_have_several_members() {
    let (bucket, summary) = report(&options(Format::LegacyCsv));
    let body = bucket.get(&data_keys(&bucket, &summary.manifests[0])[1]);
    let mut first = flate2::bufread::GzDecoder::new(&body[..]);
    std::io::copy(&mut first, &mut std::io::sink()).unwrap();
    assert!(
        !first.into_inner().is_empty(),
        "bytes after the first member"
    );
}

#[test]
fn a_restated_month_is_another_one() {
    let first = options(Format::LegacyCsv);
    let second = Options {
        restate: true,
        ..first.clone()
    };
    let bucket = Bucket::default();
    let one = generate(&first, &bucket, &|_| {}).unwrap();
    let old = data_keys(&bucket, &one.manifests[0]);
    let two = generate(&second, &bucket, &|_| {}).unwrap();
    let new = data_keys(&bucket, &two.manifests[0]);
    assert_eq!(
        one.manifests, two.manifests,
        "the new manifest takes the old one's place"
    );
    assert!(
        new.len() < old.len(),
        "{} files after {}",
        new.len(),
        old.len()
    );
    assert!(
        old.iter().all(|key| !new.contains(key))
            && old.iter().all(|key| bucket.keys().contains(key))
    );
    assert!(two.rows < one.rows);
    assert_ne!(
        one.truth.overall.totals.unblended_cost,
        two.truth.overall.totals.unblended_cost
    );
    let credits =
        |truth: &curtail_testdata::Truth| truth.overall.by["charge_type"].values["Credit"].rows;
    assert!(credits(&two.truth) > credits(&one.truth));
    let resources = |truth: &curtail_testdata::Truth| {
        truth.overall.by["resource"]
            .values
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    let kept = resources(&one.truth)
        .intersection(&resources(&two.truth))
        .count();
    assert!(
        kept * 10 > resources(&one.truth).len() * 9,
        "it is the same organisation"
    );
}

#[test]
fn resources_are_about_as_many_as_asked_for() {
    for wanted in [10, 300, 3000] {
        let options = Options {
            resources: Some(wanted),
            rows: 60_000,
            ..options(Format::LegacyCsv)
        };
        let distinct = report(&options).1.truth.overall.by["resource"].distinct;
        assert!(
            (wanted / 3..=wanted * 3).contains(&distinct),
            "{distinct} for {wanted}"
        );
    }
}

#[test]
fn wrong_options_are_named() {
    let base = Options::default();
    for (options, option) in [
        (
            Options {
                rows: 3,
                ..base.clone()
            },
            "rows",
        ),
        (
            Options {
                months: vec![],
                ..base.clone()
            },
            "months",
        ),
        (
            Options {
                months: vec![(2026, 13)],
                ..base.clone()
            },
            "months",
        ),
        (
            Options {
                months: vec![(2026, 2), (2026, 1)],
                ..base.clone()
            },
            "months",
        ),
        (
            Options {
                rows_per_file: 0,
                ..base.clone()
            },
            "rows_per_file",
        ),
        (
            Options {
                accounts: Some(0),
                ..base.clone()
            },
            "accounts",
        ),
        (
            Options {
                report: Some("a/b".to_owned()),
                ..base
            },
            "report",
        ),
    ] {
        let error = generate(&options, &Bucket::default(), &|_| {}).unwrap_err();
        assert!(
            matches!(&error, GenerateError::Option { option: named, .. } if *named == option),
            "{error}"
        );
    }
}

#[test]
fn progress_counts_every_row() {
    let most = std::sync::atomic::AtomicU64::new(0);
    let summary = generate(&options(Format::LegacyCsv), &Bucket::default(), &|rows| {
        most.fetch_max(rows, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(most.into_inner(), summary.unwrap().rows);
}
