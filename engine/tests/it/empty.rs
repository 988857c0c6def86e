//! Text that is empty in a report, which Athena has as `''` and our tables as NULL.

use curtail_engine::{Dialect, Engine, Params};
use curtail_store::ReportKind;

use crate::fixture::{Fixture, rows, usage};

/// Line items of which one has no operation, and one neither operation nor resource.
async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    let items = [
        usage(&[
            ("line_item_unblended_cost", "1"),
            ("line_item_operation", "RunInstances"),
            ("line_item_resource_id", "i-1"),
            ("product_servicecode", "AmazonEC2"),
        ]),
        usage(&[
            ("line_item_unblended_cost", "2"),
            ("line_item_resource_id", "i-2"),
        ]),
        usage(&[("line_item_unblended_cost", "4")]),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &items)
        .await;
    fixture
}

#[tokio::test]
async fn what_is_compared_with_empty_text_is_empty_where_a_report_is() {
    let fixture = fixture().await;
    for merging in [true, false] {
        let engine = fixture.engine_that(merging).await;
        for (condition, sum) in [
            ("line_item_operation = ''", "6"),
            ("'' = line_item_operation", "6"),
            ("CAST(line_item_operation AS varchar) = ''", "6"),
            ("trim(line_item_operation) = ''", "6"),
            ("lower(trim(line_item_operation)) <> ''", "1"),
            ("line_item_operation <> ''", "1"),
            ("NOT line_item_operation <> ''", "6"),
            ("NOT line_item_operation = ''", "1"),
            ("line_item_operation IS NOT DISTINCT FROM ''", "6"),
            ("line_item_operation IN ('')", "6"),
            ("line_item_operation IN ('', 'RunInstances')", "7"),
            ("line_item_operation NOT IN ('')", "1"),
            ("line_item_operation NOT IN ('', 'x')", "1"),
            ("NOT line_item_operation IN ('', 'x')", "1"),
            ("trim(line_item_operation) IN ('', 'x')", "6"),
            (
                "CASE line_item_operation WHEN '' THEN true ELSE false END",
                "6",
            ),
            (
                "line_item_operation = '' AND line_item_resource_id <> ''",
                "2",
            ),
            (
                "line_item_operation = '' OR line_item_operation IS NULL",
                "6",
            ),
            ("coalesce(line_item_operation, '') = ''", "6"),
            ("line_item_operation IS NULL", "6"),
            ("line_item_operation <> 'x'", "1"),
            ("resource_tags_aws_eks_namespace = ''", "7"),
        ] {
            for table in [
                "cur",
                "cur2",
                "(SELECT * FROM cur ORDER BY line_item_unblended_cost) t",
            ] {
                if table == "cur2" && condition.starts_with("resource_tags") {
                    continue;
                }
                let sql =
                    format!("SELECT sum(line_item_unblended_cost) FROM {table} WHERE {condition}");
                assert_eq!(rows(&engine, &sql).await, [sum], "{sql}, merging {merging}");
            }
        }
        let sql = "SELECT CASE WHEN product_servicecode = '' THEN line_item_product_code ELSE product_servicecode END AS code, count(*)
            FROM cur GROUP BY 1 ORDER BY 1";
        let code = "SELECT max(line_item_product_code) FROM cur";
        let code = rows(&engine, code).await.remove(0);
        assert!(!code.is_empty());
        let found = rows(&engine, sql).await;
        if code == "AmazonEC2" {
            assert_eq!(found, ["AmazonEC2,3"]);
        } else {
            assert!(found.contains(&format!("{code},2")), "{found:?}");
        }
    }
}

