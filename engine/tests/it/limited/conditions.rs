//! Which rows a condition shows, and what is read for it.

use curtail_engine::{Engine, EngineError, Params};

use super::world;
use crate::fixture::rows;

const COUNTS: &str = "SELECT \
    (SELECT count(*) FROM cur), (SELECT count(*) FROM cur2), (SELECT count(*) FROM focus), \
    (SELECT count(*) FROM cost_explorer), (SELECT count(*) FROM accounts), (SELECT count(*) FROM costs)";

async fn counts(engine: &Engine) -> String {
    rows(engine, COUNTS).await.remove(0)
}

#[tokio::test]
async fn conditions_are_over_all_that_every_table_tells() {
    let whole = world(true).await;
    for merging in [true, false] {
        let engine = whole.engine_that(merging).await;
        for (condition, expected) in [
            ("true", "6,6,2,2,2,10"),
            ("false", "0,0,0,0,0,0"),
            ("account_id in ('000000000007')", "3,3,1,1,1,5"),
            ("account_id <> '000000000007'", "2,2,1,1,1,4"),
            ("account_id is null", "1,1,0,0,0,1"),
            ("payer_account_id = '066666666666'", "1,1,0,0,0,1"),
            ("Payer_Account_Id = '011122223333'", "5,5,0,2,2,7"),
            ("report = 'acme'", "5,5,0,0,0,5"),
            ("report like 'cost-explorer:%'", "0,0,0,2,0,2"),
            ("billing_period >= '2026-11'", "0,0,0,2,0,2"),
            ("service in ('AmazonS3', 'Amazon S3')", "1,1,1,0,0,2"),
            ("tags['team'] = 'core'", "2,2,0,0,0,2"),
            ("tags['user_team'] = 'core'", "2,2,0,0,0,2"),
            ("tags['team'] = 'web'", "0,0,1,0,0,1"),
            ("tags['nothing'] = 'web'", "0,0,0,0,0,0"),
            ("tags['nothing'] is null and report = 'bill'", "0,0,2,0,0,2"),
            ("cost_categories['unit'] = 'web'", "1,1,0,0,0,1"),
            (
                "account_id = '000000000007' and (service = 'AmazonS3' or tags['team'] = 'core')",
                "3,3,0,0,0,3",
            ),
        ] {
            let limited = engine.limited_to(condition).await.unwrap();
            assert_eq!(counts(&limited).await, expected, "{condition}");
        }
    }
}

#[tokio::test]
async fn a_limit_on_a_limit_shows_what_both_show() {
    let whole = world(true).await;
    let engine = whole.engine().await;
    let first = engine
        .limited_to("account_id = '000000000007' or account_id = '000000000008'")
        .await
        .unwrap();
    let second = first.limited_to("account_id <> '000000000008' or true");
    assert_eq!(counts(&second.await.unwrap()).await, counts(&first).await);
    let second = first.limited_to("account_id <> '000000000008'");
    assert_eq!(counts(&second.await.unwrap()).await, "3,3,1,1,1,5");
    assert_eq!(counts(&engine).await, "6,6,2,2,2,10");
}

#[tokio::test]
async fn a_wrong_condition_says_what_is_wrong() {
    let whole = world(false).await;
    let engine = whole.engine().await;
    let error = engine.limited_to("account = '1'").await.unwrap_err();
    assert!(matches!(error, EngineError::Condition { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "`account = '1'` is no condition that rows can be limited by: `account` is no column for it: did you mean `account_id`?"
    );
    for condition in [
        "true) or (true",
        "account_id = 7",
        "1 = 1 or exists (select 1)",
    ] {
        let error = engine.limited_to(condition).await.unwrap_err();
        assert!(matches!(error, EngineError::Condition { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn files_without_such_rows_are_not_opened() {
    let whole = world(true).await;
    let engine = whole.engine_with(false, false).await;
    let files = async |engine: &Engine, sql: &str| {
        let answer = engine.sql(sql, &Params::new()).await.unwrap();
        answer.collect().await.unwrap();
        let stats = answer.stats();
        (stats.files, stats.files_pruned + stats.row_groups_pruned)
    };
    let sql = "SELECT sum(line_item_unblended_cost) FROM cur";
    assert_eq!(files(&engine, sql).await, (2, 0));
    let limited = engine.limited_to("report = 'acme'").await.unwrap();
    assert_eq!(files(&limited, sql).await, (1, 0));
    let limited = engine.limited_to("account_id = '000000000007'");
    let limited = limited.await.unwrap();
    assert_eq!(files(&limited, sql).await, (2, 1));
    let sql = "SELECT sum(line_item_unblended_cost) FROM cur WHERE report <> 'acme'";
    assert_eq!(files(&limited, sql).await, (1, 1));
    let sql =
        "SELECT sum(line_item_unblended_cost) FROM cur WHERE line_item_product_code = 'nothing'";
    assert_eq!(files(&limited, sql).await, (2, 2));
}
