//! Maps of CUR 2.0.

use curtail_store::Anomaly;

use super::*;

const HEADER: &str = "identity_line_item_id,line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,\
                      line_item_unblended_cost,product_region_code,resource_tags,product,cost_category,discount";

/// A row with these maps, written as JSON.
fn row(id: usize, region: &str, maps: [&str; 4]) -> String {
    let cells = maps
        .map(|map| format!("\"{}\"", map.replace('"', "\"\"")))
        .join(",");
    format!("id{id},7,Usage,2024-03-05T10:00:00.000Z,0.5,{region},{cells}\n")
}

fn convert(rows: &[String]) -> Done {
    let bench = Bench::new(ReportKind::Cur2);
    bench.csv(format!("{HEADER}\n{}", rows.concat())).unwrap();
    bench.finish()
}

#[test]
fn each_key_becomes_a_column() {
    let done = convert(&[
        row(
            0,
            "",
            [
                r#"{"user_team":"core","user:Cost Center":"7"}"#,
                r#"{"vcpu":"4","neverSeen":"n"}"#,
                "{}",
                r#"{"edp_discount":-0.1}"#,
            ],
        ),
        row(
            1,
            "",
            [
                r#"{"user_cost_center":"8"}"#,
                "{}",
                r#"{"Cost Center":"c"}"#,
                r#"{"spring_sale":-1e-3,"edp_discount":-0.2}"#,
            ],
        ),
        row(2, "", ["{}", "", "{}", "{}"]),
    ]);
    let names = [
        "identity_line_item_id",
        "resource_tags_user_team",
        "resource_tags_user_cost_center",
        "product_vcpu",
        "product_never_seen",
        "cost_category_cost_center",
        "discount_edp_discount",
        "discount_spring_sale",
    ];
    let rows = done.rows(&names);
    assert_eq!(rows[0], "id0|core|7|4|n|NULL|-0.100000000000000000|NULL");
    assert_eq!(
        rows[1],
        "id1|NULL|8|NULL|NULL|c|-0.200000000000000000|-0.001000000000000000"
    );
    assert_eq!(rows[2], "id2|NULL|NULL|NULL|NULL|NULL|NULL|NULL");
    assert_eq!(done.sum("discount_edp_discount"), "-0.3");
    let sources = |name: &str| done.tally.schema.column(name).unwrap().source_names.clone();
    assert_eq!(
        sources("resource_tags_user_team"),
        ["resource_tags/user_team"]
    );
    assert_eq!(
        sources("resource_tags_user_cost_center"),
        [
            "resource_tags/user:Cost Center",
            "resource_tags/user_cost_center"
        ]
    );
    assert_eq!(sources("product_vcpu"), Vec::<String>::new(), "documented");
    assert_eq!(done.tally.unknown, Vec::<String>::new());
    assert_eq!(done.column("source"), ["cur2"; 3]);
}

#[test]
fn keys_that_share_a_column_are_merged_and_kept_apart() {
    let done = convert(&[
        row(
            0,
            "eu-west-1",
            [
                r#"{"user:team":"a","user:Team":"b"}"#,
                r#"{"region_code":"elsewhere"}"#,
                "{}",
                "{}",
            ],
        ),
        row(
            1,
            "",
            [
                r#"{"user:Team":"c"}"#,
                r#"{"region_code":"us-east-1"}"#,
                "{}",
                "{}",
            ],
        ),
    ]);
    let tags = done.rows(&[
        "identity_line_item_id",
        "resource_tags_user_team",
        "resource_tags_user_team_2",
    ]);
    assert_eq!(tags, ["id0|a|b", "id1|c|c"]);
    let regions = done.rows(&[
        "identity_line_item_id",
        "product_region_code",
        "product_region_code_2",
    ]);
    assert_eq!(
        regions,
        ["id0|eu-west-1|elsewhere", "id1|us-east-1|us-east-1"]
    );
    let collisions = &done.tally.collisions;
    assert_eq!(
        collisions["resource_tags_user_team"],
        ["resource_tags/user:team", "resource_tags/user:Team"]
    );
    assert_eq!(
        collisions["product_region_code"],
        ["product_region_code", "product/region_code"]
    );
}

#[test]
fn a_later_ingest_keeps_to_the_columns_of_an_earlier_one() {
    let text = format!(
        "{HEADER}\n{}",
        row(
            0,
            "",
            [r#"{"user:team":"a","user:Team":"b"}"#, "{}", "{}", "{}"]
        )
    );
    let first = Bench::new(ReportKind::Cur2);
    first.csv(text.clone()).unwrap();
    let first = first.finish();
    let second = Bench::with(ReportKind::Cur2, "2024-03", &first.tally.schema, 64 << 20);
    second.csv(text).unwrap();
    let second = second.finish();
    assert_eq!(second.tally.schema, first.tally.schema);
    assert_eq!(second.everything(), first.everything());
}

#[test]
fn bad_maps_are_counted_and_bad_amounts_named() {
    let done = convert(&[
        row(0, "", ["not json", "[1]", "{}", "{}"]),
        row(1, "", ["not json", "{}", "{}", "{}"]),
    ]);
    assert_eq!(
        done.tally.anomalies,
        BTreeMap::from([(Anomaly::InvalidMap, 3)])
    );
    let bench = Bench::new(ReportKind::Cur2);
    let text = format!(
        "{HEADER}\n{}",
        row(0, "", ["{}", "{}", "{}", r#"{"edp_discount":"much"}"#])
    );
    match bench.csv(text).expect_err("no amount") {
        IngestError::BadAmount {
            line: 2,
            column,
            value,
            ..
        } => {
            assert_eq!(
                (column.as_str(), value.as_str()),
                ("discount_edp_discount", "much")
            );
        }
        other => panic!("{other}"),
    }
}
