//! CSV files: values, shapes, damage.

use std::{fmt::Write as _, io::Write as _};

use curtail_store::Anomaly;
use flate2::{Compression as Level, write::GzEncoder};

use super::*;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn failure(text: impl Into<Vec<u8>>) -> IngestError {
    Bench::new(ReportKind::LegacyCur)
        .csv(text)
        .expect_err("this is no good report")
}

#[test]
fn appendix_a_gives_its_totals() {
    let bench = Bench::new(ReportKind::LegacyCur);
    let file = bench.csv(APPENDIX_A).unwrap();
    assert_eq!(file.rows, 10);
    assert_eq!(file.decoded_size, APPENDIX_A.len() as u64);
    let done = bench.finish();
    assert_eq!(done.sum("line_item_unblended_cost"), "197.76736");
    assert_eq!(done.sum("pricing_public_on_demand_cost"), "0.642");
    assert_eq!(done.sum("savings_plan_total_commitment_to_date"), "0.15");
    assert_eq!(done.sum("savings_plan_used_commitment"), "0.12");
    assert_eq!(
        done.sum("savings_plan_amortized_upfront_commitment_for_billing_period"),
        "0"
    );
    assert_eq!(
        done.sum("reservation_unused_amortized_upfront_fee_for_billing_period"),
        "14.86"
    );
    assert_eq!(done.sum("reservation_unused_recurring_fee"), "22.29");
    assert_eq!(
        done.sum("reservation_amortized_upfront_fee_for_billing_period"),
        "14.88"
    );
    assert_eq!(done.tally.sums.get("reservation_upfront_value"), None);
    assert_eq!(done.tally.payer_accounts, ["011122223333"]);
    assert_eq!(done.tally.currencies, ["USD"]);
    assert_eq!(done.tally.invoiced_rows, 0);
    assert_eq!(
        done.tally.usage_start.unwrap().to_rfc3339(),
        "2024-03-01T00:00:00+00:00"
    );
    assert_eq!(
        done.tally.usage_end.unwrap().to_rfc3339(),
        "2025-03-02T00:03:53+00:00"
    );
    assert_eq!(done.tally.anomalies, BTreeMap::new());
    assert_eq!(done.column("source"), ["legacy-cur"; 10]);

    let described = done.rows(&["identity_line_item_id", "line_item_line_item_description"]);
    assert_eq!(
        described[0],
        "id01|$0.096 per On Demand Linux m5.large, \"standard\""
    );
    assert_eq!(described[8], "id09|Promotional credit\nsecond line");
    let costs = done.rows(&["identity_line_item_id", "line_item_unblended_cost"]);
    assert_eq!(costs[8], "id09|-0.010000000000000000");
    let without_resource = done.rows(&["line_item_resource_id", "line_item_unblended_cost"]);
    let units = without_resource
        .iter()
        .filter_map(|row| row.strip_prefix("NULL|"));
    assert_eq!(
        units
            .map(|cost| cost.parse::<Money>().unwrap())
            .sum::<Money>()
            .to_string(),
        "197.50136"
    );
}

