//! Statements as text.

use tokio_postgres::{SimpleQueryMessage, error::ErrorPosition};

use super::world::{World, refused, text, texts};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_have_the_digits_of_the_report() {
    let world = World::new().await;
    let client = world.connect().await;
    let total = text(&client, "SELECT sum(unblended_cost) FROM costs").await;
    assert_eq!(total, world.total);
    let quoted = "SELECT SUM(c.\"unblended_cost\")::numeric AS total FROM \"public\".\"costs\" c WHERE c.service ILIKE '%'";
    assert_eq!(text(&client, quoted).await, world.total);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_statements_run_up_to_the_first_that_fails() {
    let world = World::new().await;
    let client = world.connect().await;
    let found = texts(&client, "SELECT 1; ; SELECT 'a;b' ; SELECT 3").await;
    let found: Vec<_> = found.iter().map(|row| row[0].as_deref()).collect();
    assert_eq!(found, [Some("1"), Some("a;b"), Some("3")]);
    let error = refused(&client, "SELECT 1;\nSELECT nonsense FROM costs; SELECT 3").await;
    assert_eq!(error.code().code(), "42703");
    assert_eq!(error.position(), Some(&ErrorPosition::Original(18)));
    assert_eq!(text(&client, "SELECT 4").await, "4");
    assert!(client.simple_query("").await.unwrap().len() <= 1);
    assert!(client.simple_query(" ; -- nothing\n").await.unwrap().len() <= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_say_what_to_do() {
    let world = World::new().await;
    let client = world.connect().await;
    for (sql, code) in [
        ("SELECT * FROM cots", "42P01"),
        ("SELECT servce FROM costs", "42703"),
        ("SELECT no_such_function(1)", "42883"),
        ("SELECT 1 2 3", "42601"),
        ("INSERT INTO costs VALUES (1)", "25006"),
        ("DELETE FROM costs", "25006"),
        ("CREATE TABLE a AS SELECT 1", "25006"),
        ("DROP TABLE costs", "25006"),
        ("COPY costs FROM '/tmp/costs'", "25006"),
        ("COPY costs TO '/tmp/costs'", "42501"),
        ("SELECT 1/0", "22012"),
        ("SET no_such_setting = 1", "42704"),
        ("SHOW no_such_setting", "42704"),
        ("FETCH 1 FROM nothing", "34000"),
        ("EXECUTE nothing", "26000"),
    ] {
        let error = refused(&client, sql).await;
        assert_eq!(error.code().code(), code, "{sql}: {error:?}");
    }
    let error = refused(&client, "SELECT servce FROM costs").await;
    assert!(error.hint().unwrap().contains("service"), "{error:?}");
    assert_eq!(error.position(), Some(&ErrorPosition::Original(8)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_failed_has_to_end() {
    let world = World::new().await;
    let client = world.connect().await;
    client.simple_query("BEGIN").await.unwrap();
    client.simple_query("SAVEPOINT a").await.unwrap();
    refused(&client, "SELECT nonsense").await;
    let error = refused(&client, "SELECT 1").await;
    assert_eq!(error.code().code(), "25P02");
    client
        .simple_query("ROLLBACK TO SAVEPOINT a")
        .await
        .unwrap();
    assert_eq!(text(&client, "SELECT 1").await, "1");
    refused(&client, "SELECT nonsense").await;
    let ended = client.simple_query("COMMIT").await.unwrap();
    assert!(matches!(
        ended[..],
        [SimpleQueryMessage::CommandComplete(_)]
    ));
    assert_eq!(text(&client, "SELECT 2").await, "2");
    assert_eq!(refused(&client, "SAVEPOINT a").await.code().code(), "25P01");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_belong_to_the_session() {
    let world = World::new().await;
    let client = world.connect().await;
    assert_eq!(text(&client, "SHOW server_version").await, "16.6");
    assert!(
        text(&client, "SELECT version()")
            .await
            .starts_with("PostgreSQL 16.6 (curtail ")
    );
    assert_eq!(text(&client, "SHOW transaction_read_only").await, "on");
    client
        .simple_query("SET application_name = 'tests'")
        .await
        .unwrap();
    client
        .simple_query("BEGIN; SET LOCAL application_name = 'inner'")
        .await
        .unwrap();
    assert_eq!(text(&client, "SHOW application_name").await, "inner");
    client.simple_query("COMMIT").await.unwrap();
    assert_eq!(text(&client, "SHOW application_name").await, "tests");
    client
        .simple_query("BEGIN; SET application_name = 'gone'; ROLLBACK")
        .await
        .unwrap();
    assert_eq!(text(&client, "SHOW application_name").await, "tests");
    let other = world.connect().await;
    assert_eq!(text(&other, "SHOW application_name").await, "");
    client.simple_query("DISCARD ALL").await.unwrap();
    assert_eq!(text(&client, "SHOW application_name").await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_may_speak_as_athena_does() {
    let world = World::new().await;
    let client = world.connect().await;
    let trino = "SELECT count(*) FROM cur WHERE line_item_usage_start_date >= from_iso8601_timestamp('2000-01-01T00:00:00Z')";
    refused(&client, trino).await;
    let partitions = texts(&client, "SHOW PARTITIONS cur").await;
    let partition = partitions[0][0].as_deref().unwrap();
    assert!(partition.starts_with("year=20"), "{partition}");
    client
        .simple_query("SET curtail.dialect = 'trino'")
        .await
        .unwrap();
    let counted = text(&client, trino).await;
    assert!(counted.parse::<u64>().unwrap() > 0, "{counted}");
    // What is asked about the server stays what it is.
    assert_eq!(
        text(&client, "SELECT count(*) > 0 FROM pg_catalog.pg_class").await,
        "t"
    );
    let kept = "PREPARE by_day FROM SELECT count(*) FROM cur WHERE line_item_usage_start_date >= from_iso8601_timestamp(?) AND date_diff('day', line_item_usage_start_date, line_item_usage_end_date) < ?";
    client.simple_query(kept).await.unwrap();
    let again = client.simple_query(kept).await.unwrap_err();
    assert_eq!(again.code().unwrap().code(), "42P05");
    let asked = "EXECUTE by_day USING '2000-01-01T00:00:00Z', 1000";
    assert_eq!(text(&client, asked).await, counted);
    let asked = "EXECUTE by_day USING '2999-01-01T00:00:00Z', 1000";
    assert_eq!(text(&client, asked).await, "0");
    client
        .simple_query("DEALLOCATE PREPARE by_day")
        .await
        .unwrap();
    refused(&client, asked).await;
    let partitions = texts(&client, "SHOW PARTITIONS cur").await;
    let partition = partitions[0][0].as_deref().unwrap();
    assert!(partition.starts_with("year=20"), "{partition}");
    let stats = refused(&client, "SHOW STATS FOR cur").await;
    assert!(stats.message().contains("SHOW STATS"), "{stats}");
    let mut config = world.config("ada");
    config.options("-c curtail.dialect=trino");
    let client = world.connected(&config).await.unwrap();
    assert_eq!(text(&client, trino).await, counted);
    assert_eq!(text(&client, "SHOW curtail.dialect").await, "trino");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_belong_to_the_session() {
    let world = World::new().await;
    let client = world.connect().await;
    client
        .simple_query("CREATE VIEW mine AS SELECT sum(unblended_cost) AS total FROM costs")
        .await
        .unwrap();
    assert_eq!(text(&client, "SELECT total FROM mine").await, world.total);
    let other = world.connect().await;
    assert_eq!(
        refused(&other, "SELECT total FROM mine")
            .await
            .code()
            .code(),
        "42P01"
    );
    client.simple_query("DROP VIEW mine").await.unwrap();
    refused(&client, "SELECT total FROM mine").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cursors_give_rows_in_steps() {
    let world = World::new().await;
    let client = world.connect().await;
    let declare = "DECLARE \"c\" CURSOR FOR SELECT value FROM generate_series(1, 10) AS t (value)";
    assert_eq!(refused(&client, declare).await.code().code(), "25P01");
    client.simple_query("BEGIN").await.unwrap();
    client.simple_query(declare).await.unwrap();
    assert_eq!(texts(&client, "FETCH FORWARD 3 FROM \"c\"").await.len(), 3);
    assert_eq!(text(&client, "FETCH NEXT FROM c").await, "4");
    assert_eq!(texts(&client, "FETCH ALL FROM c").await.len(), 6);
    assert_eq!(texts(&client, "FETCH 5 FROM c").await.len(), 0);
    client.simple_query("CLOSE c").await.unwrap();
    assert_eq!(
        refused(&client, "FETCH 1 FROM c").await.code().code(),
        "34000"
    );
    client.simple_query("ROLLBACK").await.unwrap();
    client.simple_query("BEGIN").await.unwrap();
    client.simple_query(declare).await.unwrap();
    client.simple_query("COMMIT").await.unwrap();
    assert_eq!(
        refused(&client, "FETCH 1 FROM c").await.code().code(),
        "34000"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_may_be_kept_by_sql() {
    let world = World::new().await;
    let client = world.connect().await;
    client
        .simple_query("PREPARE plus (int) AS SELECT $1 + 1")
        .await
        .unwrap();
    assert_eq!(text(&client, "EXECUTE plus(41)").await, "42");
    assert_eq!(
        refused(&client, "EXECUTE plus").await.code().code(),
        "42601"
    );
    client.simple_query("DEALLOCATE plus").await.unwrap();
    assert_eq!(
        refused(&client, "EXECUTE plus(41)").await.code().code(),
        "26000"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_told() {
    let world = World::new().await;
    let client = world.connect().await;
    let plan = texts(
        &client,
        "EXPLAIN SELECT service, sum(unblended_cost) FROM costs GROUP BY 1",
    )
    .await;
    let plan: Vec<_> = plan.into_iter().flatten().flatten().collect();
    assert!(plan.concat().contains("read from"), "{plan:?}");
}
