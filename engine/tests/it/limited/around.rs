//! Statements that try to get around the condition.

use curtail_engine::Dialect;

use super::{answer, limited, tells_nothing, world};

/// In both dialects.
const STATEMENTS: &[&str] = &[
    "SELECT count(*), sum(unblended_cost) FROM costs",
    "SELECT count(*), sum(line_item_unblended_cost), max(line_item_usage_account_id) FROM cur",
    "SELECT count(*) FROM cur2",
    "SELECT count(*), sum(billedcost) FROM focus",
    "SELECT * FROM costs ORDER BY unblended_cost",
    "SELECT * FROM cur ORDER BY line_item_unblended_cost",
    "SELECT * FROM cur2 ORDER BY line_item_unblended_cost",
    "SELECT * FROM focus ORDER BY billedcost",
    "SELECT payer_account_id, account_id, service, unblended_cost FROM cost_explorer",
    "SELECT payer_account_id, account_id, name FROM accounts",
    "SELECT account_id, account_name, sum(amortized_cost) FROM costs GROUP BY 1, 2 ORDER BY 1",
    // Other names.
    "SELECT count(*) FROM curtail.public.cur",
    "SELECT count(*) FROM awsdatacatalog.any_db.cur",
    "SELECT count(*) FROM \"Costs_Db\".\"COSTS\"",
    // Within others.
    "SELECT (SELECT count(*) FROM cur)",
    "SELECT (SELECT sum(unblended_cost) FROM costs c WHERE c.account_id <> d.account_id) FROM costs d",
    "SELECT account_id FROM costs c WHERE EXISTS (SELECT 1 FROM cur WHERE line_item_usage_account_id <> c.account_id)",
    "SELECT count(*) FROM costs WHERE account_id NOT IN (SELECT account_id FROM accounts)",
    "WITH a AS (SELECT * FROM costs), b AS (SELECT * FROM a WHERE account_id = '000000000008') SELECT count(*) FROM b",
    "WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < (SELECT count(*) FROM cur)) SELECT max(n) FROM a",
    "SELECT count(*) FROM (SELECT account_id FROM costs UNION ALL SELECT line_item_usage_account_id FROM cur UNION SELECT subaccountid FROM focus)",
    "SELECT account_id FROM costs EXCEPT SELECT account_id FROM accounts",
    "SELECT count(*) FROM cur a FULL JOIN cur b ON a.line_item_resource_id = b.line_item_resource_id",
    "SELECT count(*) FROM (VALUES ('000000000008')) AS v(id) LEFT JOIN costs ON account_id = id",
    "SELECT count(account_id) FROM (VALUES ('000000000008')) AS v(id) LEFT JOIN costs ON account_id = id",
    "SELECT x.n FROM (VALUES ('000000000008')) AS v(id) CROSS JOIN LATERAL (SELECT count(*) AS n FROM costs WHERE account_id = v.id) AS x",
    "SELECT sum(unblended_cost) OVER (ORDER BY unblended_cost), lag(account_id) OVER (ORDER BY unblended_cost) FROM costs ORDER BY 1",
    "SELECT tags['team'], tags['secret'], count(*) FROM costs GROUP BY 1, 2 ORDER BY 1",
    "SELECT resource_tags['team'], resource_tags['secret'], cost_category['secret_unit'] FROM cur2 ORDER BY 1",
    "SELECT DISTINCT map_keys(tags) FROM costs ORDER BY 1",
    "SELECT max(account_id), min(account_id), count(DISTINCT account_id), approx_distinct(account_id) FROM costs",
    "SELECT count(*) FILTER (WHERE account_id = '000000000008') FROM costs",
    "SELECT account_id, count(*) FROM costs GROUP BY GROUPING SETS ((account_id), ()) ORDER BY 1",
    "SELECT account_id FROM costs ORDER BY account_id DESC LIMIT 1",
    "SELECT line_item_unblended_cost FROM cur ORDER BY line_item_unblended_cost DESC LIMIT 1",
    // Conditions.
    "SELECT count(*) FROM costs WHERE account_id = '000000000008'",
    "SELECT count(*) FROM costs WHERE account_id = '000000000007' OR true",
    "SELECT count(*) FROM costs WHERE NOT (account_id IN ('000000000007')) OR account_id IS NULL",
    "SELECT count(*) FROM cur WHERE report = 'secret'",
    "SELECT count(*) FROM cur WHERE billing_period = '2026-10' AND year = '2026' AND month IN ('10', '11')",
    "SELECT count(*) FROM costs WHERE service = 'SecretService' OR random() < 2",
    // Values that are no dates, told by the error.
    "SELECT count(*) FROM costs WHERE CAST(account_id AS date) > DATE '2020-01-01'",
    "SELECT count(*) FROM costs WHERE account_id = '000000000008' AND CAST(resource_id AS date) IS NOT NULL",
    "SELECT count(*) FROM cur WHERE NOT (line_item_usage_account_id = '000000000008') OR CAST(line_item_usage_account_id AS date) IS NULL",
    "SELECT count(*) FROM costs WHERE usage_date = account_id",
    // Views.
    "CREATE VIEW mine AS SELECT account_id, unblended_cost FROM costs; SELECT * FROM mine ORDER BY 2",
    "SELECT * FROM everything ORDER BY 2",
    "SELECT * FROM theirs",
    // Prepared.
    "PREPARE p AS SELECT count(*) FROM costs WHERE account_id = ?; EXECUTE p USING '000000000008'",
    // What there is.
    "SHOW TABLES",
    "SHOW COLUMNS FROM cur",
    "SHOW COLUMNS FROM focus",
    "DESCRIBE cur",
    "SHOW PARTITIONS cur",
    "SHOW SCHEMAS",
    "SELECT table_name, column_name FROM information_schema.columns ORDER BY 1, 2",
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
];

