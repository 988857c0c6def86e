//! Text that no report has: absurd quoting, sizes and numbers, damaged encodings.

use curtail_ingest::IngestError;
use curtail_store::Anomaly;

use super::{COST, Ingested, again, refusal, report, report_of, told};
use crate::support::{Bucket, deliver, gzip, ingest_all, options, store};

/// A legacy report of one column more and one row, whose field is `raw`.
fn holding(raw: &str) -> String {
    report_of("product/sku", &["first", raw])
}

async fn sku(raw: &str) -> String {
    let ingested = Ingested::text(holding(raw)).await;
    let rows = ingested.rows(&["product_sku"]).await;
    rows.into_iter().find(|row| row != "first").unwrap()
}

#[tokio::test]
async fn a_quote_that_is_never_closed_is_an_error_with_its_line() {
    let text = holding("\"open") + &holding("x").repeat(1_000);
    let error = refusal(&text).await;
    assert_eq!(told(&error), "`FILE`, line 3: a quote is never closed");
    // Over the whole file.
    let error = refusal(format!("\"{}", holding("x").repeat(1_000))).await;
    assert_eq!(told(&error), "`FILE`, line 1: a quote is never closed");
}

#[tokio::test]
async fn a_record_without_end_is_an_error_with_its_line() {
    let text = holding("\"open") + &"text, and more of it\n".repeat(1_800_000);
    let error = refusal(&text).await;
    let expected =
        "`FILE`, line 3: a record goes on for more than 18 MiB: a quote may not be closed";
    assert_eq!(told(&error), expected);
}

#[tokio::test]
async fn quotes_may_stand_anywhere() {
    for (raw, value) in [
        ("\"\"\"\"", "\""),
        ("\"a \"\"b\"\" c\"", "a \"b\" c"),
        ("a\"b", "a\"b"),
        ("a\"\"b", "a\"\"b"),
        ("\"a\"b", "ab"),
        ("\"a\"b\"c\"", "ab\"c\""),
        ("\"line\r\none\"", "line\r\none"),
        ("\",,,\"", ",,,"),
    ] {
        assert_eq!(sku(raw).await, value, "{raw}");
    }
    assert_eq!(sku("\"\"").await, "NULL");
}

