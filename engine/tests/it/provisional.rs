//! Costs that Cost Explorer told, until reports tell them.

use curtail_engine::{CostQuery, Engine, EngineError, EngineOptions, Granularity, Metric, Params};
use curtail_store::{
    Fetched, LinkedAccount, Money, ProvisionalCost, Receipt, ReportKind, Snapshot,
};

use crate::fixture::{Fixture, Row, csv, rows, usage};

const PAYER: &str = "011122223333";
const OTHER: &str = "099988887777";
const MEMBER: &str = "000000000007";
const SIBLING: &str = "000000000008";
const COST: &str = "line_item_unblended_cost";

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn cost(day: &str, account: &str, service: &str, unblended: &str) -> ProvisionalCost {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ProvisionalCost {
        usage_date: day.parse().unwrap(),
        account_id: text(account),
        service: text(service),
        unblended_cost: Some(money(unblended)),
        currency: "USD".to_owned(),
        ..ProvisionalCost::default()
    }
}

fn fetched(at: &str) -> Fetched {
    Fetched {
        connection: "main".to_owned(),
        fetched_at: at.parse().unwrap(),
        requests: 2,
        estimated: true,
    }
}

async fn tell(fixture: &Fixture, payer: &str, month: &str, rows: &[ProvisionalCost]) {
    let (month, at) = (month.parse().unwrap(), fetched("2026-10-20T06:00:00Z"));
    let told = fixture.store.replace_provisional(payer, month, rows, &at);
    told.await.unwrap();
}

/// October of [`PAYER`], one cost per day from the 4th to the 7th.
async fn october(fixture: &Fixture) {
    let rows = [
        cost("2026-10-04", MEMBER, "Amazon EC2", "0.000000000000000001"),
        cost("2026-10-05", MEMBER, "Amazon EC2", "20"),
        cost("2026-10-06", SIBLING, "Amazon S3", "300"),
        cost("2026-10-07", MEMBER, "Amazon EC2", "4000"),
    ];
    tell(fixture, PAYER, "2026-10", &rows).await;
}

/// A line item of that hour of October.
fn item<'a>(start: &'a str, end: &'a str, more: &[(&'a str, &'a str)]) -> Row<'a> {
    let times = [
        ("line_item_usage_start_date", start),
        ("line_item_usage_end_date", end),
    ];
    usage(&[&times, more].concat())
}

async fn ask(engine: &Engine, by: &[&str], query: CostQuery) -> Vec<String> {
    let by = by
        .iter()
        .map(|dimension| dimension.parse().unwrap())
        .collect();
    csv(&engine.costs(&CostQuery { by, ..query }).await.unwrap()).await
}

async fn notes(engine: &Engine, by: &[&str], query: CostQuery) -> Vec<String> {
    let by = by
        .iter()
        .map(|dimension| dimension.parse().unwrap())
        .collect();
    let answer = engine.costs(&CostQuery { by, ..query }).await.unwrap();
    answer.notes().to_vec()
}

/// What cannot be told yet.
async fn unavailable(engine: &Engine, by: &[&str], query: CostQuery) -> String {
    let by = by
        .iter()
        .map(|dimension| dimension.parse().unwrap())
        .collect();
    match engine.costs(&CostQuery { by, ..query }).await {
        Err(EngineError::Unavailable(what)) => what,
        other => panic!("{other:?}"),
    }
}

