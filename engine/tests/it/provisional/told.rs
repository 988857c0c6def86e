//! What is said of provisional costs, and what cannot be told yet.

use curtail_engine::{CostQuery, EngineError, Granularity, Metric, Params, provisional_note};
use curtail_store::{Fetched, ProvisionalCost, Receipt, ReportKind};

use super::{COST, MEMBER, OTHER, PAYER, ask, cost, fetched, item, notes, october, unavailable};
use crate::fixture::{Fixture, csv, usage};

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
    let absent = "the store has no costs of 2026-11: its only billing period is 2026-10";
    assert_eq!(notes(&engine, &[], other).await, [absent]);
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
async fn months_that_follow_each_other_are_one_range() {
    let fixture = Fixture::empty();
    october(&fixture).await;
    let store = &fixture.store;
    let told = async |payer: &str, row: ProvisionalCost, at: &Fetched| {
        let month = row.usage_date.format("%Y-%m").to_string().parse().unwrap();
        let rows = [row];
        let told = store.replace_provisional(payer, month, &rows, at);
        told.await.unwrap();
    };
    let early = Fetched {
        estimated: false,
        ..fetched("2026-10-03T06:00:00Z")
    };
    let summary = async || {
        let snapshot = store.snapshot().await.unwrap();
        let told = provisional_note(&snapshot, &[]).unwrap();
        let told =
            told.strip_prefix("provisional costs from Cost Explorer, until a report covers them: ");
        told.unwrap().to_owned()
    };
    let without = "without resource ids, usage types, operations, hours, regions, charge types)";

    // Over the year, fetched at different times.
    let row = |day: &str| cost(day, MEMBER, "Amazon EC2", "1");
    told(PAYER, row("2026-08-30"), &early).await;
    told(PAYER, row("2026-09-02"), &early).await;
    let first = "2026-08-30 to 2026-10-07 of payer account 011122223333 (fetched 2026-10-03 06:00 UTC to 2026-10-20 06:00 UTC, partly estimated";
    assert_eq!(summary().await, format!("{first}; {without}"));
    let engine = fixture.engine().await;
    let asked = notes(&engine, &["service"], CostQuery::default()).await;
    assert!(asked[0].ends_with(&summary().await), "{asked:?}");

    // Not those of another account, nor after a gap.
    told(PAYER, row("2026-12-05"), &early).await;
    told(PAYER, row("2027-01-05"), &early).await;
    told(OTHER, row("2026-11-05"), &early).await;
    let at = "(fetched 2026-10-03 06:00 UTC";
    let rest = format!("2026-12-05 to 2027-01-05 of payer account 011122223333 {at}; {without}");
    let other = format!("2026-11-05 of payer account 099988887777 {at}; {without}");
    assert_eq!(
        summary().await,
        format!("{first}; {without}; {rest}; {other}")
    );

    // Nor where more is known, nor where a report covers the beginning of a month.
    let region = ProvisionalCost {
        region: Some("eu-central-1".to_owned()),
        ..row("2027-01-05")
    };
    told(PAYER, region, &early).await;
    let days = |receipt: &mut Receipt| receipt.hours = vec![(0, 119)];
    let report = [usage(&[(COST, "1")])];
    fixture
        .add_with("acme", ReportKind::LegacyCur, "2026-10", &report, days)
        .await;
    let starts: Vec<_> = summary()
        .await
        .split("); ")
        .map(|range| range.split(" of payer").next().unwrap().to_owned())
        .collect();
    assert_eq!(
        starts,
        [
            "2026-08-30 to 2026-09-02",
            "2026-10-06 to 2026-10-07",
            "2026-12-05",
            "2027-01-05",
            "2026-11-05"
        ]
    );
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
