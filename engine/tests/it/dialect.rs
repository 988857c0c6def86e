//! What users write: names, SHOW, prepared statements, months, keys of maps.

use curtail_engine::{Dialect, Engine, Params};
use curtail_store::ReportKind;

use crate::fixture::{Fixture, csv, rows, usage};

async fn fixture() -> Fixture {
    let fixture = Fixture::empty();
    for (period, cost) in [("2026-03", "1"), ("2026-09", "2"), ("2026-10", "4")] {
        let row = usage(&[
            ("line_item_unblended_cost", cost),
            ("resource_tags_user_team", "core"),
            ("resource_tags_aws_node", "n"),
            ("resource_tags_user_node", "u"),
        ]);
        fixture
            .add("acme", ReportKind::LegacyCur, period, &[row])
            .await;
    }
    fixture
}

/// The sum of costs, and how many files were read for it.
async fn spent(engine: &Engine, condition: &str) -> (String, u64) {
    let sql = format!("SELECT sum(line_item_unblended_cost) FROM cur WHERE {condition}");
    let answer = engine
        .sql(&sql, &Params::new())
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    let sum = csv(&answer).await.remove(0);
    (sum, answer.stats().files)
}

#[tokio::test]
async fn any_database_is_ours() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for table in [
        "cur",
        "CUR",
        "my_database.cur",
        "\"my-database\".\"cur\"",
        "AwsDataCatalog.db.Cur",
        "\"awsdatacatalog\".\"db\".\"cur\"",
        "curtail.public.cur",
    ] {
        let sql = format!("SELECT count(*) FROM {table}");
        assert_eq!(rows(&engine, &sql).await, ["3"], "{table}");
    }
    let qualified = "SELECT db.cur.year FROM db.cur WHERE db.cur.month = '3'";
    assert_eq!(rows(&engine, qualified).await, ["2026"]);
    let periods = "SELECT count(*) FROM curtail.meta.periods, information_schema.schemata";
    assert_eq!(rows(&engine, periods).await, ["9"]);
    for table in ["other.db.cur", "meta.cur", "db.periods"] {
        let sql = format!("SELECT count(*) FROM {table}");
        assert!(engine.sql(&sql, &Params::new()).await.is_err(), "{table}");
    }
}

#[tokio::test]
async fn what_there_is_is_shown() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (sql, expected) in [
        ("SHOW TABLES LIKE 'cu%'", vec!["cur", "cur2"]),
        ("SHOW TABLES IN meta LIKE 'period%'", vec!["periods"]),
        (
            "SHOW TABLES IN any_db 'foc*|acc*'",
            vec!["accounts", "focus"],
        ),
        (
            "SHOW COLUMNS FROM costs LIKE 'unblended%'",
            vec!["unblended_cost"],
        ),
        ("SHOW SCHEMAS", vec!["public", "meta", "information_schema"]),
        ("SHOW DATABASES LIKE 'p%'", vec!["public"]),
        ("SHOW CATALOGS", vec!["awsdatacatalog"]),
        ("SHOW FUNCTIONS LIKE 'array\\_agg'", vec![]),
        (
            "SHOW FUNCTIONS LIKE 'row_numbe%'",
            vec!["row_number,window"],
        ),
        (
            "SHOW FUNCTIONS LIKE 'map_zip%'",
            vec!["map_zip_with,scalar"],
        ),
        ("SHOW FUNCTIONS LIKE 'reduce'", vec!["reduce,scalar"]),
        ("SHOW FUNCTIONS LIKE 'try%'", vec![]),
        ("USE other", vec![]),
    ] {
        let found = rows(&engine, sql).await;
        assert_eq!(found, expected, "{sql}");
    }
    let described = rows(&engine, "DESCRIBE db.costs").await;
    for row in [
        "unblended_cost,decimal(38,18),",
        "usage_start,timestamp(3),",
        "service,varchar,",
        "tags,map(varchar, varchar),",
    ] {
        assert!(
            described.iter().any(|found| found.replace('"', "") == row),
            "{row}: {described:?}"
        );
    }
    let types = "SELECT data_type, ordinal_position FROM information_schema.columns
        WHERE table_catalog = 'awsdatacatalog' AND table_name = 'cur' AND column_name = 'bill_bill_type'";
    assert_eq!(rows(&engine, types).await.len(), 1);
}

