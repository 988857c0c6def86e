//! What the formats have in common, and what is particular to one.

use std::collections::BTreeSet;

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use curtail_testdata::{Format, Options};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::{Bucket, csv_text, data_keys, records, report, units};

fn options(format: Format) -> Options {
    Options {
        rows: 30_000,
        rows_per_file: 9000,
        format,
        ..Options::default()
    }
}

/// The sum of a column of doubles, each as its shortest decimal.
fn sum_doubles(bucket: &Bucket, manifest: &str, name: &str) -> (u64, i128) {
    let (mut rows, mut sum) = (0, 0);
    for key in data_keys(bucket, manifest) {
        let body = shared(bucket.get(&key));
        for batch in ParquetRecordBatchReaderBuilder::try_new(body)
            .unwrap()
            .build()
            .unwrap()
        {
            let batch = batch.unwrap();
            rows += batch.num_rows() as u64;
            let column = batch
                .column_by_name(name)
                .unwrap()
                .as_primitive::<Float64Type>();
            sum += column
                .iter()
                .flatten()
                .map(|value| units(&value.to_string()))
                .sum::<i128>();
        }
    }
    (rows, sum)
}

fn shared(body: Vec<u8>) -> bytes::Bytes {
    body.into()
}

#[test]
fn parquet_holds_the_same_decimals() {
    for (format, column) in [
        (Format::LegacyParquet, "line_item_unblended_cost"),
        (Format::Cur2Parquet, "line_item_unblended_cost"),
        (Format::Focus, "BilledCost"),
    ] {
        let (bucket, summary) = report(&options(format));
        for (manifest, period) in summary.manifests.iter().zip(&summary.truth.periods) {
            let (rows, sum) = sum_doubles(&bucket, manifest, column);
            assert_eq!(rows, period.totals.rows);
            assert_eq!(
                sum,
                units(period.totals.unblended_cost.as_deref().unwrap()),
                "{format}"
            );
        }
    }
}

#[test]
fn maps_are_maps() {
    let (bucket, summary) = report(&options(Format::Cur2Parquet));
    let mut keys = BTreeSet::new();
    for key in data_keys(&bucket, &summary.manifests[0]) {
        for batch in ParquetRecordBatchReaderBuilder::try_new(shared(bucket.get(&key)))
            .unwrap()
            .build()
            .unwrap()
        {
            let batch = batch.unwrap();
            let tags = batch.column_by_name("resource_tags").unwrap().as_map();
            keys.extend(
                tags.keys()
                    .as_string::<i32>()
                    .iter()
                    .flatten()
                    .map(str::to_owned),
            );
        }
    }
    assert!(
        keys.contains("user_cost_center") && keys.contains("user_k8s_io_role"),
        "{keys:?}"
    );
}

#[test]
fn the_same_seed_makes_the_same_money() {
    let truths: Vec<_> = Format::ALL
        .iter()
        .map(|&format| report(&options(format)).1.truth)
        .collect();
    let legacy = &truths[0].overall;
    for truth in &truths[1..] {
        assert_eq!(
            truth.overall.totals.unblended_cost, legacy.totals.unblended_cost,
            "{}",
            truth.format
        );
        assert_eq!(
            truth.overall.totals.amortized_cost, legacy.totals.amortized_cost,
            "{}",
            truth.format
        );
        assert_eq!(
            truth.overall.by["account"].distinct,
            legacy.by["account"].distinct
        );
    }
    for truth in &truths[1..4] {
        assert_eq!(truth.overall.totals, legacy.totals, "{}", truth.format);
        for dimension in [
            "charge_type",
            "service",
            "account",
            "region",
            "day",
            "resource",
        ] {
            assert_eq!(
                truth.overall.by[dimension], legacy.by[dimension],
                "{} {dimension}",
                truth.format
            );
        }
    }
}