async fn days(engine: &Engine) -> Vec<String> {
    let sql =
        "SELECT usage_date, account_id, unblended_cost FROM costs WHERE provisional ORDER BY 1, 2";
    rows(engine, sql).await
}

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
    };
    let refused = Engine::open(&fixture.store, &options).await;
    assert!(
        matches!(refused, Err(EngineError::EmptyStore(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn days_that_a_report_covers_are_the_reports() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let all = [
        "2026-10-04,000000000007,0.000000000000000001",
        "2026-10-05,000000000007,20",
        "2026-10-06,000000000008,300",
        "2026-10-07,000000000007,4000",
    ];
    assert_eq!(days(&fixture.engine().await).await, all);

    // Usage starts on the 5th, in the last hour of it; a fee ends with the month.
    let hour = item(
        "2026-10-05T23:00:00Z",
        "2026-10-06T00:00:00Z",
        &[(COST, "1.5")],
    );
    let fee = item(
        "2026-10-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
        &[(COST, "7")],
    );
    let whole = |receipt: &mut Receipt| {
        receipt.hours = vec![(0, 0), (119, 119)];
        receipt.accounts = vec![MEMBER.to_owned(), PAYER.to_owned()];
    };
    let report = [hour, fee];
    fixture
        .add_with("acme", ReportKind::LegacyCur, "2026-10", &report, whole)
        .await;
    let engine = fixture.engine().await;
    assert_eq!(days(&engine).await, all[2..]);
    assert_eq!(
        ask(&engine, &["day"], CostQuery::default()).await,
        [
            "2026-10-01,7,USD",
            "2026-10-05,1.5,USD",
            "2026-10-06,300,USD",
            "2026-10-07,4000,USD"
        ]
    );
    // A day later.
    let later = |receipt: &mut Receipt| {
        whole(receipt);
        receipt.hours = vec![(0, 0), (119, 120)];
    };
    fixture
        .add_with("acme", ReportKind::LegacyCur, "2026-10", &report, later)
        .await;
    assert_eq!(days(&fixture.engine().await).await, all[3..]);
    // All of it: then there is nothing to say any more.
    let last = |receipt: &mut Receipt| {
        whole(receipt);
        receipt.hours = vec![(0, 150)];
    };
    fixture
        .add_with("acme", ReportKind::LegacyCur, "2026-10", &report, last)
        .await;
    let engine = fixture.engine().await;
    assert_eq!(days(&engine).await, [""; 0]);
    assert_eq!(
        notes(&engine, &["resource"], CostQuery::default()).await,
        [""; 0]
    );
    assert_eq!(
        rows(&engine, "SELECT count(*) FROM cost_explorer").await,
        ["4"]
    );
}

#[tokio::test]
async fn receipts_that_know_no_hours_cover_what_they_can() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let fee = item(
        "2026-10-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
        &[(COST, "7")],
    );
    let early =
        |receipt: &mut Receipt| receipt.ingested_at = "2026-10-06T00:00:00Z".parse().unwrap();
    fixture
        .add_with("acme", ReportKind::LegacyCur, "2026-10", &[fee], early)
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        days(&engine).await.len(),
        2,
        "the 6th and the 7th were to come"
    );
    // A report without line items covers nothing.
    let fixture = Fixture::empty();
    october(&fixture).await;
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &[])
        .await;
    assert_eq!(days(&fixture.engine().await).await.len(), 4);
}

#[tokio::test]
async fn a_members_report_covers_the_member() {
    let fixture = Fixture::empty();
    let rows = [
        cost("2026-10-05", MEMBER, "Amazon EC2", "1"),
        cost("2026-10-05", SIBLING, "Amazon EC2", "20"),
        cost("2026-10-06", MEMBER, "Amazon EC2", "300"),
    ];
    tell(&fixture, PAYER, "2026-10", &rows).await;
    // The member's own report names the payer, too.
    let own = |receipt: &mut Receipt| {
        receipt.hours = vec![(0, 119)];
        receipt.accounts = vec![MEMBER.to_owned()];
    };
    let item = item(
        "2026-10-05T23:00:00Z",
        "2026-10-06T00:00:00Z",
        &[(COST, "1.5")],
    );
    fixture
        .add_with("member", ReportKind::Cur2, "2026-10", &[item], own)
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        days(&engine).await,
        ["2026-10-05,000000000008,20", "2026-10-06,000000000007,300"]
    );
    assert_eq!(ask(&engine, &[], CostQuery::default()).await, ["321.5,USD"]);

    // Costs that are of no known account would be told twice.
    let nameless = [
        cost("2026-10-05", "", "", "1"),
        cost("2026-10-06", "", "", "2"),
    ];
    tell(&fixture, PAYER, "2026-10", &nameless).await;
    assert_eq!(days(&fixture.engine().await).await, ["2026-10-06,,2"]);
}

