//! Which columns a report has, and what they are called.

use super::{COST, Ingested, line_items, report};
use crate::support::{
    Bucket, deliver, deliver_month, gzip, ingest_all, options, parquet, store, texts,
};

#[tokio::test]
async fn case_27_columns_may_change_from_month_to_month() {
    let (bucket, store) = (Bucket::default(), store());
    let march = report(&["resourceTags/user:a", "product/sku"], &[&["x", "s"]]);
    let april = report(&["product/sku", "resourceTags/user:b"], &[&["t", "y"]]);
    deliver(&bucket, "A", &[("acme-1.csv.gz", gzip(&march))]).await;
    deliver_month(
        &bucket,
        "20240401-20240501",
        "A",
        &[("acme-1.csv.gz", gzip(&april))],
    )
    .await;
    ingest_all(&bucket.source(""), &store.store, &options())
        .await
        .unwrap();
    let columns = [
        "product_sku",
        "resource_tags_user_a",
        "resource_tags_user_b",
    ];
    assert_eq!(
        line_items(&store.store, &columns).await,
        ["s|x|NULL", "t|NULL|y"]
    );
}

#[tokio::test]
async fn case_29_columns_may_come_in_any_order() {
    let one = "lineItem/UnblendedCost,lineItem/UsageAccountId,lineItem/UsageStartDate,lineItem/LineItemType,product/sku\n\
        0.5,000000000007,2024-03-05T10:00:00Z,Tax,s\n";
    let other = "product/sku,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageAccountId,lineItem/UnblendedCost\n\
        t,Usage,2024-03-05T10:00:00Z,000000000008,0.25\n";
    let ingested = Ingested::files(&[("1.csv.gz", gzip(&one)), ("2.csv.gz", gzip(&other))]).await;
    let columns = [
        "line_item_usage_account_id",
        "line_item_line_item_type",
        COST,
        "product_sku",
    ];
    assert_eq!(
        ingested.rows(&columns).await,
        [
            "000000000007|Tax|0.500000000000000000|s",
            "000000000008|Usage|0.250000000000000000|t"
        ]
    );
}

#[tokio::test]
async fn case_30_tag_keys_may_differ_in_case_only() {
    let tags = [
        "resourceTags/user:team",
        "resourceTags/user:Team",
        "resourceTags/user:TEAM",
    ];
    let rows: [&[&str]; 2] = [&["a", "b", "c"], &["", "", "d"]];
    let ingested = Ingested::text(report(&tags, &rows)).await;
    // `TEAM` has a name of its own, as AWS maps it: `t_e_a_m`.
    let columns = [
        "resource_tags_user_team",
        "resource_tags_user_team_2",
        "resource_tags_user_t_e_a_m",
    ];
    assert_eq!(ingested.rows(&columns).await, ["NULL|NULL|d", "a|b|c"]);
    let collisions = &ingested.receipt.columns.collisions;
    assert_eq!(collisions["resource_tags_user_team"], tags[..2]);
}

#[tokio::test]
async fn case_31_tag_keys_may_have_any_characters() {
    let keys = [
        (
            "resourceTags/user:k8s.io/role",
            "resource_tags_user_k8s_io_role",
        ),
        ("resourceTags/user:a:b:c", "resource_tags_user_a_b_c"),
        (
            "resourceTags/user:cost center-1",
            "resource_tags_user_cost_center_1",
        ),
        ("resourceTags/aws:eks=x@y+z", "resource_tags_aws_eks_x_y_z"),
        ("costCategory/Team / Unit", "cost_category_team_unit"),
        (
            "\"resourceTags/user:with, comma \"\"and\"\" quotes\"",
            "resource_tags_user_with_comma_and_quotes",
        ),
        (
            "resourceTags/user:; DROP TABLE {a}\t(b)",
            "resource_tags_user_d_r_o_p_t_a_b_l_e_a_b",
        ),
    ];
    let (headers, names): (Vec<&str>, Vec<&str>) = keys.into_iter().unzip();
    let ingested = Ingested::text(report(&headers, &[&["1", "2", "3", "4", "5", "6", "7"]])).await;
    assert_eq!(ingested.rows(&names).await, ["1|2|3|4|5|6|7"]);
    let snapshot = ingested.store.store.snapshot().await.unwrap();
    let table = snapshot.table(curtail_store::Table::LineItems).unwrap();
    let original = |name: &str| table.schema.column(name).unwrap().source_names.clone();
    assert_eq!(original(names[0]), [headers[0]]);
    assert_eq!(
        original(names[5]),
        ["resourceTags/user:with, comma \"and\" quotes"]
    );
}