#[test]
fn amounts_have_few_digits_and_some_exponents() {
    let (bucket, summary) = report(&options(Format::LegacyCsv));
    let (mut exponents, mut zeros, mut rows) = (0, 0, 0);
    for record in records(&bucket, &summary.manifests[0]) {
        rows += 1;
        for (header, cell) in &record {
            if header.ends_with("Cost") || header == "lineItem/UsageAmount" {
                let digits = cell.split('E').next().unwrap().replace(['-', '.'], "");
                assert!(
                    digits.trim_start_matches('0').trim_end_matches('0').len() <= 15,
                    "{header} {cell}"
                );
                exponents += usize::from(cell.contains('E'));
            }
            zeros += usize::from(header == "lineItem/UnblendedCost" && units(cell) == 0);
        }
    }
    assert!(exponents > 50, "{exponents}");
    assert!(
        (20..50).contains(&(zeros * 100 / rows)),
        "{zeros} of {rows} rows cost nothing"
    );
}

#[test]
fn texts_are_awkward() {
    let (bucket, summary) = report(&options(Format::LegacyCsv));
    let key = &data_keys(&bucket, &summary.manifests[1])[0];
    let text = csv_text(key, &bucket.get(key));
    assert!(
        text.lines().count() > csv::Reader::from_reader(text.as_bytes()).records().count() + 1,
        "a newline within quotes"
    );
    let (bucket, summary) = report(&Options {
        rows: 100_000,
        ..options(Format::LegacyCsv)
    });
    let rows = records(&bucket, &summary.manifests[0]);
    let values: BTreeSet<&str> = rows
        .iter()
        .flatten()
        .filter(|(header, _)| header.starts_with("resourceTags/"))
        .map(|(_, cell)| cell.as_str())
        .collect();
    for value in ["etcd\nmember", "test, \"blue\"", "検索"] {
        assert!(values.contains(value), "{value}");
    }
    let ids: BTreeSet<&str> = rows
        .iter()
        .flatten()
        .filter(|(header, _)| header == "identity/LineItemId")
        .map(|(_, cell)| cell.as_str())
        .collect();
    assert_eq!(ids.len(), rows.len(), "line item ids are different");
}

#[test]
fn the_mix_of_rows_is_that_of_a_bill() {
    let (_, summary) = report(&Options {
        rows: 200_000,
        months: vec![(2026, 10)],
        ..options(Format::LegacyCsv)
    });
    let overall = &summary.truth.overall;
    let total = overall.totals.rows;
    let permille = |rows: u64| rows * 1000 / total;
    let share = |charge: &str| permille(overall.by["charge_type"].values[charge].rows);
    for charge in [
        "Usage",
        "DiscountedUsage",
        "SavingsPlanCoveredUsage",
        "SavingsPlanNegation",
        "SavingsPlanRecurringFee",
        "RIFee",
        "Fee",
        "Tax",
        "Credit",
        "Refund",
        "EdpDiscount",
        "PrivateRateDiscount",
        "RiVolumeDiscount",
        "SppDiscount",
        "BundledDiscount",
        "Discount",
        "FlatRateSubscription",
        "SavingsPlanUpfrontFee",
    ] {
        assert!(
            overall.by["charge_type"].values.contains_key(charge),
            "{charge}"
        );
    }
    assert!((800..950).contains(&share("Usage")), "{}", share("Usage"));
    assert!((20..120).contains(&share("SavingsPlanCoveredUsage")));
    assert!((5..60).contains(&share("DiscountedUsage")));
    let none = permille(overall.by["resource"].values["(none)"].rows);
    assert!(
        (40..150).contains(&none),
        "{none} of the rows have no resource"
    );
    assert!(
        overall.by["service"].distinct >= 30,
        "{}",
        overall.by["service"].distinct
    );
    assert!(overall.by["region"].values.contains_key("global"));
    let dear = |day: &str| {
        units(
            overall.by["day"].values[day]
                .usage_amount
                .as_deref()
                .unwrap(),
        )
    };
    assert!(
        dear("2026-10-14") > dear("2026-10-18"),
        "a Wednesday is busier than a Sunday"
    );
    for tag in overall.tags.values() {
        let empty = permille(tag.breakdown.values["(none)"].rows);
        assert!(empty > 350, "{}: {empty}", tag.source);
    }
}
