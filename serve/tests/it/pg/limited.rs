//! Users who see a part of the rows.

use super::world::{PASSWORD, Served, World, refused, text, texts, user};

/// Some accounts, and all others.
async fn accounts() -> (String, Vec<String>) {
    let world = World::new().await;
    let client = world.connect().await;
    let accounts = texts(&client, "SELECT DISTINCT account_id FROM costs ORDER BY 1").await;
    let accounts = accounts.into_iter().map(|row| row[0].clone().unwrap());
    (world.total.clone(), accounts.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_tie_to_the_whole_and_show_nothing_else() {
    let (_, accounts) = accounts().await;
    let (mine, others) = accounts.split_first().unwrap();
    let mut one = user("one");
    one.allow = Some(format!("account_id = '{mine}'"));
    let mut rest = user("rest");
    rest.allow = Some(format!("account_id <> '{mine}'"));
    let served = Served {
        users: vec![one, rest, user("all")],
        ..Served::default()
    };
    let world = World::served(served).await;
    let client = |name: &'static str| {
        let mut config = world.config(name);
        config.password(PASSWORD);
        let world = &world;
        async move { world.connected(&config).await.unwrap() }
    };
    let (one, rest, all) = (
        client("one").await,
        client("rest").await,
        client("all").await,
    );
    let sum = "SELECT sum(unblended_cost) FROM costs";
    let parts = [text(&one, sum).await, text(&rest, sum).await];
    let [first, second] = parts;
    assert_eq!(text(&all, sum).await, world.total);
    let added = format!(
        "SELECT {first}::decimal(38, 18) + {second}::decimal(38, 18) = {}::decimal(38, 18)",
        world.total
    );
    assert_eq!(text(&all, &added).await, "t");
    for sql in [
        "SELECT DISTINCT account_id FROM costs",
        "SELECT DISTINCT line_item_usage_account_id FROM curtail.public.cur",
        "SELECT DISTINCT line_item_usage_account_id FROM any_database.cur2",
        "WITH a AS (SELECT * FROM costs) SELECT DISTINCT account_id FROM a UNION SELECT account_id FROM costs",
    ] {
        let seen = texts(&one, sql).await;
        assert_eq!(seen, [[Some(mine.clone())]], "{sql}");
    }
    // A newer version does not lift it, nor does a session of its own.
    one.simple_query("CREATE VIEW mine AS SELECT DISTINCT account_id AS a FROM costs")
        .await
        .unwrap();
    assert_eq!(
        texts(&one, "SELECT a FROM mine").await,
        [[Some(mine.clone())]]
    );
    one.simple_query("SET curtail.dialect = 'trino'")
        .await
        .unwrap();
    assert_eq!(
        texts(&one, "SELECT DISTINCT account_id FROM costs").await,
        [[Some(mine.clone())]]
    );
    one.simple_query("RESET curtail.dialect").await.unwrap();
    let statement = one
        .prepare("SELECT count(*) FROM costs WHERE account_id = $1")
        .await
        .unwrap();
    let counted: i64 = one
        .query_one(&statement, &[&others[0]])
        .await
        .unwrap()
        .get(0);
    assert_eq!(counted, 0);
    let error = refused(&one, "EXPLAIN SELECT * FROM costs").await;
    assert_eq!(error.code().code(), "42501");
    assert!(
        error.message().starts_with("EXPLAIN is not for"),
        "{error:?}"
    );
    for sql in [
        "SELECT * FROM pg_catalog.pg_class",
        "SELECT * FROM pg_catalog.pg_stats",
        "SELECT * FROM information_schema.columns",
    ] {
        let told = one.simple_query(sql).await;
        let told = format!("{told:?}");
        assert!(
            others.iter().all(|other| !told.contains(other.as_str())),
            "{sql}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_condition_that_means_nothing_is_noticed_at_the_start() {
    let mut wrong = user("wrong");
    wrong.allow = Some("no_such_column = 1".to_owned());
    let world = World::opened(Served {
        users: vec![wrong],
        ..Served::default()
    });
    let error = world.await.err().unwrap();
    assert!(error.to_string().contains("user `wrong`"), "{error}");
    assert!(error.hint().is_some());
}
