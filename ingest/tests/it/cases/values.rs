//! What stands in the fields of a report.

use curtail_store::Anomaly;

use super::{COST, Ingested, refusal, report, report_of, told};

#[tokio::test]
async fn case_35_account_ids_keep_their_zeros() {
    let columns = ["bill/PayerAccountId", "lineItem/UsageAccountId"];
    let ingested = Ingested::text(report(&columns, &[&["000000000001", "012345678901"]])).await;
    let columns = ["bill_payer_account_id", "line_item_usage_account_id"];
    assert_eq!(ingested.rows(&columns).await, ["000000000001|012345678901"]);
}

#[tokio::test]
async fn case_36_rates_are_text_and_may_be_empty() {
    let columns = ["lineItem/UnblendedRate", "pricing/publicOnDemandRate"];
    let rows: [&[&str]; 3] = [&["0.0960000000", ""], &["", "tiered"], &["1.0E-7", "0"]];
    let ingested = Ingested::text(report(&columns, &rows)).await;
    let columns = ["line_item_unblended_rate", "pricing_public_on_demand_rate"];
    assert_eq!(
        ingested.rows(&columns).await,
        ["0.0960000000|NULL", "1.0E-7|0", "NULL|tiered"]
    );
}

/// A report of one row per cost.
fn costing(costs: &[&str]) -> String {
    report_of("lineItem/UnblendedCost", costs)
}

#[tokio::test]
async fn case_37_no_digit_of_a_cost_is_lost() {
    // In doubles, the large one would swallow the small ones.
    let mut costs = vec!["0.0000000001"; 1_000];
    costs.extend([
        "90000000000000000000",
        "-89999999999999999999.000000000000000001",
    ]);
    let ingested = Ingested::text(costing(&costs)).await;
    assert_eq!(ingested.sum(COST), "1.000000099999999999");
    assert_eq!(ingested.receipt.rounded.values, 0);
}

#[tokio::test]
async fn case_38_exponents_are_read_exactly() {
    let ingested = Ingested::text(costing(&["1.5E-7", "2e3", "-1.0E+2", "5.E-1", "0E0"])).await;
    assert_eq!(ingested.sum(COST), "1900.50000015");
}

#[tokio::test]
async fn case_39_words_for_null_are_no_amounts_and_stay_text() {
    for word in ["NULL", "null", "\\N"] {
        let text = report_of("product/sku", &[word]);
        assert_eq!(
            Ingested::text(text).await.rows(&["product_sku"]).await,
            [word]
        );
        let error = refusal(costing(&["1", word])).await;
        let expected = format!(
            "`FILE`, line 3, column `lineItem/UnblendedCost`: `{word}` is not a decimal number"
        );
        assert_eq!(told(&error), expected);
    }
}

#[tokio::test]
async fn case_43_invalid_utf8_is_replaced_and_counted() {
    let mut text = report(
        &["product/sku", "resourceTags/user:x"],
        &[&["caf#", "#"], &["tea", "y#z"]],
    )
    .into_bytes();
    text.iter_mut()
        .filter(|byte| **byte == b'#')
        .for_each(|byte| *byte = 0xE9);
    let ingested = Ingested::text(text).await;
    assert_eq!(ingested.anomalies(), [(Anomaly::InvalidUtf8, 3)]);
    let columns = ["product_sku", "resource_tags_user_x", COST];
    assert_eq!(
        ingested.rows(&columns).await,
        [
            "caf\u{fffd}|\u{fffd}|0.100000000000000000",
            "tea|y\u{fffd}z|0.100000000000000000"
        ]
    );
}

#[tokio::test]
async fn case_44_times_come_in_several_forms() {
    let forms = [
        "2024-03-05T13:00:00Z",
        "2024-03-05T13:00:00.000Z",
        "2024-03-05 13:00:00",
        "2024-03-05 13:00:00.000 UTC",
        "2024-03-05T15:00:00+02:00",
    ];
    let ingested = Ingested::text(report_of("lineItem/UsageStartDate", &forms)).await;
    let times = ingested.rows(&["line_item_usage_start_date"]).await;
    assert_eq!(times, ["2024-03-05T13:00:00Z"; 5]);
}

