//! How much may be asked, and what stops it.

use std::time::Duration;

use curtail_serve::Limits;
use tokio::{time, time::timeout};
use tokio_postgres::NoTls;

use super::world::{PASSWORD, Served, World, db_error, refused, text, texts, user};

/// A statement that takes far longer than any test.
const LONG: &str = "SELECT count(*) FROM costs a, costs b, costs c, costs d WHERE a.unblended_cost + b.unblended_cost + c.unblended_cost > d.unblended_cost";
/// More than anything here takes that ends.
const PATIENCE: Duration = Duration::from_mins(1);

async fn until_idle(world: &World) {
    let idle = async {
        while world.service.metrics().snapshot().running > 0 {
            time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, idle)
        .await
        .expect("nothing runs any more");
}

async fn until_running(world: &World) {
    let running = async {
        while world.service.metrics().snapshot().running == 0 {
            time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, running).await.expect("it runs");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_ends_in_time() {
    let limits = Limits {
        statement_timeout: Some(Duration::from_secs(2)),
        ..Limits::default()
    };
    let world = World::served(Served {
        limits,
        ..Served::default()
    })
    .await;
    let client = world.connect().await;
    let error = refused(&client, LONG).await;
    assert_eq!(error.code().code(), "57014");
    assert!(error.message().contains("2 s"), "{error:?}");
    // A session may want less, and not more.
    client
        .simple_query("SET statement_timeout = '100ms'")
        .await
        .unwrap();
    let error = refused(&client, LONG).await;
    assert!(error.message().contains("100 ms"), "{error:?}");
    client
        .simple_query("SET statement_timeout = '1h'")
        .await
        .unwrap();
    let error = refused(&client, LONG).await;
    assert!(error.message().contains("2 s"), "{error:?}");
    until_idle(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_rows_are_an_error() {
    let limits = Limits {
        rows: Some(100),
        ..Limits::default()
    };
    let world = World::served(Served {
        limits,
        ..Served::default()
    })
    .await;
    let client = world.connect().await;
    assert_eq!(
        texts(&client, "SELECT service FROM costs LIMIT 100")
            .await
            .len(),
        100
    );
    let error = refused(&client, "SELECT service FROM costs LIMIT 101").await;
    assert_eq!(error.code().code(), "54000");
    assert!(
        error.message().contains("100 rows") && error.hint().unwrap().contains("max_rows"),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_is_cancelled_by_its_client_alone() {
    let world = World::new().await;
    let client = world.connect().await;
    let token = client.cancel_token();
    let running = tokio::spawn(async move { (client.simple_query(LONG).await, client) });
    until_running(&world).await;
    token.cancel_query(NoTls).await.unwrap();
    let (ended, client) = timeout(PATIENCE, running).await.unwrap().unwrap();
    assert_eq!(db_error(&ended.unwrap_err()).code().code(), "57014");
    assert_eq!(text(&client, "SELECT 1").await, "1");
    until_idle(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_goes_away_stops_their_statement() {
    let world = World::new().await;
    let config = world.config("ada");
    let (client, connection) = config.connect(NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let asking = tokio::spawn(async move { client.simple_query(LONG).await.map(|_| ()) });
    until_running(&world).await;
    // The socket is closed, without a word.
    connection.abort();
    let _ = asking.await;
    until_idle(&world).await;
    let counted = world.service.metrics().snapshot();
    let cancelled = counted.queries.iter().find(|counts| {
        counts.outcome.as_str() == "cancelled" && counts.protocol.as_str() == "postgres"
    });
    assert_eq!(cancelled.unwrap().latency.count, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_wait_for_their_turn() {
    let served = Served {
        running: 1,
        limits: Limits {
            statement_timeout: Some(Duration::from_secs(3)),
            ..Limits::default()
        },
        ..Served::default()
    };
    let world = World::served(served).await;
    let (first, second) = (world.connect().await, world.connect().await);
    let running = tokio::spawn(async move { first.simple_query(LONG).await.map(|_| ()) });
    until_running(&world).await;
    // It waits, and gets its turn once the first one is over.
    let waited = timeout(PATIENCE, second.simple_query("SELECT 1"))
        .await
        .unwrap();
    let ended = running.await.unwrap();
    assert!(ended.is_err());
    // Either it had its turn, or its own time was over first: never both at once.
    if let Err(error) = waited {
        assert_eq!(db_error(&error).code().code(), "57014");
    }
    assert_eq!(text(&second, "SELECT 2").await, "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_has_a_share_of_the_memory() {
    let mut poor = user("poor");
    poor.limits.memory = Some(1000);
    let served = Served {
        users: vec![poor, user("rich")],
        ..Served::default()
    };
    let world = World::served(served).await;
    let client = |name: &'static str| {
        let mut config = world.config(name);
        config.password(PASSWORD);
        let world = &world;
        async move { world.connected(&config).await.unwrap() }
    };
    let sql = "SELECT resource_id, array_agg(usage_type) FROM costs GROUP BY 1 ORDER BY 1";
    assert!(!texts(&client("rich").await, sql).await.is_empty());
    let error = refused(&client("poor").await, sql).await;
    assert_eq!(error.code().code(), "53200", "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_so_many_connections_and_no_more() {
    let world = World::served(Served {
        connections: 2,
        ..Served::default()
    })
    .await;
    let (first, _second) = (world.connect().await, world.connect().await);
    let error = db_error(&world.connected(&world.config("ada")).await.err().unwrap());
    assert_eq!(error.code().code(), "53300");
    assert_eq!(text(&first, "SELECT 1").await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_waits_for_statements_but_not_for_ever() {
    let world = World::new().await;
    let (idle, busy) = (world.connect().await, world.connect().await);
    let running = tokio::spawn(async move { busy.simple_query(LONG).await.map(|_| ()) });
    until_running(&world).await;
    let service = world.service.clone();
    let ending = tokio::spawn(async move { service.shutdown(Duration::from_secs(1)).await });
    let ended = timeout(PATIENCE, running).await.unwrap().unwrap();
    assert_eq!(db_error(&ended.unwrap_err()).code().code(), "57P01");
    timeout(PATIENCE, ending).await.unwrap().unwrap();
    timeout(PATIENCE, world.serving).await.unwrap().unwrap();
    assert!(idle.simple_query("SELECT 1").await.is_err());
}
