//! Ctrl-C: nothing half-done is visible, temporary files are gone, exit status 130.

use std::{
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::harness::{Place, csv};

fn interrupt(child: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Waits until `reached`, which has to be before the program ends.
fn wait_for(child: &mut Child, what: &str, reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(child.try_wait().unwrap().is_none(), "ended before {what}");
        assert!(start.elapsed() < Duration::from_mins(2), "never {what}");
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_interrupted_ingest_leaves_the_store_as_it_was() {
    let place = Place::new();
    place.generate("legacy-csv");
    place.ok(&["ingest", "report"]);
    let before = csv(&place.ok(&["status"]));
    place.ok(&[
        "generate", "--out", "large", "--rows", "500000", "--name", "large", "--month", "2026-10",
    ]);
    let mut child = place.start(&["ingest", "large"]);
    // It takes seconds; wherever in it the signal arrives, it must end the same way.
    sleep(Duration::from_millis(400));
    assert!(
        child.try_wait().unwrap().is_none(),
        "ended before it was interrupted"
    );
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(130),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(csv(&place.ok(&["status"])), before);
    let rows = csv(&place.ok(&["ingest", "large"])).1;
    assert_eq!(rows[0][3], "added", "the next run is clean");
    crate::reports::equals_truth(&place, "large/truth.json", &["--report", "large"]);
}

#[test]
fn an_interrupted_generate_takes_back_what_it_wrote() {
    let place = Place::new();
    let arguments = [
        "generate",
        "--out",
        "large",
        "--rows",
        "5000000",
        "--rows-per-file",
        "20000",
    ];
    let mut child = place.start(&arguments);
    wait_for(&mut child, "writing files", || {
        !place.content("large".as_ref()).is_empty()
    });
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(130),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(place.content("large".as_ref()).is_empty());
}

#[test]
fn an_interrupted_demo_leaves_no_temporary_folder() {
    let place = Place::new();
    let mut child = place.start(&["demo", "--rows", "2000000"]);
    wait_for(&mut child, "writing files", || {
        !place.content("".as_ref()).is_empty()
    });
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(130),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        place.content("".as_ref()).is_empty(),
        "{:?}",
        place.content("".as_ref()).keys()
    );
}

#[test]
fn an_interrupted_query_ends_at_once() {
    let place = crate::harness::shared();
    let sql = "SELECT sum(a.unblended_cost * b.unblended_cost + c.unblended_cost) FROM costs a CROSS JOIN costs b CROSS JOIN costs c";
    let child = place.start(&["sql", sql]);
    sleep(Duration::from_secs(1));
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(130),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
}