#[tokio::test]
async fn a_member_that_was_asked_itself_is_told_once() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let member = [cost("2026-10-05", OTHER, "Tax", "5")];
    tell(&fixture, OTHER, "2026-10", &member).await;
    let total = async || ask(&fixture.engine().await, &["payer"], CostQuery::default()).await;
    assert_eq!(
        total().await.len(),
        2,
        "nobody knows that one pays for the other"
    );
    let linked = account(OTHER, None, "2026-10-08T00:00:00Z");
    let at = fetched("2026-10-08T00:00:00Z");
    let store = &fixture.store;
    store.replace_accounts(PAYER, &[linked], &at).await.unwrap();
    assert_eq!(total().await.len(), 1);
    // Of a month that the payer was not asked for, the member's own answer stays.
    let member = [cost("2026-09-05", OTHER, "Tax", "6")];
    tell(&fixture, OTHER, "2026-09", &member).await;
    assert_eq!(total().await.len(), 2);
}

#[tokio::test]
async fn payers_stay_apart() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    tell(
        &fixture,
        OTHER,
        "2026-10",
        &[cost("2026-10-05", OTHER, "Tax", "5")],
    )
    .await;
    tell(
        &fixture,
        OTHER,
        "2026-09",
        &[cost("2026-09-05", OTHER, "Tax", "6")],
    )
    .await;
    let hours = |receipt: &mut Receipt| receipt.hours = vec![(0, 743)];
    fixture
        .add_with(
            "acme",
            ReportKind::LegacyCur,
            "2026-10",
            &[usage(&[(COST, "1")])],
            hours,
        )
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        ask(&engine, &["payer", "month"], CostQuery::default()).await,
        [
            "099988887777,2026-09,6,USD",
            "099988887777,2026-10,5,USD",
            "011122223333,2026-10,1,USD"
        ]
    );
    let one = |name: &str| CostQuery {
        reports: vec![name.to_owned()],
        ..CostQuery::default()
    };
    assert_eq!(
        ask(&engine, &[], one("cost-explorer:099988887777")).await,
        ["11,USD"]
    );
    assert_eq!(ask(&engine, &[], one("acme")).await, ["1,USD"]);
    assert_eq!(notes(&engine, &[], one("acme")).await, [""; 0]);
    let covered = engine.costs(&one("cost-explorer:011122223333")).await;
    assert!(
        matches!(covered, Err(EngineError::UnknownReport { .. })),
        "{covered:?}"
    );
}

