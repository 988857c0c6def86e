//! What the benchmarks share: a report to read and a store to query.
//!
//! Results are kept in `results/`, each with its machine and commit; timings live here and never in tests.

use std::{fs, path::Path, sync::Arc};

use curtail_engine::{Engine, EngineOptions};
use curtail_ingest::{Outcome, Silent, Source, discover, ingest};
use curtail_store::Store;
use curtail_testdata::{Folder, Format, Options, generate};

/// Line items of the benchmarks' report, in one month.
pub const ROWS: u64 = 200_000;

/// The benchmarks' questions, Q1 to Q8, as `(name, SQL)`.
pub const QUERIES: [(&str, &str); 8] = [
    (
        "q1_cost_by_service",
        include_str!("../queries/q1_cost_by_service.sql"),
    ),
    (
        "q2_top_resources",
        include_str!("../queries/q2_top_resources.sql"),
    ),
    (
        "q3_daily_by_account_and_service",
        include_str!("../queries/q3_daily_by_account_and_service.sql"),
    ),
    (
        "q4_one_service_one_day",
        include_str!("../queries/q4_one_service_one_day.sql"),
    ),
    (
        "q5_amortized_by_account",
        include_str!("../queries/q5_amortized_by_account.sql"),
    ),
    (
        "q6_cost_by_tag",
        include_str!("../queries/q6_cost_by_tag.sql"),
    ),
    (
        "q7_distinct_resources",
        include_str!("../queries/q7_distinct_resources.sql"),
    ),
    (
        "q8_rows_and_total",
        include_str!("../queries/q8_rows_and_total.sql"),
    ),
];

/// Memory that an ingest or a query may use.
const MEMORY: u64 = 2 << 30;

/// Writes a report of one month into `folder`, the same every time, and says how many rows it has: FOCUS tells some line
/// items in none or two.
pub fn report(folder: &Path, format: Format, rows: u64) -> u64 {
    let options = Options {
        rows,
        months: vec![(2026, 10)],
        format,
        rows_per_file: rows.div_ceil(2),
        ..Options::default()
    };
    let summary = generate(&options, &Folder::new(folder), &|_| ());
    summary.expect("a report can be generated").rows
}

/// Adds the content of every gzip file below `folder` to `files`.
pub fn gzip_files(folder: &Path, files: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            gzip_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            files.push(fs::read(path).expect("the file can be read"));
        }
    }
}

/// Ingests all reports of `folder` into a store in `store`.
pub async fn ingest_all(folder: &Path, store: &Path) -> Vec<Outcome> {
    let source = Source::folder(folder).expect("the report's folder is there");
    let store = Store::local(store).expect("the folder can hold a store");
    let options = curtail_ingest::Options {
        memory: MEMORY,
        threads: threads(),
        ..curtail_ingest::Options::default()
    };
    let mut outcomes = Vec::new();
    for delivery in discover(&source).await.expect("the report is found") {
        let outcome = ingest(&delivery, &source, &store, &options, Arc::new(Silent)).await;
        outcomes.push(outcome.expect("the report is ingested"));
    }
    outcomes
}

/// An engine over the store in `store`.
pub async fn engine(store: &Path) -> Engine {
    let store = Store::local(store).expect("the folder holds a store");
    let options = EngineOptions {
        memory_limit: MEMORY,
        allocated: None,
        threads: threads(),
        rollups: true,
        merging: true,
        kept: MEMORY / 8,
    };
    Engine::open(&store, &options)
        .await
        .expect("the store can be opened")
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
