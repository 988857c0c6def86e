//! Views that users define.

use curtail_engine::{Dialect, Engine, EngineError, Params};
use curtail_store::ReportKind;

use crate::fixture::{Fixture, rows, usage};

async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    let rows = [
        usage(&[("line_item_unblended_cost", "1.5")]),
        usage(&[("line_item_unblended_cost", "2")]),
    ];
    fixture
        .add("acme", ReportKind::LegacyCur, "2026-10", &rows)
        .await;
    fixture
}

async fn run(engine: &Engine, sql: &str) -> Result<Vec<String>, String> {
    let answers = engine.script(sql, &Params::new()).await;
    let answers = answers.map_err(|error| error.to_string())?;
    match answers.last() {
        Some(answer) => Ok(crate::fixture::csv(answer).await),
        None => Ok(Vec::new()),
    }
}

#[tokio::test]
async fn later_statements_see_a_view_and_views_see_views() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let script = "
        CREATE VIEW \"Costs_Db\".\"Total\" (Sum) AS SELECT sum(unblended_cost) FROM costs;
        CREATE OR REPLACE VIEW twice AS SELECT 2 * sum AS sum FROM awsdatacatalog.any_db.total;
        SELECT t.sum, twice.sum FROM total t, twice";
    assert_eq!(run(&engine, script).await.unwrap(), ["3.5,7.0"]);
    assert_eq!(
        rows(&engine, "SHOW CREATE VIEW twice").await,
        ["CREATE OR REPLACE VIEW twice AS SELECT 2 * sum AS sum FROM awsdatacatalog.any_db.total"]
    );
    let replaced = "CREATE OR REPLACE VIEW total AS SELECT 1 AS sum; SELECT sum FROM twice";
    assert_eq!(run(&engine, replaced).await.unwrap(), ["2"]);
    let other = fixture.engine().await;
    assert!(
        run(&other, "SELECT * FROM total").await.is_err(),
        "it is of one session"
    );
    assert!(
        run(&engine, "DROP VIEW twice; SELECT * FROM twice")
            .await
            .is_err()
    );
    assert!(run(&engine, "DROP VIEW twice").await.is_err());
    assert!(run(&engine, "DROP VIEW IF EXISTS twice").await.is_ok());
}

#[tokio::test]
async fn what_cannot_be_a_view_is_refused() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (sql, why) in [
        ("CREATE VIEW costs AS SELECT 1 AS a", "needs another name"),
        ("CREATE VIEW meta.a AS SELECT 1 AS a", "needs another name"),
        (
            "CREATE VIEW a AS SELECT 1 AS a; CREATE VIEW a AS SELECT 2 AS a",
            "OR REPLACE",
        ),
        (
            "CREATE VIEW b AS SELECT nothing FROM costs",
            "there is no column `nothing`",
        ),
        ("CREATE VIEW b (x, y) AS SELECT 1 AS x", "2 columns"),
        (
            "CREATE VIEW b (x, X) AS SELECT 1 AS x, 2 AS y",
            "two columns called `x`",
        ),
        ("CREATE VIEW b AS SELECT $p AS x", "no parameters"),
        ("CREATE VIEW b AS SELECT * FROM b", "there is no table `b`"),
        (
            "CREATE OR REPLACE VIEW d AS SELECT 1 AS x; CREATE OR REPLACE VIEW e AS SELECT x FROM d; CREATE OR REPLACE VIEW d AS SELECT x FROM e",
            "must not read itself: `d` reads `e` reads `d`",
        ),
    ] {
        let told = run(&engine, sql).await.unwrap_err();
        assert!(told.contains(why), "{sql}: {told}");
    }
    // What failed changed nothing.
    assert_eq!(run(&engine, "SELECT x FROM e").await.unwrap(), ["1"]);
    let broken = "CREATE OR REPLACE VIEW d AS SELECT 1 AS y; SELECT * FROM e";
    let error = engine.script(broken, &Params::new()).await.unwrap_err();
    assert!(
        matches!(&error, EngineError::At { error, .. } if matches!(&**error, EngineError::View { name, .. } if name == "e")),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .contains("view `e`: there is no column `x`"),
        "{error}"
    );
}

#[tokio::test]
async fn kept_views_are_there_for_all() {
    let fixture = fixture().await;
    let keeping = fixture.engine().await.keeping_views(true);
    let text = "CREATE VIEW Spend AS -- of all\nSELECT sum(unblended_cost) AS spend FROM costs";
    run(&keeping, text).await.unwrap();
    let generic = "CREATE VIEW g AS SELECT arrow_typeof(1) AS t";
    let keeping_generic = fixture
        .engine()
        .await
        .keeping_views(true)
        .with_dialect(Dialect::Generic);
    run(&keeping_generic, generic).await.unwrap();
    let file = fixture.store.view("g").await.unwrap().unwrap();
    assert_eq!(file, format!("-- dialect: generic\n{generic};\n"));

    let engine = fixture.engine().await;
    assert_eq!(rows(&engine, "SELECT spend FROM SPEND").await, ["3.5"]);
    assert_eq!(rows(&engine, "SELECT t FROM g").await, ["Int64"]);
    let shown = rows(&engine, "SHOW TABLES LIKE 'sp%'").await;
    assert_eq!(shown, ["spend"]);
    let listed = "SELECT table_name, table_type FROM information_schema.tables WHERE table_name IN ('spend', 'costs') ORDER BY 1";
    assert_eq!(
        rows(&engine, listed).await,
        ["costs,BASE TABLE", "spend,VIEW"]
    );
    let definition = "SELECT view_definition FROM awsdatacatalog.information_schema.views WHERE table_name = 'spend'";
    assert_eq!(rows(&engine, definition).await, [text]);
    let tables = engine.tables().await.unwrap();
    assert!(tables.iter().any(|table| table.name == "spend"));

    let again = fixture.engine().await.keeping_views(true);
    assert!(
        run(&again, "CREATE VIEW spend AS SELECT 1 AS a")
            .await
            .is_err()
    );
    // Without keeping, dropping is for the session.
    assert!(
        run(&engine, "DROP VIEW spend; SELECT * FROM spend")
            .await
            .is_err()
    );
    assert!(fixture.store.view("spend").await.unwrap().is_some());
    run(&again, "DROP VIEW spend").await.unwrap();
    assert!(fixture.store.view("spend").await.unwrap().is_none());
}

#[tokio::test]
async fn a_kept_view_that_means_nothing_any_more_is_named() {
    let fixture = fixture().await;
    let file = "-- dialect: trino\nCREATE VIEW old AS SELECT gone FROM costs;\n";
    fixture.store.save_view("old", file, true).await.unwrap();
    fixture
        .store
        .save_view("odd", "no view", true)
        .await
        .unwrap();
    let engine = fixture.engine().await;
    for (name, why) in [
        ("old", "view `old`: there is no column `gone`"),
        ("odd", "view `odd`"),
    ] {
        let told = run(&engine, &format!("SELECT * FROM {name}"))
            .await
            .unwrap_err();
        assert!(told.contains(why), "{told}");
    }
    // All else is as before.
    assert!(!engine.tables().await.unwrap().is_empty());
    let columns = "SELECT count(DISTINCT table_name) FROM information_schema.columns WHERE table_schema = 'public'";
    assert_eq!(rows(&engine, columns).await, ["6"]);
}
