//! Errors have the SQLSTATEs that `PostgreSQL` gives to the same statements.

use super::world::{World, refused, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_that_are_none_of_a_type() {
    let world = World::new().await;
    let client = world.connect().await;
    for (sql, code) in [
        ("SELECT 'abc'::int", "22P02"),
        ("SELECT 'abc'::numeric", "22P02"),
        ("SELECT 'abc'::boolean", "22P02"),
        ("SELECT '1.5x'::float8", "22P02"),
        ("SELECT CAST(service AS bigint) FROM costs", "22P02"),
        ("SELECT '{1,2'::int[]", "22P02"),
        ("SELECT '99999999999'::int", "22003"),
        ("SELECT 99999999999::int", "22003"),
        ("SELECT 'abc'::date", "22007"),
        ("SELECT service::date FROM costs", "22007"),
        ("SELECT 'abc'::timestamp", "22007"),
        ("SELECT '1 nonsense'::interval", "22007"),
        ("SELECT to_date('xx', 'YYYY')", "22007"),
        ("SELECT '2026-02-30'::date", "22008"),
        ("SELECT timestamp '2026-02-30 00:00:00'", "22008"),
        ("SELECT make_date(2026, 13, 1)", "22008"),
        ("SELECT 1 / 0", "22012"),
        ("SELECT sqrt(-1)", "2201F"),
        ("SELECT substring('abc', 1, -1)", "22011"),
        ("SELECT date_trunc('nonsense', now())", "22023"),
        ("SELECT regexp_replace('a', '(', '')", "2201B"),
        ("SELECT (SELECT service FROM costs)", "21000"),
        ("SELECT current_setting('nosuch')", "42704"),
    ] {
        let error = refused(&client, sql).await;
        assert_eq!(error.code().code(), code, "{sql}: {error:?}");
        // There is no `try` in this dialect.
        let hint = error.hint().unwrap_or_default();
        assert!(!hint.starts_with("try("), "{sql}: {hint}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mistakes_in_what_is_written() {
    let world = World::new().await;
    let client = world.connect().await;
    for (sql, code) in [
        ("SELECT * FROM costs TABLESAMPLE system (10)", "0A000"),
        ("SELECT service, count(*) FROM costs", "42803"),
        ("SELECT count(count(*)) FROM costs", "42803"),
        ("SELECT * FROM costs WHERE count(*) > 1", "42803"),
        (
            "SELECT * FROM costs WHERE row_number() OVER () = 1",
            "42P20",
        ),
        ("SELECT row_number() FROM costs", "42809"),
        (
            "SELECT a.service FROM costs a, costs b WHERE service = 'x'",
            "42702",
        ),
        ("SELECT x.service FROM costs a", "42P01"),
        ("SELECT * FROM costs ORDER BY 99", "42P10"),
        ("SELECT * FROM costs, costs", "42712"),
        (
            "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a",
            "42712",
        ),
        ("WITH a(x, y) AS (SELECT 1) SELECT * FROM a", "42P10"),
        ("SELECT 1 UNION SELECT 1, 2", "42601"),
        (
            "SELECT (SELECT service, account_id FROM costs LIMIT 1)",
            "42601",
        ),
        ("VALUES (1, 2), (3)", "42601"),
        ("SELECT upper(1, 2)", "42883"),
        ("SELECT sum(service) FROM costs", "42883"),
        ("SELECT service + 1 FROM costs", "42883"),
        ("SELECT 'a'::nosuchtype", "42704"),
        ("SELECT 'nosuch'::regclass", "42P01"),
        ("SELECT * FROM costs LIMIT -1", "2201W"),
        ("SELECT * FROM costs OFFSET -1", "2201X"),
        ("SELECT * FROM costs WHERE service", "42804"),
        ("CREATE VIEW v AS SELECT nosuch", "42703"),
        ("DO $$ begin end $$", "25006"),
        ("REINDEX TABLE costs", "25006"),
    ] {
        let error = refused(&client, sql).await;
        assert_eq!(error.code().code(), code, "{sql}: {error:?}");
    }
    client
        .simple_query("CREATE VIEW v AS SELECT 1 AS a")
        .await
        .unwrap();
    let error = refused(&client, "CREATE VIEW v AS SELECT 1 AS a").await;
    assert_eq!(error.code().code(), "42P07");
    // What helps is in the words of this dialect.
    let error = refused(&client, "SELECT service, count(*) FROM costs").await;
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("min(service)") && !hint.contains("arbitrary"),
        "{hint}"
    );
    assert_eq!(text(&client, "SELECT 1").await, "1");
}
