//! How much may be asked, and what ends it.

use std::time::Duration;

use arrow_flight::{Action, CancelFlightInfoRequest, FlightInfo};
use curtail_serve::{Limits, Outcome, Snapshot};
use futures::{StreamExt, TryStreamExt};
use prost::Message;
use tokio::task::JoinSet;
use tonic::Code;

use super::world::{Client, World, ask, fetch, status};

/// Nine million rows: more than anybody waits for.
const LONG: &str = "SELECT a.usage_type, b.usage_type AS other FROM costs a CROSS JOIN costs b";
/// Work without rows for as long.
const SLOW: &str = "SELECT sum(length(a.usage_type || b.usage_type || c.usage_type)) AS n \
                    FROM costs a CROSS JOIN costs b CROSS JOIN costs c";

fn ended(outcome: Outcome) -> impl Fn(&Snapshot) -> bool {
    move |counts| {
        let of = counts
            .queries
            .iter()
            .filter(|counts| counts.outcome == outcome);
        counts.running == 0 && of.map(|counts| counts.latency.count).sum::<u64>() == 1
    }
}

async fn cancel(client: &mut Client, info: &FlightInfo) -> Result<(), tonic::Status> {
    let request = CancelFlightInfoRequest::new(info.clone());
    let action = Action::new("CancelFlightInfo", request.encode_to_vec());
    let results = client.do_action(action).await.map_err(status)?;
    let results: Vec<_> = results.try_collect().await?;
    assert_eq!(results.len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_answer_with_too_many_rows_is_an_error_and_not_cut() {
    let limits = Limits {
        rows: Some(10),
        ..Limits::default()
    };
    let world = World::limited(limits).await;
    let mut client = world.client().await;
    let refused = ask(&mut client, "SELECT service FROM costs")
        .await
        .unwrap_err();
    assert!(refused.contains("more than 10 rows"), "{refused}");
    let few = ask(&mut client, "SELECT service FROM costs LIMIT 10")
        .await
        .unwrap();
    assert_eq!(few.len(), 10);
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped() {
    let limits = Limits {
        statement_timeout: Some(Duration::from_millis(300)),
        ..Limits::default()
    };
    let world = World::limited(limits).await;
    let mut client = world.client().await;
    let info = client.execute(SLOW.to_owned(), None).await.unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let late = match client.do_get(ticket).await {
        Ok(rows) => status(rows.try_collect::<Vec<_>>().await.unwrap_err()),
        Err(error) => status(error),
    };
    assert_eq!(late.code(), Code::DeadlineExceeded, "{late}");
    assert!(late.message().contains("statement_timeout"), "{late}");
    world.until(ended(Outcome::TimedOut)).await;
}

#[tokio::test]
async fn who_does_not_fetch_on_is_stopped_too() {
    let limits = Limits {
        statement_timeout: Some(Duration::from_millis(300)),
        ..Limits::default()
    };
    let world = World::limited(limits).await;
    let mut client = world.client().await;
    let info = client.execute(LONG.to_owned(), None).await.unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let mut rows = client.do_get(ticket).await.unwrap();
    rows.next().await.unwrap().unwrap();
    world.until(|counts| counts.running == 0).await;
    let end = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(status(end).code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_statement_is_cancelled_while_it_is_fetched() {
    let world = World::open().await;
    let mut client = world.client().await;
    let info = client.execute(LONG.to_owned(), None).await.unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let mut rows = client.do_get(ticket).await.unwrap();
    rows.next().await.unwrap().unwrap();
    cancel(&mut client, &info).await.unwrap();
    let end = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(status(end).code(), Code::Cancelled);
    world.until(ended(Outcome::Cancelled)).await;
    let again = cancel(&mut client, &info).await.unwrap_err();
    assert_eq!(again.code(), Code::NotFound);
}

#[tokio::test]
async fn a_statement_is_cancelled_before_it_is_fetched() {
    let world = World::open().await;
    let mut client = world.client().await;
    let info = client.execute(LONG.to_owned(), None).await.unwrap();
    cancel(&mut client, &info).await.unwrap();
    let gone = fetch(&mut client, &info).await.unwrap_err();
    assert!(gone.contains("ticket is not known"), "{gone}");
}

#[tokio::test]
async fn a_client_that_goes_away_stops_its_statement() {
    let world = World::open().await;
    let mut client = world.client().await;
    let info = client.execute(LONG.to_owned(), None).await.unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let mut rows = client.do_get(ticket).await.unwrap();
    rows.next().await.unwrap().unwrap();
    world.until(|counts| counts.running == 1).await;
    drop((rows, client));
    world.until(ended(Outcome::Cancelled)).await;
    world
        .until(|counts| counts.connections.iter().all(|(_, open)| *open == 0))
        .await;
}

#[tokio::test]
async fn a_service_that_ends_lets_statements_end_first() {
    let mut world = World::open().await;
    let mut client = world.client().await;
    let info = client.execute(LONG.to_owned(), None).await.unwrap();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let mut rows = client.do_get(ticket).await.unwrap();
    rows.next().await.unwrap().unwrap();

    let service = world.service.clone();
    let mut ending = JoinSet::new();
    ending.spawn(async move { service.shutdown(Duration::from_millis(200)).await });
    let end = rows.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(status(end).code(), Code::Unavailable);
    drop(client);
    ending.join_next().await.unwrap().unwrap();
    world.serving.join_next().await.unwrap().unwrap();
}
