//! Other readers of Delta tables see the same totals.

use std::{io::Write as _, path::Path, process::Command};

use crate::harness::{Place, csv};

/// Runs only where `CURTAIL_TEST_PYTHON` names a Python with `deltalake` and `polars`.
#[test]
fn python_reads_the_same_totals() {
    let Some(python) = std::env::var_os("CURTAIL_TEST_PYTHON") else {
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: set CURTAIL_TEST_PYTHON to a Python with deltalake and polars"
        );
        return;
    };
    let place = Place::new();
    for format in ["legacy-csv", "cur2-parquet", "focus"] {
        place.ok(&[
            "generate", "--out", "reports", "--rows", "5000", "--format", format,
        ]);
    }
    let rows = csv(&place.ok(&["ingest", "reports"])).1;
    assert_eq!(rows.len(), 6);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/interop/read_store.py");
    let output = Command::new(python)
        .arg(script)
        .arg(place.store())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let totals: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
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
