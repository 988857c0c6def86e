//! Queries as people write them for Athena, run unmodified: `tests/athena/queries/FAMILY/NAME.sql` gives `NAME.csv`.
//!
//! The answers were worked out by another engine over the same data (`tests/athena/reference`). A file of several statements makes
//! views first; the answer is that of its last statement. Rows are compared in order, unless the query begins with
//! `-- rows: any order`. `CURTAIL_ATHENA_QUERIES` names words, one of which the path of a query must contain to be run.

mod answers;
mod cells;
mod data;

use std::{
    fs,
    path::{Path, PathBuf},
};

use curtail_engine::{Engine, Params};

use self::{answers::Expected, cells::Found};

const ANY_ORDER: &str = "-- rows: any order";

#[tokio::test]
async fn every_query_gives_the_answer_of_the_reference() {
    check_all(false).await;
}

#[tokio::test]
async fn no_answer_depends_on_the_order_of_rows() {
    check_all(true).await;
}

async fn check_all(backwards: bool) {
    let fixture = data::fixture(backwards).await;
    let engine = fixture.engine().await;
    let queries = queries();
    let mut failures = Vec::new();
    for path in &queries {
        if let Err(reason) = check(&engine, path).await {
            let name = path.strip_prefix(folder()).unwrap();
            failures.push(format!("{}: {reason}", name.display()));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} queries fail:\n{}",
        failures.len(),
        queries.len(),
        failures.join("\n")
    );
}

#[test]
fn there_are_many_queries_and_each_has_its_answer() {
    let queries = all_queries();
    assert!(queries.len() >= 200, "{}", queries.len());
    for path in queries {
        assert!(path.with_extension("csv").exists(), "{}", path.display());
    }
}

async fn check(engine: &Engine, path: &Path) -> Result<(), String> {
    let text = fs::read_to_string(path).unwrap();
    let expected = Expected::parse(&fs::read_to_string(path.with_extension("csv")).unwrap());
    let answers = engine
        .script(&text, &Params::new())
        .await
        .map_err(|error| format!("does not plan: {error}"))?;
    let answer = answers.last().ok_or("has no answer")?;
    let batches = answer
        .collect()
        .await
        .map_err(|error| format!("fails: {error}"))?;
    let found = Found::of(&answer.schema(), &batches);
    expected.compare(&found, text.starts_with(ANY_ORDER))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/athena/queries")
}

fn all_queries() -> Vec<PathBuf> {
    let families = fs::read_dir(folder()).unwrap();
    let mut queries: Vec<_> = families
        .flat_map(|family| fs::read_dir(family.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    queries.sort();
    queries
}

fn queries() -> Vec<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a switch of these tests alone")]
    let words = std::env::var("CURTAIL_ATHENA_QUERIES").unwrap_or_default();
    let words: Vec<_> = words.split_whitespace().collect();
    let mut queries = all_queries();
    queries.retain(|path| {
        let path = path.display().to_string();
        words.is_empty() || words.iter().any(|word| path.contains(word))
    });
    queries
}