#[tokio::test]
async fn what_is_provisional_is_said() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let engine = fixture.engine().await;
    let all = "provisional costs from Cost Explorer, until a report covers them: 2026-10-04 to 2026-10-07 of payer account 011122223333 \
               (fetched 2026-10-20 06:00 UTC, estimated; without resource ids, usage types, operations, hours, regions, charge types)";
    assert_eq!(
        notes(&engine, &["service"], CostQuery::default()).await,
        [all]
    );
    let from = |day: &str| CostQuery {
        from: day.parse().ok(),
        ..CostQuery::default()
    };
    let told = notes(&engine, &[], from("2026-10-07")).await;
    assert!(
        told[0].contains("them: 2026-10-07 of payer account"),
        "{told:?}"
    );
    assert_eq!(notes(&engine, &[], from("2026-10-08")).await, [""; 0]);
    let november = "2026-11".parse().unwrap();
    let other = CostQuery {
        periods: vec![november..=november],
        ..CostQuery::default()
    };
    assert_eq!(notes(&engine, &[], other).await, [""; 0]);
    // So it is of plain SQL, and of the library.
    let answer = engine
        .sql("SELECT sum(unblended_cost) FROM costs", &Params::new())
        .await;
    assert_eq!(answer.unwrap().notes(), [all]);
    let answer = engine
        .sql("SELECT 1 FROM costs WHERE NOT provisional", &Params::new())
        .await;
    assert_eq!(answer.unwrap().notes(), [""; 0]);
    let query = |name| curtail_queries::find(name).unwrap();
    let answer = engine
        .query(query("cost-by-service"), &Params::new())
        .await
        .unwrap();
    assert_eq!(answer.notes(), [all]);
    assert_eq!(csv(&answer).await.len(), 2);
    for name in ["cost-by-resource", "unused-commitments", "data-transfer"] {
        let refused = engine.query(query(name), &Params::new()).await;
        assert!(
            matches!(&refused, Err(EngineError::Unavailable(what)) if what == name),
            "{name}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn what_only_reports_know_is_unavailable() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let engine = fixture.engine().await;
    let plain = CostQuery::default;
    for dimension in [
        "resource",
        "usage-type",
        "operation",
        "hour",
        "region",
        "tag:team",
        "category:unit",
        "invoice",
    ] {
        assert_eq!(unavailable(&engine, &[dimension], plain()).await, dimension);
    }
    let hourly = CostQuery {
        granularity: Granularity::Hourly,
        ..plain()
    };
    assert_eq!(unavailable(&engine, &[], hourly).await, "hour");
    let region = CostQuery {
        regions: vec!["eu-central-1".to_owned()],
        ..plain()
    };
    assert_eq!(unavailable(&engine, &[], region).await, "region");
    let condition = |text: &str| CostQuery {
        condition: Some(text.to_owned()),
        ..plain()
    };
    let resource = condition("service = 'Amazon EC2' AND resource_id LIKE 'i-%'");
    assert_eq!(unavailable(&engine, &[], resource).await, "resource_id");
    let service = condition("service = 'Amazon EC2' AND unblended_cost > 20");
    assert_eq!(ask(&engine, &[], service).await, ["4000,USD"]);
    let metric = |metric| CostQuery {
        metrics: vec![metric],
        ..plain()
    };
    assert_eq!(
        unavailable(&engine, &[], metric(Metric::List)).await,
        "list"
    );
    assert_eq!(
        unavailable(&engine, &[], metric(Metric::Amortized)).await,
        "amortized"
    );
    // What nobody has is wrong in any case.
    let wrong = engine.costs(&condition("nonsense = 1")).await;
    assert!(
        matches!(wrong, Err(EngineError::UnknownColumn { .. })),
        "{wrong:?}"
    );
}

#[tokio::test]
async fn beside_reports_it_is_left_without() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let more = [
        (COST, "1.5"),
        ("line_item_resource_id", "i-1"),
        ("pricing_public_on_demand_cost", "2"),
    ];
    let report = [item("2026-10-05T10:00:00Z", "2026-10-05T11:00:00Z", &more)];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &report)
        .await;
    let engine = fixture.engine().await;
    let plain = CostQuery::default;
    assert_eq!(
        ask(&engine, &["resource"], plain()).await,
        ["(none),4300,USD", "i-1,1.5,USD"]
    );
    let told = notes(&engine, &["resource"], plain()).await;
    assert_eq!(
        told[1..],
        ["provisional costs that have no resource stand under `(none)`"]
    );
    let found = ask(&engine, &["hour"], plain()).await;
    assert_eq!(found, ["2026-10-05T10:00:00Z,1.5,USD", ",4300,USD"]);
    let told = notes(&engine, &["hour"], plain()).await;
    assert_eq!(
        told[1..],
        ["provisional costs have no hour: they stand in rows without one"]
    );
    let metrics = CostQuery {
        metrics: vec![Metric::List, Metric::Unblended],
        ..plain()
    };
    assert_eq!(ask(&engine, &[], metrics.clone()).await, ["2,4301.5,USD"]);
    let told = notes(&engine, &[], metrics).await;
    assert_eq!(
        told[1..],
        ["the metric list is not known of all provisional costs: they are left out of its sums"]
    );
    let resource = CostQuery {
        condition: Some("resource_id = 'i-1'".to_owned()),
        ..plain()
    };
    let told = notes(&engine, &[], resource).await;
    assert_eq!(
        told[1..],
        ["a filter on resource_id leaves out provisional costs that have none"]
    );
    // What is asked of provisional costs alone reads nothing else.
    let sql = "SELECT sum(unblended_cost) FROM costs WHERE provisional";
    let plan = engine.sql(sql, &Params::new()).await.unwrap().plan();
    assert!(
        plan.contains("cost_explorer/") && !plan.contains("line_items/"),
        "{plan}"
    );
    // Of days and accounts that the report says nothing of, there is still nothing to tell.
    let later = CostQuery {
        from: "2026-10-06".parse().ok(),
        ..plain()
    };
    assert_eq!(unavailable(&engine, &["resource"], later).await, "resource");
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

