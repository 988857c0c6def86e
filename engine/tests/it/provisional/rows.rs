//! What rows of `costs` provisional ones are.

use curtail_engine::{CostQuery, Engine, EngineError, EngineOptions, Params};
use curtail_store::{ProvisionalCost, ReportKind};

use super::{COST, MEMBER, OTHER, PAYER, ask, cost, fetched, money, tell, unavailable};
use crate::fixture::{Fixture, rows, usage};

#[tokio::test]
async fn a_store_without_reports_answers() {
    let fixture = Fixture::empty();
    let mut row = cost("2026-10-31", MEMBER, "Amazon EC2", "1.000000000000000001");
    row.region = Some("eu-central-1".to_owned());
    row.charge_type = Some("Usage".to_owned());
    row.net_amortized_cost = Some(money("0.5"));
    row.usage_amount = Some(money("12"));
    tell(&fixture, PAYER, "2026-10", &[row]).await;
    let engine = fixture.engine().await;
    let names = "report, source, billing_period, usage_date, usage_start, usage_end, payer_account_id, account_id, account_name, \
                 service, service_code, region, resource_id, usage_type, operation, product_family, charge_type, purchase_option";
    assert_eq!(
        rows(&engine, &format!("SELECT {names} FROM costs")).await,
        [
            "cost-explorer:011122223333,cost-explorer,2026-10,2026-10-31,2026-10-31T00:00:00Z,2026-11-01T00:00:00Z,\
          011122223333,000000000007,,Amazon EC2,,eu-central-1,,,,,Usage,"
        ]
    );
    let names = "usage_amount, usage_unit, unblended_cost, amortized_cost, net_unblended_cost, net_amortized_cost, blended_cost, \
                 list_cost, currency, invoice_id, tags, provisional, cost_categories";
    assert_eq!(
        rows(&engine, &format!("SELECT {names} FROM costs")).await,
        ["12,,1.000000000000000001,,,0.5,,,USD,,{},true,{}"]
    );
    assert_eq!(rows(&engine, "SELECT count(*) FROM cur").await, ["0"]);
    assert_eq!(
        rows(&engine, "SELECT count(*) FROM meta.periods").await,
        ["0"]
    );
    assert_eq!(
        ask(&engine, &["region", "service"], CostQuery::default()).await,
        ["eu-central-1,Amazon EC2,1.000000000000000001,USD"]
    );
    let sql = "SELECT usage_date, account_id, region, unblended_cost, estimated, connection, payer_account_id, billing_period FROM cost_explorer";
    assert_eq!(
        rows(&engine, sql).await,
        [
            "2026-10-31,000000000007,eu-central-1,1.000000000000000001,false,main,011122223333,2026-10"
        ]
    );
}

#[tokio::test]
async fn a_month_without_cost_is_an_answer() {
    let fixture = Fixture::empty();
    tell(&fixture, PAYER, "2026-10", &[]).await;
    let engine = fixture.engine().await;
    assert_eq!(
        rows(&engine, "SELECT count(*), sum(unblended_cost) FROM costs").await,
        ["0,"]
    );
    let answer = engine.costs(&CostQuery::default()).await.unwrap();
    assert_eq!(answer.notes(), [""; 0]);
    // Accounts alone are no costs.
    let fixture = Fixture::empty();
    let at = fetched("2026-10-20T06:00:00Z");
    fixture
        .store
        .replace_accounts(PAYER, &[], &at)
        .await
        .unwrap();
    let options = EngineOptions {
        memory_limit: 1 << 28,
        allocated: None,
        threads: 2,
        rollups: true,
        merging: true,
        kept: 64 << 20,
    };
    let refused = Engine::open(&fixture.store, &options).await;
    assert!(
        matches!(refused, Err(EngineError::EmptyStore(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn tags_stand_where_those_of_reports_do() {
    let fixture = Fixture::empty();
    let row = |day, value: Option<&str>, unblended| ProvisionalCost {
        tag_key: Some("Cost Center".to_owned()),
        tag_value: value.map(str::to_owned),
        ..cost(day, MEMBER, "", unblended)
    };
    let told = [
        row("2026-10-06", Some("42"), "1"),
        row("2026-10-06", None, "20"),
    ];
    tell(&fixture, PAYER, "2026-10", &told).await;
    let other = ProvisionalCost {
        tag_key: Some("aws:createdBy".to_owned()),
        tag_value: Some("ann".to_owned()),
        ..cost("2026-10-06", OTHER, "", "300")
    };
    tell(&fixture, OTHER, "2026-10", &[other]).await;
    let engine = fixture.engine().await;
    let sql = "SELECT tags, tags['user_cost_center'], tags['aws_created_by'] FROM costs ORDER BY unblended_cost";
    assert_eq!(
        rows(&engine, sql).await,
        [
            "{user_cost_center: 42},42,",
            "{},,",
            "{aws_created_by: ann},,ann"
        ]
    );
    let by = ["tag:Cost Center"];
    let expected = ["(none),320,USD", "42,1,USD"];
    assert_eq!(ask(&engine, &by, CostQuery::default()).await, expected);
    let one = CostQuery {
        tags: vec![("cost_center".to_owned(), "42".to_owned())],
        ..CostQuery::default()
    };
    assert_eq!(ask(&engine, &[], one).await, ["1,USD"]);
    assert_eq!(
        unavailable(&engine, &["tag:team"], CostQuery::default()).await,
        "tag:team"
    );

    let tagged = usage(&[(COST, "4000"), ("resource_tags_user_cost_center", "42")]);
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &[tagged])
        .await;
    let engine = fixture.engine().await;
    let expected = ["42,4001,USD", "(none),320,USD"];
    assert_eq!(ask(&engine, &by, CostQuery::default()).await, expected);
    let plan = engine
        .sql("SELECT tags['user_cost_center'] FROM costs", &Params::new())
        .await;
    let plan = plan.unwrap().plan();
    assert!(!plan.contains("text_map_of"), "{plan}");
}
