//! `curtail history`.

use std::collections::BTreeMap;

use curtail_store::{PeriodVersion, ReportName};

use super::{place, print_rows, status::cost_column};
use crate::{
    args::HistoryArgs,
    config::Settings,
    error::CliError,
    rows::{Cell, Kind},
};

const COLUMNS: &[(&str, Kind)] = &[
    ("report", Kind::Text),
    ("billing_period", Kind::Text),
    ("version", Kind::Count),
    ("standing", Kind::Text),
    ("ingested_at", Kind::Time),
    ("assembly_id", Kind::Text),
    ("files", Kind::Count),
    ("rows", Kind::Count),
    ("unblended_cost", Kind::Amount),
    ("change", Kind::Amount),
    ("currency", Kind::Text),
    ("columns_added", Kind::Text),
    ("columns_missing", Kind::Text),
];

pub(super) async fn run(args: &HistoryArgs, settings: &Settings) -> Result<(), CliError> {
    let history = place::store(settings).await?.history().await?;
    let versions = history
        .iter()
        .filter(|version| version.receipt.billing_period == args.period);
    let mut previous: BTreeMap<&ReportName, &PeriodVersion> = BTreeMap::new();
    let mut rows = Vec::new();
    for version in versions {
        let before = previous.insert(&version.receipt.report, version);
        rows.push(row(version, before));
    }
    if rows.is_empty() {
        return Err(CliError::NeverIngested(args.period));
    }
    print_rows(&args.output, settings, COLUMNS, &rows)
}

fn row(version: &PeriodVersion, before: Option<&PeriodVersion>) -> Vec<Cell> {
    let receipt = &version.receipt;
    let cost = |version: &PeriodVersion| {
        let receipt = &version.receipt;
        let sum = receipt.sums.get(cost_column(receipt.kind)).copied();
        sum.filter(|_| receipt.currencies.len() < 2)
    };
    let earlier = before.and_then(cost);
    let change = cost(version)
        .zip(earlier)
        .and_then(|(now, then)| now.checked_sub(then));
    let seen = |version: &PeriodVersion, name: &String| version.receipt.columns.seen.contains(name);
    let added: Vec<&String> = before.map_or_else(Vec::new, |before| {
        let names = receipt.columns.seen.iter();
        names.filter(|name| !seen(before, name)).collect()
    });
    vec![
        receipt.report.as_str().into(),
        receipt.billing_period.to_string().into(),
        version.version.into(),
        version.standing.as_str().into(),
        receipt.ingested_at.into(),
        receipt.assembly_id.as_str().into(),
        (receipt.files.len() as u64).into(),
        receipt.rows.into(),
        cost(version).into(),
        change.into(),
        Cell::listed(&receipt.currencies, " "),
        Cell::listed(&added, " "),
        Cell::listed(&receipt.columns.missing, " "),
    ]
}
