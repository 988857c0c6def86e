//! Every query of the library runs, over one report of each kind.

mod anomalies;
mod commitments;
mod days;
mod forecast;
mod tags;
mod waste;

use std::path::Path;

use curtail_engine::{Answer, Engine, EngineError, Params};
use curtail_queries::{find, library};
use curtail_store::ReportKind;

use crate::{
    fixture::{Fixture, csv, usage},
    golden::assert_golden,
};

/// Runs a query of the library with parameters as `NAME=VALUE`.
async fn run(engine: &Engine, name: &str, params: &[&str]) -> Result<Answer, EngineError> {
    let params = params.iter().map(|param| {
        let (name, value) = param.split_once('=').unwrap();
        (name.to_owned(), Some(value.to_owned()))
    });
    engine.query(find(name).unwrap(), &params.collect()).await
}

/// Compares what a query gives with `tests/library/CASE.csv`.
async fn check(engine: &Engine, name: &str, params: &[&str], case: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/library");
    let answer = run(engine, name, params).await.unwrap();
    assert_golden(&answer, &folder.join(format!("{case}.csv"))).await;
}

async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    let tagged = usage(&[
        ("line_item_unblended_cost", "3"),
        ("line_item_resource_id", "i-1"),
        ("resource_tags_user_team", "core"),
        ("pricing_public_on_demand_cost", "3"),
    ]);
    let covered = usage(&[
        ("line_item_line_item_type", "SavingsPlanCoveredUsage"),
        ("line_item_unblended_cost", "4"),
        ("pricing_public_on_demand_cost", "4"),
        ("savings_plan_savings_plan_effective_cost", "2"),
        ("line_item_resource_id", "i-2"),
    ]);
    let fee = usage(&[
        ("line_item_line_item_type", "SavingsPlanRecurringFee"),
        ("line_item_unblended_cost", "2.5"),
        ("savings_plan_savings_plan_a_r_n", "arn:sp"),
        ("savings_plan_total_commitment_to_date", "2.5"),
        ("savings_plan_used_commitment", "2"),
    ]);
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-09",
            std::slice::from_ref(&tagged),
        )
        .await;
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-10",
            &[tagged, covered, fee],
        )
        .await;
    fixture
}

#[tokio::test]
async fn every_query_runs_with_its_defaults() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for query in library() {
        let answer = engine
            .query(query, &Params::new())
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", query.name));
        answer
            .collect()
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", query.name));
    }
}

#[tokio::test]
async fn every_query_runs_over_focus_alone() {
    let fixture = Fixture::empty();
    let row = vec![
        ("billingaccountid", "1"),
        ("billedcost", "8"),
        ("chargecategory", "Usage"),
        ("billingcurrency", "USD"),
        ("tags", "team=web"),
    ];
    fixture
        .add("focus", ReportKind::Focus, "2026-10", &[row])
        .await;
    let engine = fixture.engine().await;
    for query in library() {
        let answer = engine
            .query(query, &Params::new())
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", query.name));
        answer
            .collect()
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", query.name));
    }
}

#[tokio::test]
async fn answers_are_right() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (name, expected) in [
        ("cost-by-service", vec!["AmazonEC2,9.5,5.5,5.5,7,USD"]),
        ("commitment-coverage", vec!["AmazonEC2,0,4,3,57.14,USD"]),
        (
            "savings-plan-utilisation",
            vec!["arn:sp,,,2.5,2,0.5,80.0,USD"],
        ),
        ("untagged-spend", vec!["AmazonEC2,000000000007,1,2,USD"]),
        ("top-movers", vec!["000000000007,AmazonEC2,3,5.5,2.5,USD"]),
        (
            "unused-commitments",
            vec!["2026-10,Savings Plan,000000000007,0.5,USD"],
        ),
        (
            "bill-bridge",
            vec!["2026-09,3,0,0,3,0,USD", "2026-10,5.5,0,0,9.5,-4,USD"],
        ),
    ] {
        let answer = engine
            .query(find(name).unwrap(), &Params::new())
            .await
            .unwrap();
        assert_eq!(csv(&answer).await, expected, "{name}");
    }
}

#[tokio::test]
async fn parameters_are_checked() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let run = |name: &str, param: &str, value: &str| {
        let (query, params) = (
            find(name).unwrap(),
            Params::from([(param.to_owned(), Some(value.to_owned()))]),
        );
        let engine = &engine;
        async move { engine.query(query, &params).await }
    };
    assert_eq!(
        csv(&run("cost-by-service", "period", "2026-09").await.unwrap()).await,
        ["AmazonEC2,3,3,3,3,USD"]
    );
    assert_eq!(
        csv(&run("cost-by-service", "period", "previous").await.unwrap()).await,
        ["AmazonEC2,3,3,3,3,USD"]
    );
    assert_eq!(
        csv(&run("cost-by-resource", "top", "1").await.unwrap())
            .await
            .len(),
        1
    );
    assert_eq!(
        csv(&run("cost-by-resource", "service", "AmazonS3")
            .await
            .unwrap())
        .await
        .len(),
        0
    );
    for (name, param, value) in [
        ("cost-by-service", "period", "October"),
        ("cost-by-resource", "top", "many"),
        ("cost-by-service", "top", "1"),
    ] {
        let error = run(name, param, value).await.unwrap_err();
        assert!(
            matches!(&error, EngineError::Parameter { name, .. } if name == param),
            "{error}"
        );
    }
}