#[test]
fn tags_that_share_a_name_are_merged_and_kept_apart() {
    let bench = Bench::new(ReportKind::LegacyCur);
    bench.csv(APPENDIX_A).unwrap();
    let done = bench.finish();
    let tags = done.rows(&[
        "identity_line_item_id",
        "resource_tags_user_team",
        "resource_tags_user_team_2",
    ]);
    assert_eq!(tags[0], "id01|core, infra|NULL");
    assert_eq!(tags[1], "id02|edge|edge");
    assert_eq!(tags[2], "id03|NULL|NULL");
    let expected = ["resourceTags/user:team", "resourceTags/user:Team"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(
        done.tally.collisions,
        BTreeMap::from([("resource_tags_user_team".to_owned(), expected.clone())])
    );
    let schema = &done.tally.schema;
    assert_eq!(
        schema
            .column("resource_tags_user_team")
            .unwrap()
            .source_names,
        expected
    );
    assert_eq!(
        schema
            .column("resource_tags_user_team_2")
            .unwrap()
            .source_names,
        expected[1..]
    );
    assert_eq!(done.tally.unknown, Vec::<String>::new());
}

#[test]
fn every_packing_gives_the_same() {
    let (first, second) = APPENDIX_A.split_at(APPENDIX_A.len() / 3);
    let with_mark = [b"\xef\xbb\xbf", APPENDIX_A.as_bytes()].concat();
    let members = [gzip(first.as_bytes()), gzip(second.as_bytes())].concat();
    let carriage = APPENDIX_A
        .replace('\n', "\r\n")
        .replace("credit\r\n", "credit\n");
    let expected = {
        let bench = Bench::new(ReportKind::LegacyCur);
        bench.csv(APPENDIX_A).unwrap();
        bench.finish().everything()
    };
    for (compression, bytes) in [
        (Compression::Gzip, gzip(APPENDIX_A.as_bytes())),
        (Compression::Gzip, members),
        (Compression::Plain, with_mark),
        (Compression::Plain, carriage.into_bytes()),
        (
            Compression::Plain,
            APPENDIX_A.trim_end().as_bytes().to_vec(),
        ),
    ] {
        let bench = Bench::new(ReportKind::LegacyCur);
        bench.packed(compression, bytes).unwrap();
        assert_eq!(bench.finish().everything(), expected);
    }
}

#[test]
fn columns_are_bound_by_name_in_each_file() {
    let bench = Bench::new(ReportKind::LegacyCur);
    bench
        .csv(legacy(&[
            ("product/region", "eu-west-1"),
            ("resourceTags/user:a", "x"),
            ("lineItem/UnblendedCost", "1"),
        ]))
        .unwrap();
    bench
        .csv(legacy(&[
            ("lineItem/UnblendedCost", "2"),
            ("costCategory/Cost Center", "y"),
            ("brand/New", "z"),
        ]))
        .unwrap();
    let done = bench.finish();
    let names = [
        "line_item_unblended_cost",
        "product_region",
        "resource_tags_user_a",
        "cost_category_cost_center",
        "brand_new",
    ];
    let rows = done.rows(&names);
    assert_eq!(rows[0], "1.000000000000000000|eu-west-1|x|NULL|NULL");
    assert_eq!(rows[1], "2.000000000000000000|NULL|NULL|y|z");
    assert_eq!(done.tally.unknown, ["brand_new"]);
    assert_eq!(done.files.len(), 1, "small files share one");
    let seen: Vec<&str> = done.tally.seen.iter().map(String::as_str).collect();
    assert!(names.iter().all(|name| seen.contains(name)), "{seen:?}");
    assert!(
        !seen.contains(&"product_sku"),
        "only what the files have is seen"
    );
}

#[test]
fn files_without_rows_are_counted() {
    let bench = Bench::new(ReportKind::LegacyCur);
    let header = legacy(&[]).lines().next().unwrap().to_owned();
    for text in [
        "",
        "\u{feff}",
        &header,
        &format!("{header}\n"),
        &format!("{header}\r\n\r\n"),
    ] {
        assert_eq!(bench.csv(text).unwrap().rows, 0);
    }
    assert_eq!(bench.packed(Compression::Gzip, Vec::new()).unwrap().rows, 0);
    let done = bench.finish();
    assert_eq!(
        done.tally.anomalies,
        BTreeMap::from([(Anomaly::EmptyFile, 6)])
    );
    assert!(done.files.is_empty());
}

#[test]
fn oddities_are_counted_and_kept() {
    let bench = Bench::new(ReportKind::LegacyCur);
    let mut text = legacy(&[
        ("resourceTags/user:x", "caf\u{1}"),
        ("lineItem/LineItemType", "Brandnew"),
        ("lineItem/UsageStartDate", "2024-04-01T00:00:00Z"),
        ("product/sku", "one"),
        ("product/sku", "two"),
    ])
    .into_bytes();
    let at = text.iter().position(|&byte| byte == 1).unwrap();
    text[at] = 0xE9;
    bench.csv(text).unwrap();
    let done = bench.finish();
    assert_eq!(done.column("resource_tags_user_x"), ["caf\u{fffd}"]);
    assert_eq!(done.column("product_sku"), ["one"]);
    assert_eq!(done.column("product_sku_2"), ["two"]);
    let odd = [
        (Anomaly::InvalidUtf8, 1),
        (Anomaly::UnknownLineItemType, 1),
        (Anomaly::UsageOutsidePeriod, 1),
        (Anomaly::DuplicateColumn, 1),
    ];
    assert_eq!(done.tally.anomalies, BTreeMap::from(odd));
}

#[test]
fn amounts_are_exact_and_rounding_is_told() {
    let bench = Bench::new(ReportKind::LegacyCur);
    let header = legacy(&[]).lines().next().unwrap().to_owned();
    let mut text = header + "\n";
    for cost in [
        "1e-7",
        "0.00000000001",
        "-3",
        "+0.5",
        "1.2345678901234567890123",
        "",
    ] {
        writeln!(text, "1,Usage,2024-03-01 00:00:00,{cost}").unwrap();
    }
    let file = bench.csv(text).unwrap();
    let done = bench.finish();
    assert_eq!(file.sums, done.tally.sums);
    assert_eq!(
        done.sum("line_item_unblended_cost"),
        "-1.265432009866543211"
    );
    assert_eq!(done.tally.rounded.values, 1);
    assert_eq!(done.tally.rounded.difference_e36, 12_300_000_000_000_000);
}

#[test]
fn bad_values_are_named_with_their_place() {
    let two_lines = legacy(&[("product/sku", "\"a\nb\"")]);
    let text = two_lines.clone() + "1,Usage,2024-03-01T00:00:00Z,1.2.3,x\n";
    match failure(text) {
        IngestError::BadAmount {
            object,
            line,
            column,
            value,
        } => {
            assert_eq!(
                (object.as_str(), line, column.as_str(), value.as_str()),
                ("report.csv", 4, "lineItem/UnblendedCost", "1.2.3")
            );
        }
        other => panic!("{other}"),
    }
    match failure(two_lines.clone() + &format!("1,Usage,{},1,x\n", "yesterday ".repeat(20))) {
        IngestError::BadTimestamp {
            line: 4,
            column,
            value,
            ..
        } => {
            assert_eq!(column, "lineItem/UsageStartDate");
            assert!(
                value.starts_with("yesterday") && value.chars().count() == 41,
                "{value}"
            );
        }
        other => panic!("{other}"),
    }
    assert!(matches!(
        failure(two_lines.clone() + "1,Usage,2024-03-01T00:00:00Z,1e25,x\n"),
        IngestError::AmountOverflow { line: 4, .. }
    ));
    assert!(matches!(
        failure(two_lines.clone() + "\n1,Usage,2024-03-01T00:00:00Z,1\n"),
        IngestError::FieldCount {
            line: 5,
            expected: 5,
            found: 4,
            ..
        }
    ));
    assert!(matches!(
        failure(two_lines + "1,\"Usage\n"),
        IngestError::Malformed { line: 4, .. }
    ));
}

#[test]
fn sums_that_do_not_fit_are_an_error() {
    let row = "1,Usage,2024-03-01T00:00:00Z,99999999999999999999\n";
    let text = legacy(&[]) + &row.repeat(2);
    let error = failure(text);
    assert!(matches!(error, IngestError::SumOverflow { .. }), "{error}");
}

#[test]
fn a_header_needs_what_costs_need() {
    for missing in [
        "lineItem/UnblendedCost",
        "lineItem/LineItemType",
        "lineItem/UsageStartDate",
        "lineItem/UsageAccountId",
    ] {
        let text = legacy(&[]).replace(missing, "lineItem/Nothing");
        match failure(text) {
            IngestError::MissingColumn { column, .. } => assert_eq!(column, missing),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn damaged_gzip_is_an_error() {
    let whole = gzip(APPENDIX_A.repeat(50).as_bytes());
    let cut = whole[..whole.len() - 9].to_vec();
    let mut bent = whole.clone();
    let middle = bent.len() / 2;
    bent[middle] ^= 0x55;
    let mut wrong_sum = whole.clone();
    let tail = wrong_sum.len() - 6;
    wrong_sum[tail] ^= 1;
    for bytes in [cut, bent, wrong_sum, b"this is not gzip".to_vec()] {
        let error = Bench::new(ReportKind::LegacyCur)
            .packed(Compression::Gzip, bytes)
            .expect_err("damaged");
        // Bent data may also turn into text that is no report.
        let told = matches!(
            error,
            IngestError::Truncated { .. }
                | IngestError::FieldCount { .. }
                | IngestError::BadAmount { .. }
                | IngestError::Malformed { .. }
        );
        assert!(told, "{error:?}");
    }
    let cut = whole[..whole.len() / 2].to_vec();
    let error = Bench::new(ReportKind::LegacyCur)
        .packed(Compression::Gzip, cut)
        .expect_err("cut off");
    assert!(
        matches!(
            error,
            IngestError::Truncated { .. } | IngestError::FieldCount { .. }
        ),
        "{error:?}"
    );
}

#[test]
fn no_damage_makes_it_panic_or_lose_rows() {
    use rand::{Rng, SeedableRng, rngs::SmallRng};
    let mut random = SmallRng::seed_from_u64(5);
    let (mut good, mut bad) = (0, 0);
    for round in 0..1_500 {
        let mut bytes = APPENDIX_A.as_bytes().to_vec();
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..bytes.len());
            match random.random_range(0..4) {
                0 => bytes[at] = random.random(),
                1 => bytes[at] = b"\",\n\r{}0"[random.random_range(0..7)],
                2 => bytes.truncate(at),
                _ => {
                    bytes.remove(at);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        let kind = [ReportKind::LegacyCur, ReportKind::Cur2, ReportKind::Focus][round % 3];
        let bench = Bench::new(kind);
        match bench.csv(bytes) {
            // `finish` compares rows and sums written with those told.
            Ok(file) => {
                good += 1;
                assert_eq!(bench.finish().tally.rows, file.rows);
            }
            Err(_) => bad += 1,
        }
    }
    assert!(good > 100 && bad > 100, "{good} good, {bad} bad");
}

#[test]
fn the_fetchers_errors_come_through() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other(IngestError::Changed {
                key: "report.csv".to_owned(),
            }))
        }
    }
    let bench = Bench::new(ReportKind::LegacyCur);
    let input: Box<dyn std::io::Read + Send> =
        Box::new(std::io::Read::chain(Cursor::new(legacy(&[])), Broken));
    let error = bench
        .conversion
        .csv(&ObjectName("x".into()), Compression::Plain, input)
        .expect_err("broken");
    assert!(matches!(error, IngestError::Changed { .. }), "{error:?}");
}

#[test]
fn focus_columns_match_in_any_case_and_null_is_a_word() {
    let bench = Bench::new(ReportKind::Focus);
    let text = "BilledCost,BILLINGCURRENCY,chargeperiodstart,ChargePeriodEnd,ServiceName,Tags,x_Discounts,x_Mine\n\
                0.5,USD,2024-03-05T10:00:00Z,NULL,NULL,\"{\"\"user:a\"\":\"\"b\"\",\"\"c\"\":\"\"\"\"}\",\"{\"\"edp\"\":-0.25}\",m\n\
                NULL,USD,2024-03-01 00:00:00,2024-03-01 01:00:00,S3,{},,\n";
    bench.csv(text).unwrap();
    let done = bench.finish();
    let names = [
        "billedcost",
        "chargeperiodend",
        "servicename",
        "tags",
        "x_discounts",
        "x_mine",
    ];
    let rows = done.rows(&names);
    assert_eq!(
        rows[0],
        "0.500000000000000000|NULL|NULL|{user:a: b, c: NULL}|{edp: -0.250000000000000000}|m"
    );
    assert_eq!(rows[1], "NULL|2024-03-01T01:00:00Z|S3|{}|NULL|NULL");
    assert_eq!(done.tally.unknown, ["x_mine"]);
    assert_eq!(done.tally.currencies, ["USD"]);
    let error = Bench::new(ReportKind::Focus)
        .csv("BilledCost,ChargePeriodStart\n")
        .expect_err("no currency");
    assert!(
        matches!(error, IngestError::MissingColumn { column, .. } if column == "BillingCurrency")
    );
}
