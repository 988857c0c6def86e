//! The receipt of an ingest.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{SubsecRound, Utc};
use curtail_store::{ColumnChanges, Money, Receipt, Replacement, ReportKind, SourceFile};

use super::attempt::Attempt;
use crate::{Delivery, IngestError, Source, convert::PeriodTally};

/// The receipt of what `attempt` has written.
pub(super) fn make(
    source: &Source,
    delivery: &Delivery,
    attempt: &Attempt,
    files: Vec<SourceFile>,
    tally: &PeriodTally,
    took: Duration,
) -> Result<Receipt, IngestError> {
    let replacement = attempt.replacement()?;
    Ok(Receipt {
        format: 1,
        report: replacement.report().clone(),
        kind: delivery.kind,
        report_id: delivery.report_id.clone(),
        billing_period: delivery.period,
        location: source.location().to_owned(),
        manifest: delivery.manifest.clone(),
        assembly_id: delivery.assembly_id.clone(),
        files,
        rows: tally.rows,
        sums: tally.sums.clone(),
        rounded: tally.rounded,
        usage_start: tally.usage_start,
        usage_end: tally.usage_end,
        payer_accounts: tally.payer_accounts.clone(),
        currencies: tally.currencies.clone(),
        invoiced_rows: tally.invoiced_rows,
        columns: changes(replacement, tally),
        anomalies: tally.anomalies.clone(),
        hours: tally.hours.clone(),
        accounts: tally.accounts.clone(),
        tagged: BTreeMap::new(),
        stored: Vec::new(),
        rollups: attempt.rollups(&tally.rollups),
        forgone: tally.forgone.clone(),
        // What is shown and asked for has microseconds.
        ingested_at: Utc::now().trunc_subsecs(6),
        milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        writer: concat!("curtail ", env!("CARGO_PKG_VERSION")).to_owned(),
    })
}

fn changes(replacement: &Replacement, tally: &PeriodTally) -> ColumnChanges {
    let table = replacement.schema();
    let seen: BTreeSet<&str> = tally.seen.iter().map(String::as_str).collect();
    let before = replacement
        .previous()
        .map(|version| version.receipt.columns.seen.as_slice())
        .unwrap_or_default();
    ColumnChanges {
        seen: tally.seen.clone(),
        unknown: tally.unknown.clone(),
        added: tally
            .schema
            .columns()
            .iter()
            .filter(|column| table.column(&column.name).is_none())
            .map(|column| column.name.clone())
            .collect(),
        missing: before
            .iter()
            .filter(|name| !seen.contains(name.as_str()))
            .cloned()
            .collect(),
        collisions: tally.collisions.clone(),
    }
}

/// The cost that an outcome shows, and its currency. Costs in several currencies have no sum.
pub(super) fn cost(receipt: &Receipt) -> (Option<Money>, Option<String>) {
    let column = match receipt.kind {
        ReportKind::LegacyCur | ReportKind::Cur2 => "line_item_unblended_cost",
        ReportKind::Focus => "billedcost",
    };
    match receipt.currencies.as_slice() {
        [] => (receipt.sums.get(column).copied(), None),
        [currency] => (receipt.sums.get(column).copied(), Some(currency.clone())),
        several => (None, Some(several.join(" "))),
    }
}
