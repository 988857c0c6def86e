//! One billing period of one report, from its source into the store.

use std::sync::Arc;

use curtail_ingest::{Action, Delivery, Options, Outcome, Source, ingest};

use super::{Run, note};
use crate::{error::CliError, rows::Cell};

/// What is ingested, from where, and how.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    /// The connection that leads there, for people.
    pub(super) connection: Option<&'a str>,
    pub(super) source: &'a Source,
    pub(super) delivery: &'a Delivery,
    pub(super) options: &'a Options,
}

/// Ingests it and prints its row. An error means that nothing can be printed any more; its own failure is kept.
pub(super) async fn work(run: &Run<'_>, job: Job<'_>) -> Result<Outcome, CliError> {
    let Job {
        source, delivery, ..
    } = job;
    run.failures.count();
    let label = match job.connection {
        Some(connection) => format!("{connection}: {} {}", delivery.report, delivery.period),
        None => format!("{} {}", delivery.report, delivery.period),
    };
    let progress = Arc::new(run.bars.period(label.clone()));
    let outcome = match ingest(delivery, source, &run.store, job.options, progress).await {
        Ok(outcome) => outcome,
        Err(error) => {
            run.failures.push(Some(label.clone()), error.into());
            Outcome::failed(delivery)
        }
    };
    if let Some(why) = &outcome.why {
        run.bars
            .suspend(|| note(run.settings, &format!("{label} waits: {why}")));
    }
    if outcome.action == Action::Added && !job.options.dry_run {
        run.added.borrow_mut().insert(outcome.billing_period);
    }
    run.bars.suspend(|| run.table.row(row(&outcome)))?;
    Ok(outcome)
}

fn row(outcome: &Outcome) -> Vec<Cell> {
    vec![
        outcome.report.as_str().into(),
        outcome.billing_period.to_string().into(),
        outcome.version.into(),
        outcome.action.as_str().into(),
        outcome.files.into(),
        outcome.rows.into(),
        outcome.bytes.into(),
        outcome.unblended_cost.into(),
        outcome.currency.clone().into(),
        Cell::Seconds((outcome.seconds * 1000.0).round() / 1000.0),
    ]
}
