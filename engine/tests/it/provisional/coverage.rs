//! Which days reports cover, and whose.

use curtail_engine::{CostQuery, Engine, EngineError, Params};
use curtail_store::{Receipt, ReportKind};

use super::{
    COST, MEMBER, OTHER, PAYER, SIBLING, account, ask, cost, fetched, item, notes, october, tell,
};
use crate::fixture::{Fixture, csv, rows, usage};

async fn days(engine: &Engine) -> Vec<String> {
    let sql =
        "SELECT usage_date, account_id, unblended_cost FROM costs WHERE provisional ORDER BY 1, 2";
    rows(engine, sql).await
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
