//! `curtail status`.

mod gaps;

use chrono::Utc;
use curtail_engine::provisional_note;
use curtail_store::{PeriodVersion, Receipt, ReportKind};

use super::{note, place, print_rows};
use crate::{
    args::OutputArgs,
    config::Settings,
    error::CliError,
    rows::{Cell, Kind},
};

const COLUMNS: &[(&str, Kind)] = &[
    ("report", Kind::Text),
    ("billing_period", Kind::Text),
    ("kind", Kind::Text),
    ("version", Kind::Count),
    ("assembly_id", Kind::Text),
    ("files", Kind::Count),
    ("rows", Kind::Count),
    ("unblended_cost", Kind::Amount),
    ("currency", Kind::Text),
    ("first_usage", Kind::Time),
    ("last_usage", Kind::Time),
    ("ingested_at", Kind::Time),
    ("finalised", Kind::Text),
    ("gaps", Kind::Text),
];

pub(super) async fn run(output: &OutputArgs, settings: &Settings) -> Result<(), CliError> {
    let store = place::store(settings).await?;
    let history = store.history().await?;
    let rows: Vec<_> = gaps::all(&history, Utc::now())
        .into_iter()
        .map(|(period, gaps)| row(period, &gaps))
        .collect();
    print_rows(output, settings, COLUMNS, &rows)?;
    let snapshot = store.snapshot().await?;
    if snapshot.provisional().next().is_some() {
        let accounts = store.accounts(&snapshot).await?;
        if let Some(told) = provisional_note(&snapshot, &accounts) {
            note(settings, &told);
        }
    }
    Ok(())
}

fn row(period: &PeriodVersion, gaps: &[String]) -> Vec<Cell> {
    let receipt = &period.receipt;
    vec![
        receipt.report.as_str().into(),
        receipt.billing_period.to_string().into(),
        receipt.kind.as_str().into(),
        period.version.into(),
        receipt.assembly_id.as_str().into(),
        (receipt.files.len() as u64).into(),
        receipt.rows.into(),
        receipt.sums.get(cost_column(receipt.kind)).copied().into(),
        Cell::listed(&receipt.currencies, " "),
        receipt.usage_start.into(),
        receipt.usage_end.into(),
        receipt.ingested_at.into(),
        finalised(receipt).into(),
        Cell::listed(gaps, "; "),
    ]
}

pub(super) fn cost_column(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::LegacyCur | ReportKind::Cur2 => "line_item_unblended_cost",
        ReportKind::Focus => "billedcost",
    }
}

/// AWS puts invoice ids on a billing period's rows when it closes it.
fn finalised(receipt: &Receipt) -> &'static str {
    match receipt.invoiced_rows {
        0 => "no",
        rows if rows == receipt.rows => "yes",
        _ => "partly",
    }
}