#[tokio::test]
async fn case_47_rows_of_other_months_are_kept_and_counted() {
    let columns = ["lineItem/UsageStartDate", "lineItem/UnblendedCost"];
    let rows: [&[&str]; 4] = [
        &["2024-02-29T23:59:59Z", "1"],
        &["2024-03-01T00:00:00Z", "2"],
        &["2024-03-31T23:59:59.999999Z", "4"],
        &["2030-01-01T00:00:00Z", "8"],
    ];
    let ingested = Ingested::text(report(&columns, &rows)).await;
    assert_eq!(ingested.anomalies(), [(Anomaly::UsageOutsidePeriod, 2)]);
    assert_eq!(
        (ingested.receipt.rows, ingested.sum(COST).as_str()),
        (4, "15")
    );
}

#[tokio::test]
async fn case_59_no_blended_cost_is_not_zero() {
    let ingested = Ingested::text(report_of("lineItem/BlendedCost", &["", "0", "0.25"])).await;
    let blended = ingested.rows(&["line_item_blended_cost"]).await;
    assert_eq!(
        blended,
        ["0.000000000000000000", "0.250000000000000000", "NULL"]
    );
    let none = Ingested::text(report_of("lineItem/BlendedCost", &[""])).await;
    assert!(!none.receipt.sums.contains_key("line_item_blended_cost"));
}

#[tokio::test]
async fn case_61_split_rows_without_a_parent_are_kept() {
    let columns = [
        "splitLineItem/ParentResourceId",
        "splitLineItem/SplitCost",
        "lineItem/UnblendedCost",
    ];
    let rows: [&[&str]; 2] = [
        &["i-1", "0.25", "0"],
        &["Parent Instance ID Not Found", "0.5", "0"],
    ];
    let ingested = Ingested::text(report(&columns, &rows)).await;
    assert_eq!(
        (
            ingested.sum(COST).as_str(),
            ingested.sum("split_line_item_split_cost").as_str()
        ),
        ("0", "0.75")
    );
    let parents = ingested.rows(&["split_line_item_parent_resource_id"]).await;
    assert_eq!(parents, ["Parent Instance ID Not Found", "i-1"]);
}

#[tokio::test]
async fn case_64_resource_ids_stay_as_they_are() {
    let ids = [
        "my-bucket",
        "i-0a1b2c3d4e5f60718",
        "arn:aws:lambda:eu-west-1:1:function:a/b",
        "",
    ];
    let ingested = Ingested::text(report_of("lineItem/ResourceId", &ids)).await;
    assert_eq!(
        ingested.rows(&["line_item_resource_id"]).await,
        ["NULL", ids[2], ids[1], ids[0]]
    );
}

#[tokio::test]
async fn case_70_currencies_are_not_added_up() {
    let columns = ["lineItem/CurrencyCode", "lineItem/UnblendedCost"];
    let rows: [&[&str]; 3] = [&["USD", "1"], &["CNY", "7"], &["USD", "2"]];
    let ingested = Ingested::text(report(&columns, &rows)).await;
    assert_eq!(ingested.receipt.currencies, ["CNY", "USD"]);
    assert_eq!(ingested.outcome.unblended_cost, None);
    assert_eq!(ingested.outcome.currency.as_deref(), Some("CNY USD"));
}

#[tokio::test]
async fn case_93_ids_of_line_items_are_no_keys() {
    let columns = ["identity/LineItemId", "lineItem/UnblendedCost"];
    let rows: [&[&str]; 3] = [&["same", "1"], &["same", "2"], &["", "4"]];
    let ingested = Ingested::text(report(&columns, &rows)).await;
    assert_eq!(
        (ingested.receipt.rows, ingested.sum(COST).as_str()),
        (3, "7")
    );
    assert_eq!(
        ingested.rows(&["identity_line_item_id"]).await,
        ["NULL", "same", "same"]
    );
}

#[tokio::test]
async fn case_94_rows_that_are_the_same_all_count() {
    let row: &[&str] = &["same", "i-1", "0.5"];
    let columns = [
        "identity/LineItemId",
        "lineItem/ResourceId",
        "lineItem/UnblendedCost",
    ];
    let ingested = Ingested::text(report(&columns, &[row; 5])).await;
    assert_eq!(
        ingested.rows(&["line_item_resource_id", COST]).await,
        ["i-1|0.500000000000000000"; 5]
    );
    assert_eq!(ingested.sum(COST), "2.5");
}
