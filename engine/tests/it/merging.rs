//! Line items that are merged while they are read: the same digits, however files are written.

use curtail_engine::Params;
use curtail_store::ReportKind;
use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion},
    schema::types::ColumnPath,
};

use crate::fixture::{Fixture, csv, rows, usage};

const QUESTIONS: &[&str] = &[
    "SELECT service, sum(unblended_cost), count(*) FROM costs GROUP BY 1 ORDER BY 1",
    "SELECT region, resource_id, sum(unblended_cost), sum(list_cost), count(*) FROM costs GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT date_trunc('day', line_item_usage_start_date), sum(line_item_unblended_cost) FROM cur GROUP BY 1 ORDER BY 1",
    "SELECT date_trunc('hour', line_item_usage_start_date), sum(line_item_unblended_cost) FROM cur GROUP BY 1 ORDER BY 1",
    "SELECT count(*), sum(line_item_unblended_cost), sum(pricing_public_on_demand_cost) FROM cur",
    "SELECT sum(line_item_unblended_cost) FROM cur WHERE product_region_code IS NULL",
    "SELECT product_region_code, count(*) FROM cur WHERE line_item_product_code <> 'AmazonS3' AND line_item_usage_start_date >= '2026-10-03T00:00:00Z' GROUP BY 1 ORDER BY 1",
    "SELECT sum(line_item_unblended_cost) FROM cur WHERE date_trunc('day', line_item_usage_start_date) = timestamp '2026-10-05 00:00:00'",
    "SELECT date_trunc('day', line_item_usage_start_date), count(*) FROM cur WHERE line_item_usage_start_date < '2026-10-07T00:00:00Z' AND line_item_usage_start_date >= '2026-10-04T00:00:00Z' GROUP BY 1 ORDER BY 1",
    "SELECT count(*) FROM cur WHERE line_item_product_code IN ('AWSLambda', 'nothing') AND line_item_resource_id IS NULL",
    "SELECT resource_tags_user_team, sum(line_item_unblended_cost) FROM cur GROUP BY 1 ORDER BY 1",
    "SELECT count(DISTINCT line_item_resource_id) FROM cur WHERE line_item_resource_id LIKE 'i-%7'",
    "SELECT report, billing_period, min(line_item_usage_type), sum(line_item_usage_amount) FROM cur GROUP BY 1, 2",
];

fn flavours() -> Vec<(&'static str, WriterPropertiesBuilder)> {
    let of = WriterProperties::builder;
    let small = || of().set_max_row_group_row_count(Some(700));
    vec![
        ("as usual", of()),
        (
            "small row groups and pages",
            small()
                .set_data_page_row_count_limit(37)
                .set_write_batch_size(37),
        ),
        (
            "version 2",
            small()
                .set_writer_version(WriterVersion::PARQUET_2_0)
                .set_data_page_row_count_limit(50)
                .set_write_batch_size(50),
        ),
        (
            "zstd",
            of().set_compression(Compression::ZSTD(ZstdLevel::default())),
        ),
        ("no dictionaries", of().set_dictionary_enabled(false)),
        (
            "dictionaries that are given up",
            small()
                .set_dictionary_page_size_limit(100)
                .set_write_batch_size(64),
        ),
        (
            "no statistics",
            of().set_statistics_enabled(parquet::file::properties::EnabledStatistics::None),
        ),
        (
            "an encoding that merging does not read",
            small()
                .set_column_dictionary_enabled(ColumnPath::from("line_item_resource_id"), false)
                .set_column_encoding(
                    ColumnPath::from("line_item_resource_id"),
                    Encoding::DELTA_BYTE_ARRAY,
                ),
        ),
    ]
}

#[tokio::test]
async fn merged_line_items_have_the_same_sums_however_they_are_written() {
    let texts: Vec<[String; 6]> = (0..3000_u32)
        .map(|row| {
            let day = 1 + row * 20 / 3000;
            [
                format!("2026-10-{day:02}T{:02}:00:00Z", row % 24),
                format!(
                    "{}{}.{:018}",
                    ["", "-"][row as usize % 2],
                    row % 13,
                    u64::from(row) * 1_000_003
                ),
                format!("i-{}", row % 97),
                ["AmazonEC2", "AmazonS3", "AWSLambda"][row as usize / 1000].to_owned(),
                ["us-east-1", "", "eu-west-1", ""][row as usize / 40 % 4].to_owned(),
                ["core", "", ""][row as usize % 3].to_owned(),
            ]
        })
        .collect();
    let items: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(row, [start, cost, resource, service, region, team])| {
            let mut item = vec![
                ("line_item_usage_start_date", start.as_str()),
                ("line_item_unblended_cost", cost),
                (
                    "line_item_resource_id",
                    if row % 11 == 0 { "" } else { resource },
                ),
                ("line_item_product_code", service),
                ("product_region_code", region),
                ("resource_tags_user_team", team),
            ];
            if row % 5 == 0 {
                item.push(("pricing_public_on_demand_cost", cost));
            }
            if row < 100 {
                item.push(("line_item_usage_amount", "0.5"));
            }
            usage(&item)
        })
        .collect();
    let mut told: Option<Vec<Vec<String>>> = None;
    for (flavour, written) in flavours() {
        let mut fixture = Fixture::empty();
        fixture.written = written.build();
        fixture
            .add("acme", ReportKind::LegacyCur, "2026-10", &items)
            .await;
        let (merging, plain) = (
            fixture.engine_that(true).await,
            fixture.engine_that(false).await,
        );
        let mut answers = Vec::new();
        for question in QUESTIONS {
            let plan = merging.sql(question, &Params::new()).await.unwrap().plan();
            assert!(plan.contains("MergingScan"), "{question}: {plan}");
            let merged = rows(&merging, question).await;
            assert_eq!(
                merged,
                rows(&plain, question).await,
                "{flavour}: {question}"
            );
            // What was read before is kept.
            assert_eq!(
                merged,
                rows(&merging, question).await,
                "{flavour}, again: {question}"
            );
            answers.push(merged);
        }
        assert_eq!(
            told.get_or_insert_with(|| answers.clone()),
            &answers,
            "{flavour}"
        );
    }
}

#[tokio::test]
async fn row_groups_without_wanted_line_items_are_left_out() {
    let mut fixture = Fixture::empty();
    fixture.written = WriterProperties::builder()
        .set_max_row_group_row_count(Some(10))
        .build();
    let items = (0..40).map(|row| {
        let service = ["AmazonEC2", "AmazonS3"][row / 20];
        usage(&[
            ("line_item_product_code", service),
            ("line_item_unblended_cost", "1"),
        ])
    });
    let items: Vec<_> = items.collect();
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &items)
        .await;
    let engine = fixture.engine().await;
    let question =
        "SELECT sum(line_item_unblended_cost) FROM cur WHERE line_item_product_code = 'AmazonS3'";
    let answer = engine.sql(question, &Params::new()).await.unwrap();
    assert_eq!(csv(&answer).await, ["20"]);
    let stats = answer.stats();
    assert_eq!(
        (
            stats.files,
            stats.row_groups,
            stats.row_groups_pruned,
            stats.rows_scanned
        ),
        (1, 4, 2, 20)
    );
}
