//! Names of accounts.

use curtail_engine::{CostQuery, Params};
use curtail_store::ReportKind;

use super::{COST, MEMBER, OTHER, PAYER, SIBLING, account, ask, fetched, october};
use crate::fixture::{Fixture, rows, usage};

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
