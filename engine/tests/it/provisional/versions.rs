//! Earlier versions of a store.

use curtail_engine::{CostQuery, Engine, EngineOptions};
use curtail_store::{Receipt, ReportKind, Snapshot};

use super::{COST, MEMBER, PAYER, ask, cost, fetched, october};
use crate::fixture::{Fixture, usage};

async fn over(fixture: &Fixture, snapshot: Snapshot) -> Engine {
    let options = EngineOptions {
        memory_limit: 1 << 28,
        allocated: None,
        threads: 2,
        rollups: true,
        merging: true,
        kept: 64 << 20,
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