fn account(id: &str, name: Option<&str>, seen: &str) -> LinkedAccount {
    LinkedAccount {
        account_id: id.to_owned(),
        name: name.map(str::to_owned),
        email: None,
        status: Some("ACTIVE".to_owned()),
        joined_at: None,
        seen_at: seen.parse().unwrap(),
    }
}

#[tokio::test]
async fn accounts_have_names() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let names = usage(&[(COST, "1"), ("line_item_usage_account_name", "own")]);
    let nameless = usage(&[(COST, "2")]);
    let unknown = usage(&[(COST, "8"), ("line_item_usage_account_id", "000000000009")]);
    fixture
        .add(
            "acme",
            ReportKind::Cur2,
            "2026-10",
            &[names, nameless, unknown],
        )
        .await;
    let engine = fixture.engine().await;
    let before = engine.tables().await.unwrap();
    let plan = engine
        .sql("SELECT account_name FROM costs", &Params::new())
        .await;
    assert!(!plan.unwrap().plan().contains("account_name_of"));

    let at = fetched("2026-10-20T06:00:00Z");
    let ours = [
        account(MEMBER, Some("Web \"shop\""), "2026-10-20T06:00:00Z"),
        account(SIBLING, None, "2026-10-20T06:00:00Z"),
    ];
    fixture
        .store
        .replace_accounts(PAYER, &ours, &at)
        .await
        .unwrap();
    let moved = [account(MEMBER, Some("old"), "2025-01-01T00:00:00Z")];
    fixture
        .store
        .replace_accounts(OTHER, &moved, &at)
        .await
        .unwrap();
    let engine = fixture.engine().await;
    assert_eq!(
        ask(&engine, &["account-name"], CostQuery::default()).await,
        [
            "Web \"shop\",4002,USD",
            "000000000008,300,USD",
            "000000000009,8,USD",
            "own,1,USD"
        ]
    );
    let sql = "SELECT count(*) FROM costs WHERE account_name = 'Web \"shop\"' AND NOT provisional";
    assert_eq!(rows(&engine, sql).await, ["1"]);
    let sql =
        "SELECT payer_account_id, account_id, name, status, seen_at FROM accounts ORDER BY 1, 2";
    assert_eq!(
        rows(&engine, sql).await,
        [
            "011122223333,000000000007,Web \"shop\",ACTIVE,2026-10-20T06:00:00Z",
            "011122223333,000000000008,,ACTIVE,2026-10-20T06:00:00Z",
            "099988887777,000000000007,old,ACTIVE,2025-01-01T00:00:00Z"
        ]
    );
    assert_eq!(
        engine.tables().await.unwrap(),
        before,
        "no column has changed"
    );
}

