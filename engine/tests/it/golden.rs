//! Statements and their answers as files: `tests/golden/NAME.sql` over one store gives `NAME.csv`.
//!
//! With `CURTAIL_GOLDEN=write` in the environment the answers are written instead of compared.

use std::{
    fs,
    path::{Path, PathBuf},
};

use curtail_engine::{Answer, Params};
use curtail_store::ReportKind;

use crate::fixture::{Fixture, Row, csv, header, usage};

#[tokio::test]
async fn every_statement_gives_its_answer() {
    let fixture = Fixture::empty();
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-09",
            &line_items("2026-09-15T00:00:00Z"),
        )
        .await;
    fixture
        .add(
            "acme",
            ReportKind::LegacyCur,
            "2026-10",
            &line_items("2026-10-15T00:00:00Z"),
        )
        .await;
    let engine = fixture.engine().await;
    let folder = folder();
    let mut statements: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    statements.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    statements.sort();
    assert!(
        statements.len() >= 5,
        "the golden files are in {}",
        folder.display()
    );
    for path in statements {
        let answer = engine
            .sql(&fs::read_to_string(&path).unwrap(), &Params::new())
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_golden(&answer, &path.with_extension("csv")).await;
    }
}

/// Where the statements and their answers are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Compares an answer with a file, or writes it there.
pub(crate) async fn assert_golden(answer: &Answer, file: &Path) {
    let text = format!("{}\n{}\n", header(answer), csv(answer).await.join("\n"));
    #[expect(clippy::disallowed_methods, reason = "a switch of these tests alone")]
    let write = std::env::var("CURTAIL_GOLDEN").is_ok_and(|value| value == "write");
    if write {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &text).unwrap();
    }
    assert_eq!(
        text,
        fs::read_to_string(file).unwrap_or_default(),
        "{}",
        file.display()
    );
}

fn line_items(start: &'static str) -> Vec<Row<'static>> {
    const TYPE: &str = "line_item_line_item_type";
    const COST: &str = "line_item_unblended_cost";
    const NET: &str = "line_item_net_unblended_cost";
    const CODE: &str = "line_item_product_code";
    let row = |more: &[(&'static str, &'static str)]| {
        let mut all = vec![("line_item_usage_start_date", start)];
        all.extend(more);
        usage(&all)
    };
    vec![
        row(&[
            (COST, "100"),
            (NET, "91"),
            ("line_item_availability_zone", "us-west-2b"),
            ("line_item_resource_id", "i-1"),
            ("resource_tags_user_team", "core"),
        ]),
        row(&[(TYPE, "EdpDiscount"), (COST, "-9")]),
        row(&[
            (COST, "0.3"),
            (NET, "0.3"),
            ("line_item_usage_type", "USW2-SpotUsage:m5.large"),
            ("product_region", "us-west-2"),
        ]),
        row(&[
            (TYPE, "DiscountedUsage"),
            (COST, "0"),
            ("reservation_effective_cost", "0.05"),
            ("reservation_net_effective_cost", "0.04"),
            ("product_servicecode", "AmazonRDS"),
        ]),
        row(&[
            (COST, "7.5"),
            (NET, "7.5"),
            (CODE, "8o4q1a"),
            ("bill_billing_entity", "AWS Marketplace"),
            ("product_product_name", "Search Engine, by the hour"),
        ]),
        row(&[
            (TYPE, "Tax"),
            (COST, "1.000000000000000001"),
            (CODE, "AmazonS3"),
            ("line_item_usage_account_id", "011122223333"),
        ]),
        row(&[
            (TYPE, "Credit"),
            (COST, "-0.01"),
            (CODE, "AmazonS3"),
            ("line_item_currency_code", "EUR"),
        ]),
    ]
}
