//! Cost queries.

use curtail_engine::{CostQuery, Dimension, Engine, EngineError, Granularity, Metric, Params};
use curtail_store::{BillingPeriod, ReportKind};

use crate::fixture::{Fixture, csv, header, usage};

const COST: &str = "line_item_unblended_cost";
const START: &str = "line_item_usage_start_date";
const CODE: &str = "line_item_product_code";
const RESOURCE: &str = "line_item_resource_id";
const TEAM: &str = "resource_tags_user_team";

async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    let row = |day, code, resource, team, cost| {
        usage(&[
            (START, day),
            (CODE, code),
            (RESOURCE, resource),
            (TEAM, team),
            (COST, cost),
        ])
    };
    let september = [row(
        "2026-09-30T23:00:00Z",
        "AmazonS3",
        "bucket",
        "core",
        "0.5",
    )];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-09", &september)
        .await;
    let october = [
        row("2026-10-01T00:00:00Z", "AmazonEC2", "i-1", "core", "1"),
        row("2026-10-01T05:00:00Z", "AmazonEC2", "i-2", "", "2.25"),
        row("2026-10-02T00:00:00Z", "AmazonS3", "bucket", "it's", "4"),
        row("2026-10-02T00:00:00Z", "AmazonS3", "", "", "8"),
        usage(&[
            (START, "2026-10-02T00:00:00Z"),
            (CODE, "AmazonS3"),
            (COST, "16"),
            ("line_item_currency_code", "EUR"),
        ]),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &october)
        .await;
    fixture
}

async fn ask(engine: &Engine, by: &[&str], query: CostQuery) -> Vec<String> {
    let by = by
        .iter()
        .map(|dimension| dimension.parse().unwrap())
        .collect();
    csv(&engine.costs(&CostQuery { by, ..query }).await.unwrap()).await
}

#[tokio::test]
async fn columns_and_order_are_those_of_the_contract() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let by = vec!["service".parse().unwrap(), "account".parse().unwrap()];
    let query = CostQuery {
        by,
        metrics: vec![Metric::Amortized, Metric::Usage],
        ..CostQuery::default()
    };
    let answer = engine.costs(&query).await.unwrap();
    assert_eq!(
        header(&answer),
        "service,account_id,amortized_cost,usage_amount,currency"
    );
    assert_eq!(
        csv(&answer).await,
        [
            "AmazonS3,000000000007,16,,EUR",
            "AmazonS3,000000000007,12.5,,USD",
            "AmazonEC2,000000000007,3.25,,USD"
        ]
    );
    assert!(
        answer
            .notes()
            .iter()
            .any(|note| note.contains("usage-type"))
    );
    assert_eq!(
        ask(&engine, &[], CostQuery::default()).await,
        ["16,EUR", "15.75,USD"]
    );
}

#[tokio::test]
async fn periods_that_are_not_there_are_told() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let period = |text: &str| text.parse::<BillingPeriod>().unwrap();
    let told = async |first, last| {
        let query = CostQuery {
            periods: vec![period(first)..=period(last)],
            ..CostQuery::default()
        };
        let answer = engine.costs(&query).await.unwrap();
        (csv(&answer).await.len(), answer.notes().to_vec())
    };
    assert_eq!(told("2026-10", "2026-11").await, (2, vec![]));
    let known = "its billing periods are from 2026-09 to 2026-10";
    assert_eq!(
        told("2026-11", "2026-11").await,
        (
            0,
            vec![format!("the store has no costs of 2026-11: {known}")]
        )
    );
    assert_eq!(
        told("2025-01", "2025-12").await,
        (
            0,
            vec![format!(
                "the store has no costs of 2025-01 to 2025-12: {known}"
            )]
        )
    );
}

#[tokio::test]
async fn what_is_missing_is_one_row_so_that_totals_tie() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let rows = ask(&engine, &["resource"], CostQuery::default()).await;
    assert_eq!(
        rows,
        [
            "(none),16,EUR",
            "(none),8,USD",
            "bucket,4.5,USD",
            "i-2,2.25,USD",
            "i-1,1,USD"
        ]
    );
    let rows = ask(&engine, &["tag:team"], CostQuery::default()).await;
    assert_eq!(
        rows,
        [
            "(none),16,EUR",
            "(none),10.25,USD",
            "it's,4,USD",
            "core,1.5,USD"
        ]
    );
    let rows = ask(&engine, &["invoice"], CostQuery::default()).await;
    assert_eq!(rows, ["(none),16,EUR", "(none),15.75,USD"]);
}

