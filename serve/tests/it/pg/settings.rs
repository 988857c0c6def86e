//! `SET` and `SHOW`.

use std::time::Duration;

use curtail_serve::Limits;

use super::world::{PASSWORD, Served, World, refused, text, texts, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limit_of_a_user_is_shown_and_holds() {
    let mut limited = user("limited");
    limited.limits.statement_timeout = Some(Duration::from_secs(7));
    let served = Served {
        users: vec![limited, user("other")],
        limits: Limits {
            statement_timeout: Some(Duration::from_mins(5)),
            ..Limits::default()
        },
        ..Served::default()
    };
    let world = World::served(served).await;
    let client = |name: &'static str| {
        let mut config = world.config(name);
        config.password(PASSWORD);
        let world = &world;
        async move { world.connected(&config).await.unwrap() }
    };
    let other = client("other").await;
    assert_eq!(text(&other, "SHOW statement_timeout").await, "5min");
    let limited = client("limited").await;
    let shown = "SELECT current_setting('statement_timeout')";
    assert_eq!(text(&limited, shown).await, "7s");
    for (set, expected) in [
        ("SET statement_timeout = 1500", "1500ms"),
        ("SET statement_timeout = '1h'", "7s"),
        ("SET statement_timeout = '2s'", "2s"),
        ("SET statement_timeout = 0", "7s"),
        ("SET statement_timeout = '2s'", "2s"),
        ("RESET statement_timeout", "7s"),
    ] {
        limited.simple_query(set).await.unwrap();
        assert_eq!(
            text(&limited, "SHOW statement_timeout").await,
            expected,
            "{set}"
        );
    }
    let listed = "SELECT setting, unit FROM pg_settings WHERE name = 'statement_timeout'";
    let listed = texts(&limited, listed).await.remove(0);
    assert_eq!(listed, [Some("7000".to_owned()), Some("ms".to_owned())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_postgresql_knows_may_be_set_and_nothing_else() {
    let world = World::new().await;
    let client = world.connect().await;
    for (set, show, expected) in [
        ("SET enable_seqscan = false", "enable_seqscan", "off"),
        ("SET work_mem = '64MB'", "work_mem", "64MB"),
        (
            "SET SESSION synchronous_commit TO off",
            "synchronous_commit",
            "off",
        ),
        (
            "SET plan_cache_mode = force_custom_plan",
            "plan_cache_mode",
            "force_custom_plan",
        ),
        ("SET my.own = 'x'", "my.own", "x"),
        ("SET ROLE NONE", "role", "none"),
        ("SET ROLE ada", "role", "none"),
        (
            "SET SESSION AUTHORIZATION DEFAULT",
            "session_authorization",
            "ada",
        ),
    ] {
        client
            .simple_query(set)
            .await
            .unwrap_or_else(|error| panic!("{set}: {error:?}"));
        assert_eq!(
            text(&client, &format!("SHOW {show}")).await,
            expected,
            "{set}"
        );
    }
    for (set, code) in [
        ("SET nosuch = 1", "42704"),
        ("SET LOCAL nosuch = 1", "42704"),
        ("SET SESSION nosuch TO DEFAULT", "42704"),
        ("SELECT set_config('nosuch', 'a', false)", "42704"),
        ("RESET nosuch", "42704"),
        ("SET work_mem = 'much'", "22023"),
        ("SET jit = perhaps", "22023"),
        ("SET TimeZone = 'Nosuch/Zone'", "22023"),
        ("SET client_min_messages = loud", "22023"),
        ("SET statement_timeout = -1", "22023"),
        ("SET log_statement = 'all'", "42501"),
        ("SET ROLE bob", "42501"),
        ("SET SESSION AUTHORIZATION bob", "42501"),
        ("SET server_version = '9'", "55P02"),
    ] {
        let error = refused(&client, set).await;
        assert_eq!(error.code().code(), code, "{set}: {error:?}");
    }
    let mut config = world.config("ada");
    config.options("-c nosuch=1");
    assert!(world.connected(&config).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_and_cursors_as_people_write_them() {
    let world = World::new().await;
    let client = world.connect().await;
    assert_eq!(texts(&client, "TABLE costs LIMIT 2").await.len(), 2);
    let declare = "DECLARE c CURSOR FOR SELECT value FROM generate_series(1, 10) AS t (value)";
    client.simple_query("BEGIN").await.unwrap();
    client.simple_query(declare).await.unwrap();
    assert_eq!(text(&client, "FETCH c").await, "1");
    client.simple_query("MOVE 3 FROM c").await.unwrap();
    assert_eq!(text(&client, "FETCH FROM c").await, "5");
    client.simple_query("MOVE FORWARD ALL IN c").await.unwrap();
    assert!(texts(&client, "FETCH NEXT FROM c").await.is_empty());
    assert_eq!(
        refused(&client, "FETCH PRIOR FROM c").await.code().code(),
        "55000"
    );
    client.simple_query("ROLLBACK").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_looked_up_along_the_path() {
    let world = World::new().await;
    let client = world.connect().await;
    let periods = "SELECT count(*) > 0 FROM periods";
    assert_eq!(refused(&client, periods).await.code().code(), "42P01");
    assert_eq!(text(&client, "SELECT current_schema()").await, "public");
    client.simple_query("SET SCHEMA 'meta'").await.unwrap();
    assert_eq!(text(&client, periods).await, "t");
    assert_eq!(text(&client, "SELECT current_schema()").await, "meta");
    let visible =
        "SELECT relname FROM pg_class WHERE relname = 'periods' AND pg_table_is_visible(oid)";
    assert_eq!(text(&client, visible).await, "periods");
    let named = "WITH periods AS (SELECT 7 AS n) SELECT n FROM periods";
    assert_eq!(text(&client, named).await, "7");
    client.simple_query("RESET search_path").await.unwrap();
    assert_eq!(refused(&client, periods).await.code().code(), "42P01");
}
