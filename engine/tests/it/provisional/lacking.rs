//! Which months Cost Explorer is to be asked for.

use curtail_engine::{Dimension, ProvisionalScope};
use curtail_store::{Fetched, ProvisionalCost, Receipt, ReportKind};

use super::{MEMBER, OTHER, PAYER, cost, fetched, october, tell};
use crate::fixture::{Fixture, usage};

/// What the account may be asked for at that time: August to October.
fn scope(payer: &str, now: &str) -> ProvisionalScope {
    ProvisionalScope {
        payer_account_id: payer.to_owned(),
        by: None,
        months: 3,
        periods: Vec::new(),
        again: false,
        now: now.parse().unwrap(),
    }
}

async fn lacking(fixture: &Fixture, scope: &ProvisionalScope) -> Vec<String> {
    let snapshot = fixture.store.snapshot().await.ok();
    let months = scope.lacking(snapshot.as_ref());
    months.iter().map(ToString::to_string).collect()
}

const ALL: [&str; 3] = ["2026-08", "2026-09", "2026-10"];

#[tokio::test]
async fn answers_are_good_for_half_a_day() {
    let fixture = Fixture::empty();
    let early = scope(PAYER, "2026-10-20T07:00:00Z");
    assert_eq!(lacking(&fixture, &early).await, ALL);
    // Told at six, estimated; of September it is known that it came to nothing.
    october(&fixture).await;
    tell(&fixture, PAYER, "2026-09", &[]).await;
    assert_eq!(lacking(&fixture, &early).await, ["2026-08"]);
    tell(&fixture, PAYER, "2026-08", &[]).await;
    assert_eq!(lacking(&fixture, &early).await, [""; 0]);
    let late = scope(PAYER, "2026-10-20T18:00:00Z");
    assert_eq!(lacking(&fixture, &late).await, ALL);
    let again = ProvisionalScope {
        again: true,
        ..early.clone()
    };
    assert_eq!(lacking(&fixture, &again).await, ALL);
    let september = "2026-09".parse().unwrap();
    let only = ProvisionalScope {
        periods: vec![september..=september],
        ..again
    };
    assert_eq!(lacking(&fixture, &only).await, ["2026-09"]);
    // Nobody has asked the other account.
    let other = scope(OTHER, "2026-10-20T07:00:00Z");
    assert_eq!(lacking(&fixture, &other).await, ALL);
}

#[tokio::test]
async fn closed_months_are_told_for_good() {
    let fixture = Fixture::empty();
    let closed = Fetched {
        estimated: false,
        ..fetched("2026-10-03T06:00:00Z")
    };
    let store = &fixture.store;
    for month in ["2026-08", "2026-09", "2026-10"] {
        let month = month.parse().unwrap();
        let told = store.replace_provisional(PAYER, month, &[], &closed);
        told.await.unwrap();
    }
    let later = scope(PAYER, "2026-10-20T07:00:00Z");
    assert_eq!(lacking(&fixture, &later).await, ["2026-10"]);
}

#[tokio::test]
async fn an_answer_has_to_tell_apart_what_is_asked_for() {
    let fixture = Fixture::empty();
    let now = "2026-10-20T07:00:00Z";
    let by = |by: &str| ProvisionalScope {
        by: Some(by.parse::<Dimension>().unwrap()),
        months: 1,
        ..scope(PAYER, now)
    };
    october(&fixture).await;
    assert_eq!(lacking(&fixture, &by("region")).await, ["2026-10"]);
    let told = ProvisionalCost {
        region: Some("eu-central-1".to_owned()),
        tag_key: Some("team".to_owned()),
        ..cost("2026-10-04", MEMBER, "Amazon EC2", "1")
    };
    tell(&fixture, PAYER, "2026-10", &[told]).await;
    for known in ["region", "tag:team"] {
        assert_eq!(lacking(&fixture, &by(known)).await, [""; 0], "{known}");
    }
    for unknown in ["tag:Team", "usage-type", "hour"] {
        assert_eq!(
            lacking(&fixture, &by(unknown)).await,
            ["2026-10"],
            "{unknown}"
        );
    }
}

#[tokio::test]
async fn reports_are_not_asked_after() {
    let fixture = Fixture::empty();
    let now = "2026-10-20T07:00:00Z";
    let own = |receipt: &mut Receipt| receipt.accounts = vec![MEMBER.to_owned()];
    let rows = [usage(&[])];
    fixture
        .add_with("member", ReportKind::Cur2, "2026-10", &rows, own)
        .await;
    // A member's own report names the payer, and tells nothing of its other members.
    assert_eq!(lacking(&fixture, &scope(PAYER, now)).await, ALL);
    assert_eq!(lacking(&fixture, &scope(MEMBER, now)).await, ALL[..2]);
    let all = |receipt: &mut Receipt| receipt.accounts = vec![MEMBER.to_owned(), PAYER.to_owned()];
    fixture
        .add_with("acme", ReportKind::LegacyCur, "2026-09", &rows, all)
        .await;
    // What lies between two months that lack costs is not asked for if a report has it.
    assert_eq!(
        lacking(&fixture, &scope(PAYER, now)).await,
        ["2026-08", "2026-10"]
    );
    // Receipts of early versions name no accounts but the payer.
    fixture
        .add("early", ReportKind::LegacyCur, "2026-08", &rows)
        .await;
    assert_eq!(lacking(&fixture, &scope(PAYER, now)).await, ["2026-10"]);
}