#[tokio::test]
async fn time_goes_first() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let daily = CostQuery {
        granularity: Granularity::Daily,
        ..CostQuery::default()
    };
    let expected = [
        "2026-09-30,AmazonS3,0.5,USD",
        "2026-10-01,AmazonEC2,3.25,USD",
        "2026-10-02,AmazonS3,16,EUR",
        "2026-10-02,AmazonS3,12,USD",
    ];
    assert_eq!(ask(&engine, &["service"], daily.clone()).await, expected);
    let rows = ask(&engine, &["month"], CostQuery::default()).await;
    assert_eq!(
        rows,
        ["2026-09,0.5,USD", "2026-10,16,EUR", "2026-10,15.25,USD"]
    );
    let rows = ask(
        &engine,
        &["hour"],
        CostQuery {
            to: "2026-10-02".parse().ok(),
            ..CostQuery::default()
        },
    )
    .await;
    assert_eq!(rows.len(), 3);
    assert!(rows[0].starts_with("2026-09-30T23:00:00"), "{rows:?}");
    assert_eq!(
        ask(&engine, &["service", "day"], CostQuery::default()).await[0],
        "AmazonS3,2026-09-30,0.5,USD"
    );
}

#[tokio::test]
async fn filters_narrow() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let one = |text: &str| vec![text.to_owned()];
    let october = "2026-10".parse().unwrap();
    for (query, expected) in [
        (
            CostQuery {
                periods: vec![october..=october],
                ..CostQuery::default()
            },
            "15.25",
        ),
        (
            CostQuery {
                from: "2026-10-01".parse().ok(),
                to: "2026-10-02".parse().ok(),
                ..CostQuery::default()
            },
            "3.25",
        ),
        (
            CostQuery {
                services: one("AmazonEC2"),
                ..CostQuery::default()
            },
            "3.25",
        ),
        (
            CostQuery {
                tags: vec![("team".into(), "it's".into())],
                ..CostQuery::default()
            },
            "4",
        ),
        (
            CostQuery {
                tags: vec![("user:team".into(), "core".into())],
                ..CostQuery::default()
            },
            "1.5",
        ),
        (
            CostQuery {
                tags: vec![("team".into(), "(none)".into())],
                ..CostQuery::default()
            },
            "10.25",
        ),
        (
            CostQuery {
                charge_types: one("Usage"),
                accounts: one("000000000007"),
                ..CostQuery::default()
            },
            "15.75",
        ),
        (
            CostQuery {
                regions: one("global"),
                ..CostQuery::default()
            },
            "15.75",
        ),
        (
            CostQuery {
                condition: Some("unblended_cost > 3 OR resource_id = 'i-1'".into()),
                ..CostQuery::default()
            },
            "13",
        ),
    ] {
        let shown = format!("{query:?}");
        let rows = ask(
            &engine,
            &[],
            CostQuery {
                condition: query.condition.clone(),
                ..query
            },
        )
        .await;
        assert!(
            rows.contains(&format!("{expected},USD")),
            "{shown}: {rows:?}"
        );
    }
}

#[tokio::test]
async fn the_largest_are_kept() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let top = |n| CostQuery {
        top: Some(n),
        condition: Some("currency = 'USD'".into()),
        ..CostQuery::default()
    };
    assert_eq!(
        ask(&engine, &["resource"], top(2)).await,
        ["(none),8,USD", "bucket,4.5,USD"]
    );
    let daily = CostQuery {
        granularity: Granularity::Daily,
        ..top(1)
    };
    assert_eq!(
        ask(&engine, &["service"], daily).await,
        ["2026-09-30,AmazonS3,0.5,USD", "2026-10-02,AmazonS3,12,USD"]
    );
    let sorted = CostQuery {
        sort: Some("resource".parse().unwrap()),
        ..top(3)
    };
    assert_eq!(
        ask(&engine, &["resource"], sorted).await,
        ["(none),8,USD", "bucket,4.5,USD", "i-2,2.25,USD"]
    );
    assert_eq!(ask(&engine, &["day"], top(1)).await, ["2026-10-02,12,USD"]);
}

#[tokio::test]
async fn what_does_not_exist_is_said() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let query = CostQuery {
        by: vec![Dimension::Tag("taem".into())],
        ..CostQuery::default()
    };
    let error = engine.costs(&query).await.unwrap_err();
    assert!(
        matches!(&error, EngineError::UnknownKey { key, .. } if key == "taem"),
        "{error:?}"
    );
    let query = CostQuery {
        by: vec![Dimension::Tag("teams".into())],
        ..CostQuery::default()
    };
    let error = engine.costs(&query).await.unwrap_err();
    assert!(
        matches!(&error, EngineError::UnknownKey { similar, .. } if similar == &["team"]),
        "{error:?}"
    );
    let query = CostQuery {
        reports: vec!["other".into()],
        ..CostQuery::default()
    };
    assert!(matches!(
        engine.costs(&query).await,
        Err(EngineError::UnknownReport { .. })
    ));
    let query = CostQuery {
        condition: Some("nonsense = 1".into()),
        ..CostQuery::default()
    };
    assert!(matches!(
        engine.costs(&query).await,
        Err(EngineError::UnknownColumn { .. })
    ));
    let query = CostQuery {
        condition: Some("true) OR (true".into()),
        ..CostQuery::default()
    };
    assert!(matches!(
        engine.costs(&query).await,
        Err(EngineError::Syntax(_))
    ));
}

