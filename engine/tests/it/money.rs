//! How amounts compute.

use arrow::datatypes::DataType;
use curtail_engine::{EngineError, Params};
use curtail_store::ReportKind;

use crate::fixture::{Fixture, rows, usage};

const COST: &str = "line_item_unblended_cost";
const AMOUNT: DataType = DataType::Decimal128(38, 18);

#[tokio::test]
async fn sums_and_choices_stay_exact_and_the_rest_is_a_double() {
    let fixture = Fixture::empty();
    let rows = [
        usage(&[(COST, "99999999999999999.123456789012345678")]),
        usage(&[(COST, "0.000000000000000001")]),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows)
        .await;
    let engine = fixture.engine().await;
    for (expression, expected, value) in [
        (
            "sum(unblended_cost)",
            AMOUNT,
            "99999999999999999.123456789012345679",
        ),
        ("sum(unblended_cost) - sum(amortized_cost)", AMOUNT, "0"),
        ("sum(unblended_cost - amortized_cost)", AMOUNT, "0"),
        (
            "sum(-unblended_cost)",
            AMOUNT,
            "-99999999999999999.123456789012345679",
        ),
        (
            "sum(CASE WHEN charge_type = 'Usage' THEN unblended_cost ELSE 0 END)",
            AMOUNT,
            "99999999999999999.123456789012345679",
        ),
        (
            "sum(CASE WHEN charge_type = 'Tax' THEN unblended_cost ELSE 0.0 END)",
            AMOUNT,
            "0",
        ),
        ("sum(coalesce(list_cost, 0.0))", AMOUNT, "0"),
        (
            "sum(coalesce(unblended_cost, 0))",
            AMOUNT,
            "99999999999999999.123456789012345679",
        ),
        ("min(unblended_cost)", AMOUNT, "0.000000000000000001"),
        ("sum(unblended_cost) * 1.5", DataType::Float64, "1.5e17"),
        ("sum(unblended_cost * 2)", DataType::Float64, "2e17"),
        (
            "sum(unblended_cost * unblended_cost)",
            DataType::Float64,
            "1e34",
        ),
        ("sum(unblended_cost) / 4", DataType::Float64, "2.5e16"),
        ("4 / sum(unblended_cost)", DataType::Float64, "4e-17"),
        ("avg(unblended_cost)", DataType::Float64, "5e16"),
        ("avg(DISTINCT unblended_cost)", DataType::Float64, "5e16"),
        ("avg(length(service))", DataType::Float64, "9.0"),
    ] {
        let sql = format!("SELECT {expression} FROM costs");
        let answer = engine
            .sql(&sql, &Params::new())
            .await
            .unwrap_or_else(|error| panic!("{expression}: {error}"));
        assert_eq!(
            answer.schema().field(0).data_type(),
            &expected,
            "{expression}"
        );
        assert_eq!(crate::fixture::csv(&answer).await, [value], "{expression}");
    }
}

#[tokio::test]
async fn a_sum_that_does_not_fit_fails() {
    let fixture = Fixture::empty();
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-10",
            &[usage(&[(COST, "99999999999999999999")])],
        )
        .await;
    let engine = fixture.engine().await;
    for sql in [
        "SELECT sum(unblended_cost) FROM costs CROSS JOIN generate_series(1, 3)",
        "SELECT service, sum(unblended_cost) FROM costs CROSS JOIN generate_series(1, 3) GROUP BY service",
    ] {
        let error = engine
            .sql(sql, &Params::new())
            .await
            .unwrap()
            .collect()
            .await
            .unwrap_err();
        assert!(
            matches!(&error, EngineError::Value { .. }) && error.to_string().contains("38 digits"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn comparisons_are_exact() {
    let fixture = Fixture::empty();
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-10",
            &[
                usage(&[(COST, "0.1")]),
                usage(&[(COST, "0.100000000000000001")]),
            ],
        )
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        rows(
            &engine,
            "SELECT count(*) FROM costs WHERE unblended_cost > 0.1"
        )
        .await,
        ["1"]
    );
    assert_eq!(
        rows(
            &engine,
            "SELECT count(*) FROM costs WHERE unblended_cost = 0.1"
        )
        .await,
        ["1"]
    );
}

#[tokio::test]
async fn averages_are_rounded_once_whatever_the_order() {
    let fixture = Fixture::empty();
    let items = [
        "100000000000000000",
        "0.000000000000000003",
        "",
        "-100000000000000000",
    ]
    .map(|cost| usage(&[(COST, cost)]));
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &items)
        .await;
    for merging in [true, false] {
        let engine = fixture.engine_that(merging).await;
        for (sql, expected) in [
            ("SELECT avg(unblended_cost) FROM costs", "1e-18"),
            (
                "SELECT avg(coalesce(unblended_cost, 0)) FROM costs",
                "7.5e-19",
            ),
            (
                "SELECT avg(unblended_cost) FROM costs WHERE service = 'none'",
                "",
            ),
            (
                "SELECT service, avg(unblended_cost) FROM costs GROUP BY 1",
                "AmazonEC2,1e-18",
            ),
        ] {
            assert_eq!(rows(&engine, sql).await, [expected], "{sql}");
        }
        let moving = "SELECT avg(unblended_cost) OVER (ORDER BY unblended_cost NULLS FIRST ROWS 1 PRECEDING) FROM costs";
        let mut found = rows(&engine, moving).await;
        found.sort();
        assert_eq!(found, ["", "-1e17", "-5e16", "5e16"]);
    }
}

#[tokio::test]
async fn extremes_of_columns_and_expressions_stand_side_by_side() {
    let fixture = Fixture::empty();
    // The least amounts are found long before the line item with the greatest difference is read.
    let texts =
        (0..20_000).map(|row| [row.to_string(), (row % 7 + row / 19_999 * 100).to_string()]);
    let texts: Vec<_> = texts.collect();
    let items = texts
        .iter()
        .map(|[cost, list]| usage(&[(COST, cost), ("pricing_public_on_demand_cost", list)]));
    let items: Vec<_> = items.collect();
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &items)
        .await;
    let engine = fixture.engine_that(false).await;
    let sql = "SELECT min(line_item_unblended_cost), max(line_item_unblended_cost + pricing_public_on_demand_cost) FROM cur";
    assert_eq!(rows(&engine, sql).await, ["0,20099"]);
}

#[tokio::test]
async fn sums_of_groups_and_windows_skip_null() {
    let fixture = Fixture::empty();
    let rows_of = [
        usage(&[(COST, "1"), ("line_item_product_code", "A")]),
        usage(&[(COST, "2"), ("line_item_product_code", "A")]),
        usage(&[("line_item_product_code", "B")]),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows_of)
        .await;
    let engine = fixture.engine().await;
    let sql = "SELECT service, sum(unblended_cost), sum(unblended_cost) FILTER (WHERE unblended_cost > 1) FROM costs GROUP BY 1 ORDER BY 1";
    assert_eq!(rows(&engine, sql).await, ["A,3,2", "B,,"]);
    let sql = "SELECT DISTINCT service, sum(unblended_cost) OVER (PARTITION BY service) FROM costs ORDER BY 1";
    assert_eq!(rows(&engine, sql).await, ["A,3", "B,"]);
}