async fn over(fixture: &Fixture, snapshot: Snapshot) -> Engine {
    let options = EngineOptions {
        memory_limit: 1 << 28,
        allocated: None,
        threads: 2,
        rollups: true,
        merging: true,
    };
    Engine::over(&fixture.store, snapshot, &options)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_earlier_version_answers_as_it_did() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let covers = |until: u32, at: &str| {
        let at = at.parse().unwrap();
        move |receipt: &mut Receipt| {
            receipt.hours = vec![(0, until)];
            receipt.ingested_at = at;
        }
    };
    let report = [usage(&[(COST, "1.5")])];
    let first = covers(119, "2026-10-20T12:00:00Z");
    fixture
        .add_with("acme", ReportKind::LegacyCur, "2026-10", &report, first)
        .await;
    let at = fetched("2026-10-22T06:00:00Z");
    let month = "2026-10".parse().unwrap();
    let later = [cost("2026-10-09", MEMBER, "Amazon EC2", "50000")];
    fixture
        .store
        .replace_provisional(PAYER, month, &later, &at)
        .await
        .unwrap();
    let second = covers(743, "2026-11-05T12:00:00Z");
    fixture
        .add_with("acme", ReportKind::LegacyCur, "2026-10", &report, second)
        .await;
    for (as_of, total) in [
        ("1", "1.5"),
        ("0", "4301.5"),
        ("2026-10-20T07:00:00Z", "4320.000000000000000001"),
        ("2026-10-21", "4301.5"),
        ("2026-10-22", "50001.5"),
    ] {
        let snapshot = fixture
            .store
            .snapshot_at(as_of.parse().unwrap())
            .await
            .unwrap();
        let engine = over(&fixture, snapshot).await;
        assert_eq!(
            ask(&engine, &[], CostQuery::default()).await,
            [format!("{total},USD")],
            "{as_of}"
        );
    }
}

#[tokio::test]
async fn what_was_provisional_is_compared_with_the_report() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    tell(
        &fixture,
        OTHER,
        "2026-10",
        &[cost("2026-10-05", OTHER, "Tax", "5")],
    )
    .await;
    let engine = fixture.engine().await;
    assert_eq!(engine.provisional_against_report(&[]).await.unwrap(), []);

    let report = [
        item(
            "2026-10-05T10:00:00Z",
            "2026-10-05T11:00:00Z",
            &[(COST, "19.25")],
        ),
        usage(&[(COST, "3"), ("line_item_currency_code", "EUR")]),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &report)
        .await;
    // The same charges once more: they count once.
    fixture
        .add("acme2", ReportKind::Cur2, "2026-10", &report)
        .await;
    let engine = fixture.engine().await;
    let compared = engine.provisional_against_report(&[]).await.unwrap();
    let found: Vec<_> = compared
        .iter()
        .map(|compared| {
            assert_eq!(
                (
                    compared.payer_account_id.as_str(),
                    compared.last_day.to_string().as_str()
                ),
                (PAYER, "2026-10-05")
            );
            let amounts = [compared.provisional, compared.reported, compared.difference];
            (
                compared.currency.as_str(),
                amounts.map(|amount| amount.to_string()),
            )
        })
        .collect();
    let owned = |amounts: [&str; 3]| amounts.map(str::to_owned);
    assert_eq!(
        found,
        [
            ("EUR", owned(["0", "3", "3"])),
            (
                "USD",
                owned(["20.000000000000000001", "19.25", "-0.750000000000000001"])
            ),
        ]
    );
    let month = |text: &str| [text.parse().unwrap()];
    assert_eq!(
        engine
            .provisional_against_report(&month("2026-10"))
            .await
            .unwrap(),
        compared
    );
    assert_eq!(
        engine
            .provisional_against_report(&month("2026-09"))
            .await
            .unwrap(),
        []
    );
}

#[tokio::test]
async fn reports_that_overlap_leave_it_alone() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let report = [usage(&[(COST, "1.5")])];
    fixture
        .add("a", ReportKind::LegacyCur, "2026-10", &report)
        .await;
    fixture.add("b", ReportKind::Cur2, "2026-10", &report).await;
    let engine = fixture.engine().await;
    assert_eq!(
        ask(&engine, &[], CostQuery::default()).await,
        ["4301.5,USD"]
    );
    let query = curtail_queries::find("cost-by-service").unwrap();
    let answer = engine.query(query, &Params::new()).await.unwrap();
    assert_eq!(answer.notes().len(), 2, "{:?}", answer.notes());
    let found = csv(&answer).await;
    assert!(
        found
            .iter()
            .any(|row| row.contains("AmazonEC2") && row.contains("1.5")),
        "{found:?}"
    );
    assert_eq!(found.len(), 3);
}