#[tokio::test]
async fn sums_of_whole_numbers_that_do_not_fit_are_errors() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for sql in [
        "SELECT sum(x) FROM (VALUES 9223372036854775807, 1) AS t (x)",
        "SELECT g, sum(x) FROM (VALUES (1, 9223372036854775807), (1, 1)) AS t (g, x) GROUP BY g",
        "SELECT sum(DISTINCT x) FROM (VALUES 9223372036854775807, 1, 1) AS t (x)",
        "SELECT sum(x) OVER (ORDER BY x) FROM (VALUES 9223372036854775807, 1) AS t (x)",
    ] {
        let error = match engine.sql(sql, &Params::new()).await {
            Ok(answer) => answer.collect().await.unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        assert!(error.contains("bigint addition overflow"), "{sql}: {error}");
    }
    let framed = "SELECT sum(x) OVER (ORDER BY n ROWS BETWEEN CURRENT ROW AND CURRENT ROW)
        FROM (VALUES (1, 9223372036854775807), (2, 9223372036854775807)) AS t (n, x)";
    assert_eq!(rows(&engine, framed).await, ["9223372036854775807"; 2]);
}

#[tokio::test]
async fn lateral_sub_queries_are_joined() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (sql, expected) in [
        (
            "SELECT c.month, l.total FROM cur c CROSS JOIN LATERAL
             (SELECT sum(line_item_unblended_cost) AS total FROM cur d WHERE d.month = c.month) l ORDER BY l.total",
            ["3,1", "9,2", "10,4"],
        ),
        (
            "SELECT c.month, twice FROM cur c CROSS JOIN LATERAL
             (SELECT c.line_item_unblended_cost + c.line_item_unblended_cost AS twice) l ORDER BY twice",
            ["3,2", "9,4", "10,8"],
        ),
        (
            "SELECT month, sum(CASE WHEN month IN (SELECT month FROM cur WHERE line_item_unblended_cost > 1)
             THEN line_item_unblended_cost ELSE 0 END) AS cost FROM cur GROUP BY month ORDER BY cost",
            ["3,0", "9,2", "10,4"],
        ),
    ] {
        assert_eq!(rows(&engine, sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn statements_are_prepared_and_executed() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    let prepare = "PREPARE p AS SELECT month FROM cur WHERE line_item_unblended_cost > ? AND year = ? ORDER BY 1";
    assert!(rows(&engine, prepare).await.is_empty());
    assert_eq!(
        rows(&engine, "EXECUTE p USING 1, '2026'").await,
        ["10", "9"]
    );
    let told = async |sql: &str| {
        let error = engine.sql(sql, &Params::new()).await.unwrap_err();
        error.to_string()
    };
    assert!(told("EXECUTE p USING 1").await.contains("2 placeholders"));
    assert!(told("EXECUTE q USING 1").await.contains("did you mean `p`"));
    rows(&engine, "DEALLOCATE PREPARE p").await;
    assert!(
        told("EXECUTE p USING 1, '2026'")
            .await
            .contains("nothing is prepared")
    );
    let immediate = "EXECUTE IMMEDIATE 'SELECT \"MONTH\" FROM cur WHERE line_item_unblended_cost > ? AND year = ? ORDER BY 1'";
    assert_eq!(
        rows(&engine, &format!("{immediate} USING 1, '2026'")).await,
        ["10", "9"]
    );
    assert!(told(immediate).await.contains("2 placeholders"));
    assert!(
        told("EXECUTE IMMEDIATE year")
            .await
            .contains("a statement as text")
    );
    assert!(
        told("EXECUTE IMMEDIATE 'SELECT 1; SELECT 2'")
            .await
            .contains("one statement")
    );
    assert!(
        told("EXECUTE IMMEDIATE 'DELETE FROM cur'")
            .await
            .contains("DELETE")
    );
    let params = [("1", "2026"), ("2", "10")];
    let params = params.map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
    let sql = "SELECT count(*) FROM cur WHERE year = ? AND month = ?";
    let answer = engine.sql(sql, &params.into()).await.unwrap();
    assert_eq!(csv(&answer).await, ["1"]);
}

#[tokio::test]
async fn what_stands_in_parentheses_is_a_row_or_a_group() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (sql, expected) in [
        (
            "SELECT month, count(*) FROM cur GROUP BY (month, year) ORDER BY month",
            vec!["10,1", "3,1", "9,1"],
        ),
        (
            "SELECT lpad(month, 2, '0'), count(*) FROM cur GROUP BY (lpad(month, 2, '0'), year), () ORDER BY 1",
            vec!["03,1", "09,1", "10,1"],
        ),
        (
            "SELECT count(*) FROM cur WHERE (lower(month), year) = ('3', '2026')",
            vec!["1"],
        ),
        (
            "SELECT count(*) FROM cur WHERE (lower(month), year) IN (('3', '2026'), ('9', '2026'), ('10', '2025'))",
            vec!["2"],
        ),
        (
            "SELECT CAST((1 + 1, 'a') AS row(n integer, t varchar)).n",
            vec!["2"],
        ),
        (
            "SELECT max((length(month), month)) = (2, '10') FROM cur",
            vec!["true"],
        ),
    ] {
        assert_eq!(rows(&engine, sql).await, expected, "{sql}");
    }
    for (sql, why) in [
        ("SELECT \"$path\" FROM cur", "Athena tells of files"),
        (
            "SELECT * FROM cur MATCH_RECOGNIZE (PARTITION BY year MEASURES a.month AS m PATTERN (a) DEFINE a AS true)",
            "MATCH_RECOGNIZE is not supported",
        ),
    ] {
        let error = engine.sql(sql, &Params::new()).await.unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[tokio::test]
async fn months_are_found_however_they_are_written_and_no_other_file_is_read() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (condition, sum, files) in [
        ("month = '3'", "1", 1),
        ("month = '03'", "1", 1),
        ("'03' = month", "1", 1),
        ("year = '2026' AND month IN ('03', '10')", "5", 2),
        ("month IN ('3', '10')", "5", 2),
        ("month BETWEEN '01' AND '09'", "3", 2),
        ("month >= '09'", "6", 2),
        ("month <> '03'", "6", 2),
        ("CAST(month AS integer) >= 9", "6", 2),
        ("CAST(month AS bigint) BETWEEN 3 AND 9", "3", 2),
        ("year || '-' || lpad(month, 2, '0') = '2026-03'", "1", 1),
        (
            "concat(year, '-', lpad(month, 2, '0')) >= '2026-09'",
            "6",
            2,
        ),
        ("billing_period BETWEEN '2026-03' AND '2026-09'", "3", 2),
        ("billing_period = '2026-10'", "4", 1),
        ("year = '2026'", "7", 3),
        ("CAST(year AS integer) = 2026 AND month = '3'", "1", 1),
        ("month = date_format(date '2026-03-05', '%m')", "1", 1),
        ("date_format(date '2026-03-05', '%c') = month", "1", 1),
        ("month <> date_format(date '2026-03-05', '%m')", "6", 2),
        ("month = lpad(month, 2, '0')", "4", 1),
        (
            "CASE month WHEN '03' THEN true WHEN '10' THEN true ELSE false END",
            "5",
            2,
        ),
        ("CASE month WHEN '3' THEN true ELSE false END", "1", 1),
    ] {
        assert_eq!(
            spent(&engine, condition).await,
            (sum.to_owned(), files),
            "{condition}"
        );
    }
    for sql in [
        "SELECT month FROM (SELECT lpad(month, 2, '0') AS month FROM cur) WHERE month = '03'",
        "SELECT m FROM (SELECT month AS m FROM cur) x WHERE m = '03'",
        "SELECT month FROM cur2 WHERE CAST(month AS varchar) = '03' OR 1 = 0",
    ] {
        if sql.contains("cur2") && engine.sql(sql, &Params::new()).await.is_err() {
            continue;
        }
        assert_eq!(rows(&engine, sql).await.len(), 1, "{sql}");
    }
    for (sql, expected) in [
        (
            "SELECT c.month FROM cur c JOIN (VALUES '03', '9', '11') v (m) ON v.m = c.month ORDER BY 1",
            vec!["3", "9"],
        ),
        (
            "SELECT month FROM cur JOIN (VALUES '03', '10') v (month) USING (month) ORDER BY 1",
            vec!["10", "3"],
        ),
        (
            "SELECT a.month FROM cur a JOIN cur b ON a.month = b.month ORDER BY 1",
            vec!["10", "3", "9"],
        ),
    ] {
        assert_eq!(rows(&engine, sql).await, expected, "{sql}");
    }
}

#[tokio::test]
async fn keys_of_maps_are_found_in_every_spelling_from_one_column() {
    let fixture = fixture().await;
    let engine = fixture.engine().await;
    for (key, value) in [
        ("user_team", "core"),
        ("user:team", "core"),
        ("team", "core"),
        ("resourceTags/user:team", "core"),
        ("aws:node", "n"),
        ("node", ""),
        ("tea", ""),
    ] {
        let sql = format!("SELECT DISTINCT resource_tags['{key}'] FROM cur2");
        assert_eq!(rows(&engine, &sql).await, [value], "{key}");
    }
    let sql =
        "SELECT sum(line_item_unblended_cost) FROM cur2 WHERE resource_tags['user:team'] = 'core'";
    let plan = engine.sql(sql, &Params::new()).await.unwrap().plan();
    assert!(plan.contains("resource_tags_user_team"), "{plan}");
    assert!(!plan.contains("text_map_of"), "{plan}");
}

#[tokio::test]
async fn tags_that_aws_gives_are_columns_whether_a_report_has_them_or_not() {
    let fixture = fixture().await;
    for (rollups, merging) in [(true, true), (false, false)] {
        let engine = fixture.engine_with(rollups, merging).await;
        let sql = "SELECT resource_tags_aws_eks_namespace, resource_tags_aws_ecs_service_name, resource_tags_user_team,
                sum(line_item_unblended_cost) FROM cur
            WHERE resource_tags_aws_eks_namespace IS NULL OR resource_tags_aws_eks_namespace <> 'kube-system' GROUP BY 1, 2, 3";
        assert_eq!(rows(&engine, sql).await, [",,core,7"]);
        let sql = "SELECT count(*) FROM cur WHERE resource_tags_aws_eks_node LIKE 'i-%'";
        assert_eq!(rows(&engine, sql).await, ["0"]);
        // They are no keys of any map.
        let sql = "SELECT DISTINCT array_sort(map_keys(resource_tags)) FROM cur2";
        assert_eq!(
            rows(&engine, sql).await,
            ["[aws_node, user_node, user_team]"]
        );
    }
    let with = Fixture::empty();
    let row = usage(&[
        ("line_item_unblended_cost", "1"),
        ("resource_tags_aws_eks_namespace", "web"),
    ]);
    with.add("acme", ReportKind::LegacyCur, "2026-10", &[row])
        .await;
    let engine = with.engine().await;
    let sql = "SELECT resource_tags_aws_eks_namespace, resource_tags_aws_eks_node FROM cur";
    assert_eq!(rows(&engine, sql).await, ["web,"]);
}

#[tokio::test]
async fn what_conditions_fix_is_sorted_by_as_well() {
    let fixture = fixture().await;
    let bill = vec![
        ("billingaccountid", "099988880000"),
        ("subaccountid", "000000000007"),
        ("billedcost", "8"),
        ("effectivecost", "8"),
        ("chargecategory", "Usage"),
        ("billingcurrency", "USD"),
        ("chargeperiodstart", "2026-10-05T10:00:00Z"),
        ("chargeperiodend", "2026-10-05T11:00:00Z"),
    ];
    fixture
        .add("bill", ReportKind::Focus, "2026-10", &[bill])
        .await;
    for merging in [true, false] {
        for dialect in [Dialect::Trino, Dialect::Generic] {
            let engine = fixture.engine_that(merging).await.with_dialect(dialect);
            for (sql, expected) in [
                (
                    "SELECT usage_date FROM costs WHERE account_id = '000000000007' ORDER BY upper(account_id) > 'A' LIMIT 1",
                    1,
                ),
                (
                    "SELECT usage_date FROM costs WHERE account_id = '000000000007' ORDER BY upper(account_id) > 'A', unblended_cost DESC LIMIT 2",
                    2,
                ),
                (
                    "SELECT service, count(*) FROM costs WHERE lower(charge_type) = 'usage' GROUP BY service, charge_type ORDER BY lower(charge_type) = 'usage', 2 LIMIT 1",
                    1,
                ),
                (
                    "SELECT x FROM (SELECT account_id AS x, unblended_cost AS y FROM costs) AS t WHERE x = '000000000007' ORDER BY length(x) = 12 DESC, y",
                    4,
                ),
            ] {
                assert_eq!(rows(&engine, sql).await.len(), expected, "{sql}");
            }
            let sql = "SELECT unblended_cost FROM costs WHERE account_id = '000000000007' ORDER BY upper(account_id) > 'A', unblended_cost DESC LIMIT 1";
            let dearest = rows(&engine, sql).await.remove(0);
            assert!(dearest.starts_with('8'), "{dearest}");
        }
    }
}

#[tokio::test]
async fn the_generic_dialect_is_there_too() {
    let fixture = fixture().await;
    let engine = fixture.engine().await.with_dialect(Dialect::Generic);
    assert_eq!(rows(&engine, "SELECT arrow_typeof(1)").await, ["Int64"]);
    assert_eq!(rows(&engine, "SELECT count(*) FROM db.cur").await, ["3"]);
    assert!(
        !rows(&engine, "SELECT * FROM information_schema.tables")
            .await
            .is_empty()
    );
    for (text, value) in [
        ("1E-18", "0.000000000000000001"),
        ("-2.5e3", "-2500"),
        ("1.5", "1.5"),
    ] {
        let sql = format!("SELECT '{text}'::decimal(38, 18)");
        assert_eq!(rows(&engine, &sql).await, [value], "{sql}");
        let sql = format!("SELECT x::decimal(38, 18) FROM (VALUES ('{text}')) AS t (x)");
        assert_eq!(rows(&engine, &sql).await, [value], "{sql}");
    }
    let none = Params::new();
    let answer = engine.sql("SELECT 'a'::decimal(38, 18)", &none).await;
    assert!(match answer {
        Ok(answer) => answer.collect().await.is_err(),
        Err(_) => true,
    });
    assert_eq!("generic".parse(), Ok(Dialect::Generic));
    assert!("mysql".parse::<Dialect>().is_err());
}