/// That would fail on rows of others. Each is asked in its dialect, or in both.
const FAILING: &[(Option<Dialect>, &str)] = &[
    (
        None,
        "SELECT count(*) FROM costs WHERE 1 / (CASE WHEN account_id = '000000000008' THEN 0 ELSE 1 END) = 1",
    ),
    (
        None,
        "SELECT count(*) FROM costs WHERE 1 / (CASE WHEN account_id IS NULL THEN 0 ELSE 1 END) = 1",
    ),
    (
        None,
        "SELECT count(*) FROM cur WHERE 1 / (CASE WHEN report = 'secret' THEN 0 ELSE 1 END) = 1",
    ),
    (
        None,
        "SELECT count(*) FROM cur WHERE 1 / (CASE WHEN report = 'secret' THEN 0 ELSE 1 END) = 1 AND line_item_usage_account_id = '000000000007'",
    ),
    (
        None,
        "SELECT 1 / (CASE WHEN account_id = '000000000008' THEN 0 ELSE 1 END) AS x FROM costs",
    ),
    (
        None,
        "SELECT 1 / (CASE WHEN line_item_usage_account_id = '000000000008' THEN 0 ELSE 1 END) AS x FROM cur",
    ),
    (
        None,
        "SELECT 1 / (CASE WHEN service = 'SecretService' THEN 0 ELSE 1 END) AS x, sum(unblended_cost) FROM costs GROUP BY 1",
    ),
    (
        None,
        "SELECT sum(1 / (CASE WHEN service = 'SecretService' THEN 0 ELSE 1 END)) FROM costs",
    ),
    (
        None,
        "SELECT service, sum(unblended_cost) FROM costs WHERE 1 / (CASE WHEN service = 'SecretService' THEN 0 ELSE 1 END) = 1 GROUP BY 1 ORDER BY 1",
    ),
    (
        None,
        "SELECT count(*) FROM cur GROUP BY CAST(line_item_usage_type AS INTEGER) ORDER BY 1",
    ),
    (
        None,
        "SELECT count(*) FROM cur WHERE CAST(line_item_usage_type AS INTEGER) = 42",
    ),
    (
        None,
        "SELECT max(CAST(line_item_usage_type AS BIGINT)) FROM cur",
    ),
    (
        None,
        "SELECT line_item_resource_id FROM cur ORDER BY CAST(line_item_usage_type AS INTEGER), 1",
    ),
    (
        None,
        "SELECT line_item_resource_id FROM cur ORDER BY 1 / (CASE WHEN line_item_resource_id = 'i-secret' THEN 0 ELSE 1 END), 1 LIMIT 1",
    ),
    (
        None,
        "SELECT count(*) FROM cur JOIN (VALUES (42)) AS v(x) ON CAST(line_item_usage_type AS INTEGER) = x",
    ),
    (
        None,
        "SELECT count(*) FROM costs c JOIN costs d ON 1 / (CASE WHEN c.account_id = '000000000008' THEN 0 ELSE 1 END) = 1",
    ),
    (
        None,
        "SELECT count(*) FROM costs WHERE account_id IN (SELECT line_item_usage_account_id FROM cur WHERE CAST(line_item_usage_type AS INTEGER) > 0)",
    ),
    (
        None,
        "SELECT (SELECT max(CAST(line_item_usage_type AS INTEGER)) FROM cur)",
    ),
    (
        None,
        "SELECT sum(CAST(line_item_usage_type AS INTEGER)) OVER () FROM cur LIMIT 1",
    ),
    (
        None,
        "CREATE VIEW v AS SELECT CAST(line_item_usage_type AS INTEGER) AS n, line_item_usage_account_id AS a FROM cur; SELECT n FROM v WHERE a <> '000000000008' ORDER BY n",
    ),
    (
        None,
        "SELECT count(*) FROM focus WHERE 1 / (CASE WHEN tags['team'] = 'hush' THEN 0 ELSE 1 END) = 1",
    ),
    (
        None,
        "SELECT count(*) FROM cost_explorer WHERE 1 / (CASE WHEN service = 'Secret Service' THEN 0 ELSE 1 END) = 1",
    ),
    (
        None,
        "SELECT count(*) FROM accounts WHERE 1 / (CASE WHEN name = 'Secret' THEN 0 ELSE 1 END) = 1",
    ),
    (
        Some(Dialect::Trino),
        "SELECT count(*) FROM costs WHERE ARRAY[1][CASE WHEN account_id = '000000000008' THEN 2 ELSE 1 END] = 1",
    ),
    (
        Some(Dialect::Trino),
        "SELECT count(*) FROM cur WHERE TRY(CAST(line_item_usage_type AS INTEGER)) IS NULL",
    ),
    (
        Some(Dialect::Trino),
        "SELECT count(*) FROM costs WHERE date_parse(CASE WHEN account_id = '000000000008' THEN 'x' ELSE '2026' END, '%Y') IS NOT NULL",
    ),
    (
        Some(Dialect::Trino),
        "SELECT count(*) FROM costs WHERE regexp_like(service, CASE WHEN service = 'SecretService' THEN '(' ELSE '.' END)",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_statement_is_answered_as_if_there_were_no_other_rows() {
    let (whole, alone) = (world(true).await, world(false).await);
    for fixture in [&whole, &alone] {
        // Views that somebody made who sees everything.
        let keeping = fixture.engine().await.keeping_views(true);
        for view in [
            "CREATE VIEW everything AS SELECT account_id, unblended_cost FROM costs",
            "CREATE VIEW theirs AS SELECT count(*) AS n FROM cur WHERE line_item_usage_account_id = '000000000008'",
        ] {
            answer(&keeping, view).await.unwrap();
        }
    }
    for (name, engine) in limited(&whole).await {
        let dialect = [Dialect::Trino, Dialect::Generic]
            .into_iter()
            .find(|dialect| name.starts_with(dialect.as_str()));
        let expected = alone.engine_with(false, false).await;
        let expected = expected.with_dialect(dialect.unwrap());
        let any = STATEMENTS.iter().map(|sql| (&None, sql));
        let failing = FAILING.iter().map(|(of, sql)| (of, sql));
        let mut answered = 0;
        for (of, sql) in any.chain(failing) {
            if of.is_some() && *of != dialect {
                continue;
            }
            let expected = answer(&expected, sql).await;
            let found = answer(&engine, sql).await;
            match (&found, &expected) {
                // Neither dialect has all that the other has.
                (Err(found), Err(expected)) => assert_eq!(found, expected, "{name}: {sql}"),
                (Ok(found), Ok(expected)) => {
                    let expected: Vec<_> = expected.iter().filter(|row| !is_meta(row)).collect();
                    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{name}: {sql}");
                    tells_nothing(&found.join("\n"), sql);
                    answered += 1;
                }
                _ => panic!("{name}: {sql}: {found:?}, and alone {expected:?}"),
            }
        }
        assert!(answered > 60, "{name}: {answered} statements have answers");
    }
}

/// Whether a row of `information_schema.columns` is of a table that tells of all rows.
fn is_meta(row: &str) -> bool {
    let tables = [
        "periods,",
        "versions,",
        "files,",
        "receipts,",
        "rollups,",
        "connections,",
    ];
    tables.iter().any(|table| row.starts_with(table))
}
