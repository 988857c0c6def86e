//! What was provisional, against the report that replaced it.

use curtail_store::ReportKind;

use super::{COST, OTHER, PAYER, cost, item, october, tell};
use crate::fixture::{Fixture, usage};

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
