//! `curtail history`.

use std::collections::BTreeMap;

use curtail_store::{PeriodVersion, ReportName};

use super::{place, renderer, status::cost_column};
use crate::{
    args::HistoryArgs,
    config::Settings,
    error::CliError,
    rows::{self, Cell, Kind},
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
    let mut renderer = renderer(&args.output, settings, &rows::schema(COLUMNS))?;
    renderer.batch(&rows::batch(COLUMNS, &rows))?;
    renderer.finish().map(|_| ())
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
    let listed = |names: Vec<&str>| Some(names.join(" ")).filter(|text| !text.is_empty());
    let seen = |version: &PeriodVersion, name: &String| version.receipt.columns.seen.contains(name);
    let added = before.map(|before| {
        let names = receipt.columns.seen.iter();
        names
            .filter(|name| !seen(before, name))
            .map(String::as_str)
            .collect()
    });
    let missing = receipt.columns.missing.iter().map(String::as_str).collect();
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
        Some(receipt.currencies.join(" "))
            .filter(|text| !text.is_empty())
            .into(),
        added.and_then(listed).into(),
        listed(missing).into(),
    ]
}