#[tokio::test]
async fn a_hundred_thousand_pairs_of_quotes_are_read() {
    let pairs = "\"\"".repeat(100_000);
    assert_eq!(sku(&format!("\"{pairs}\"")).await, "\"".repeat(100_000));
    assert_eq!(sku(&format!("x{pairs}")).await, format!("x{pairs}"));
    let fields = vec!["\"a,\"\"b\"\"\""; 3_000];
    let names: Vec<String> = (0..3_000)
        .map(|n| format!("resourceTags/user:t{n}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ingested = Ingested::text(report(&names, &[&fields[..]; 30])).await;
    assert_eq!(
        ingested
            .rows(&["resource_tags_user_t0", "resource_tags_user_t2999"])
            .await,
        ["a,\"b\"|a,\"b\""; 30]
    );
}

#[tokio::test]
async fn fields_of_ten_megabytes_are_kept() {
    let large: Vec<String> = ["x", "y", "ü"]
        .iter()
        .map(|text| text.repeat((10 << 20) / text.len()))
        .collect();
    let ingested = Ingested::text(report_of("product/sku", &large)).await;
    let mut kept = ingested.rows(&["product_sku"]).await;
    kept.sort_by_key(|text| text.chars().next());
    assert!(kept == large, "ten megabytes are not what they were");
    // As a number, it is shown shortened.
    let digits = "1".repeat(10 << 20);
    let error = refusal(report_of("lineItem/UnblendedCost", &[&digits])).await;
    let shown = format!("{}…", "1".repeat(40));
    let expected = format!(
        "`FILE`, line 2, column `lineItem/UnblendedCost`: `{shown}` has more than 20 digits before the point"
    );
    assert_eq!(told(&error), expected);
}

#[tokio::test]
async fn five_thousand_columns_are_kept() {
    let names: Vec<String> = (0..5_000)
        .map(|n| format!("resourceTags/user:tag {n}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let values: Vec<String> = (0..5_000).map(|n| format!("value {n}")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let ingested = Ingested::text(report(&names, &[&values[..]; 20])).await;
    assert_eq!(ingested.sum(COST), "2");
    assert_eq!(ingested.receipt.columns.added.len(), 5_000);
    let columns = ["resource_tags_user_tag_0", "resource_tags_user_tag_4999"];
    assert_eq!(ingested.rows(&columns).await, ["value 0|value 4999"; 20]);
}

#[tokio::test]
async fn columns_may_have_any_name() {
    let long = format!("x_{}", "y".repeat(2_000));
    let names = [
        "",
        "\"\"",
        "report",
        "source",
        "../x",
        "a.b.c",
        "\"q\"\" ,;{}()\t=\"",
        "part\u{0}",
        "\u{202e}x",
        &long,
    ];
    let values = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    let legacy = report(&names, &[&values]);
    let ingested = Ingested::text(legacy).await;
    let columns = [
        "unnamed",
        "unnamed_2",
        "report_2",
        "source_2",
        "x",
        "a_b_c",
        "q",
        "part",
        "x_2",
        &long,
    ];
    assert_eq!(ingested.rows(&columns).await, ["1|2|3|4|5|6|7|8|9|10"]);

    let usual = [
        ("BilledCost", "0.5"),
        ("BillingCurrency", "USD"),
        ("ChargePeriodStart", "2024-03-05"),
    ];
    let focus = Ingested::export(&super::table(&usual, &names[4..], &[&values[4..]])).await;
    let columns = [
        "../x",
        "a.b.c",
        "q\"_________",
        "part_",
        "\u{202e}x",
        &long,
        "billedcost",
    ];
    assert_eq!(
        focus.rows(&columns).await,
        ["5|6|7|8|9|10|0.500000000000000000"]
    );
}

#[tokio::test]
async fn more_columns_than_any_report_has_are_an_error() {
    let expected = "with `FILE`, the table would have more than 10000 columns, or more than 4194304 bytes of names of new ones";
    let header = report(&[], &[]);
    for more in [",".repeat(15 << 20), format!(",{}", "x".repeat(15 << 20))] {
        let error = refusal(header.replace('\n', &format!("{more}\n"))).await;
        assert_eq!(told(&error), expected);
    }
}

#[tokio::test]
async fn more_keys_of_maps_than_any_report_has_are_an_error() {
    let cells: Vec<String> = (0..12_000)
        .map(|n| format!("\"{{\"\"user_{n}\"\":\"\"x\"\"}}\""))
        .collect();
    let bucket = Bucket::default();
    super::deliver_export(&bucket, &super::export_of("resource_tags", &cells)).await;
    let error = ingest_all(&bucket.source(""), &store().store, &options())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            IngestError::TooManyColumns {
                columns: 10_000,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn invalid_utf8_in_the_header_is_replaced_and_counted() {
    let text = report_of("resourceTags/user:caf#", &["x"]).into_bytes();
    let text: Vec<u8> = text
        .into_iter()
        .map(|byte| if byte == b'#' { 0xE9 } else { byte })
        .collect();
    let ingested = Ingested::text(text).await;
    assert_eq!(ingested.anomalies(), [(Anomaly::InvalidUtf8, 1)]);
    assert_eq!(ingested.rows(&["resource_tags_user_caf"]).await, ["x"]);
}

#[tokio::test]
async fn amounts_that_do_not_fit_are_errors_with_their_place() {
    let twenty = "9".repeat(20);
    for value in [
        "100000000000000000000",
        "-1E20",
        "1E+400000000",
        "-9.9e999999999999999999999999",
        &format!("{twenty}.9999999999999999999"),
    ] {
        let error = refusal(report_of("lineItem/UnblendedCost", &["1", value])).await;
        assert!(
            matches!(error, IngestError::AmountOverflow { .. }),
            "{error:?}"
        );
        let expected = format!(
            "`FILE`, line 3, column `lineItem/UnblendedCost`: `{value}` has more than 20 digits before the point"
        );
        assert_eq!(told(&error), expected);
    }
}

#[tokio::test]
async fn exponents_of_any_size_are_read_exactly() {
    let zeros = "0".repeat(30_000);
    let costs = [
        "1E-400000000".to_owned(),
        "0E+400000000".to_owned(),
        format!("0.{zeros}5e30000"),
        format!("5{zeros}e-30000"),
        "-0e-0".to_owned(),
    ];
    let ingested = Ingested::text(report_of("lineItem/UnblendedCost", &costs)).await;
    assert_eq!(ingested.sum(COST), "5.5");
    // The first is not zero, but rounds to it.
    assert_eq!(ingested.receipt.rounded.values, 1);
}

#[tokio::test]
async fn sums_that_do_not_fit_are_errors_with_file_and_column() {
    let most = "99999999999999999999.999999999999999999";
    let expected = "add up to more than 20 digits before the point";
    for costs in [
        [most, "0.000000000000000001"],
        ["90000000000000000000", "60000000000000000000"],
        [most, most],
    ] {
        let file = |costs: &[&str]| gzip(&report_of("lineItem/UnblendedCost", costs));
        // In one file, and over two.
        let one = vec![("acme-1.csv.gz", file(&costs))];
        let two = vec![
            ("acme-1.csv.gz", file(&costs[..1])),
            ("acme-2.csv.gz", file(&costs[1..])),
        ];
        for files in [one, two] {
            let error = crate::failures::refused(&files).await;
            assert!(
                matches!(error, IngestError::SumOverflow { .. }),
                "{error:?}"
            );
            assert!(error.to_string().contains(expected), "{error}");
            assert!(error.to_string().contains("bad/acme-"), "{error}");
            let column = ["`lineItem/UnblendedCost`", "`line_item_unblended_cost`"];
            assert!(
                column.iter().any(|name| error.to_string().contains(name)),
                "{error}"
            );
        }
    }
    let ingested = Ingested::text(report_of("lineItem/UnblendedCost", &[most])).await;
    assert_eq!(ingested.sum(COST), most);
}

#[tokio::test]
async fn times_at_the_ends_of_the_calendar_are_kept() {
    let columns = ["lineItem/UsageStartDate", "lineItem/UsageEndDate"];
    let rows: [&[&str]; 3] = [
        &["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"],
        &["0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"],
        &["0000-01-01", "9999-12-31"],
    ];
    let bucket = Bucket::default();
    deliver(
        &bucket,
        "A",
        &[("acme-1.csv.gz", gzip(&report(&columns, &rows)))],
    )
    .await;
    let store = store();
    again(&bucket.source(""), &store.store).await;
    // The receipt can be read back, whatever the year.
    let (outcome, receipt) = again(&bucket.source(""), &store.store).await;
    assert_eq!(outcome.action.as_str(), "unchanged");
    assert_eq!(receipt.anomalies[&Anomaly::UsageOutsidePeriod], 3);
    assert!(
        receipt
            .usage_start
            .unwrap()
            .to_rfc3339()
            .starts_with("-0001-12-31")
    );
    assert!(
        receipt
            .usage_end
            .unwrap()
            .to_rfc3339()
            .starts_with("+10000-01-01")
    );
}

#[tokio::test]
async fn times_that_are_none_are_errors_with_their_place() {
    for value in [
        "10000-01-01T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "99999999999999999999",
        "-2024-03-01T00:00:00Z",
    ] {
        let error = refusal(report_of("lineItem/UsageStartDate", &["2024-03-01", value])).await;
        let expected = format!(
            "`FILE`, line 3, column `lineItem/UsageStartDate`: `{value}` is not a point in time"
        );
        assert_eq!(told(&error), expected);
    }
}

#[tokio::test]
async fn zero_bytes_are_text() {
    assert_eq!(sku("a\0b").await, "a\0b");
    let error = refusal(report_of("lineItem/UnblendedCost", &["1\0"])).await;
    assert!(
        matches!(error, IngestError::BadAmount { line: 2, .. }),
        "{error:?}"
    );
    let error = refusal(vec![0; 100_000]).await;
    assert_eq!(told(&error), "`FILE` has no column `lineItem/LineItemType`");
}

#[tokio::test]
async fn every_end_of_line_ends_a_line() {
    let text = report_of("product/sku", &["a", "b", "\"c\nd\""]);
    for ends in ["\n", "\r\n", "\r"] {
        let ingested = Ingested::text(text.replace("c\nd", "c;d").replace('\n', ends)).await;
        assert_eq!(
            ingested.rows(&["product_sku"]).await,
            ["a", "b", "c;d"],
            "{ends:?}"
        );
        let bad = report_of("lineItem/UnblendedCost", &["1", "2", "three"]);
        let error = refusal(bad.replace('\n', ends)).await;
        assert!(
            matches!(error, IngestError::BadAmount { line: 4, .. }),
            "{ends:?}: {error:?}"
        );
    }
}

#[tokio::test]
async fn ragged_rows_are_errors_with_their_line() {
    for (row, found) in [("x,y", 7), ("x,y,z", 8)] {
        let error = refusal(report_of("product/sku", &["a", row])).await;
        assert_eq!(
            told(&error),
            format!("`FILE`, line 3: {found} fields, but the header has 6")
        );
    }
    let error = refusal(report(&[], &[&[]]) + "000000000007,Usage\n").await;
    assert_eq!(
        told(&error),
        "`FILE`, line 3: 2 fields, but the header has 5"
    );
}

#[tokio::test]
async fn other_encodings_are_no_report() {
    let text = report(&[], &[&[]]);
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xff\xfe".to_vec(), wide.clone()].concat();
    for text in [wide, marked] {
        let error = refusal(text).await;
        let told = matches!(
            error,
            IngestError::MissingColumn { .. } | IngestError::FieldCount { .. }
        );
        assert!(told, "{error:?}");
    }
}