#[tokio::test]
async fn reports_of_the_same_charges_are_never_added_up() {
    let fixture = fixture().await;
    fixture
        .add(
            "acme2",
            ReportKind::Cur2,
            "2026-10",
            &[
                usage(&[(COST, "3.5")]),
                usage(&[(COST, "7"), ("bill_payer_account_id", "099999999999")]),
            ],
        )
        .await;
    let engine = fixture.engine().await;
    let answer = engine.costs(&CostQuery::default()).await.unwrap();
    // October from acme2, which is CUR 2.0; September from acme, which alone has it.
    assert_eq!(csv(&answer).await, ["11,USD"]);
    assert_eq!(answer.notes().len(), 1);
    assert!(
        answer.notes()[0].contains("`acme`") && answer.notes()[0].contains("2026-10"),
        "{:?}",
        answer.notes()
    );
    let only = |name: &str| CostQuery {
        reports: vec![name.into()],
        ..CostQuery::default()
    };
    assert_eq!(
        ask(&engine, &[], only("acme")).await,
        ["16,EUR", "15.75,USD"]
    );
    assert_eq!(ask(&engine, &[], only("acme2")).await, ["10.5,USD"]);
    // The view has both; a statement over it gets a warning.
    let answer = engine
        .sql(
            "SELECT sum(unblended_cost) FROM costs WHERE currency = 'USD'",
            &Params::new(),
        )
        .await
        .unwrap();
    assert_eq!(csv(&answer).await, ["26.25"]);
    assert!(
        answer.notes()[0].contains("filter by `report`"),
        "{:?}",
        answer.notes()
    );
    let one = engine
        .sql(
            "SELECT sum(unblended_cost) FROM costs WHERE report = 'acme2'",
            &Params::new(),
        )
        .await
        .unwrap();
    assert!(one.notes().is_empty());
    // What decides is what is read, by whatever view and under whatever name.
    engine
        .sql(
            "CREATE VIEW spend AS SELECT service AS report, report AS r, unblended_cost AS cost FROM costs",
            &Params::new(),
        )
        .await
        .unwrap();
    for (sql, notes) in [
        ("SELECT sum(cost) FROM spend", 1),
        ("SELECT report, sum(cost) FROM spend GROUP BY 1", 1),
        ("SELECT r, sum(cost) FROM spend GROUP BY r", 0),
        ("SELECT sum(cost) FROM spend WHERE r LIKE 'acme2%'", 0),
        (
            "WITH a AS (SELECT * FROM costs) SELECT sum(unblended_cost) FROM a",
            1,
        ),
        ("SELECT sum(unblended_cost) AS report FROM costs", 1),
        ("SELECT (SELECT sum(unblended_cost) FROM costs)", 1),
        (
            "SELECT max(service) FROM costs WHERE report IN (SELECT max(report) FROM costs)",
            0,
        ),
        ("SELECT * FROM costs", 0),
        ("EXPLAIN SELECT sum(cost) FROM spend", 1),
        ("WITH costs AS (SELECT 1 AS x) SELECT sum(x) FROM costs", 0),
        ("SELECT count(*) FROM cur", 0),
    ] {
        let answer = engine.sql(sql, &Params::new()).await.unwrap();
        assert_eq!(answer.notes().len(), notes, "{sql}");
    }
    // Queries of the library see each charge once.
    let answer = engine
        .query(
            curtail_queries::find("cost-by-month").unwrap(),
            &Params::new(),
        )
        .await
        .unwrap();
    assert_eq!(
        csv(&answer).await,
        ["2026-09,0.5,,,0.5,USD", "2026-10,10.5,10,2000.0,10.5,USD"]
    );
    assert_eq!(answer.notes().len(), 1);
}

#[tokio::test]
async fn only_the_shared_payer_is_left_out() {
    let fixture = Fixture::empty();
    let payer = |payer, cost| usage(&[("bill_payer_account_id", payer), (COST, cost)]);
    fixture
        .add(
            "a",
            ReportKind::LegacyCur,
            "2026-10",
            &[payer("1", "1"), payer("2", "2")],
        )
        .await;
    fixture
        .add("b", ReportKind::Cur2, "2026-10", &[payer("1", "10")])
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        ask(&engine, &["payer"], CostQuery::default()).await,
        ["1,10,USD", "2,2,USD"]
    );
}

#[tokio::test]
async fn the_statement_can_be_explained() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let query = CostQuery {
        by: vec!["service".parse().unwrap()],
        top: Some(3),
        ..CostQuery::default()
    };
    let (sql, _) = engine.costs_sql(&query).await.unwrap();
    assert_eq!(
        crate::fixture::rows(&engine, &sql).await,
        csv(&engine.costs(&query).await.unwrap()).await
    );
    assert!(
        !crate::fixture::rows(&engine, &format!("EXPLAIN {sql}"))
            .await
            .is_empty()
    );
}
