//! Which statements run, and what is said about those that do not.

use curtail_engine::{Engine, EngineError, EngineOptions, Params};
use curtail_store::ReportKind;

use crate::fixture::{Fixture, csv, rows, usage};

async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    let rows = [
        usage(&[("line_item_unblended_cost", "1.5")]),
        usage(&[
            ("line_item_unblended_cost", "2"),
            ("line_item_usage_account_id", "000000000008"),
        ]),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows)
        .await;
    fixture
}

fn params(values: &[(&str, Option<&str>)]) -> Params {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)))
        .collect()
}

#[tokio::test]
async fn a_store_without_tables_is_empty() {
    let fixture = Fixture::empty();
    let options = EngineOptions {
        memory_limit: 1 << 20,
        allocated: None,
        threads: 1,
        rollups: true,
        merging: true,
        kept: 64 << 20,
    };
    assert!(matches!(
        Engine::open(&fixture.store, &options).await,
        Err(EngineError::EmptyStore(_))
    ));
}

#[tokio::test]
async fn only_reading_statements_run() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for sql in [
        "DROP TABLE costs",
        "CREATE TABLE a AS SELECT 1",
        "CREATE MATERIALIZED VIEW a AS SELECT 1",
        "DROP VIEW costs",
        "INSERT INTO cur SELECT * FROM cur",
        "COPY costs TO '/tmp/never.csv'",
        "SET datafusion.execution.target_partitions = 1",
        "EXPLAIN DROP TABLE costs",
        "PREPARE a AS DELETE FROM costs",
        "BEGIN",
    ] {
        let error = engine.sql(sql, &Params::new()).await.unwrap_err();
        assert!(matches!(error, EngineError::Refused(_)), "{sql}: {error}");
    }
    let script = engine
        .script("SELECT 1; DROP TABLE costs", &Params::new())
        .await;
    assert!(matches!(script, Err(EngineError::Refused(_))));
    for sql in [
        "SHOW TABLES",
        "SHOW COLUMNS FROM costs",
        "DESCRIBE costs",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT * FROM costs",
    ] {
        assert!(!rows(&engine, sql).await.is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn one_statement_is_one_statement() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    assert!(matches!(
        engine.sql("", &Params::new()).await,
        Err(EngineError::NoStatement)
    ));
    assert!(matches!(
        engine.sql("SELECT 1; SELECT 2", &Params::new()).await,
        Err(EngineError::SeveralStatements(2))
    ));
    assert_eq!(rows(&engine, "SELECT 1;").await, ["1"]);
    let answers = engine
        .script(
            "SELECT $a; SELECT $b",
            &params(&[("a", Some("x")), ("b", None)]),
        )
        .await
        .unwrap();
    assert_eq!(csv(&answers[0]).await, ["x"]);
    assert_eq!(csv(&answers[1]).await, [""]);
}

#[tokio::test]
async fn errors_say_what_was_meant_and_where() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let mistake = async |sql: &str| match engine.sql(sql, &Params::new()).await.unwrap_err() {
        EngineError::At {
            line,
            column,
            error,
            ..
        } => ((line, column), *error),
        other => panic!("{sql}: {other:?} has no place"),
    };
    let (place, error) = mistake("SELECT 1,\n  unblended FROM costs").await;
    assert_eq!(place, (2, 3));
    assert!(
        matches!(&error, EngineError::UnknownColumn { similar, .. } if similar.contains(&"unblended_cost".to_owned())),
        "{error:?}"
    );
    let (_, error) = mistake("SELECT product_sku FROM costs").await;
    assert!(
        matches!(&error, EngineError::UnknownColumn { elsewhere, .. } if elsewhere == &["cur", "cur2"]),
        "{error:?}"
    );
    let (place, error) = mistake("SELECT 1 FROM cost").await;
    assert_eq!(place, (1, 15));
    assert!(
        matches!(&error, EngineError::UnknownTable { name, similar } if name == "cost" && similar[0] == "costs"),
        "{error:?}"
    );
    let (place, error) = mistake("SELECT 1, uper('a')").await;
    assert_eq!(place, (1, 11));
    assert!(
        matches!(&error, EngineError::UnknownFunction { name, similar } if name == "uper" && similar[0] == "upper"),
        "{error:?}"
    );
    let (place, error) = mistake("SELEC 1").await;
    assert_eq!(place, (1, 1));
    assert!(matches!(error, EngineError::Syntax(_)), "{error:?}");
    let error = engine
        .sql(
            "SELECT service, sum(unblended_cost) FROM costs",
            &Params::new(),
        )
        .await
        .unwrap_err();
    let error = match error {
        EngineError::At { error, .. } => *error,
        other => other,
    };
    assert!(
        matches!(&error, EngineError::Mistake { what, .. } if what.contains("GROUP BY")),
        "{error:?}"
    );
}

