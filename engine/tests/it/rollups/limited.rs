//! Rollups and merged line items for those who see a part of the rows.

use curtail_engine::{Engine, Params};
use curtail_store::Money;

use super::{KNOWN_LATER, fixture, fixture_of, question, wanted};
use crate::fixture::{Random, csv, rows};

const ACCOUNT: &str = "000000000007";

async fn limited_to(engine: &Engine, condition: &str) -> Engine {
    engine.limited_to(condition).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_questions_are_answered_as_if_there_were_no_other_rows() {
    let (whole, alone) = (fixture().await, fixture_of(Some(ACCOUNT)).await);
    let condition = format!("account_id = '{ACCOUNT}'");
    let rolled = limited_to(&whole.engine_with(true, true).await, &condition).await;
    let merged = limited_to(&whole.engine_with(false, true).await, &condition).await;
    let plain = limited_to(&whole.engine_with(false, false).await, &condition).await;
    let expected = alone.engine_with(false, false).await;
    let mut random = Random(23);
    let (mut from_rollups, mut from_merged, mut from_items) = (0, 0, 0);
    let asked = wanted() / 3;
    for _ in 0..asked {
        let question = question(&mut random, KNOWN_LATER);
        let expected = expected.sql(&question, &Params::new()).await.unwrap();
        let expected = csv(&expected).await;
        for (engine, way) in [(&rolled, "rollups"), (&merged, "merged"), (&plain, "plain")] {
            let answer = engine.sql(&question, &Params::new()).await;
            let answer = answer.unwrap_or_else(|error| panic!("{way}: {question}: {error}"));
            let plan = answer.plan();
            match (plan.contains("/daily"), plan.contains("MergingScan")) {
                (true, _) => from_rollups += 1,
                (_, true) => from_merged += 1,
                _ => from_items += 1,
            }
            assert_eq!(csv(&answer).await, expected, "{way}: {question}\n{plan}");
        }
    }
    let least = asked / 10;
    assert!(
        from_rollups > least && from_merged > least && from_items > least,
        "{from_rollups} from rollups, {from_merged} merged, {from_items} line by line"
    );
}

#[tokio::test]
async fn rollups_serve_where_they_tell_what_the_condition_speaks_of() {
    let whole = fixture().await;
    let engine = whole.engine_with(true, false).await;
    for (condition, read) in [
        ("account_id = '000000000007'", true),
        ("tags['team'] = 'core' and service <> 'AWSLambda'", true),
        ("billing_period >= '2026-09' or region is null", true),
        // No rollup has this column.
        ("cost_categories['unit'] is null", true),
    ] {
        let limited = limited_to(&engine, condition).await;
        let sql = "SELECT service, sum(unblended_cost) FROM costs GROUP BY 1 ORDER BY 1";
        let answer = limited.sql(sql, &Params::new()).await.unwrap();
        let plan = answer.plan();
        assert_eq!(plan.contains("/daily"), read, "{condition}: {plan}");
        let expected = format!(
            "SELECT service, sum(unblended_cost) FROM costs WHERE {condition} GROUP BY 1 ORDER BY 1"
        );
        assert_eq!(
            csv(&answer).await,
            rows(&engine, &expected).await,
            "{condition}"
        );
    }
}

#[tokio::test]
async fn what_users_see_adds_up_to_the_whole() {
    let whole = fixture().await;
    for (rollups, merging) in [(true, true), (false, true), (false, false)] {
        let engine = whole.engine_with(rollups, merging).await;
        for parts in [
            vec![
                "account_id = '000000000007'",
                "account_id <> '000000000007'",
            ],
            vec!["tags['team'] = 'core'", "tags['team'] is null"],
            vec!["region is null", "region < 'f'", "region >= 'f'"],
        ] {
            for sql in [
                "SELECT sum(unblended_cost) FROM costs",
                "SELECT sum(line_item_usage_amount) FROM cur",
                "SELECT CAST(count(*) AS DECIMAL(38, 18)) FROM cur2",
            ] {
                let money = async |engine: &Engine| -> Money {
                    match rows(engine, sql).await[0].as_str() {
                        // A sum of no rows.
                        "" => Money::ZERO,
                        sum => sum.parse().unwrap(),
                    }
                };
                let mut sum = Money::ZERO;
                for part in &parts {
                    let part = limited_to(&engine, part).await;
                    sum = [sum, money(&part).await].into_iter().sum();
                }
                assert_eq!(sum, money(&engine).await, "{parts:?}: {sql}");
            }
        }
    }
}
