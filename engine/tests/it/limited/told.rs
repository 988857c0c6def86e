//! What tells of rows without being one.

use curtail_engine::{CostQuery, EngineError, Params, ResourceQuery};

use super::{CONDITION, answer, limited, tells_nothing, world};
use crate::fixture::csv;

#[tokio::test]
async fn plans_and_metadata_are_not_told() {
    let whole = world(true).await;
    let keeping = whole.engine().await.keeping_views(true);
    let view = "CREATE VIEW theirs AS SELECT count(*) AS n FROM cur WHERE line_item_usage_account_id = '000000000008'";
    answer(&keeping, view).await.unwrap();
    for (name, engine) in limited(&whole).await {
        for sql in [
            "EXPLAIN SELECT * FROM costs",
            "EXPLAIN ANALYZE SELECT * FROM costs",
            "EXPLAIN VERBOSE SELECT * FROM cur WHERE report = 'secret'",
            "PREPARE p AS EXPLAIN SELECT * FROM costs; EXECUTE p",
        ] {
            let error = answer(&engine, sql).await.unwrap_err();
            let why = "EXPLAIN is not for users who see a part of the rows";
            assert!(error.contains(why), "{name}: {sql}: {error}");
            tells_nothing(&error, sql);
        }
        let sql = "SHOW CREATE VIEW theirs";
        let error = answer(&engine, sql).await.unwrap_err();
        assert!(error.contains("was refused"), "{name}: {error}");
        tells_nothing(&error, sql);
        for table in [
            "periods",
            "versions",
            "files",
            "receipts",
            "rollups",
            "connections",
        ] {
            for sql in [
                format!("SELECT * FROM meta.{table}"),
                format!("SELECT * FROM curtail.meta.{table}"),
                format!("SELECT * FROM \"META\".\"{table}\""),
            ] {
                let error = answer(&engine, &sql).await.unwrap_err();
                assert!(error.contains("there is no table"), "{name}: {error}");
                tells_nothing(&error, &sql);
            }
        }
        let sql = "SELECT table_name, coalesce(view_definition, 'none') FROM information_schema.views WHERE table_name = 'theirs'";
        if let Ok(rows) = answer(&engine, sql).await {
            tells_nothing(&rows.join("\n"), sql);
        }
        let sql = "SELECT * FROM information_schema.views";
        if let Ok(rows) = answer(&engine, sql).await {
            tells_nothing(&rows.join("\n"), sql);
        }
        // Names that nearly are those of others.
        for sql in [
            "SELECT resource_tags_user_secre FROM cur",
            "SELECT resource_tags_user_secret FROM cur",
            "SELECT x_secret FROM focus",
            "SELECT * FROM secre",
        ] {
            let error = answer(&engine, sql).await.unwrap_err();
            let error = error.replace("resource_tags_user_secret", "…");
            let error = error.replace("x_secret", "…").replace("secre`", "…");
            let error = error.replace(&format!("{:?}", "secre"), "…");
            for secret in ["cost_category_secret", "resource_tags_user_s", "hush"] {
                let told = error.replace("resource_tags_user_secre", "…");
                assert!(!told.contains(secret), "{name}: {sql}: {told}");
            }
        }
        for table in engine.tables().await.unwrap() {
            tells_nothing(&format!("{table:?}"), "the list of tables");
            assert!(
                table.schema == "public" || (table.schema == "meta" && table.name == "columns"),
                "{table:?}"
            );
        }
        let columns = answer(&engine, "SELECT * FROM meta.columns").await.unwrap();
        tells_nothing(&columns.join("\n"), "meta.columns");
        assert!(
            columns
                .iter()
                .any(|row| row.contains("resource_tags_user_team")),
            "{name}: what is shown has a column for it"
        );
    }
}

#[tokio::test]
async fn cost_queries_tell_nothing_of_others() {
    let (whole, alone) = (world(true).await, world(false).await);
    let expected = alone.engine().await;
    for (name, engine) in limited(&whole).await {
        for by in [
            "account",
            "service",
            "resource",
            "tag:team",
            "account-name",
            "day",
        ] {
            let query = CostQuery {
                by: vec![by.parse().unwrap()],
                ..CostQuery::default()
            };
            let found = engine.costs(&query).await.unwrap();
            tells_nothing(&found.notes().join("\n"), by);
            let alone = expected.costs(&query).await.unwrap();
            assert_eq!(csv(&found).await, csv(&alone).await, "{name}: {by}");
        }
        for by in ["tag:secret", "tag:secre", "category:secret_unit"] {
            let query = CostQuery {
                by: vec![by.parse().unwrap()],
                ..CostQuery::default()
            };
            match engine.costs(&query).await.unwrap_err() {
                EngineError::UnknownKey { similar, .. } => {
                    assert!(
                        !similar.iter().any(|key| key.contains("secret")),
                        "{similar:?}"
                    );
                }
                other => panic!("{name}: {by}: {other}"),
            }
        }
        let query = CostQuery {
            reports: vec!["secret".to_owned()],
            ..CostQuery::default()
        };
        match engine.costs(&query).await.unwrap_err() {
            EngineError::UnknownReport { known, .. } => {
                assert_eq!(known, ["acme", "bill", "cost-explorer:011122223333"]);
            }
            other => panic!("{name}: {other}"),
        }
        let resources = engine.resources(&ResourceQuery::default()).await.unwrap();
        tells_nothing(&resources.notes().join("\n"), "the notes of resources");
        tells_nothing(&csv(&resources).await.join("\n"), "resources");
    }
}

#[tokio::test]
async fn queries_of_the_library_show_no_other_rows() {
    let (whole, alone) = (world(true).await, world(false).await);
    let limited = whole.engine().await.limited_to(CONDITION).await.unwrap();
    let expected = alone.engine().await;
    let mut answered = 0;
    for query in curtail_queries::library() {
        let (found, expected) = (
            limited.query(query, &Params::new()).await,
            expected.query(query, &Params::new()).await,
        );
        match (found, expected) {
            (Ok(found), Ok(expected)) => {
                answered += 1;
                tells_nothing(&found.notes().join("\n"), query.name);
                let found = csv(&found).await;
                assert_eq!(found, csv(&expected).await, "{}", query.name);
            }
            (Err(found), Err(_)) => tells_nothing(&found.to_string(), query.name),
            (found, expected) => panic!(
                "{}: {:?}, and alone {:?}",
                query.name,
                found.err(),
                expected.err()
            ),
        }
    }
    assert!(answered > 10, "{answered} queries have answers");
}