#[tokio::test]
async fn parameters_take_the_type_of_their_place() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let count = "SELECT count(*) FROM costs WHERE";
    for (condition, value, expected) in [
        ("unblended_cost > $p", Some("1.5"), "1"),
        ("account_id = $p", Some("000000000008"), "1"),
        ("usage_date >= $p", Some("2026-10-05"), "2"),
        ("usage_start > $p", Some("2026-10-05T10:00:00Z"), "0"),
        ("($p IS NULL OR account_id = $p)", None, "2"),
        ("service = $p", Some("it's"), "0"),
    ] {
        let answer = engine
            .sql(&format!("{count} {condition}"), &params(&[("p", value)]))
            .await
            .unwrap_or_else(|error| panic!("{condition}: {error}"));
        assert_eq!(csv(&answer).await, [expected], "{condition}");
    }
    let limited = engine
        .sql(
            "SELECT account_id FROM costs ORDER BY account_id LIMIT $n",
            &params(&[("n", Some("1"))]),
        )
        .await
        .unwrap();
    assert_eq!(csv(&limited).await, ["000000000007"]);
    for (sql, values) in [
        (
            "SELECT 1 FROM costs WHERE usage_date = $p",
            vec![("p", Some("yesterday"))],
        ),
        ("SELECT 1 FROM costs WHERE usage_date = $p", vec![]),
        ("SELECT 1 FROM costs", vec![("p", Some("1"))]),
    ] {
        let error = engine.sql(sql, &params(&values)).await.unwrap_err();
        assert!(
            matches!(&error, EngineError::Parameter { name, .. } if name == "p"),
            "{sql}: {error}"
        );
    }
}

#[tokio::test]
async fn a_statement_asked_again_answers_as_if_for_the_first_time() {
    let fixture = Fixture::empty();
    let items = [usage(&[("line_item_unblended_cost", "1.5")])];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &items)
        .await;
    let engine = fixture.engine().await;
    let total = "SELECT sum(unblended_cost) AS total FROM seen";
    let define =
        |where_: &str| format!("CREATE OR REPLACE VIEW seen AS SELECT * FROM costs WHERE {where_}");
    rows(&engine, &define("service_code IS NOT NULL")).await;
    assert_eq!(rows(&engine, total).await, ["1.5"]);
    assert_eq!(rows(&engine, total).await, ["1.5"]);
    rows(&engine, &define("account_id = 'nobody'")).await;
    assert_eq!(rows(&engine, total).await, [""], "the view is another now");

    // The clock goes on, and so do numbers drawn at random.
    for moving in ["SELECT now()", "SELECT random() FROM costs"] {
        let (first, again) = (rows(&engine, moving).await, rows(&engine, moving).await);
        assert_ne!(first, again, "{moving}");
    }

    // The same words, with other values.
    rows(
        &engine,
        "PREPARE one FROM SELECT sum(unblended_cost) * ? FROM costs",
    )
    .await;
    assert_eq!(rows(&engine, "EXECUTE one USING 2").await, ["3.0"]);
    assert_eq!(rows(&engine, "EXECUTE one USING 4").await, ["6.0"]);
    for (value, told) in [("1", "1.5"), ("2", "")] {
        let value = [("most".to_owned(), Some(value.to_owned()))].into();
        let asked = "SELECT sum(unblended_cost) FROM costs WHERE unblended_cost >= $most";
        let answer = engine.sql(asked, &value).await.unwrap();
        assert_eq!(csv(&answer).await, [told]);
    }
}
