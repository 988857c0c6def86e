//! The process stays within `--memory-limit`, as the system counts.
#![cfg(target_os = "linux")]

use std::{fs, process::Child, thread::sleep, time::Duration};

use crate::harness::Place;

/// Runs to the end; gives the largest resident set size in MiB that was seen.
fn peak(mut child: Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or_default() >> 10);
        sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    peak
}

#[test]
fn the_process_stays_within_its_limit() {
    let place = Place::new();
    place.ok(&[
        "generate", "--out", "report", "--rows", "400000", "--month", "2026-10",
    ]);
    let limited = |arguments: &[&str]| {
        let limit = ["--memory-limit", "256MiB", "--threads", "2"];
        peak(place.start(&[arguments, &limit].concat()))
    };
    let ingest = limited(&["ingest", "report"]);
    // More than this would not fit: the limit is what keeps it small.
    let free = peak(place.start(&["ingest", "report", "--force", "--memory-limit", "2GiB"]));
    assert!(
        ingest <= 281 && ingest + 50 < free,
        "{ingest} MiB of 256, {free} of 2048"
    );
    let query = "SELECT identity_line_item_id, line_item_usage_type, line_item_unblended_cost FROM cur ORDER BY 3 DESC, 1";
    let sorted = limited(&["sql", query, "-o", "sorted.parquet"]);
    assert!(sorted <= 281, "{sorted} MiB of 256");
}
