//! `curtail sql`: where the query comes from, parameters, refusals, the plan.

use std::fs;

use crate::harness::{Place, csv, filtered, shared};

#[test]
fn a_query_comes_from_the_command_line_a_file_or_standard_input() {
    let place = shared();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("query.sql");
    fs::write(
        &file,
        "-- how many; really\nSELECT count(*) AS rows\nFROM cur;\n",
    )
    .unwrap();
    let expected = place.ok(&["sql", "SELECT count(*) AS rows FROM cur"]);
    assert_eq!(csv(&expected).0, ["rows"]);
    assert_eq!(place.ok(&["sql", "-F", file.to_str().unwrap()]), expected);
    for arguments in [&["sql"][..], &["sql", "-F", "-"]] {
        let run = place
            .run_with_input(arguments, "SELECT count(*) AS rows FROM cur")
            .success();
        assert_eq!(run.stdout, expected);
    }
}

#[test]
fn several_statements_answer_one_after_the_other() {
    let text = shared().ok(&["sql", "SELECT 1 AS a; SELECT ';' AS b; -- the end"]);
    assert_eq!(text, "a\r\n1\r\nb\r\n;\r\n");
}

#[test]
fn parameters_are_values_not_text() {
    let place = shared();
    let sql =
        "SELECT count(*) AS rows FROM costs WHERE service = $service AND unblended_cost >= $least";
    let run = |service: &str| {
        let service = format!("service={service}");
        csv(&place.ok(&["sql", sql, "--param", &service, "--param", "least=0.5"])).1[0][0].clone()
    };
    let service = csv(&place.ok(&["costs", "--by", "service"])).1[0][0].clone();
    assert_ne!(run(&service), "0");
    assert_eq!(run("x' OR 'a' = 'a"), "0");
    let error = place.fails(&["sql", sql, "--param", "service=x"]);
    assert!(error.contains("least"), "{error}");
}

#[test]
fn only_reading_is_possible() {
    let place = shared();
    let before = place.content(&place.store());
    for sql in [
        "CREATE TABLE x AS SELECT 1",
        "CREATE MATERIALIZED VIEW x AS SELECT 1",
        "DROP VIEW cur",
        "DROP TABLE cur",
        "INSERT INTO cur SELECT * FROM cur",
        "DELETE FROM cur",
        "UPDATE cur SET line_item_unblended_cost = 0",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "SELECT 1; DROP TABLE cur",
    ] {
        let error = place.fails(&["sql", sql]);
        assert!(error.contains("only reading is possible"), "{sql}: {error}");
    }
    assert!(before == place.content(&place.store()));
    assert!(!place.path("stolen.csv").exists());
}

#[test]
fn views_last_for_a_script_or_are_kept() {
    let place = Place::new();
    place.generate("legacy-csv");
    place.ok(&["ingest", "report"]);
    let script = "CREATE VIEW v AS SELECT count(*) AS n FROM cur; SELECT n > 0 AS some FROM v";
    let run = place.run(&["sql", script]).success();
    assert_eq!(run.stdout, "some\r\ntrue\r\n");
    assert!(
        run.stderr
            .contains("note: view `v` created for this session"),
        "{}",
        run.stderr
    );
    place.fails(&["sql", "SELECT * FROM v"]);
    let run = place
        .run(&["sql", "--save", "CREATE VIEW v AS SELECT 7 AS n"])
        .success();
    assert_eq!(run.stdout, "");
    assert!(place.store().join("views/v.sql").exists());
    assert_eq!(place.ok(&["sql", "SELECT n FROM db.V"]), "n\r\n7\r\n");
    assert_eq!(
        place.ok(&["sql", "SHOW CREATE VIEW v"]),
        "create\r\nCREATE VIEW v AS SELECT 7 AS n\r\n"
    );
    place.ok(&["verify"]);
    place.ok(&["vacuum"]);
    place.ok(&["sql", "--save", "DROP VIEW v"]);
    assert!(!place.store().join("views/v.sql").exists());
}

#[test]
fn a_dialect_and_parameters_by_number() {
    let place = shared();
    let typed = ["sql", "--dialect", "generic", "SELECT arrow_typeof(1) AS t"];
    assert_eq!(place.ok(&typed), "t\r\nInt64\r\n");
    let sql = "SELECT count(*) > 0 AS some FROM cur WHERE year = ? AND line_item_usage_amount >= ?";
    let found = place.ok(&["sql", sql, "--param", "1=2026", "--param", "2=0"]);
    assert_eq!(found, "some\r\ntrue\r\n");
}

#[test]
fn mistakes_are_explained() {
    let place = shared();
    let mut told = String::new();
    for sql in [
        "SELEC 1",
        "SELECT * FROM cst",
        "SELECT servise FROM costs",
        "SELECT unblended_cost FROM costs GROUP BY service",
        "SELECT 'open FROM costs",
        "   ",
    ] {
        let run = place.run(&["sql", sql]);
        told.push_str(&format!("> {sql}\n{}{:?}\n\n", run.stderr, run.status));
    }
    filtered(|| insta::assert_snapshot!("sql-mistakes", told));
}

#[test]
fn explain_shows_the_plan_and_stats_what_was_read() {
    let place = shared();
    let plan = place.ok(&[
        "sql",
        "SELECT service, sum(unblended_cost) FROM costs GROUP BY service",
        "--explain",
    ]);
    assert!(
        plan.contains("DataSourceExec") && plan.contains("Aggregate"),
        "{plan}"
    );
    let run = place
        .run(&[
            "sql",
            "SELECT count(line_item_usage_type) FROM cur",
            "--stats",
        ])
        .success();
    assert!(
        run.stderr.contains("1 rows in ") && run.stderr.contains("row groups"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_sql_sees_is_described() {
    let place = shared();
    let (_, tables) = csv(&place.ok(&[
        "sql",
        "SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2",
    ]));
    for (schema, table) in [
        ("public", "cur"),
        ("public", "cur2"),
        ("public", "focus"),
        ("public", "costs"),
        ("meta", "periods"),
    ] {
        assert!(
            tables.contains(&vec![schema.to_owned(), table.to_owned()]),
            "{table}: {tables:?}"
        );
    }
    let described = place.ok(&["sql", "DESCRIBE costs", "-f", "table"]);
    filtered(|| insta::assert_snapshot!("describe-costs", described));
}
