//! Other readers of Delta tables see the same totals.

use std::{io::Write as _, path::Path, process::Command};

use crate::harness::{Place, csv};

/// What a script says about the store of `place`; `None` where `CURTAIL_TEST_PYTHON` names no Python to run it with.
fn told_by(script: &str, needs: &str, place: &Place) -> Option<Vec<u8>> {
    let Some(python) = std::env::var_os("CURTAIL_TEST_PYTHON") else {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: set CURTAIL_TEST_PYTHON to a Python with {needs}"
        );
        return None;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/interop");
    let output = Command::new(python)
        .arg(folder.join(script))
        .arg(place.store())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    Some(output.stdout)
}

#[test]
fn python_reads_the_same_totals() {
    let place = Place::new();
    for format in ["legacy-csv", "cur2-parquet", "focus"] {
        place.ok(&[
            "generate", "--out", "reports", "--rows", "5000", "--format", format,
        ]);
    }
    let rows = csv(&place.ok(&["ingest", "reports"])).1;
    assert_eq!(rows.len(), 6);
    let Some(read) = told_by("read_store.py", "deltalake and polars", &place) else {
        return;
    };
    let totals: serde_json::Value = serde_json::from_slice(&read).unwrap();
    for row in rows {
        let [report, period, _, _, _, count, _, cost, ..] = &row[..] else {
            panic!("too few columns: {row:?}")
        };
        let table = if report == "acme-focus" {
            "focus"
        } else {
            "line_items"
        };
        let read = totals[table].as_array().unwrap().iter();
        let read: Vec<_> = read
            .filter(|total| total["report"] == **report && total["billing_period"] == **period)
            .collect();
        assert_eq!(read.len(), 1, "{report} {period}: {totals}");
        assert_eq!(
            (read[0]["rows"].to_string(), read[0]["cost"].as_str()),
            (count.clone(), Some(cost.as_str()))
        );
    }
}

#[test]
fn python_readers_agree_on_every_value() {
    let place = Place::new();
    // More rows than a row group has.
    place.ok(&[
        "generate", "--out", "reports", "--rows", "150000", "--month", "2026-10",
    ]);
    place.ok(&["ingest", "reports"]);
    let needs = "duckdb, polars and pyarrow";
    let Some(read) = told_by("compare_readers.py", needs, &place) else {
        return;
    };
    let read = String::from_utf8_lossy(&read).into_owned();
    let [files, values] = read.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("{read}")
    };
    // The line items and three rollups, of some hundred columns.
    assert_eq!(files, "4");
    assert!(values.parse::<u64>().unwrap() > 150_000 * 100, "{values}");
}