#[tokio::test]
async fn case_32_parquet_may_have_fewer_tag_columns_than_csv() {
    let tags = ["resourceTags/user:team", "resourceTags/user:Team"];
    let merged = parquet(vec![
        ("line_item_usage_account_id", texts(&["000000000007"])),
        ("line_item_line_item_type", texts(&["Usage"])),
        (
            "line_item_usage_start_date",
            texts(&["2024-03-05 10:00:00"]),
        ),
        ("line_item_unblended_cost", texts(&["0.1"])),
        ("resource_tags_user_team", texts(&["merged"])),
    ]);
    let ingested = Ingested::files(&[
        ("1.csv.gz", gzip(&report(&tags, &[&["", "b"]]))),
        ("2.snappy.parquet", merged),
    ])
    .await;
    let columns = ["resource_tags_user_team", "resource_tags_user_team_2"];
    assert_eq!(ingested.rows(&columns).await, ["b|b", "merged|NULL"]);
}

#[tokio::test]
async fn case_33_keys_without_ascii_keep_their_original_name() {
    let tags = [
        "resourceTags/user:名前",
        "resourceTags/user:部署",
        "resourceTags/user:été",
    ];
    let ingested = Ingested::text(report(&tags, &[&["a", "b", "c"]])).await;
    let columns = [
        "resource_tags_user",
        "resource_tags_user_2",
        "resource_tags_user_t",
    ];
    assert_eq!(ingested.rows(&columns).await, ["a|b|c"]);
    let snapshot = ingested.store.store.snapshot().await.unwrap();
    let table = snapshot.table(curtail_store::Table::LineItems).unwrap();
    let own = &table
        .schema
        .column("resource_tags_user_2")
        .unwrap()
        .source_names;
    assert_eq!(own, &tags[1..2]);
}

#[tokio::test]
async fn case_34_other_spellings_of_arn_fill_the_same_column() {
    let text = report(
        &["savingsPlan/SavingsPlanArn", "reservation_reservation_arn"],
        &[&["sp", "ri"]],
    );
    let columns = [
        "savings_plan_savings_plan_a_r_n",
        "reservation_reservation_a_r_n",
    ];
    let ingested = Ingested::text(text).await;
    assert_eq!(ingested.rows(&columns).await, ["sp|ri"]);
    assert_eq!(ingested.receipt.columns.unknown, Vec::<String>::new());
}

#[tokio::test]
async fn case_55_net_columns_may_be_missing() {
    let net = "lineItem/NetUnblendedCost";
    let without = Ingested::text(report(&[], &[&[]])).await;
    assert!(
        !without
            .receipt
            .columns
            .seen
            .iter()
            .any(|name| name == "line_item_net_unblended_cost")
    );
    assert_eq!(
        without.rows(&["line_item_net_unblended_cost"]).await,
        ["NULL"]
    );
    let with = Ingested::text(report(&[net], &[&["0"]])).await;
    // Zero is not missing.
    assert_eq!(
        with.rows(&["line_item_net_unblended_cost"]).await,
        ["0.000000000000000000"]
    );
}

#[tokio::test]
async fn case_57_discount_columns_may_come_and_go() {
    let (bucket, store) = (Bucket::default(), store());
    let discounts = ["discount/EdpDiscount", "discount/TotalDiscount"];
    let with = report(&discounts, &[&["-0.01", "-0.01"]]);
    let rows = report(&["lineItem/LineItemType"], &[&["Usage"], &["EdpDiscount"]]);
    for (assembly, text, missing) in [("A", with, 0), ("B", rows, 2)] {
        deliver(&bucket, assembly, &[("acme-1.csv.gz", gzip(&text))]).await;
        let (_, receipt) = super::again(&bucket.source(""), &store.store).await;
        assert_eq!(
            (receipt.columns.missing.len(), receipt.anomalies.len()),
            (missing, 0)
        );
    }
}

#[tokio::test]
async fn case_65_a_report_need_not_have_resources() {
    let ingested = Ingested::text(report(&[], &[&[], &[]])).await;
    assert!(
        !ingested
            .receipt
            .columns
            .seen
            .iter()
            .any(|name| name == "line_item_resource_id")
    );
    assert_eq!(
        ingested.rows(&["line_item_resource_id", COST]).await,
        ["NULL|0.100000000000000000"; 2]
    );
}

#[tokio::test]
async fn case_71_a_report_need_not_have_invoices() {
    let ingested = Ingested::text(report(&["bill/PayerAccountId"], &[&["000000000001"]])).await;
    assert_eq!(
        (ingested.receipt.invoiced_rows, ingested.sum(COST).as_str()),
        (0, "0.1")
    );
    assert_eq!(ingested.receipt.payer_accounts, ["000000000001"]);
}
