//! What becomes of filters: they compare columns as they are stored, so that tables can prune by them.

use std::sync::Arc;

use arrow::{
    array::RecordBatch,
    datatypes::{DataType, Field, Schema, TimeUnit},
};
use datafusion::{
    common::tree_node::{TreeNode, TreeNodeRecursion},
    datasource::MemTable,
    logical_expr::LogicalPlan,
    prelude::SessionContext,
};

use crate::session::{plan, session};

/// A session with a table of one column of each type that reports have.
fn with_report() -> SessionContext {
    let text = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let schema = Arc::new(Schema::new(vec![
        Field::new("month", DataType::Utf8, true),
        Field::new("account", text(), true),
        Field::new("start", time, true),
        Field::new("cost", DataType::Decimal128(38, 18), true),
        Field::new("usage", DataType::Float64, true),
        Field::new("lines", DataType::Int64, true),
    ]));
    let batch = RecordBatch::new_empty(Arc::clone(&schema));
    let table = MemTable::try_new(schema, vec![vec![batch]]).unwrap();
    let context = session();
    context.register_table("report", Arc::new(table)).unwrap();
    context
}

/// The filters of a query when it is optimized.
async fn filter(condition: &str) -> String {
    let context = with_report();
    let state = context.state();
    let text = format!("SELECT lines FROM report WHERE {condition}");
    let plan = plan(&state, &text).await.unwrap();
    let plan = state.optimize(&plan).unwrap();
    let mut found = Vec::new();
    plan.apply(|node| {
        match node {
            LogicalPlan::Filter(filter) => found.push(filter.predicate.to_string()),
            LogicalPlan::TableScan(scan) => {
                found.extend(scan.filters.iter().map(ToString::to_string));
            }
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .unwrap();
    found.sort();
    found.dedup();
    found.join(" AND ")
}

#[tokio::test]
async fn columns_are_compared_as_they_are() {
    let march = "TimestampMicrosecond(1772323200000000, Some(\"UTC\"))";
    for condition in [
        "start >= TIMESTAMP '2026-03-01 00:00:00'",
        "start >= TIMESTAMP '2026-03-01'",
        "start >= DATE '2026-03-01'",
        "start >= '2026-03-01'",
        "start >= '2026-03-01 00:00:00.000'",
        "start >= CAST('2026-03-01' AS timestamp)",
        "start >= CAST('2026-03-01' AS date)",
        "start >= CAST('2026-03-01' AS timestamp(3) with time zone)",
        "start >= DATE '2026-04-01' - INTERVAL '1' MONTH",
        "start >= TIMESTAMP '2026-04-01 00:00:00' - INTERVAL '1' MONTH",
        "start >= date_trunc('month', DATE '2026-03-05')",
        "start >= date_trunc('month', TIMESTAMP '2026-03-05 01:00:00')",
    ] {
        assert_eq!(
            filter(condition).await,
            format!("report.start >= {march}"),
            "{condition}"
        );
    }
    let mut wrong = Vec::new();
    for (condition, expected) in [
        (
            "cost = 0",
            "report.cost = Decimal128(0.000000000000000000,38,18)",
        ),
        (
            "cost > 0.0",
            "report.cost > Decimal128(0.000000000000000000,38,18)",
        ),
        (
            "cost > '0'",
            "report.cost > Decimal128(0.000000000000000000,38,18)",
        ),
        (
            "cost > CAST(0 AS double)",
            "report.cost > Decimal128(0.000000000000000000,38,18)",
        ),
        (
            "cost > 0.5",
            "report.cost > Decimal128(0.500000000000000000,38,18)",
        ),
        (
            "coalesce(cost, CAST(0 AS double)) > 1",
            "CASE WHEN report.cost IS NOT NULL THEN report.cost ELSE Decimal128(0.000000000000000000,38,18) END > Decimal128(1.000000000000000000,38,18)",
        ),
        ("usage > 0.5", "report.usage > Float64(0.5)"),
        ("usage > 0", "report.usage > Float64(0)"),
        ("usage > '0.5'", "report.usage > Float64(0.5)"),
        ("lines > '3'", "report.lines > Int64(3)"),
        ("month = '03'", "report.month = Utf8(\"03\")"),
        (
            "month = 3",
            "TRY_CAST(report.month AS Float64) = Float64(3)",
        ),
        (
            "month IN (3, 4)",
            "TRY_CAST(report.month AS Float64) IN ([Float64(3), Float64(4)])",
        ),
        (
            "account = 123456789012",
            "TRY_CAST(report.account AS Float64) = Float64(123456789012)",
        ),
        (
            "account = '1'",
            "report.account = Dictionary(Int32, Utf8(\"1\"))",
        ),
    ] {
        let found = filter(condition).await;
        if found != expected {
            wrong.push(format!("{condition}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn settling_types_twice_changes_nothing() {
    let context = with_report();
    let state = context.state();
    let text = "SELECT CAST(usage AS bigint) AS a, CAST(cost AS varchar) AS b, CAST(cost AS bigint) AS c, lines + 1 AS d, \
                CASE WHEN month = 3 THEN usage ELSE 0.5 END AS e, 1.0 / 3.0 AS f FROM report WHERE start > '2026-03-01' \
                UNION ALL SELECT 1, 'a', 2, 3, cost, 0.5 FROM report";
    let once = state
        .analyzer()
        .execute_and_check(
            plan(&state, text).await.unwrap(),
            state.config_options(),
            |_, _| {},
        )
        .unwrap();
    let twice = state
        .analyzer()
        .execute_and_check(once.clone(), state.config_options(), |_, _| {})
        .unwrap();
    assert_eq!(
        once.display_indent().to_string(),
        twice.display_indent().to_string()
    );
}
