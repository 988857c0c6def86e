//! Costs that Cost Explorer told, until reports tell them.

mod accounts;
mod comparison;
mod coverage;
mod lacking;
mod rows;
mod told;
mod versions;

use curtail_engine::{CostQuery, Engine, EngineError};
use curtail_store::{Fetched, LinkedAccount, Money, ProvisionalCost};

use crate::fixture::{Fixture, Row, csv, usage};

const PAYER: &str = "011122223333";
const OTHER: &str = "099988887777";
const MEMBER: &str = "000000000007";
const SIBLING: &str = "000000000008";
const COST: &str = "line_item_unblended_cost";

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn cost(day: &str, account: &str, service: &str, unblended: &str) -> ProvisionalCost {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ProvisionalCost {
        usage_date: day.parse().unwrap(),
        account_id: text(account),
        service: text(service),
        unblended_cost: Some(money(unblended)),
        currency: "USD".to_owned(),
        ..ProvisionalCost::default()
    }
}

fn fetched(at: &str) -> Fetched {
    Fetched {
        connection: "main".to_owned(),
        fetched_at: at.parse().unwrap(),
        requests: 2,
        estimated: true,
    }
}

async fn tell(fixture: &Fixture, payer: &str, month: &str, rows: &[ProvisionalCost]) {
    let (month, at) = (month.parse().unwrap(), fetched("2026-10-20T06:00:00Z"));
    let told = fixture.store.replace_provisional(payer, month, rows, &at);
    told.await.unwrap();
}

/// October of [`PAYER`], one cost per day from the 4th to the 7th.
async fn october(fixture: &Fixture) {
    let rows = [
        cost("2026-10-04", MEMBER, "Amazon EC2", "0.000000000000000001"),
        cost("2026-10-05", MEMBER, "Amazon EC2", "20"),
        cost("2026-10-06", SIBLING, "Amazon S3", "300"),
        cost("2026-10-07", MEMBER, "Amazon EC2", "4000"),
    ];
    tell(fixture, PAYER, "2026-10", &rows).await;
}

/// A line item of that hour of October.
fn item<'a>(start: &'a str, end: &'a str, more: &[(&'a str, &'a str)]) -> Row<'a> {
    let times = [
        ("line_item_usage_start_date", start),
        ("line_item_usage_end_date", end),
    ];
    usage(&[&times, more].concat())
}

async fn ask(engine: &Engine, by: &[&str], query: CostQuery) -> Vec<String> {
    let by = by
        .iter()
        .map(|dimension| dimension.parse().unwrap())
        .collect();
    csv(&engine.costs(&CostQuery { by, ..query }).await.unwrap()).await
}

async fn notes(engine: &Engine, by: &[&str], query: CostQuery) -> Vec<String> {
    let by = by
        .iter()
        .map(|dimension| dimension.parse().unwrap())
        .collect();
    let answer = engine.costs(&CostQuery { by, ..query }).await.unwrap();
    answer.notes().to_vec()
}

/// What cannot be told yet.
async fn unavailable(engine: &Engine, by: &[&str], query: CostQuery) -> String {
    let by = by
        .iter()
        .map(|dimension| dimension.parse().unwrap())
        .collect();
    match engine.costs(&CostQuery { by, ..query }).await {
        Err(EngineError::Unavailable(what)) => what,
        other => panic!("{other:?}"),
    }
}

fn account(id: &str, name: Option<&str>, seen: &str) -> LinkedAccount {
    LinkedAccount {
        account_id: id.to_owned(),
        name: name.map(str::to_owned),
        email: None,
        status: Some("ACTIVE".to_owned()),
        joined_at: None,
        seen_at: seen.parse().unwrap(),
    }
}
