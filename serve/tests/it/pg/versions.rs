//! Which version of the store a statement sees.

use std::time::Duration;

use tokio::time::sleep;

use super::world::{World, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_version_is_seen_by_the_next_statement() {
    let world = World::new().await;
    let client = world.connect().await;
    let count = "SELECT count(*) FROM costs";
    let before: u64 = text(&client, count).await.parse().unwrap();
    client
        .simple_query("CREATE VIEW mine AS SELECT count(*) AS n FROM costs")
        .await
        .unwrap();
    let statement = client.prepare(count).await.unwrap();
    world.ingest(&[(2025, 1)]).await;
    // It is looked for once a second at most.
    sleep(Duration::from_millis(1100)).await;
    let after: u64 = text(&client, count).await.parse().unwrap();
    assert!(after > before, "{before} {after}");
    // What was prepared and defined before sees it, too.
    let prepared: i64 = client.query_one(&statement, &[]).await.unwrap().get(0);
    assert_eq!(u64::try_from(prepared).unwrap(), after);
    assert_eq!(text(&client, "SELECT n FROM mine").await, after.to_string());
    let health = world.service.health().await;
    assert_eq!((health.generation, health.failure), (1, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_goes_on_being_served() {
    let world = World::new().await;
    let client = world.connect().await;
    assert_eq!(text(&client, "SELECT 1").await, "1");
    let store = world.store();
    let away = store.with_extension("away");
    std::fs::rename(&store, &away).unwrap();
    sleep(Duration::from_millis(1100)).await;
    let health = world.service.health().await;
    assert!(health.failure.is_some());
    assert_eq!(text(&client, "SELECT 1").await, "1");
    std::fs::rename(&away, &store).unwrap();
    sleep(Duration::from_millis(1100)).await;
    assert_eq!(world.service.health().await.failure, None);
    assert_eq!(
        text(&client, "SELECT sum(unblended_cost) FROM costs").await,
        world.total
    );
}