#[tokio::test]
async fn what_is_null_otherwise_is_not_empty() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (sql, expected) in [
        // No line item has this one.
        (
            "SELECT count(*) FROM (VALUES 'i-1', 'i-9') AS t (id)
             LEFT JOIN cur ON line_item_resource_id = id WHERE line_item_operation = ''",
            "0",
        ),
        (
            "SELECT count(*) FROM (VALUES 'i-2', 'i-9') AS t (id)
             LEFT JOIN cur ON line_item_resource_id = id AND line_item_operation = ''
             WHERE line_item_unblended_cost IS NOT NULL",
            "1",
        ),
        // The total.
        (
            "SELECT count(*) FROM (SELECT line_item_resource_id AS r, count(*) AS n FROM cur
             WHERE line_item_resource_id <> '' GROUP BY ROLLUP (line_item_resource_id)) WHERE r = ''",
            "0",
        ),
        (
            "SELECT sum(n) FROM (SELECT line_item_operation AS o, count(*) AS n FROM cur GROUP BY 1) WHERE o = ''",
            "2",
        ),
        ("SELECT count(*) FROM (SELECT nullif(line_item_operation, 'RunInstances') AS o FROM cur) WHERE o = ''", "0"),
        // A table of our own.
        ("SELECT count(*) FROM costs WHERE resource_id = ''", "0"),
        ("SELECT count(*) FROM (VALUES CAST(NULL AS varchar), '') AS t (x) WHERE x = ''", "1"),
    ] {
        assert_eq!(rows(&engine, sql).await, [expected], "{sql}");
    }
    let generic = engine.with_dialect(Dialect::Generic);
    let sql = "SELECT count(*) FROM cur WHERE line_item_operation = ''";
    assert_eq!(rows(&generic, sql).await, ["0"]);
}

async fn notes(engine: &Engine, sql: &str) -> Vec<String> {
    let answer = engine.sql(sql, &Params::new()).await;
    let answer = answer.unwrap_or_else(|error| panic!("{sql}: {error}"));
    answer.notes().to_vec()
}

#[tokio::test]
async fn a_note_tells_what_goes_with_text_that_is_excluded() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for condition in [
        "line_item_operation <> 'x'",
        "line_item_operation NOT LIKE 'x%'",
        "line_item_operation NOT IN ('x', 'y')",
        "NOT (line_item_operation = 'x' OR line_item_usage_type = 'y')",
        "lower(line_item_operation) <> 'x'",
        "NOT regexp_like(line_item_operation, 'x')",
        "billing_period = '2026-10' AND CASE WHEN line_item_operation != 'x' THEN true ELSE false END",
    ] {
        for table in ["cur", "cur2", "(SELECT * FROM cur) t"] {
            let sql = format!("SELECT count(*) FROM {table} WHERE {condition}");
            let told = notes(&engine, &sql).await;
            assert_eq!(told.len(), 1, "{sql}: {told:?}");
            assert!(
                told[0].starts_with("`line_item_operation`")
                    && told[0].contains("coalesce(line_item_operation, '')"),
                "{told:?}"
            );
        }
    }
    for condition in [
        "line_item_operation = 'x'",
        "line_item_operation <> ''",
        "line_item_operation LIKE '%x%' AND line_item_operation NOT LIKE '%xy'",
        "line_item_operation <> 'x' OR line_item_operation IS NULL",
        "line_item_operation IS NOT NULL AND line_item_operation <> 'x'",
        "line_item_operation NOT IN ('', 'x')",
        "coalesce(line_item_operation, '') <> 'x'",
        "line_item_line_item_type NOT IN ('Tax', 'Credit')",
        "line_item_unblended_cost <> 0",
        "year <> '2025'",
    ] {
        let sql = format!("SELECT count(*) FROM cur WHERE {condition}");
        assert_eq!(notes(&engine, &sql).await, [""; 0], "{sql}");
    }
    let several =
        "SELECT count(*) FROM cur WHERE line_item_operation <> 'x' AND product_region <> 'y'";
    let told = notes(&engine, several).await;
    assert!(
        told[0].starts_with("`line_item_operation`, `product_region` are NULL here"),
        "{told:?}"
    );
    let costs = "SELECT count(*) FROM costs WHERE operation <> 'x'";
    assert_eq!(notes(&engine, costs).await, [""; 0]);
    let generic = engine.with_dialect(Dialect::Generic);
    let sql = "SELECT count(*) FROM cur WHERE line_item_operation <> 'x'";
    assert_eq!(notes(&generic, sql).await, [""; 0]);
}
