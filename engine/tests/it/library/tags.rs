//! `tag-coverage`.

use curtail_engine::EngineError;
use curtail_store::ReportKind;

use super::{check, run};
use crate::fixture::{Fixture, csv, usage};

const COST: &str = "line_item_unblended_cost";
const RESOURCE: &str = "line_item_resource_id";
const ACCOUNT: &str = "line_item_usage_account_id";
const TEAM: &str = "resource_tags_user_team";

/// Two accounts, each with an instance of the same id; a bucket; a tax that cannot carry a tag, and a fee that does.
async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    let tagged = usage(&[(COST, "6"), (RESOURCE, "i-1"), (TEAM, "core")]);
    // The same resource without its tag, before it was put on.
    let before = usage(&[(COST, "1"), (RESOURCE, "i-1")]);
    let other_account = usage(&[(COST, "2"), (RESOURCE, "i-1"), (ACCOUNT, "000000000008")]);
    let bucket = usage(&[
        (COST, "0.5"),
        (RESOURCE, "logs"),
        ("line_item_product_code", "AmazonS3"),
        (TEAM, "web"),
        ("resource_tags_user_env", "prod"),
    ]);
    let tax = usage(&[(COST, "3"), ("line_item_line_item_type", "Tax")]);
    let fee = usage(&[
        (COST, "0.25"),
        ("line_item_line_item_type", "Fee"),
        (TEAM, "core"),
    ]);
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-09",
            &[usage(&[("resource_tags_user_old", "yes"), (COST, "99")])],
        )
        .await;
    let rows = [tagged, before, other_account, bucket, tax, fee];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows)
        .await;
    fixture
}

#[tokio::test]
async fn coverage_is_told_by_cost_and_by_resource() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    check(&engine, "tag-coverage", &[], "tag-coverage").await;
    let by = |by| ["key=user_team", by];
    check(
        &engine,
        "tag-coverage",
        &by("by=both"),
        "tag-coverage-by-both",
    )
    .await;
    // Tagged: 6 + 0.5 + the fee's 0.25, of these and 1 + 2; two of three resources. The tax cannot carry one.
    assert_eq!(
        csv(&run(&engine, "tag-coverage", &by("by=total")).await.unwrap()).await,
        ["user_team,(all),(all),6.75,3,3,69.23,2,3,66.67,USD"]
    );
}

#[tokio::test]
async fn costs_add_up_to_all() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (by, rows) in [("total", 3), ("service", 6), ("account", 6), ("both", 9)] {
        let answer = run(&engine, "tag-coverage", &[&format!("by={by}")]).await;
        let found = csv(&answer.unwrap()).await;
        assert_eq!(found.len(), rows, "{by}: {found:?}");
        for key in ["user_team", "user_env", "user_old"] {
            let of_key = found
                .iter()
                .map(|row| row.split(',').collect::<Vec<_>>())
                .filter(|row| row[0] == key);
            let cost = |text: &str| text.parse::<f64>().unwrap();
            let all: f64 = of_key.flat_map(|row| row[3..6].to_vec()).map(cost).sum();
            assert!((all - 12.75).abs() < 1e-12, "{by} {key}: {all}");
        }
    }
}

#[tokio::test]
async fn a_key_that_nothing_carries_is_told() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    assert_eq!(
        csv(&run(&engine, "tag-coverage", &["key=user_nobody"])
            .await
            .unwrap())
        .await,
        ["user_nobody,(all),(all),0,9.5,3.25,0.0,0,3,0.0,USD"]
    );
    let error = run(&engine, "tag-coverage", &["by=team"])
        .await
        .unwrap_err();
    assert!(
        matches!(&error, EngineError::Parameter { name, .. } if name == "by"),
        "{error}"
    );
}

#[tokio::test]
async fn an_empty_value_is_no_tag() {
    let fixture = Fixture::empty();
    let row = |cost, tags| {
        vec![
            ("billingaccountid", "1"),
            ("effectivecost", cost),
            ("resourceid", cost),
            ("chargecategory", "Usage"),
            ("billingcurrency", "USD"),
            ("tags", tags),
        ]
    };
    let rows = [row("1", "team="), row("2", "team=web,env=prod")];
    fixture
        .add("focus", ReportKind::Focus, "2026-10", &rows)
        .await;
    let engine = fixture.engine().await;
    assert_eq!(
        csv(&run(&engine, "tag-coverage", &[]).await.unwrap()).await,
        [
            "env,(all),(all),2,1,0,66.67,1,2,50.0,USD",
            "team,(all),(all),2,1,0,66.67,1,2,50.0,USD"
        ]
    );
}
