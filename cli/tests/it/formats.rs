//! Every output format, of every kind of value.

use std::{fs, fs::File, io::Read};

use arrow::ipc::reader::{FileReader, StreamReader};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::harness::{Place, csv, shared};

const EVERYTHING: &str = "SELECT * FROM (VALUES \
    (1, CAST(1.50 AS DECIMAL(38,18)), 'plain', TIMESTAMP '2026-10-05T13:00:00Z', DATE '2026-10-05', true, 0.1, NULL), \
    (2, CAST('-0.000000000000000001' AS DECIMAL(38,18)), 'a \"quote\", a | bar' || chr(10) || 'a line', NULL, NULL, NULL, 1e3, NULL), \
    (3, CAST('12345678901234567890.123456789012345678' AS DECIMAL(38,18)), chr(27) || '[31mred', \
     TIMESTAMP '1999-12-31T23:59:59.25Z', DATE '1970-01-01', false, NULL, NULL)) \
    AS t(id, amount, text, time, day, flag, ratio, nothing) ORDER BY id";

#[test]
fn texts() {
    for format in ["table", "csv", "json", "ndjson", "markdown"] {
        let text = shared().ok(&["sql", EVERYTHING, "-f", format]);
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.bind(|| insta::assert_snapshot!(format!("format-{format}"), text));
    }
}

#[test]
fn json_is_json_with_all_digits() {
    let text = shared().ok(&["sql", EVERYTHING, "-f", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(rows.len(), 3);
    assert!(
        text.contains("\"amount\":12345678901234567890.123456789012345678,"),
        "{text}"
    );
    let lines = shared().ok(&["sql", EVERYTHING, "-f", "ndjson"]);
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines, rows);
    assert_eq!(
        shared().ok(&["sql", "SELECT 1 AS a WHERE false", "-f", "json"]),
        "[]\n"
    );
    assert_eq!(
        shared().ok(&["sql", "SELECT 1 AS a WHERE false", "-f", "ndjson"]),
        ""
    );
}

#[test]
fn maps_are_json_objects() {
    let sql = "SELECT tags FROM costs WHERE cardinality(tags) > 0 ORDER BY usage_start, resource_id LIMIT 1";
    // A month's fees alone, which carry no tags, are thousands of rows.
    let place = Place::new();
    place.ok(&["generate", "--out", "report", "--rows", "12000"]);
    place.ok(&["ingest", "report"]);
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(&place.ok(&["sql", sql, "-f", "json"])).unwrap();
    let tags = rows[0]["tags"].as_object().unwrap();
    assert!(
        !tags.is_empty() && tags.values().all(serde_json::Value::is_string),
        "{tags:?}"
    );
    let (_, records) = csv(&place.ok(&["sql", sql]));
    let tags: serde_json::Value = serde_json::from_str(&records[0][0]).unwrap();
    assert!(
        tags.as_object().is_some_and(|tags| !tags.is_empty()),
        "{tags}"
    );
}

#[test]
fn a_pipe_gets_csv_and_a_file_what_its_ending_says() {
    let place = shared();
    let text = place.ok(&["sql", "SELECT 1 AS a"]);
    assert_eq!(text, "a\r\n1\r\n");
    let folder = tempfile::tempdir().unwrap();
    let endings = [
        ("r.json", "[\n  {\"a\":1}\n]\n"),
        ("r.md", "| a |\n| ---: |\n| 1 |\n"),
        ("r.what", "a\r\n1\r\n"),
    ];
    for (name, expected) in endings {
        let path = folder.path().join(name);
        assert_eq!(
            place.ok(&["sql", "SELECT 1 AS a", "-o", path.to_str().unwrap()]),
            ""
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    }
    let path = folder.path().join("r.json");
    place.ok(&[
        "sql",
        "SELECT 2 AS a",
        "-f",
        "ndjson",
        "-o",
        path.to_str().unwrap(),
    ]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"a\":2}\n");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        3,
        "no temporary file is left"
    );
}

#[test]
fn a_failing_query_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.csv");
    fs::write(&path, "before").unwrap();
    let sql = "SELECT CAST(line_item_usage_type AS INT) FROM cur";
    shared().fails(&["sql", sql, "-o", path.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn parquet_and_arrow_read_back() {
    let place = shared();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let expected: usize = csv(&place.ok(&["sql", "SELECT * FROM costs"])).1.len();
    for name in ["r.parquet", "r.arrow"] {
        place.ok(&[
            "sql",
            "SELECT * FROM costs",
            "-o",
            path(name).to_str().unwrap(),
        ]);
    }
    let parquet =
        ParquetRecordBatchReaderBuilder::try_new(File::open(path("r.parquet")).unwrap()).unwrap();
    assert_eq!(
        parquet
            .build()
            .unwrap()
            .map(|batch| batch.unwrap().num_rows())
            .sum::<usize>(),
        expected
    );
    let file = FileReader::try_new(File::open(path("r.arrow")).unwrap(), None).unwrap();
    assert_eq!(
        file.map(|batch| batch.unwrap().num_rows()).sum::<usize>(),
        expected
    );

    let output = place
        .command(&["sql", "SELECT * FROM costs", "-f", "arrow"])
        .output()
        .unwrap();
    let stream = StreamReader::try_new(output.stdout.as_slice(), None).unwrap();
    assert_eq!(
        stream.map(|batch| batch.unwrap().num_rows()).sum::<usize>(),
        expected
    );
}

#[test]
fn a_closed_pipe_is_no_error() {
    for format in ["csv", "json", "ndjson", "parquet", "arrow", "table"] {
        let sql = "SELECT a.*, b.service AS other FROM costs a CROSS JOIN (SELECT service FROM costs LIMIT 50) b LIMIT 100000";
        let mut child = shared().start(&["sql", sql, "-f", format]);
        let mut some = [0; 16];
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        // The reading end is closed by now.
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*errors), (Some(0), ""), "{format}");
    }
}

#[test]
fn there_are_no_colours_in_a_pipe() {
    for place in [
        Place::new(),
        Place::new().with("NO_COLOR", "1"),
        Place::new().with("TERM", "dumb"),
    ] {
        let run = place.run(&["status"]);
        assert!(
            !run.stderr.contains('\x1b') && !run.stdout.contains('\x1b'),
            "{run:?}"
        );
    }
}
